import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from inlay.cli import app
from tests.tiny.stable_diffusion import write_tiny_checkpoint


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of random checkpoints: `tiny`, and `posed`, which takes poses."""
    folder = tmp_path_factory.mktemp("models")
    write_tiny_checkpoint(folder / "tiny")
    write_tiny_checkpoint(folder / "posed", id="posed", pose=True)
    return folder


@pytest.fixture
def models(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set the folder of checkpoints as the command line's models folder."""
    monkeypatch.setenv("INLAY_MODELS", str(checkpoints))
    monkeypatch.setenv("INLAY_DEVICE", "cpu")
    return checkpoints


def inlay(*arguments: object) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, [*map(str, arguments)])


def written(folder: Path, **changes: Any) -> Path:
    """Write the document of a small panorama as a file."""
    layout = {"kind": "panorama", "canvas": {"width": 192, "height": 128}, "prompt": "the sea"}
    document = {"layout": layout, "sampling": {"model": "tiny", "steps": 2, "seed": 5}} | changes
    path = folder / "document.json"
    path.write_text(json.dumps(document))
    return path
