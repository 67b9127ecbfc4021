import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks import checkpoints
from benchmarks.memory import canvas_bytes, growth
from worker.diffusion.loading import Models


def row(peak: float, canvas: float) -> dict[str, Any]:
    return {"peak_mb": peak, "canvas_mb": canvas}


def test_growth_is_from_the_first_row_to_the_last() -> None:
    assert growth([row(1000, 1), row(5000, 4), row(1150, 31)]) == 5
    assert growth([row(1000, 1)]) is None


def test_a_checkpoint_of_random_weights_loads_and_weighs_what_it_says(tmp_path: Path) -> None:
    shape = checkpoints.stable_diffusion(shrink=8, side=16)
    description = checkpoints.write(tmp_path / "small", shape, torch.float16)
    assert (description.id, description.native_size, description.channels) == ("small", 128, 4)
    files = list((tmp_path / "small").glob("*/*.safetensors"))
    assert len(files) == 3
    assert description.weights_bytes == sum(file.stat().st_size for file in files)
    loaded = Models(tmp_path, "cpu").get("small")
    assert loaded.decoder.decode(torch.zeros(4, 4, 4)).shape == (32, 32, 3)
    assert canvas_bytes(512, 256, description) == 512 * 256 * 3 + 64 * 32 * 4 * 4


@pytest.mark.slow
def test_the_peak_counts_memory_that_was_freed() -> None:
    """The peak counts memory that was freed before the peak was read."""
    script = "import numpy as np; from benchmarks.memory import peak_bytes; before = peak_bytes(); "
    script += "a = np.ones(50_000_000); del a; print(before, peak_bytes())"
    root = Path(__file__).parents[3]
    told = subprocess.run([sys.executable, "-c", script], cwd=root, check=True, stdout=subprocess.PIPE, text=True)
    before, after = (int(number) for number in told.stdout.split())
    assert 3.5e8 < after - before < 4.5e8
