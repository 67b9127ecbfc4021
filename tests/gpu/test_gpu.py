"""Tests that need a CUDA device: python -m pytest tests/gpu --confcutdir tests/gpu

`make test` does not run them. They need only pytest and the Python packages that `benchmarks/gpu.py` names.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from backend.contracts.graph import PromptSpec
from backend.contracts.model import ModelDescription
from benchmarks import checkpoints
from benchmarks.gpu import Task, compiled, latents
from tests.tiny.parts import weights_bytes
from training.papercut.drawing import draw_panorama
from worker.diffusion.kind import CropCoordinates
from worker.diffusion.loading import Models
from worker.diffusion.memory import Batches, release
from worker.diffusion.vae import Decoder

CUDA = torch.device("cuda")
SIDE = 64  # cells of a view
PAPERCUT = Path(__file__).parents[2] / "models"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two checkpoints with the shape of Stable Diffusion 1.5, a quarter as wide."""
    folder = tmp_path_factory.mktemp("models")
    for name in ("one", "two"):
        checkpoints.write(folder / name, checkpoints.stable_diffusion(shrink=4), device="cuda")
    return folder


def loaded(folder: Path, dtype: torch.dtype = torch.float32) -> Any:
    return Models(folder, "cuda", dtype=dtype).get("one")


def predicted(model: Any, batches: Batches, count: int = 1) -> torch.Tensor:
    """Return the clean predictions of `count` noisy views."""
    noisy = torch.randn(count, 4, SIDE, SIDE, generator=torch.Generator().manual_seed(0)).to(CUDA)
    spec = PromptSpec(prompt="a meadow", negative_prompt="", guidance=3.0, model="one")
    asked = model.conditioning(spec, CropCoordinates.whole(512, 512))
    at = model.clock.schedule(2).instants[1]
    return torch.stack(model.model(batches).predict_clean(list(noisy), at, [asked] * count)).float().cpu()


def error(found: torch.Tensor, exact: torch.Tensor) -> float:
    return float((found - exact).square().mean().sqrt() / exact.square().mean().sqrt())


@contextmanager
def memory_of(room: int) -> Iterator[None]:
    """Let this process take only `room` bytes more of the device than it holds, for the length of the block."""
    release()
    total = torch.cuda.mem_get_info()[1]
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + room) / total)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


@pytest.mark.parametrize(("dtype", "bar"), [(torch.bfloat16, 0.05), (torch.float16, 0.01)])
def test_half_precision_predicts_what_float32_does(folder: Path, dtype: torch.dtype, bar: float) -> None:
    exact = predicted(loaded(folder), Batches(4))
    assert 0 < error(predicted(loaded(folder, dtype), Batches(4)), exact) < bar


def test_a_job_comes_to_the_same_picture_as_on_the_cpu(folder: Path) -> None:
    description = ModelDescription.model_validate_json((folder / "one" / "inlay.json").read_bytes())
    job = compiled(description, Task("panorama", 768, 512, 256), steps=2)
    here, there = (latents(job, Models(folder, device, dtype=torch.float32)) for device in ("cuda", "cpu"))
    assert error(here, there) < 0.01


def test_a_pass_needs_about_the_estimated_memory(folder: Path) -> None:
    """Batches are sized by `pass_bytes`. It must be at least what a pass takes, and not many times as much."""
    model = loaded(folder, torch.float16)
    peaks = []
    for count in (4, 8):
        release()
        torch.cuda.reset_peak_memory_stats()
        predicted(model, Batches(16), count)
        peaks.append(torch.cuda.max_memory_allocated())
    each = (peaks[1] - peaks[0]) / (2 * 4)  # guidance makes two passes of a view
    assert each < model.pass_bytes(SIDE * SIDE) < 4 * each


def test_running_out_of_memory_halves_the_batch_and_changes_nothing(folder: Path) -> None:
    model = loaded(folder)
    exact = predicted(model, Batches(1), count=8)
    batches = Batches(16)
    with memory_of(4 * model.pass_bytes(SIDE * SIDE)):
        found = predicted(model, batches, count=8)
    assert batches.limit < 16
    assert error(found, exact) < 0.01


def test_a_model_that_is_released_frees_its_memory(folder: Path) -> None:
    release()
    before = torch.cuda.memory_allocated()
    one = loaded(folder)
    own = weights_bytes(one.network.unet, one.decoder.vae, one.clip.encoder)
    del one
    models = Models(folder, "cuda", budget=int(1.5 * own), dtype=torch.float32)
    for name in ("one", "two", "one"):
        models.get(name)
        release()
        assert own / 2 < torch.cuda.memory_allocated() - before < 1.5 * own
    assert models.loaded() == {"one"}


def test_a_picture_too_large_for_the_device_is_decoded_in_tiles() -> None:
    """The pictures may differ by 3 of 255 on average."""
    model = Models(PAPERCUT, "cuda").get("papercut")
    canvas = np.tile(np.concatenate([draw_panorama(seed, width=512).pixels for seed in (3, 4)]), (4, 4, 1))
    latent = model.encoder.encode(canvas)
    whole = replace(model.decoder, limit=10**8).decode(latent)
    decoder = Decoder(model.decoder.vae, 8, limit=10**8)
    with memory_of(300 * 2**20):
        tiled = decoder.decode(latent)
    assert decoder.tiling.limit * 64 < canvas.shape[0] * canvas.shape[1]
    assert np.abs(tiled.astype(int) - whole).mean() < 3
