"""The committed model is small enough, diffusers can load it, and it is faithful to drawings that it has not seen."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from safetensors import safe_open

from benchmarks.judge.sharpness import sharpness
from training.autoencoder import TRANSFORMS, psnr, reconstruct
from training.papercut.export import LIMIT_BYTES, folder_bytes
from training.papercut.groups import WIDE
from training.pixels import to_pixels, to_tensor
from worker.diffusion.kinds import describe

PAPERCUT = Path(__file__).parents[3] / "models" / "papercut"
LATENT_SPACE, ENCODER = "5c4ad48939d2796b", "06383a3251f43bd7"
"""The name of papercut's latents, given by the VAE of version 3.1.0, and the digest of the encoder that makes them."""


def encoder_digest() -> str:
    """Return the digest of the weights that turn pictures into latents."""
    digest = hashlib.sha256()
    with safe_open(PAPERCUT / "vae" / "diffusion_pytorch_model.safetensors", "pt") as file:
        for name in sorted(file.keys()):
            if name.startswith(("encoder.", "quant_conv.")):
                digest.update(name.encode() + file.get_tensor(name).numpy().tobytes())
    return digest.hexdigest()[:16]


@pytest.fixture(scope="module")
def pipeline():
    return StableDiffusionPipeline.from_pretrained(PAPERCUT, local_files_only=True, torch_dtype=torch.float32)


@pytest.fixture(scope="module")
def held_out():
    return to_tensor(np.stack([WIDE.draw(seed).pixels for seed in WIDE.held_out_seeds(116)[100:]]))


def test_the_folder_is_small_and_holds_only_safetensors():
    assert folder_bytes(PAPERCUT) <= LIMIT_BYTES
    assert {path.name for path in PAPERCUT.rglob("*.safetensors")}
    assert not [path for path in PAPERCUT.rglob("*") if path.suffix in (".bin", ".pt", ".ckpt", ".pkl")]


@pytest.mark.slow
def test_reconstructions_of_new_drawings_reach_28_db(pipeline, held_out):
    assert psnr(held_out, reconstruct(pipeline.vae, held_out)) >= 28


@pytest.mark.slow
def test_reconstructions_of_new_drawings_are_sharp(pipeline, held_out):
    assert sharpness(to_pixels(reconstruct(pipeline.vae, held_out)), to_pixels(held_out)) >= 0.6


@torch.no_grad()
def test_decoding_follows_flips_and_turns_of_the_latents(pipeline, held_out):
    crop = held_out[:2, :, :, 64:192]
    latent = pipeline.vae.encode(crop).latent_dist.mean
    for name in ("flip_x", "flip_y", "rotate_90", "rotate_180"):
        turned = pipeline.vae.decode(TRANSFORMS[name](latent)).sample.clamp(-1, 1)
        assert psnr(turned, TRANSFORMS[name](crop)) > 23, name


@pytest.mark.slow
@torch.no_grad()
def test_scaled_latents_have_unit_deviation(pipeline, held_out):
    latent = pipeline.vae.encode(held_out).latent_dist.mean * pipeline.vae.config.scaling_factor
    assert 0.85 < latent.std().item() < 1.15


def test_the_manifest_agrees_with_the_weights(pipeline):
    manifest = json.loads((PAPERCUT / "inlay.json").read_text())
    assert manifest["channels"] == pipeline.unet.config.in_channels == len(manifest["latent_rgb"]["factors"])
    assert manifest["prediction"] == pipeline.scheduler.config.prediction_type
    assert manifest["max_tokens"] == pipeline.tokenizer.model_max_length
    assert manifest["native_size"] == manifest["cell"] * pipeline.unet.config.sample_size
    assert manifest["latent_space"] == LATENT_SPACE
    assert encoder_digest() == ENCODER, "other latents need another name"
    known = describe(PAPERCUT)
    assert (manifest["cross_attention_dim"], manifest["adapters"]) == (known.cross_attention_dim, [*known.adapters])
    assert tuple(manifest["block_channels"]) == known.block_channels
    assert manifest["coarse_words"]
    assert manifest["controlnets"] == ["pose"]
    assert {"desert", "house", "red", "night"} <= set(manifest["words"])


def test_a_prompt_changes_the_picture(pipeline):
    def brightness(prompt: str) -> float:
        generator = torch.Generator().manual_seed(0)
        output = pipeline(prompt, 128, 128, num_inference_steps=6, guidance_scale=3.0, generator=generator)
        return float(np.asarray(output.images[0]).mean())

    assert brightness("a snowy landscape by day") > brightness("a forest at night") + 40
