"""The training of a sharp decoder, at toy size: what it changes, what its critic learns, and that it resumes."""

from pathlib import Path

import numpy as np
import pytest
import torch

from training.autoencoder import build_autoencoder, crops
from training.loop import Batch, Plan, Run, data_stream, noise_generator, train
from training.papercut.drawing import draw_panorama
from training.sharpening import Judgement, Parts, SharpDecoder, blend, sharp_loss, with_samples

PLAN = Plan(steps=4, seed=3, learning_rate=1e-3, log_every=2)
PARTS = Parts(1, 1, 1, 1)
START = Judgement().head_start


def follow(noisy: torch.Tensor, timesteps: torch.Tensor) -> torch.Tensor:
    """Return a velocity as a denoiser would."""
    return 0.1 * noisy


LOSS = sharp_loss(PARTS, follow)


@pytest.fixture(scope="module")
def drawn() -> np.ndarray:
    return np.stack([draw_panorama(seed).pixels for seed in range(4)])


@pytest.fixture
def make(drawn: np.ndarray):
    samples = np.random.default_rng(0).standard_normal((3, 4, 6, 6)).astype(np.float32)
    return with_samples(crops([drawn], [1.0], size=32, batch=PARTS.all), samples, PARTS.sampled)


def toy() -> SharpDecoder:
    torch.manual_seed(1)
    return SharpDecoder(build_autoencoder((8, 8, 8, 8), channels=4), widths=(8, 8))


def losses_at(module: SharpDecoder, batch: Batch, steps: int) -> dict[str, float]:
    """Return the losses of a module after so many steps of its training."""
    module.steps.fill_(steps)
    found = LOSS(module, batch, noise_generator(0, 0, 0, "cpu"))
    return {name: float(value.detach()) for name, value in found.items()}


def test_only_the_decoder_and_its_critic_learn(make, tmp_path: Path) -> None:
    module = toy()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    train(Run(module, PLAN, tmp_path, "decoder"), make, LOSS)
    after = module.state_dict()
    changed = {name for name, value in after.items() if not torch.equal(value, before[name])}
    assert {name.split(".")[0] for name in changed} == {"vae", "critic", "steps"}
    assert {name.split(".")[1] for name in changed if name.startswith("vae")} <= {"decoder", "post_quant_conv"}
    assert "vae.decoder.conv_in.weight" in changed


def test_a_resumed_training_is_the_uninterrupted_one_bit_for_bit(make, tmp_path: Path) -> None:
    whole = train(Run(toy(), PLAN, tmp_path / "whole", "decoder"), make, LOSS)
    train(Run(toy(), PLAN, tmp_path / "parts", "decoder"), make, LOSS, until=2)
    resumed = Run(toy(), PLAN, tmp_path / "parts", "decoder")
    assert resumed.step == 2
    train(resumed, make, LOSS)
    for (name, one), other in zip(whole.module.state_dict().items(), resumed.module.state_dict().values(), strict=True):
        assert torch.equal(one, other), name


def test_the_critic_has_a_head_start(make) -> None:
    batch = make(data_stream(0, 0))
    early, late = losses_at(toy(), batch, START - 1), losses_at(toy(), batch, START)
    assert early["loss"] == pytest.approx(early["error"] + early["critic"], abs=1e-6)
    assert early["error"] == pytest.approx(late["error"], abs=1e-6)
    assert abs(late["loss"] - early["loss"]) > 1e-3


def test_the_critic_learns_to_tell_drawings_from_decoded_pictures(make, tmp_path: Path) -> None:
    module = toy()
    module.vae.requires_grad_(False)
    module.vae.decoder.conv_out.requires_grad_(True)
    before = losses_at(module, make(data_stream(0, 0)), 0)["critic"]
    train(Run(module, Plan(steps=60, seed=3, learning_rate=3e-3, warmup=5), tmp_path, "decoder"), make, LOSS)
    after = [losses_at(module, make(data_stream(9, step)), 0)["critic"] for step in range(4)]
    assert np.mean(after) < 0.7 * before


def test_samples_are_cropped_to_the_size_of_the_pictures(drawn: np.ndarray) -> None:
    samples = np.arange(2 * 4 * 16 * 16, dtype=np.float32).reshape(2, 4, 16, 16)
    batch = with_samples(crops([drawn], [1.0], size=64, batch=4), samples, 3)(data_stream(0, 0))
    assert batch["pixels"].shape == (4, 64, 64, 3)
    assert batch["sampled"].shape == (3, 4, 8, 8)
    rows = batch["sampled"][:, :, 1] - batch["sampled"][:, :, 0]
    assert (rows == 16).all(), "a crop keeps the order of the rows"


def test_a_blend_lies_between_two_decoders() -> None:
    first, second = (build_autoencoder((8, 8, 8, 8), channels=4) for _ in range(2))
    before, end = (one.decoder.conv_in.weight.clone() for one in (first, second))
    blend(first, second, 0.25)
    assert torch.allclose(first.decoder.conv_in.weight, 0.75 * before + 0.25 * end)


def test_processes_share_the_parts_of_a_batch() -> None:
    assert (Parts().shared(2), Parts().times(2).all) == (Parts(2, 2, 2, 2), 32)
    assert Parts(1, 2, 3, 4).pictured == 6
