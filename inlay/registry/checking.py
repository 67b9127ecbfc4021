"""Whether a model or adapter is still what was added."""

from collections.abc import Iterator
from pathlib import Path

from inlay.registry.sums import changed
from inlay.registry.trial import loaded_and_tried
from worker.diffusion.errors import DiffusionError


def faults(id: str, folder: Path, loads: bool, budget: int | None) -> Iterator[str]:
    """A clause for each thing wrong with an entry. `loads`: it is a model, which must load as well, in `budget`
    bytes."""
    found = list(changed(folder))
    yield from found
    if loads and not found:
        try:
            loaded_and_tried(id, folder.parent, budget)
        except DiffusionError as error:
            yield str(error).rstrip(".")
