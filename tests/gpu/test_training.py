"""Tests of training that need a CUDA device: python -m pytest tests/gpu --confcutdir tests/gpu"""

from pathlib import Path

import numpy as np
import pytest
import torch

from training.denoiser import denoiser_loss
from training.loop import Batch, Plan, batches, noise_generator
from training.pretrained import load_denoiser

PAPERCUT = Path(__file__).parents[2] / "models" / "papercut"


def views(stream: np.random.Generator) -> Batch:
    """Return native and half views of noise with a caption."""
    return {
        "native": torch.from_numpy(stream.standard_normal((8, 8, 16, 16), np.float32)),
        "native_ids": torch.from_numpy(stream.integers(0, 400, (8, 48))),
        "half": torch.from_numpy(stream.standard_normal((2, 8, 16, 8), np.float32)),
        "half_ids": torch.from_numpy(stream.integers(0, 400, (2, 48))),
    }


def test_the_compiled_network_learns_what_the_plain_one_does() -> None:
    batch = {name: values.cuda() for name, values in views(np.random.default_rng(0)).items()}
    found = []
    for compiled in (False, True):
        module = load_denoiser(PAPERCUT).cuda().train()
        losses = denoiser_loss(compiled)(module, batch, noise_generator(0, 0, 0, "cuda"))
        losses["loss"].backward()
        gradient = module.unet.get_parameter("conv_in.weight").grad
        assert gradient is not None
        found.append((float(losses["loss"]), gradient))
    (plain, expected), (fused, gradient) = found
    assert fused == pytest.approx(plain, rel=1e-3)
    assert torch.allclose(gradient, expected, rtol=1e-2, atol=1e-4)


def test_batches_for_a_gpu_lie_in_pinned_memory_and_are_the_same() -> None:
    plan = Plan(steps=3, seed=0, learning_rate=1e-3, device="cuda", workers=2)
    prepared = list(batches(views, plan, 0))
    assert all(values.is_pinned() for batch in prepared for values in batch.values())
    plain = list(batches(views, Plan(steps=3, seed=0, learning_rate=1e-3), 0))
    assert all(torch.equal(one[name], other[name]) for one, other in zip(prepared, plain, strict=True) for name in one)
