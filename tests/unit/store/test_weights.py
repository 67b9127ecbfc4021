"""The headers of files of weights, and the formats that are recognised by their first bytes."""

import json
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from backend.store.weights import BrokenWeightsError, latent_space, read_header, read_metadata, shards, weights_digest


def written(folder: Path) -> Path:
    file = folder / "model.safetensors"
    save_file({"a": np.zeros((2, 3), np.float32), "b": np.ones(5, np.float16)}, file, metadata={"format": "pt"})
    return file


def test_a_whole_file_says_what_it_holds(tmp_path: Path) -> None:
    header = read_header(written(tmp_path))
    assert {name: (one.dtype, one.shape) for name, one in header.items()} == {"a": ("F32", (2, 3)), "b": ("F16", (5,))}


def test_a_header_may_begin_like_a_pickle(tmp_path: Path) -> None:
    text = b"{}".ljust(0x280)  # 80 02 in the length: the first bytes of a pickle of protocol 2
    (tmp_path / "x.safetensors").write_bytes(header(text))
    assert read_header(tmp_path / "x.safetensors") == {}


@pytest.mark.parametrize("change", [-1, 1])
def test_a_file_of_another_length_is_named_with_both_lengths(tmp_path: Path, change: int) -> None:
    file = written(tmp_path)
    data = file.read_bytes()
    file.write_bytes(data[:change] if change < 0 else data + bytes(change))
    with pytest.raises(BrokenWeightsError, match=f"{len(data) + change:,} bytes and should have {len(data):,}"):
        read_header(file)


def pickled(file: Path) -> None:
    file.write_bytes(pickle.dumps({"a": [1.0]}))


def zipped_pickle(file: Path) -> None:
    """Return a pickle in a ZIP archive, as `torch.save` writes it."""
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"a": [1.0]}))


@pytest.mark.parametrize("write", [pickled, zipped_pickle])
def test_a_renamed_pickle_is_refused_as_a_pickle(tmp_path: Path, write: Any) -> None:
    write(tmp_path / "model.safetensors")
    with pytest.raises(BrokenWeightsError, match=r"^model\.safetensors is a pickle"):
        read_header(tmp_path / "model.safetensors")


def header(text: bytes) -> bytes:
    return struct.pack("<Q", len(text)) + text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"abc",
        b"\x80 is not a pickle's beginning alone",
        struct.pack("<Q", 2**63) + b"{}",
        header(b"[]"),
        header(b"{"),
        header(b"\xff\xfe"),
        header(json.dumps({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, -8]}}).encode()),
        header(json.dumps({"a": "F32"}).encode()),
    ],
)
def test_a_file_that_is_not_safetensors_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.safetensors").write_bytes(data)
    with pytest.raises(BrokenWeightsError, match=r"^x\.safetensors is not a safetensors file"):
        read_header(tmp_path / "x.safetensors")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "is a pointer of Git LFS"),
        (b"GGUF\x03\0\0\0", "is a GGUF file"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"\n<HTML lang=en>", "is a web page"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "is an archive"),
    ],
)
def test_other_files_in_place_of_weights_are_named(tmp_path: Path, data: bytes, what: str) -> None:
    (tmp_path / "x.safetensors").write_bytes(data)
    with pytest.raises(BrokenWeightsError, match=rf"^x\.safetensors {what}"):
        read_header(tmp_path / "x.safetensors")


def test_the_notes_of_a_file_are_read(tmp_path: Path) -> None:
    assert read_metadata(written(tmp_path)) == {"format": "pt"}
    save_file({"a": np.zeros(2, np.float32)}, tmp_path / "n.safetensors", metadata={"modelspec.title": "Ink"})
    assert read_metadata(tmp_path / "n.safetensors") == {"modelspec.title": "Ink"}


NAMES = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]


def indexed(folder: Path, *names: str) -> Path:
    for name in NAMES:
        (folder / name).touch()
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": {str(i): name for i, name in enumerate(names)}}))
    return index


def test_shards_are_the_files_that_the_index_names(tmp_path: Path) -> None:
    assert shards(indexed(tmp_path, *NAMES, NAMES[0])) == [tmp_path / name for name in NAMES]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("model-00003-of-00003.safetensors", "model-00003-of-00003.safetensors is missing; model.safetensors.index"),
        ("../model-00001-of-00002.safetensors", "not a .safetensors file in the same folder"),
        ("model.bin", "names 'model.bin', which is not a .safetensors file"),
    ],
)
def test_a_shard_that_is_not_there_is_named(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(BrokenWeightsError, match=reason):
        shards(indexed(tmp_path, *NAMES, name))


def test_an_invalid_index_is_named(tmp_path: Path) -> None:
    index = indexed(tmp_path)
    index.write_text("[]")
    with pytest.raises(BrokenWeightsError, match=r"model\.safetensors\.index\.json does not say"):
        shards(index)


def test_a_digest_depends_on_the_weights_and_not_on_their_files(tmp_path: Path) -> None:
    a, b = np.arange(6, dtype=np.float32).reshape(2, 3), np.ones(5, np.float16)
    together, first, second, other = (tmp_path / f"{name}.safetensors" for name in ("ab", "a", "b", "c"))
    save_file({"a": a, "b": b}, together, metadata={"format": "pt"})
    save_file({"a": a}, first)
    save_file({"b": b}, second)
    save_file({"a": a, "b": b + 1}, other)
    assert weights_digest([together]) == weights_digest([second, first])
    assert weights_digest([together]) != weights_digest([other])
    assert weights_digest([first]) != weights_digest([together])


def vae(folder: Path, weight: float = 1.0, **config: Any) -> Path:
    folder.mkdir()
    save_file({"encoder": np.full(3, weight, np.float32)}, folder / "diffusion_pytorch_model.safetensors")
    (folder / "config.json").write_text(json.dumps({"_name_or_path": folder.name, "scaling_factor": 0.5} | config))
    return folder


def test_a_latent_space_is_known_by_the_weights_and_the_scale_of_its_vae(tmp_path: Path) -> None:
    first, copy = vae(tmp_path / "first"), vae(tmp_path / "copy", shift_factor=None)
    assert latent_space(first) == latent_space(copy)
    others = {
        latent_space(vae(tmp_path / "a", weight=1.5)),
        latent_space(vae(tmp_path / "b", scaling_factor=0.25)),
        latent_space(vae(tmp_path / "c", shift_factor=0.1)),
    }
    assert len(others - {latent_space(first)}) == 3


@pytest.mark.parametrize("config", [None, "{", '{"scaling_factor": "half"}'])
def test_a_vae_without_a_readable_scale_has_no_known_latent_space(tmp_path: Path, config: str | None) -> None:
    folder = vae(tmp_path / "vae")
    (folder / "config.json").unlink()
    if config is not None:
        (folder / "config.json").write_text(config)
    with pytest.raises(BrokenWeightsError, match=r"config.json does not say how the latents are scaled"):
        latent_space(folder)
