"""The committed large model has papercut's networks and latents, and paints drawings that it has not seen."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

from benchmarks.judge.sharpness import sharpness
from training.autoencoder import psnr, reconstruct
from training.papercut.groups import FIGURES, WIDE
from training.papercut.large import LINKED, card
from training.pixels import to_pixels, to_tensor
from training.pretrained import load_autoencoder, load_denoiser
from training.sampling import TrainedModel, sample
from training.text import load_tokenizer

MODELS = Path(__file__).parents[3] / "models"
PAPERCUT, LARGE = MODELS / "papercut", MODELS / "papercut-large"
OWN = {"vae", "inlay.json", "README.md", "sheet.png", "panoramas.png", "reconstructions.png"}


def manifest(folder: Path) -> dict:
    return json.loads((folder / "inlay.json").read_text())


@pytest.fixture(scope="module")
def pipeline():
    return StableDiffusionPipeline.from_pretrained(LARGE, local_files_only=True, torch_dtype=torch.float32)


@pytest.fixture(scope="module")
def held_out():
    large = WIDE.enlarged(2)
    return to_tensor(np.stack([large.draw(seed).pixels for seed in large.held_out_seeds(108)[100:]]))


def test_all_but_its_vae_are_links_to_papercuts_files() -> None:
    assert {path.name for path in LARGE.iterdir()} == OWN | set(LINKED)
    for part in LINKED:
        source = PAPERCUT / part
        files = list(source.iterdir()) if source.is_dir() else [source]
        for file in files:
            link = LARGE / file.relative_to(PAPERCUT)
            assert os.readlink(link) == os.path.relpath(file, link.parent), "it holds wherever the folders lie"


def test_its_manifest_is_papercuts_with_lengths_of_twice_as_many_pixels() -> None:
    small, large = manifest(PAPERCUT), manifest(LARGE)
    assert (large["id"], large["native_size"], large["cell"]) == ("papercut-large", 256, 16)
    assert (large["defaults"]["window"], large["defaults"]["stride"]) == (256, 128)
    own = {"id", "title", "native_size", "cell", "latent_space"}
    for key in small.keys() | large.keys():
        if key == "defaults":
            assert large[key] == small[key] | {"window": 256, "stride": 128}
        elif key not in own:
            assert large[key] == small[key], key


def test_its_card_names_the_seed_and_the_guidance_of_its_sheets() -> None:
    assert "Samples at seed 7, 30 DDIM steps, guidance 2.5." in card(7, 2.5)
    assert card(0, 3.5).strip() == (LARGE / "README.md").read_text().strip()


@torch.no_grad()
def test_its_encoder_makes_papercuts_latents(pipeline, held_out) -> None:
    small = load_autoencoder(PAPERCUT)
    halves = torch.nn.functional.avg_pool2d(held_out, 2)
    wanted = small.encode(halves).latent_dist.mean  # pyright: ignore
    error = (pipeline.vae.encode(held_out).latent_dist.mean - wanted).square().mean() / wanted.var()
    assert error < 0.02


@pytest.mark.slow
def test_reconstructions_of_new_drawings_are_faithful_and_far_sharper_than_enlarged_ones(pipeline, held_out) -> None:
    rebuilt = reconstruct(pipeline.vae, held_out)
    assert psnr(held_out, rebuilt) >= 26.5
    small = reconstruct(load_autoencoder(PAPERCUT), torch.nn.functional.avg_pool2d(held_out, 2))
    enlarged = torch.nn.functional.interpolate(small, scale_factor=2, mode="bicubic").clamp(-1, 1)
    drawn = to_pixels(held_out)
    assert sharpness(to_pixels(rebuilt), drawn) >= 0.6
    assert sharpness(to_pixels(enlarged), drawn) < 0.2


def test_a_prompt_and_a_seed_give_papercuts_picture_at_twice_the_size(pipeline) -> None:
    models = [
        TrainedModel(load_autoencoder(folder), load_denoiser(folder).eval(), load_tokenizer(folder / "tokenizer"))
        for folder in (PAPERCUT, LARGE)
    ]
    small, large = (sample(model, ["the sea by day"], seed=3, steps=8) for model in models)
    assert large.shape == (1, 256, 256, 3)
    halves = torch.nn.functional.avg_pool2d(to_tensor(large), 2)
    assert psnr(to_tensor(small), halves) > 25


def test_a_figure_of_512_pixels_is_reconstructed(pipeline) -> None:
    drawn = to_tensor(FIGURES.enlarged(2).draw(FIGURES.held_out_seeds(1).start).pixels[None])
    assert psnr(drawn, reconstruct(pipeline.vae, drawn)) > 25
