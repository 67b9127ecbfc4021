"""The sha256 of each file of weights. `add` stores them beside the weights, in the format of `sha256sum`."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

SUMS = "SHA256SUMS"
"""The name of the file of checksums in a model's folder. `sha256sum --check SHA256SUMS` reads it there."""


def write_sums(folder: Path) -> None:
    lines = (f"{_sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in _weights(folder))
    (folder / SUMS).write_text("".join(lines))


def changed(folder: Path) -> Iterator[str]:
    """Yield a clause for each file of weights that changed since it was added; nothing if the folder has no
    checksums."""
    file = folder / SUMS
    if not file.is_file():
        return
    kept = {name: sum for sum, _, name in (line.partition("  ") for line in file.read_text().splitlines())}
    here = {path.relative_to(folder).as_posix(): path for path in _weights(folder)}
    for name, sum in kept.items():
        if name not in here:
            yield f"{name} is missing"
        elif _sha256(here[name]) != sum:
            yield f"{name} has changed since it was added"
    yield from (f"{name} was not there when the model was added" for name in here if name not in kept)


def _weights(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.safetensors"))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
