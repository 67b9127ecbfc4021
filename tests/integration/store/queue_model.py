"""The expected state of the queue, for tests/integration/store/test_queue_machine.py."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from backend.contracts.job import JobState


@dataclass
class One:
    """The expected state of a job."""

    owner: str
    state: JobState = "queued"
    attempt: int = 0
    cancel_requested: bool = False
    paused: bool = False
    due: bool = True
    trashed: bool = False


class Row(NamedTuple):
    """A queued job as the database has it."""

    id: UUID
    owner: str
    priority: int
    model: str
    skips: int


def row_of(rows: list[Row], id: UUID) -> Row:
    return next(row for row in rows if row.id == id)


def ahead_of(rows: list[Row], other: Row, owner: str) -> int:
    """Return how many jobs of an owner with the same priority stand before a job."""
    before = rows[: next(index for index, row in enumerate(rows) if row.id == other.id)]
    return sum(row.owner == owner and row.priority == other.priority for row in before)


def own_among(rows: list[Row], owner: str, among: Collection[UUID]) -> list[UUID]:
    return [row.id for row in rows if row.owner == owner and row.id in among]
