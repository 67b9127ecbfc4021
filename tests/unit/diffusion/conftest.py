from pathlib import Path

import pytest

from tests.tiny_checkpoint import write_tiny_checkpoint
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.loading import Models


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two random checkpoints, `tiny` (v-prediction) and `noisy` (epsilon)."""
    folder = tmp_path_factory.mktemp("models")
    write_tiny_checkpoint(folder / "tiny")
    write_tiny_checkpoint(folder / "second", id="noisy", prediction="epsilon", seed=1)
    return folder


@pytest.fixture(scope="session")
def tiny(models_folder: Path) -> StableDiffusion:
    return Models(models_folder, "cpu").get("tiny")


@pytest.fixture(scope="session")
def noisy(models_folder: Path) -> StableDiffusion:
    return Models(models_folder, "cpu").get("noisy")
