"""A checkpoint as others publish it, an empty folder of models, and what commands say of both."""

import shutil
from pathlib import Path

import pytest

from backend.contracts.model import ModelDescription
from backend.store.models import ModelCatalog
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from tests.unit.inlay.conftest import inlay

UNET = "unet/diffusion_pytorch_model.safetensors"


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint as others publish them: without an inlay.json, under a name of capitals."""
    folder = tmp_path_factory.mktemp("elsewhere") / "Tiny v1.5"
    write_tiny_checkpoint(folder)
    (folder / "inlay.json").unlink()
    (folder / "README.md").write_text("---\nlicense: openrail\ntags: [tiny]\n---\n# Tiny\n")
    return folder


@pytest.fixture
def source(bare: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return Path(shutil.copytree(bare, tmp_path / "elsewhere" / bare.name))


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The studio's folder of models, not made yet."""
    monkeypatch.setenv("INLAY_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("INLAY_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("INLAY_DEVICE", "cpu")
    return tmp_path / "models"


def added(models: Path, id: str) -> ModelDescription:
    return ModelCatalog(models).get(id).description


def refused(*arguments: object) -> str:
    """What a command says that fails."""
    ran = inlay("models", *arguments)
    assert ran.exit_code == 1, ran.output
    return ran.stderr


def left(folder: Path) -> list[Path]:
    return [*folder.iterdir()] if folder.is_dir() else []
