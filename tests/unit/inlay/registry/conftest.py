"""A published checkpoint, an empty models folder, and helpers that read the messages of commands."""

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
    """A checkpoint as it is usually published: without an inlay.json, and with capitals in its name."""
    folder = tmp_path_factory.mktemp("elsewhere") / "Tiny v1.5"
    write_tiny_checkpoint(folder)
    (folder / "inlay.json").unlink()
    (folder / "README.md").write_text("---\nlicense: openrail\ntags: [tiny]\n---\n# Tiny\n")
    return folder


@pytest.fixture
def source(bare: Path, tmp_path: Path) -> Path:
    """A copy of the published checkpoint, which a test may damage."""
    return Path(shutil.copytree(bare, tmp_path / "elsewhere" / bare.name))


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of the studio's models folder. The folder does not exist yet."""
    monkeypatch.setenv("INLAY_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("INLAY_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("INLAY_DEVICE", "cpu")
    return tmp_path / "models"


def added(models: Path, id: str) -> ModelDescription:
    return ModelCatalog(models).get(id).description


def refused(*arguments: object) -> str:
    """Run a command that must fail, and return its message."""
    ran = inlay("models", *arguments)
    assert ran.exit_code == 1, ran.output
    return ran.stderr


def left(folder: Path) -> list[Path]:
    return [*folder.iterdir()] if folder.is_dir() else []
