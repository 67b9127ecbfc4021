"""Names and endings of files become ids that are unique, and are kept as titles."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter
from safetensors.numpy import save_file

from backend.contracts.document import Name
from backend.store.models import ModelCatalog
from inlay.registry.names import id_of, title_of
from tests.unit.inlay.conftest import inlay
from tests.unit.inlay.registry.conftest import refused

LAYER = "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k"


def lora(file: Path, value: float = 1) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    shapes = {"A": (4, 32), "B": (16, 4)}
    save_file({f"{LAYER}.lora_{one}.weight": np.full(shape, value, np.float16) for one, shape in shapes.items()}, file)
    return file


@pytest.mark.parametrize(
    ("name", "id", "title"),
    [
        ("水彩.safetensors", "model-22c08846", "水彩"),
        ("UPPER.SAFETENSORS", "upper", "UPPER"),
        ("Ink.SafeTensors", "ink", "Ink"),
        ("ink.sft", "ink", "ink"),
        ("My Model v1.5 (final).safetensors", "my-model-v1-5-final", "My Model v1.5 (final)"),
        ("Ærø Straße café.safetensors", "aero-strasse-cafe", "Ærø Straße café"),
        ("ＷＩＤＥ.safetensors", "wide", "ＷＩＤＥ"),
        ("🎨.safetensors", f"{id_of('🎨')}", "🎨"),
        ("CON.safetensors", "model-con", "CON"),
        ("lpt1.safetensors", "model-lpt1", "lpt1"),
        ("-_-.safetensors", id_of("-_-"), "-_-"),
        ("a" * 200 + ".safetensors", "a" * 64, "a" * 200),
        (".safetensors", "safetensors", ".safetensors"),
        ("two\nlines.safetensors", "two-lines", "two lines"),
    ],
)
def test_a_file_is_added_under_an_id_of_its_own(models: Path, tmp_path: Path, name: str, id: str, title: str) -> None:
    ran = inlay("models", "add", lora(tmp_path / "sources" / name))
    assert ran.exit_code == 0, ran.output
    assert f"Added {id!r}" in ran.stdout
    entries = ModelCatalog(models).entries()
    assert {one: entry.description.title for one, entry in entries.adapters.items()} == {id: title}
    TypeAdapter(Name).validate_python(id)
    assert (models / id / "pytorch_lora_weights.safetensors").is_file()


def test_folders_get_ids_like_files(models: Path, tmp_path: Path) -> None:
    lora(tmp_path / "水 彩 v2" / "pytorch_lora_weights.SAFETENSORS")
    assert inlay("models", "add", tmp_path / "水 彩 v2").exit_code == 0
    assert ModelCatalog(models).entries().adapters["v2"].description.title == "水 彩 v2"


def test_another_file_of_the_same_name_is_numbered_and_the_same_is_not_added_again(
    models: Path, tmp_path: Path
) -> None:
    file = lora(tmp_path / "Ink.safetensors")
    assert inlay("models", "add", file).exit_code == 0
    said = refused("add", file)
    assert f"Inlay has the weights of {file} already, as 'ink'. To add them again, name an id with --id." in said
    assert "Added 'ink-2'" in inlay("models", "add", lora(tmp_path / "other" / "INK.safetensors", 2)).stdout
    assert "Added 'ink-3'" in inlay("models", "add", lora(tmp_path / "third" / "ink.safetensors", 3)).stdout
    assert "Added 'again'" in inlay("models", "add", file, "--id", "again").stdout
    long = "b" * 80
    for number in (4, 5):
        assert inlay("models", "add", lora(tmp_path / str(number) / f"{long}.safetensors", number)).exit_code == 0
    assert {"b" * 64, "b" * 62 + "-2"} <= set(ModelCatalog(models).entries().adapters)


def test_a_title_is_made_from_the_name_of_the_file() -> None:
    assert title_of(Path("/somewhere/Tiny v1.5/")) == "Tiny v1.5"
    assert title_of(Path("/somewhere/there/..")) == "somewhere"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        (
            "x.ckpt",
            "is a pickle, which could run code when it is loaded. Take the .safetensors file of the same weights",
        ),
        ("x.PT", "is a pickle"),
        ("x.gguf", "is a GGUF file"),
        ("x.onnx", "is an ONNX file"),
    ],
)
def test_other_endings_are_refused_with_their_format(models: Path, tmp_path: Path, name: str, what: str) -> None:
    (tmp_path / name).write_bytes(b"anything")
    assert f"{name} {what}" in refused("add", tmp_path / name)


def test_weights_are_recognised_by_their_content_and_not_their_ending(models: Path, tmp_path: Path) -> None:
    shutil.copy(lora(tmp_path / "ink.safetensors"), tmp_path / "ink.download")
    assert inlay("models", "add", tmp_path / "ink.download").exit_code == 0
    (tmp_path / "page.download").write_bytes(b"<!DOCTYPE html><html>")
    assert "page.download is a web page, not the file" in refused("add", tmp_path / "page.download")
