"""The catalogue of models, with good, missing and broken folders."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save, save_file

from backend.store.errors import NotFound
from backend.store.models import ModelCatalog

DESCRIPTION: dict[str, Any] = {
    "id": "papercut",
    "title": "Papercut",
    "kind": "stable-diffusion",
    "revision": "1.0.0",
    "licence": "Apache-2.0",
    "native_size": 128,
    "cell": 8,
    "channels": 4,
    "prediction": "epsilon",
    "max_tokens": 32,
    "defaults": {"steps": 25, "guidance": 3.0, "eta": 0.0, "scheduler": "ddim", "window": 128, "stride": 64},
    "latent_rgb": {"factors": [[0.1, 0.2, 0.3]] * 4, "bias": [0.5, 0.5, 0.5]},
}


def write_model(folder: Path, **changes: Any) -> Path:
    for part in ("unet", "vae"):
        (folder / part).mkdir(parents=True)
        named = {f"{part} of {folder.name}": np.zeros(4, np.float32)}
        save_file(named, folder / part / "model.safetensors")
    (folder / "inlay.json").write_text(json.dumps(DESCRIPTION | changes))
    return folder


def test_a_complete_folder_is_offered_with_a_digest_that_others_can_compute(tmp_path: Path):
    folder = write_model(tmp_path / "papercut")
    model = ModelCatalog(tmp_path).get("papercut")
    assert model.description.title == "Papercut"
    assert model.pin.revision == "1.0.0"
    lines = "".join(
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("unet/model.safetensors", "vae/model.safetensors")
    )
    assert model.sha256 == hashlib.sha256(lines.encode()).hexdigest()


def test_the_documented_shell_command_gives_the_same_digest(tmp_path: Path):
    folder = write_model(tmp_path / "papercut")
    command = "find * -name '*.safetensors' | LC_ALL=C sort | xargs sha256sum | sha256sum"
    if shutil.which("sha256sum") is None:
        command = command.replace("sha256sum", "shasum -a 256")
    printed = subprocess.run(command, shell=True, cwd=folder, check=True, capture_output=True, text=True).stdout
    assert printed.split()[0] == ModelCatalog(tmp_path).get("papercut").sha256


def test_models_come_by_id_and_a_new_folder_is_seen_at_once(tmp_path: Path):
    catalog = ModelCatalog(tmp_path)
    write_model(tmp_path / "one", id="zebra")
    assert [model.description.id for model in catalog.list()] == ["zebra"]
    write_model(tmp_path / "two", id="ant")
    assert [*catalog.models()] == ["ant", "zebra"]


def test_a_folder_that_does_not_exist_offers_nothing(tmp_path: Path):
    catalog = ModelCatalog(tmp_path / "none")
    assert catalog.list() == []
    assert catalog.broken() == []
    with pytest.raises(NotFound, match="offered are: none"):
        catalog.get("papercut")


def test_the_error_for_an_unknown_model_lists_the_models(tmp_path: Path):
    write_model(tmp_path / "papercut")
    with pytest.raises(NotFound, match=r"no model 'sd' here\. The models offered are: papercut"):
        ModelCatalog(tmp_path).get("sd")


def break_json(folder: Path) -> None:
    (folder / "inlay.json").write_text("{")


def break_field(folder: Path) -> None:
    (folder / "inlay.json").write_text(json.dumps(DESCRIPTION | {"id": "broken", "cell": 0}))


def remove_description(folder: Path) -> None:
    (folder / "inlay.json").unlink()


def remove_weights(folder: Path) -> None:
    for path in folder.rglob("*.safetensors"):
        path.rename(path.with_suffix(".bin"))


def cut_weights_short(folder: Path) -> None:
    weights = folder / "unet" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4])


def lose_a_shard(folder: Path) -> None:
    index = {"weight_map": {"a": "model.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (folder / "unet" / "model.safetensors.index.json").write_text(json.dumps(index))


def mistake_the_entry(folder: Path) -> None:
    (folder / "inlay.json").write_text(json.dumps(DESCRIPTION | {"id": "broken", "entry": "sampler"}))


def take_the_id(folder: Path) -> None:
    (folder / "inlay.json").write_text(json.dumps(DESCRIPTION))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (break_json, "inlay.json is not a model description: the file"),
        (break_field, "cell: Input should be greater than or equal to 1"),
        (remove_description, "inlay.json is missing"),
        (remove_weights, "no .safetensors weights"),
        (cut_weights_short, "model.safetensors has "),
        (lose_a_shard, "model-00002-of-00002.safetensors is missing"),
        (mistake_the_entry, "inlay.json is not a model description: entry"),
        (take_the_id, "another folder already has the id 'papercut'"),
    ],
)
def test_a_broken_folder_is_reported_and_the_others_are_offered(tmp_path: Path, damage: Any, reason: str):
    write_model(tmp_path / "a-good-one")
    damage(write_model(tmp_path / "broken", id="broken"))
    (tmp_path / "notes.txt").write_text("not a folder")
    (tmp_path / ".cache").mkdir()
    catalog = ModelCatalog(tmp_path)
    assert [*catalog.models()] == ["papercut"]
    (broken,) = catalog.broken()
    assert broken.folder == "broken"
    assert reason in broken.reason


def test_weights_are_hashed_again_only_when_they_changed(tmp_path: Path):
    weights = write_model(tmp_path / "papercut") / "unet" / "model.safetensors"
    catalog = ModelCatalog(tmp_path)
    first = catalog.get("papercut").sha256
    status = weights.stat()
    other = save({"unet of papercut": np.ones(4, np.float32)})
    weights.write_bytes(other)
    os.utime(weights, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert catalog.get("papercut").sha256 == first, "same inode, size and time: the file was not read again"
    os.utime(weights, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert catalog.get("papercut").sha256 != first


def test_weights_that_another_file_took_the_place_of_are_hashed_again(tmp_path: Path):
    weights = write_model(tmp_path / "papercut") / "unet" / "model.safetensors"
    first, status = ModelCatalog(tmp_path).get("papercut").sha256, weights.stat()
    (tmp_path / "other").write_bytes(save({"unet of papercut": np.ones(4, np.float32)}))
    os.utime(tmp_path / "other", ns=(status.st_atime_ns, status.st_mtime_ns))
    (tmp_path / "other").replace(weights)
    assert weights.stat().st_mtime_ns == status.st_mtime_ns
    assert ModelCatalog(tmp_path).get("papercut").sha256 != first


def test_a_model_that_names_a_controlnet_has_it(tmp_path: Path):
    folder = write_model(tmp_path / "papercut", controlnets=["pose"])
    (broken,) = ModelCatalog(tmp_path).broken()
    assert broken.reason == "inlay.json names a pose ControlNet; controlnet_pose/ is missing"
    (folder / "controlnet_pose").mkdir()
    assert ModelCatalog(tmp_path).get("papercut").description.controlnets == ["pose"]


ADAPTER = {"entry": "lora", "id": "ink", "title": "Ink", "kind": "stable-diffusion", "revision": "1", "licence": "MIT"}


def test_an_adapter_is_not_listed_as_a_model(tmp_path: Path):
    folder = write_model(tmp_path / "papercut")
    (tmp_path / "ink").mkdir()
    save_file({"lora": np.zeros(8, np.float16)}, tmp_path / "ink" / "pytorch_lora_weights.safetensors")
    (tmp_path / "ink" / "inlay.json").write_text(json.dumps(ADAPTER))
    entries = ModelCatalog(tmp_path).entries()
    assert [*entries.models] == ["papercut"]
    assert [(id, one.description.entry) for id, one in entries.adapters.items()] == [("ink", "lora")]
    assert entries.folders == {"ink": tmp_path / "ink", "papercut": folder}
    weights = tmp_path / "ink" / "pytorch_lora_weights.safetensors"
    assert entries.adapters["ink"].description.weights_bytes == weights.stat().st_size
    assert len(entries.adapters["ink"].sha256) == 64


def test_a_models_size_is_that_of_its_files_unless_its_description_gives_one(tmp_path: Path):
    folder = write_model(tmp_path / "papercut")
    files = sum(path.stat().st_size for path in folder.rglob("*.safetensors"))
    assert ModelCatalog(tmp_path).get("papercut").description.weights_bytes == files
    (folder / "inlay.json").write_text(json.dumps(DESCRIPTION | {"weights_bytes": 12}))
    assert ModelCatalog(tmp_path).get("papercut").description.weights_bytes == 12
