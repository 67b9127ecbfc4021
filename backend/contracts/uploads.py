"""Which uploads a document names."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from backend.contracts.job import Job


class Named(NamedTuple):
    """An upload's id, and where the document names it."""

    location: tuple[str | int, ...]
    id: str


def named(job: Job) -> list[Named]:
    """The pictures of prompts and of the start, and the masks of patches and of the start, in the document's order."""
    return [*_named(job.model_dump(exclude={"models", "adapters"}), ())]


def _named(value: Any, location: tuple[str | int, ...]) -> Iterator[Named]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        there = (*location, key)
        of_graph = "graph" in location  # whose masks are its own
        if isinstance(inner, str) and (key == "picture" or (key == "mask" and not of_graph)):
            yield Named(there, inner)
        else:
            yield from _named(inner, there)
