"""Checks that a model or an adapter is unchanged since it was added."""

from collections.abc import Iterator
from pathlib import Path

from inlay.registry.sums import changed
from inlay.registry.trial import loaded_and_tried
from worker.diffusion.errors import DiffusionError


def faults(id: str, folder: Path, loads: bool, budget: int | None) -> Iterator[str]:
    """Yield a clause for each fault of an entry. `loads`: whether it is a model; a model must load within `budget`
    bytes, and its networks must return finite numbers."""
    found = list(changed(folder))
    yield from found
    if loads and not found:
        try:
            loaded_and_tried(id, folder.parent, budget)
        except DiffusionError as error:
            yield str(error).rstrip(".")
