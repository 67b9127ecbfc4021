"""Read the header of a safetensors file, which says what the file holds and shows if it is complete. The weights are
not read for this.

A file is a u64 length (little-endian), a JSON object of that length, and the weights, one after the other. The object
maps each name to a dtype, a shape, and a range of bytes after the header (https://huggingface.co/docs/safetensors,
"Format").
"""

import hashlib
import json
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from backend.store.errors import StoreError

LONGEST_HEADER = 100_000_000  # bytes; the format's own reader has the same limit
_LENGTH = struct.Struct("<Q")
_START = 64  # bytes by which files of other formats are recognised
_PAGE = "is a web page, not the file; some downloads need a login first; download the file again"
_ARCHIVE = "is an archive; unpack it first"
_OTHERS = {
    b"GGUF": "is a GGUF file, which Inlay does not read; use the same weights as .safetensors",
    b"version https://git-lfs": "is a pointer of Git LFS and not the file itself; fetch the file with `git lfs pull`",
    b"\x89HDF": "is an HDF5 file, which Inlay does not read; use the same weights as .safetensors",
    b"<!doctype": _PAGE,
    b"<html": _PAGE,
    b"7z\xbc\xaf": _ARCHIVE,
    b"Rar!": _ARCHIVE,
    b"\x1f\x8b": _ARCHIVE,
    b"\x89PNG": "is a picture",
    b"\xff\xd8\xff": "is a picture",
}
_PICKLE = "is a pickle, which could run code when it is loaded; use a true .safetensors file"
_PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
_METADATA = "__metadata__"


class BrokenWeightsError(StoreError):
    """A file of weights cannot be loaded. The message begins with its name."""


class _LatentScale(BaseModel):
    """The numbers of a VAE's configuration that scale and shift its latents, with the defaults of diffusers."""

    scaling_factor: float = 0.18215
    shift_factor: float | None = None


class _Index(BaseModel):
    """The index of weights that are split over several files: it maps each tensor to its file."""

    weight_map: dict[str, str]


class Tensor(BaseModel):
    """A tensor of a file. `data_offsets` are its first byte and the byte after its last, counted from the end of the
    header."""

    model_config = ConfigDict(frozen=True)

    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]]


_HEADER = TypeAdapter(dict[str, Tensor])


def read_header(file: Path) -> dict[str, Tensor]:
    """Return the tensors of a file by name.

    Raises BrokenWeightsError if the file is incomplete or of another format, and OSError if it cannot be opened.
    """
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
    """Return the texts that another tool wrote into the header of a file, such as `modelspec.title`.

    Raises the errors of `read_header`.
    """
    read_header(file)
    noted = json.loads(_json(file, file.stat().st_size)[1]).get(_METADATA)
    return {str(key): value for key, value in noted.items() if isinstance(value, str)} if noted else {}


def _json(file: Path, size: int) -> tuple[int, bytes]:
    """Return the length of a file's header, and its text. The text is empty if the length cannot be right."""
    with file.open("rb") as stream:
        start = stream.read(_LENGTH.size)
        length = _LENGTH.unpack(start)[0] if len(start) == _LENGTH.size else 0
        return length, stream.read(length) if length <= min(size, LONGEST_HEADER) else b""


def _what_else(file: Path) -> str:
    """Return the end of a sentence that says what a file is if it is not a safetensors file."""
    with file.open("rb") as stream:
        start = stream.read(_START).lstrip()
    if start.startswith(_PICKLES):
        return _PICKLE
    other = next((said for magic, said in _OTHERS.items() if start.lower().startswith(magic.lower())), None)
    return other or "is not a safetensors file, or its beginning is damaged; copy it again"


def shards(index: Path) -> list[Path]:
    """Return the files that a `.safetensors.index.json` names, all in its folder. Raises BrokenWeightsError if one is
    missing."""
    try:
        names = sorted({*_Index.model_validate_json(index.read_bytes()).weight_map.values()})
    except ValidationError:
        raise BrokenWeightsError(f"{index.name} does not say which file holds which weights; copy it again") from None
    for name in names:
        if Path(name).name != name or not name.endswith(".safetensors"):
            raise BrokenWeightsError(
                f"{index.name} names {name!r}, which is not a .safetensors file in the same folder"
            )
        if not (index.parent / name).is_file():
            raise BrokenWeightsError(f"{name} is missing; {index.name} names it")
    return [index.parent / name for name in names]


def weights_digest(files: Iterable[Path]) -> str:
    """Return the SHA-256, in hex, of the tensors in these files.

    It depends on the tensors and their names, not on the files that they are in. Raises the errors of `read_header`.
    """
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
    """Return the name of a VAE's latent space: the beginning of a digest of the VAE's weights and of the numbers by
    which its configuration scales and shifts the latents."""
    try:
        scale = _LatentScale.model_validate_json((vae / "config.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise BrokenWeightsError(
            f"{vae / 'config.json'} does not say how the latents are scaled; copy it again"
        ) from error
    named = f"{weights_digest(vae.glob('*.safetensors'))} {scale.scaling_factor} {scale.shift_factor or 0.0}"
    return hashlib.sha256(named.encode()).hexdigest()[:16]
