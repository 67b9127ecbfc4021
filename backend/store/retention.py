"""Retention: jobs that have ended go to the trash when they are too old, or when their owner keeps too much, and jobs
that have been in the trash for long enough are deleted.

Favourites, jobs with tags, and jobs that a link shares stay until a person deletes them. Each batch is one short
transaction, whose statement checks all of this again. So a job that became a favourite, or was taken out of the trash,
in the meantime stays.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, and_, exists, func, select, update

from backend.contracts.job import FINAL
from backend.store.database import Database
from backend.store.deleted import delete_jobs
from backend.store.rows import lock_jobs
from backend.store.shared_links import LASTS
from backend.store.tables import KEEPS_BYTES, job_uploads, jobs, layout_uploads, now, shared_links, uploads

DAY = 24 * 3600.0
BATCH = 200  # jobs in one transaction
MOST = 5_000  # jobs that one call moves or deletes; the next call goes on

Why = Literal["age", "bytes", "trash"]
"""The reason why a job goes: it is too old, its owner keeps too much, or it was in the trash for long enough."""

KEEPABLE = (
    jobs.c.state.in_(FINAL),
    jobs.c.trashed_at.is_(None),
    ~jobs.c.favourite,
    jobs.c.tags == "[]",
    ~exists().where(shared_links.c.job_id == jobs.c.id, LASTS),
)
"""The condition for jobs that retention may move into the trash."""


@dataclass(frozen=True)
class Rules:
    """How long jobs stay. `days` after their end they go to the trash, and the oldest go there as soon as their owner
    keeps more than `bytes`. They are deleted `trash_days` later. None: never."""

    days: float | None = None
    bytes: int | None = None
    trash_days: float = 1.0


class Going(NamedTuple):
    """A job that goes, and the bytes of its pictures, frames and checkpoint."""

    id: UUID
    owner: str
    bytes: int
    why: Why


class Retention:
    """Applies the rules to the jobs of all owners."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self._database, self._rules = database, rules

    def plan(self, most: int | None = None) -> list[Going]:
        """Return the jobs that would go to the trash now, and those that would be deleted from it. Those for the same
        reason are the oldest first, and at most `most`."""
        with self._database.read() as connection:
            old = self._too_old(connection, most)
            return [*old, *self._too_many(connection, old, most), *self._in_trash(connection, most)]

    def retire(self) -> list[Going]:
        """Move jobs into the trash, the oldest first. Returns those that were moved."""
        moved: list[Going] = []
        for batch in _batches(one for one in self.plan(MOST) if one.why != "trash"):
            keepable = (jobs.c.id.in_(batch), *KEEPABLE)
            with self._database.begin() as connection:
                lock_jobs(connection, *keepable)
                done = set(
                    connection.scalars(update(jobs).where(*keepable).values(trashed_at=now()).returning(jobs.c.id))
                )
            moved += [one for one in batch.values() if one.id in done]
        return moved

    def empty_trash(self) -> list[Going]:
        """Delete jobs from the trash, those first that have been there for longest. Returns those that were deleted.
        The reconciler deletes their files."""
        with self._database.read() as connection:
            going = self._in_trash(connection, MOST)
        deleted: list[Going] = []
        for batch in _batches(going):
            long = (jobs.c.id.in_(batch), self._long_in_trash)
            with self._database.begin() as connection:
                lock_jobs(connection, *long)
                done = {row.id for row in delete_jobs(connection, *long)}
            deleted += [one for one in batch.values() if one.id in done]
        return deleted

    @property
    def _long_in_trash(self) -> Any:
        return jobs.c.trashed_at < now(-self._rules.trash_days * DAY)

    def _too_old(self, connection: Connection, most: int | None) -> list[Going]:
        if self._rules.days is None:
            return []
        old = (*KEEPABLE, jobs.c.finished_at < now(-self._rules.days * DAY))
        return _found(connection, old, jobs.c.finished_at, most, "age")

    def _in_trash(self, connection: Connection, most: int | None) -> list[Going]:
        return _found(connection, (self._long_in_trash,), jobs.c.trashed_at, most, "trash")

    def _too_many(self, connection: Connection, old: Sequence[Going], most: int | None) -> Iterator[Going]:
        """Yield the oldest jobs of each owner who keeps too much, until the rest is little enough. The `old` ones go
        already."""
        allowed, gone = self._rules.bytes, {one.id for one in old}
        if allowed is None:
            return
        for owner, kept in sorted(_kept_by_owner(connection).items()):
            if kept.jobs + kept.uploads <= allowed:
                continue
            held = _Held(connection, owner)
            excess = kept.jobs + held.bytes - allowed - sum(held.freed_by(one) for one in old if one.owner == owner)
            if excess <= 0:
                continue
            for one in _found(connection, _with_pictures(owner), jobs.c.number, most, "bytes"):
                if excess <= 0:
                    break
                if one.id not in gone:
                    excess -= held.freed_by(one)
                    yield one


class _Held:
    """The uploads of an owner that are deleted if the owner's jobs go. Those that something else names as well stay in
    any case, so no job goes because of them."""

    def __init__(self, connection: Connection, owner: str) -> None:
        self._jobs: dict[str, set[UUID]] = {}
        self._uploads: dict[UUID, set[str]] = {}
        self._bytes: dict[str, int] = {}
        for row in connection.execute(_held_by_jobs(owner)):
            self._jobs.setdefault(row.id, set()).add(row.job_id)
            self._uploads.setdefault(row.job_id, set()).add(row.id)
            self._bytes[row.id] = row.bytes

    @property
    def bytes(self) -> int:
        return sum(self._bytes.values())

    def freed_by(self, job: Going) -> int:
        """Return the bytes of a job that goes, and of the uploads that no job names after it."""
        freed = job.bytes
        for upload in self._uploads.pop(job.id, ()):
            self._jobs[upload].discard(job.id)
            if not self._jobs[upload]:
                freed += self._bytes[upload]
        return freed


def _with_pictures(owner: str) -> tuple[Any, ...]:
    """Return the conditions for the jobs of an owner that may go because the owner keeps too much."""
    return (*KEEPABLE, jobs.c.owner == owner, KEEPS_BYTES)


def _held_by_jobs(owner: str) -> Any:
    """Return the query for an owner's uploads that only jobs in the trash and jobs that may go name, with the latter
    jobs."""
    named = job_uploads.alias()
    stays = and_(named.c.upload == uploads.c.id, jobs.c.id == named.c.job_id, jobs.c.trashed_at.is_(None))
    return (
        select(uploads.c.id, uploads.c.bytes, job_uploads.c.job_id)
        .join_from(uploads, job_uploads, job_uploads.c.upload == uploads.c.id)
        .where(
            uploads.c.owner == owner,
            job_uploads.c.job_id.in_(select(jobs.c.id).where(*_with_pictures(owner))),
            ~exists(select(named.c.job_id).where(stays, ~and_(*_with_pictures(owner)))),
            ~exists().where(layout_uploads.c.upload == uploads.c.id),
        )
    )


def _found(connection: Connection, conditions: Sequence[Any], order: Any, most: int | None, why: Why) -> list[Going]:
    query = select(jobs.c.id, jobs.c.owner, jobs.c.bytes).where(*conditions).order_by(order, jobs.c.number).limit(most)
    return [Going(row.id, row.owner, row.bytes, why) for row in connection.execute(query)]


def _batches(going: Iterable[Going]) -> Iterator[dict[UUID, Going]]:
    """Yield the jobs of one transaction after the other, by their ids."""
    rest = iter(going)
    while batch := {one.id: one for one in islice(rest, BATCH)}:
        yield batch


class _Kept(NamedTuple):
    jobs: int = 0
    uploads: int = 0


def _kept_by_owner(connection: Connection) -> dict[str, _Kept]:
    """Return the bytes that each owner keeps: those of jobs outside the trash, and all uploads."""
    of_jobs = select(jobs.c.owner, func.sum(jobs.c.bytes)).where(KEEPS_BYTES, jobs.c.trashed_at.is_(None))
    of_uploads = select(uploads.c.owner, func.sum(uploads.c.bytes))
    kept = {owner: _Kept(int(count)) for owner, count in connection.execute(of_jobs.group_by(jobs.c.owner))}
    for owner, count in connection.execute(of_uploads.group_by(uploads.c.owner)):
        kept[owner] = kept.get(owner, _Kept())._replace(uploads=int(count))
    return kept
