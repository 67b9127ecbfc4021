"""Fingerprints of model folders, by which ranks notice that they hold different models."""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from worker.diffusion.loading import DESCRIPTION, Models, Version, read

SAMPLES, SAMPLE_BYTES = 64, 4096  # of each file: enough to tell two trainings of one network apart


def fingerprints(models: Models) -> dict[str, str]:
    """Return a fingerprint of each model and adapter in memory, by its id."""
    return {read(folder / DESCRIPTION).id: fingerprint(folder, version) for folder, version in models.folders().items()}


@cache
def fingerprint(folder: Path, version: Version) -> str:
    """Return a hash of a folder: the name and size of each file, and samples that are spread evenly over it. `version`
    says which state of the folder is meant, so that an answer can be remembered."""
    digest = hashlib.sha256()
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        size = file.stat().st_size
        digest.update(f"{file.relative_to(folder)}\0{size}\0".encode())
        with file.open("rb") as data:
            for start in _starts(size):
                data.seek(start)
                digest.update(data.read(SAMPLE_BYTES))
    return digest.hexdigest()


def _starts(size: int) -> Iterator[int]:
    last = max(0, size - SAMPLE_BYTES)
    yield from sorted({round(last * place / (SAMPLES - 1)) for place in range(SAMPLES)})
