"""The training loop at toy size: a resumed run is the uninterrupted one, and an exported folder can be trained on."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

from worker.training.autoencoder import (
    TRANSFORMS,
    autoencoder_loss,
    build_autoencoder,
    decoder_loss,
    freeze_encoder,
)
from worker.training.captions import visible
from worker.training.checkpoint import load_checkpoint, read_losses, save_atomically
from worker.training.dataset import to_pixels, to_tensor, truth_from
from worker.training.denoiser import Denoiser, build_scheduler, build_unet, denoiser_loss, sample_views
from worker.training.drawing import draw_panorama
from worker.training.export import latent_rgb, save_weights
from worker.training.loop import Plan, Run, train
from worker.training.recipe import load_autoencoder, load_denoiser
from worker.training.sampling import Model, sample
from worker.training.text import build_text_encoder, build_tokenizer, sample_captions

PLAN = Plan(steps=6, seed=3, learning_rate=1e-3, log_every=2)


@pytest.fixture(scope="module")
def drawn():
    return [draw_panorama(seed) for seed in range(4)]


@pytest.fixture(scope="module")
def toy(drawn) -> Model:
    torch.manual_seed(0)
    tokenizer = build_tokenizer(sample_captions([panorama.truth for panorama in drawn], 0, 50))
    denoiser = Denoiser(build_unet(4, 32, (8, 8, 8), groups=4), build_text_encoder(tokenizer, hidden=32, layers=1))
    return Model(build_autoencoder((8, 8, 8, 8), channels=4), denoiser, tokenizer)


def toy_vae(folder: Path) -> Run:
    torch.manual_seed(1)
    return Run(build_autoencoder((8, 8, 8, 8), channels=4), PLAN, folder, "vae")


def assert_same_weights(first: torch.nn.Module, second: torch.nn.Module) -> None:
    for (name, one), other in zip(first.state_dict().items(), second.state_dict().values(), strict=True):
        assert torch.equal(one, other), name


def test_a_resumed_run_is_the_uninterrupted_run_bit_for_bit(drawn, tmp_path):
    loss = autoencoder_loss(np.stack([panorama.pixels for panorama in drawn]), size=32, batch=2)
    whole = train(toy_vae(tmp_path / "whole"), loss)
    train(toy_vae(tmp_path / "parts"), loss, until=3)
    resumed = toy_vae(tmp_path / "parts")
    assert resumed.step == 3
    train(resumed, loss)
    assert resumed.step == whole.step == PLAN.steps
    assert_same_weights(whole.module, resumed.module)
    assert_same_weights(whole.ema.module, resumed.ema.module)


def test_a_resumed_run_forgets_the_losses_after_its_checkpoint(drawn, tmp_path):
    loss = autoencoder_loss(np.stack([panorama.pixels for panorama in drawn]), size=32, batch=2)
    train(toy_vae(tmp_path), loss)
    saved = load_checkpoint(tmp_path / "vae.pt")
    assert saved is not None
    save_atomically(tmp_path / "vae.pt", {**saved, "step": 4})
    assert [row["step"] for row in read_losses(toy_vae(tmp_path).path.with_suffix(".jsonl"))] == [2, 4]


def test_a_loss_that_is_not_finite_stops_the_run(tmp_path):
    def broken(module, stream, generator):
        return {"loss": torch.stack([p.sum() for p in module.parameters()]).sum() * float("nan")}

    with pytest.raises(FloatingPointError, match="learning rate"):
        train(toy_vae(tmp_path), broken)


def test_polishing_the_decoder_leaves_the_latents_alone(drawn, tmp_path):
    vae = freeze_encoder(build_autoencoder((8, 8, 8, 8), channels=4))
    before = {name: value.clone() for name, value in vae.state_dict().items()}
    train(Run(vae, PLAN, tmp_path, "decoder"), decoder_loss(drawn[0].pixels[None], size=32, batch=4))
    for name, value in vae.state_dict().items():
        learned = name.startswith(("decoder", "post_quant_conv"))
        assert learned or torch.equal(value, before[name]), name
    assert not torch.equal(vae.decoder.conv_in.weight, before["decoder.conv_in.weight"])


def test_transforms_move_pictures_and_latents_alike():
    picture = torch.randn(1, 3, 64, 64)
    coarse = torch.nn.functional.avg_pool2d(picture, 8)
    for name, transform in TRANSFORMS.items():
        assert torch.allclose(torch.nn.functional.avg_pool2d(transform(picture), 8), transform(coarse), atol=1e-6), name


def test_the_denoiser_sees_what_the_caption_tells(drawn):
    truths = [panorama.truth for panorama in drawn]
    latents = np.broadcast_to(np.arange(64, dtype=np.float16), (4, 2, 16, 64))
    views, texts = sample_views(latents, truths, np.random.default_rng(0), 40, 16)
    assert views.shape == (40, 2, 16, 16)
    assert 0 < texts.count("") < 15
    lefts = views[:, 0, 0, 0]
    assert lefts.min() >= 0
    assert lefts.max() <= 48
    assert visible(truths[0], 0, 512).things


def test_the_denoiser_learns_and_resumes(toy, drawn, tmp_path):
    latents = np.random.default_rng(0).standard_normal((4, 4, 16, 64)).astype(np.float16)
    loss = denoiser_loss(latents, [panorama.truth for panorama in drawn], toy.tokenizer, batch=2)

    def fresh(folder: Path) -> Run:
        torch.manual_seed(2)
        unet, text_encoder = build_unet(4, 32, (8, 8, 8), groups=4), build_text_encoder(toy.tokenizer, 32, 1)
        return Run(Denoiser(unet, text_encoder), PLAN, folder, "denoiser")

    whole = train(fresh(tmp_path / "whole"), loss)
    train(fresh(tmp_path / "parts"), loss, until=3)
    assert_same_weights(whole.module, train(fresh(tmp_path / "parts"), loss).module)
    assert len(read_losses(tmp_path / "whole" / "denoiser.jsonl")) == 3


def test_an_exported_folder_loads_everywhere_and_is_a_warm_start(toy, tmp_path):
    save_weights(toy, tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".bin", ".pt", ".ckpt")]
    pipeline = StableDiffusionPipeline.from_pretrained(tmp_path, local_files_only=True)
    assert type(pipeline.scheduler).__name__ == "DDIMScheduler"
    warm = load_denoiser(tmp_path)
    assert_same_weights(warm.unet, pipeline.unet.float())
    for name, value in warm.state_dict().items():
        assert torch.allclose(value, toy.denoiser.state_dict()[name], atol=1e-3), name
    run = Run(warm, PLAN, tmp_path / "further", "denoiser")
    assert run.step == 0
    assert not run.optimiser.state
    assert load_autoencoder(tmp_path).config["latent_channels"] == 4


def test_the_schedule_ends_in_almost_pure_noise():
    kept = build_scheduler().alphas_cumprod
    assert kept[-1].sqrt() * 16 < 0.5
    assert build_scheduler().config["prediction_type"] == "v_prediction"


def test_samples_come_in_any_width(toy):
    pictures = sample(toy, ["a desert", "the sea"], seed=0, columns=24, steps=2)
    assert pictures.shape == (2, 128, 192, 3)
    assert np.array_equal(pictures, sample(toy, ["a desert", "the sea"], seed=0, columns=24, steps=2))


def test_the_preview_map_has_one_row_a_channel(toy, drawn):
    fitted = latent_rgb(toy, drawn[0].pixels[None])
    assert np.array(fitted["factors"]).shape == (4, 3)
    assert np.array(fitted["bias"]).shape == (3,)


def test_bytes_and_tensors_are_inverse(drawn):
    pixels = drawn[0].pixels[None]
    assert np.array_equal(to_pixels(to_tensor(pixels)), pixels)


def test_a_truth_survives_json(drawn):
    from dataclasses import asdict

    assert truth_from(json.loads(json.dumps(asdict(drawn[0].truth)))) == drawn[0].truth
