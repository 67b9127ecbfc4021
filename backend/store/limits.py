"""The limits of each owner. They are checked in the transaction that adds something, while the owner's account
(`backend.store.shares`) is locked. So requests that arrive together cannot exceed a limit.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal_column, select

from backend.store.errors import LimitReached
from backend.store.estimates import expected_bytes
from backend.store.tables import KEEPS_BYTES, jobs, saved_layouts, uploads

QUEUE_SECONDS = 30.0  # a client whose queue is full tries again after this time
HOUR = 3600.0


@dataclass(frozen=True)
class OwnerLimits:
    """The limits of each owner. None is no limit.

    `queued` and `running` count jobs; a worker passes over the jobs of an owner who has enough `running` ones.
    `cost_per_hour` is in view-forwards: an allowance that the owner's new jobs take from, and that fills up again
    evenly within an hour. `bytes` are those of the pictures, frames, checkpoints of stopped jobs and uploads that the
    server keeps; a new job also needs room beside what queued and running jobs will probably keep. `uploads` and
    `layouts` count files and saved layouts.
    """

    queued: int | None = None
    running: int | None = None
    cost_per_hour: int | None = None
    bytes: int | None = None
    uploads: int | None = None
    layouts: int | None = None

    def check_queued(self, connection: Connection, owner: str) -> None:
        """Raise LimitReached if the owner may not queue another job."""
        mine = select(literal_column("1")).select_from(jobs).where(jobs.c.owner == owner, jobs.c.state == "queued")
        if _reaches(connection, mine, self.queued):
            sentence = (
                f"You have {self.queued:,} queued jobs, and the limit of each owner is {self.queued:,}. "
                "Wait until some have run, or cancel some."
            )
            raise LimitReached("queued", sentence, QUEUE_SECONDS)

    def spend(self, spent: float, seconds: float, cost: int) -> float:
        """Return how much of the hour's allowance is used after a job of `cost`, if `spent` was used `seconds` ago.
        Raises LimitReached if the job does not fit."""
        if self.cost_per_hour is None:
            return 0.0
        most = self.cost_per_hour
        if cost > most:
            raise LimitReached(
                "cost-per-hour",
                f"This job costs {cost:,} view-forwards, and the limit of each owner is {most:,} in an hour. "
                "Use fewer steps, views or images.",
            )
        left = max(0.0, spent - seconds * most / HOUR)
        if left + cost > most:
            wait = (left + cost - most) * HOUR / most
            raise LimitReached(
                "cost-per-hour",
                f"This job costs {cost:,} view-forwards. Of the {most:,} that each owner may spend in an hour, you "
                f"have {max(0, int(most - left)):,} left. Try again in {wait:,.0f} s, or make the job smaller.",
                wait,
            )
        return left + cost

    def check_bytes(self, connection: Connection, owner: str, more: int = 0) -> None:
        """Raise LimitReached if the owner may not keep `more` bytes."""
        if self.bytes is None:
            return
        kept = kept_bytes(connection, owner)
        if kept + more > self.bytes or kept >= self.bytes:
            raise _full(kept, "", self.bytes)

    def check_bytes_of_jobs(self, connection: Connection, owner: str) -> None:
        """Raise LimitReached if the owner may not queue another job, because of what is kept already, and what the
        owner's queued and running jobs will probably keep."""
        self.check_bytes(connection, owner)
        if self.bytes is None or (expected := expected_bytes(connection, owner)) == 0:
            return
        kept = kept_bytes(connection, owner)
        if kept + expected >= self.bytes:
            more = f" your queued and running jobs will take about {readable_bytes(expected)} more,"
            raise _full(kept, more, self.bytes)

    def check_uploads(self, connection: Connection, owner: str) -> None:
        """Raise LimitReached if the owner may not store another upload."""
        mine = select(literal_column("1")).select_from(uploads).where(uploads.c.owner == owner)
        if _reaches(connection, mine, self.uploads):
            raise LimitReached(
                "uploads",
                f"You have {self.uploads:,} uploads, and the limit of each owner is {self.uploads:,}. Delete jobs and "
                "layouts that name uploads. An upload that nothing names is deleted after a day.",
            )

    def check_layouts(self, connection: Connection, owner: str) -> None:
        """Raise LimitReached if the owner may not save another layout."""
        mine = select(literal_column("1")).select_from(saved_layouts).where(saved_layouts.c.owner == owner)
        if _reaches(connection, mine, self.layouts):
            raise LimitReached(
                "layouts",
                f"You have {self.layouts:,} saved layouts, and the limit of each owner is {self.layouts:,}. "
                "Delete one, or save over one.",
            )


NO_LIMITS = OwnerLimits()


def kept_bytes(connection: Connection, owner: str) -> int:
    """Return the bytes of an owner's pictures, frames, checkpoints of stopped jobs, and uploads."""
    of_jobs = _sum(jobs.c.bytes, jobs.c.owner == owner, KEEPS_BYTES)
    of_uploads = _sum(uploads.c.bytes, uploads.c.owner == owner)
    return int(connection.scalar(select(of_jobs + of_uploads)) or 0)


def _sum(column: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(func.coalesce(func.sum(column), 0)).where(*conditions).scalar_subquery()


def _full(kept: int, expected: str, most: int) -> LimitReached:
    delete = "Delete jobs that you do not need, for good" + (", or cancel some." if expected else ".")
    return LimitReached(
        "bytes",
        f"Your pictures, frames, checkpoints and uploads take {readable_bytes(kept)},{expected} and the limit of each "
        f"owner is {readable_bytes(most)}. {delete}",
    )


def _reaches(connection: Connection, rows: Select[Any], most: int | None) -> bool:
    """Tell whether a query finds `most` rows. It stops counting there."""
    if most is None:
        return False
    return (connection.scalar(select(func.count()).select_from(rows.limit(most).subquery())) or 0) >= most


def readable_bytes(count: int) -> str:
    """Return a number of bytes for people."""
    size, unit = float(count), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"
