"""The header of a safetensors file: what it holds, and whether it is whole, told without reading its weights.

A file is a u64 length (little-endian), a JSON object of that length (name -> dtype, shape, byte range of the rest) and
the weights, end to end (https://huggingface.co/docs/safetensors, "Format").
"""

import hashlib
import json
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from backend.store.errors import StoreError

LONGEST_HEADER = 100_000_000  # bytes, as the format's own reader allows
_LENGTH = struct.Struct("<Q")
_START = 64  # bytes by which a file that is something else is known
_PAGE = "is a web page and not the file itself, as downloads are that had to log in first; download the file again"
_ARCHIVE = "is an archive; unpack it first"
_OTHERS = {
    b"GGUF": "is a GGUF file, which is not read; take the same weights as .safetensors",
    b"version https://git-lfs": "is a pointer of Git LFS and not the file itself; fetch the file with `git lfs pull`",
    b"\x89HDF": "is an HDF5 file, which is not read; take the same weights as .safetensors",
    b"<!doctype": _PAGE,
    b"<html": _PAGE,
    b"7z\xbc\xaf": _ARCHIVE,
    b"Rar!": _ARCHIVE,
    b"\x1f\x8b": _ARCHIVE,
    b"\x89PNG": "is a picture",
    b"\xff\xd8\xff": "is a picture",
}
_PICKLE = "is a pickle by another name, which could run code when it is loaded; only true .safetensors are read"
_PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
_METADATA = "__metadata__"


class BrokenWeightsError(StoreError):
    """A file of weights that cannot be loaded; the message begins with its name."""


class _Index(BaseModel):
    """Which file holds which weights, where they are split over several."""

    weight_map: dict[str, str]


class Tensor(BaseModel):
    """`data_offsets`: the first byte after the header and the one behind the last."""

    model_config = ConfigDict(frozen=True)

    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]]


_HEADER = TypeAdapter(dict[str, Tensor])


def read_header(file: Path) -> dict[str, Tensor]:
    """The tensors of a file, by name. BrokenWeightsError: it is something else, or cut short. OSError as of `open`."""
    size = file.stat().st_size
    length, text = _json(file, size)
    try:
        header = _HEADER.validate_python({name: one for name, one in json.loads(text).items() if name != _METADATA})
    except (ValueError, AttributeError, ValidationError):
        raise BrokenWeightsError(f"{file.name} {_what_else(file)}") from None
    whole = _LENGTH.size + length + max((tensor.data_offsets[1] for tensor in header.values()), default=0)
    if size != whole:
        raise BrokenWeightsError(f"{file.name} has {size:,} bytes and should have {whole:,}; copy it again")
    return header


def read_metadata(file: Path) -> dict[str, str]:
    """The notes that the tool which wrote a file left in its header, such as `modelspec.title`; none where it left
    none that are texts. BrokenWeightsError and OSError as of `read_header`."""
    read_header(file)
    noted = json.loads(_json(file, file.stat().st_size)[1]).get(_METADATA)
    return {str(key): value for key, value in noted.items() if isinstance(value, str)} if noted else {}


def _json(file: Path, size: int) -> tuple[int, bytes]:
    """The length of a file's header, and its text; an empty text where the length is none."""
    with file.open("rb") as stream:
        start = stream.read(_LENGTH.size)
        length = _LENGTH.unpack(start)[0] if len(start) == _LENGTH.size else 0
        return length, stream.read(length) if length <= min(size, LONGEST_HEADER) else b""


def _what_else(file: Path) -> str:
    """Return what a file with another beginning is, as the rest of a sentence."""
    with file.open("rb") as stream:
        start = stream.read(_START).lstrip()
    if start.startswith(_PICKLES):
        return _PICKLE
    other = next((said for magic, said in _OTHERS.items() if start.lower().startswith(magic.lower())), None)
    return other or "is not a safetensors file, or its beginning is damaged; copy it again"


def shards(index: Path) -> list[Path]:
    """The files that a `.safetensors.index.json` names, all beside it. BrokenWeightsError for one that is missing."""
    try:
        names = sorted({*_Index.model_validate_json(index.read_bytes()).weight_map.values()})
    except ValidationError:
        raise BrokenWeightsError(f"{index.name} does not say which file holds which weights; copy it again") from None
    for name in names:
        if Path(name).name != name or not name.endswith(".safetensors"):
            raise BrokenWeightsError(f"{index.name} names {name!r}, which is no .safetensors file beside it")
        if not (index.parent / name).is_file():
            raise BrokenWeightsError(f"{name} is missing; {index.name} names it")
    return [index.parent / name for name in names]


def weights_digest(files: Iterable[Path]) -> str:
    """The sha256, in hex, over the tensors of these files by their names, whatever file each is in and in whatever
    order. BrokenWeightsError as of `read_header`."""
    where = {name: (file, tensor) for file in files for name, tensor in read_header(file).items()}
    digest = hashlib.sha256()
    for name, (file, tensor) in sorted(where.items()):
        digest.update(f"{name} {tensor.dtype} {tensor.shape}\n".encode())
        with file.open("rb") as stream:
            begin = _LENGTH.size + _LENGTH.unpack(stream.read(_LENGTH.size))[0]
            first, behind = tensor.data_offsets
            stream.seek(begin + first)
            digest.update(stream.read(behind - first))
    return digest.hexdigest()


def latent_space(vae: Path) -> str:
    """A name for what the latents of a VAE mean: the beginning of the digest of the folder's weights."""
    return weights_digest(vae.glob("*.safetensors"))[:16]
