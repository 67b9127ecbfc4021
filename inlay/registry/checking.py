"""Checks that a model or adapter is still as it was added."""

from collections.abc import Iterator
from pathlib import Path

from inlay.registry.sums import changed
from inlay.registry.trial import loaded_and_tried
from worker.diffusion.errors import DiffusionError


def faults(id: str, folder: Path, loads: bool, budget: int | None) -> Iterator[str]:
    """Yield a clause for each fault of an entry. `loads`: it is a model, which must load in `budget` bytes, and whose
    networks must answer."""
    found = list(changed(folder))
    yield from found
    if loads and not found:
        try:
            loaded_and_tried(id, folder.parent, budget)
        except DiffusionError as error:
            yield str(error).rstrip(".")
