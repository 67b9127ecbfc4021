"""`inlay models pull` turns a repository of a hub into a model that the studio offers. The hub is a small one of the
test."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from tests.tiny.adapters import write_ip_adapter
from tests.unit.inlay.conftest import inlay
from tests.unit.inlay.registry.conftest import UNET, added, left, refused
from tests.unit.inlay.registry.hub import COMMIT, Hub


@pytest.fixture
def hub(bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with the published checkpoint and the other files that such repositories contain."""
    folder = Path(shutil.copytree(bare, tmp_path / "hub"))
    (folder / "v1-5-pruned.safetensors").write_bytes(b"seven gigabytes")
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"a pickle")
    (folder / "unet" / "diffusion_pytorch_model.fp16.safetensors").write_bytes(b"half")
    (folder / "pipeline.py").write_text("raise SystemExit")
    with Hub(folder) as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.address)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.address + "/{repo_id}/resolve/{revision}/{filename}"
        )
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_pull_fetches_what_a_model_needs_and_no_more(models: Path, hub: Hub, tmp_path: Path) -> None:
    ran = inlay("models", "pull", "someone/tiny", "--id", "pulled")
    assert ran.exit_code == 0, ran.output
    said = added(models, "pulled")
    assert (said.revision, said.licence) == (COMMIT[:12], "openrail")
    fetched = {name for name in hub.asked if not name.endswith((".json", ".txt", ".md"))}
    assert fetched == {UNET, "vae/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors"}
    assert left(tmp_path / "data" / "pulled") == []


def test_pull_fetches_the_image_encoder_of_an_ip_adapter(models: Path, hub: Hub) -> None:
    write_ip_adapter(hub.folder / "models", hub.folder / "unet")
    ran = inlay("models", "pull", "someone/tiny", "--file", "models/ip_adapter.safetensors", "--id", "look")
    assert ran.exit_code == 0, ran.output
    assert {one.name for one in left(models / "look" / "image_encoder")} == {"config.json", "model.safetensors"}


def test_pull_says_what_the_hub_does_not_have(models: Path, hub: Hub, tmp_path: Path) -> None:
    assert "no model 'someone/else'" in refused("pull", "someone/else")
    assert "no revision 'v9'" in refused("pull", "someone/tiny", "--revision", "v9")
    assert "has no gone.safetensors; it holds" in refused("pull", "someone/tiny", "--file", "gone.safetensors")
    assert "is not the name of a model on the Hub" in refused("pull", "not a name/at all", "--id", "x")
    (hub.folder / UNET).unlink()
    (hub.folder / "unet" / "diffusion_pytorch_model.fp16.safetensors").unlink()
    assert "unet has no .safetensors weights in the repository" in refused("pull", "someone/tiny")
    assert left(models) == left(tmp_path / "data" / "pulled") == []


def test_pull_without_a_network_says_how_to_do_without(
    models: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:1")
    said = refused("pull", "someone/tiny")
    assert "someone/tiny could not be downloaded from the Hub" in said
    assert "inlay models add FOLDER" in said
    assert left(models) == left(tmp_path / "data" / "pulled") == []
