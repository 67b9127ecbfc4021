from pathlib import Path

import pytest

from tests.tiny.stable_diffusion import load_tiny_checkpoint, write_tiny_checkpoint
from worker.diffusion.kinds.stable_diffusion import StableDiffusion


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of random checkpoints: `tiny` predicts v, `noisy` predicts epsilon, and `posed` takes poses."""
    folder = tmp_path_factory.mktemp("models")
    write_tiny_checkpoint(folder / "tiny")
    write_tiny_checkpoint(folder / "second", id="noisy", prediction="epsilon", seed=1)
    write_tiny_checkpoint(folder / "posed", id="posed", pose=True)
    return folder


@pytest.fixture(scope="session")
def tiny(models_folder: Path) -> StableDiffusion:
    return load_tiny_checkpoint(models_folder, "tiny")


@pytest.fixture(scope="session")
def noisy(models_folder: Path) -> StableDiffusion:
    return load_tiny_checkpoint(models_folder, "noisy")


@pytest.fixture(scope="session")
def posed(models_folder: Path) -> StableDiffusion:
    return load_tiny_checkpoint(models_folder, "posed")
