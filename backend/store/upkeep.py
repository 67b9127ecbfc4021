"""The part of the job store for the reconciler: lost workers, lost doorbells, and files to delete (docs/protocol.md,
Claims)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select

from backend.contracts.job import Problem
from backend.store.claims import CLAIMABLE
from backend.store.leases import Leases, record_leaving
from backend.store.rows import stored_outputs
from backend.store.tables import deployment, events, frame_packs, jobs, now
from backend.store.tallies import Tally, tally
from backend.store.thumbnails import picture_of

THIN_ABOVE = 50  # an old job is thinned if it has more events than this
THIN_KEEP = 10  # of an old job's progress events, every tenth stays


@dataclass(frozen=True)
class Kept:
    """The objects that the picture store must keep: whole folders of running claims, and single files."""

    prefixes: frozenset[str]
    keys: frozenset[str]

    def covers(self, key: str) -> bool:
        """Return True if the object `key`, which lies in the folder `jobs/{id}/{fence}/`, must be kept. Thumbnails are
        kept with their pictures."""
        return picture_of(key) in self.keys or "/".join(key.split("/")[:3]) + "/" in self.prefixes


class Upkeep(Leases):
    """The job store's methods that keep the queue going after a worker or a doorbell is lost."""

    def requeue_expired(self) -> list[UUID]:
        """Take every job whose lease has run out from its worker. Returns the jobs that changed.

        A job is queued again with the next fence. It fails if that was its last attempt, and is cancelled if the user
        asked for that.
        """
        return self._take_from_workers(jobs.c.lease_until < now(), "stopped renewing its lease")

    def take_back(self, worker: str) -> list[UUID]:
        """Take all jobs from a worker process that has ended, without waiting for their leases. Returns the jobs that
        changed."""
        return self._take_from_workers(jobs.c.worker == worker, "ended")

    def _take_from_workers(self, condition: Any, what_happened: str) -> list[UUID]:
        with self.database.read() as connection:
            rows = connection.execute(
                select(jobs.c.id, jobs.c.fence, jobs.c.attempt, jobs.c.worker).where(
                    jobs.c.state == "running", condition
                )
            ).all()
        changed: list[UUID] = []
        for row in rows:
            problem = Problem(
                title="The worker was lost",
                detail=f"Worker {row.worker} {what_happened} in attempt {row.attempt} of {self.max_attempts}; "
                "its log says why.",
            )
            with self.database.begin() as connection:
                left = self._leave(connection, row.id, row.fence, self._next_state(), problem, condition)
                if left is not None:
                    record_leaving(connection, left, problem.detail, problem, "worker-lost")
                    tally(connection, Tally("lost"))
                    changed.append(row.id)
        return changed

    def workers(self) -> list[str]:
        """Return the names of the workers that hold running jobs."""
        with self.database.read() as connection:
            return [*connection.scalars(select(jobs.c.worker).where(jobs.c.state == "running").distinct())]

    def unwoken(self, older_than_seconds: float) -> int:
        """Count the jobs that a worker may take, and that were queued longer ago than this. Their doorbell may be
        lost."""
        with self.database.read() as connection:
            waits = (*CLAIMABLE, jobs.c.queued_at <= now(-older_than_seconds))
            return connection.scalar(select(func.count()).select_from(jobs).where(*waits)) or 0

    def kept(self, ids: Iterable[UUID]) -> Kept:
        """Return the objects of these jobs that the picture store must keep. Of jobs that do not exist, only
        checkpoints from which other jobs continue are kept.

        The caller must list the picture store before this call. Then a claim that is gone now cannot come back, because
        fences only rise.
        """
        columns, named = select(jobs.c.id, jobs.c.state, jobs.c.fence, jobs.c.checkpoint, jobs.c.outputs), list(ids)
        with self.database.read() as connection:
            rows = connection.execute(columns.where(or_(jobs.c.id.in_(named), jobs.c.continues.in_(named)))).all()
            frames = connection.scalars(select(frame_packs.c.key).where(frame_packs.c.job_id.in_(named))).all()
        outputs = [output.key for row in rows for output in stored_outputs.validate_json(row.outputs)]
        return Kept(
            prefixes=frozenset(f"jobs/{row.id}/{row.fence}/" for row in rows if row.state == "running"),
            keys=frozenset([*outputs, *frames, *(row.checkpoint for row in rows if row.checkpoint is not None)]),
        )

    def unnamed(self, keys: Sequence[str]) -> list[str]:
        """Return the objects among these that no job names, and that no running claim may still write. Objects that the
        store did not write are not among them. The caller must list the picture store before this call."""
        owned = {key: id for key in keys if (id := _job_of(key)) is not None}
        kept = self.kept(set(owned.values()))
        return [key for key in owned if not kept.covers(key)]

    def deployment(self) -> UUID:
        """Return the id of this database."""
        with self.database.read() as connection:
            return connection.execute(select(deployment.c.id)).scalar_one()

    def thin_events(self, older_than_seconds: float) -> int:
        """Thin the progress events of jobs that ended longer ago than this: every THIN_KEEP-th stays. Returns the
        number of deleted events."""
        old = select(jobs.c.id).where(jobs.c.finished_at < now(-older_than_seconds), jobs.c.last_seq > THIN_ABOVE)
        thin = (events.c.type == "job_progress", events.c.seq % THIN_KEEP != 0, events.c.job_id.in_(old))
        with self.database.begin() as connection:
            return connection.execute(delete(events).where(*thin)).rowcount


def _job_of(key: str) -> UUID | None:
    """Return the job that a key belongs to, or None if the store did not write the object."""
    parts = key.split("/")
    try:
        return UUID(parts[1]) if len(parts) >= 4 else None
    except ValueError:
        return None
