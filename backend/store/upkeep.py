"""The job store for the reconciler: jobs whose workers are gone, lost doorbells, what may be deleted
(docs/protocol.md, Claims)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from backend.contracts.job import Problem
from backend.store.leases import DUE, Leases, record_leaving
from backend.store.rows import stored_outputs
from backend.store.tables import deployment, events, jobs, now

THIN_ABOVE = 50  # a job with more events than this is thinned once it is old
THIN_KEEP = 10  # of an old job's progress, every so many-th event stays


@dataclass(frozen=True)
class Kept:
    """What the image store must keep for some jobs: whole folders of running claims, and single named files."""

    prefixes: frozenset[str]
    keys: frozenset[str]

    def covers(self, key: str) -> bool:
        """Whether `key`, which lies under `jobs/{id}/{fence}/`, is still wanted."""
        return key in self.keys or "/".join(key.split("/")[:3]) + "/" in self.prefixes


class Upkeep(Leases):
    """What keeps the queue going where workers die and doorbells are lost."""

    def requeue_expired(self) -> list[UUID]:
        """Take every job whose lease has run out from its worker: queued again with the next fence, failed if that was
        its last attempt, cancelled if that was requested. Returns the jobs that changed."""
        return self._take_from_workers(jobs.c.lease_until < now(), "stopped renewing its lease")

    def take_back(self, worker: str) -> list[UUID]:
        """The same for all jobs of a worker process that is known to have ended, at once."""
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
                    record_leaving(connection, left, problem.detail, problem)
                    changed.append(row.id)
        return changed

    def workers(self) -> list[str]:
        """The names of the workers that hold running jobs."""
        with self.database.read() as connection:
            return [*connection.scalars(select(jobs.c.worker).where(jobs.c.state == "running").distinct())]

    def unwoken(self, older_than_seconds: float) -> int:
        """How many jobs that are due have been queued for longer than this, so that their doorbell may be lost."""
        with self.database.read() as connection:
            waits = (*DUE, jobs.c.queued_at <= now(-older_than_seconds))
            return connection.scalar(select(func.count()).select_from(jobs).where(*waits)) or 0

    def kept(self, ids: Iterable[UUID]) -> Kept:
        """What the image store must keep of these jobs (those that do not exist keep nothing).

        List the store first and ask second: a claim that is gone by now never comes back, as fences only rise.
        """
        columns = select(jobs.c.id, jobs.c.state, jobs.c.fence, jobs.c.checkpoint, jobs.c.outputs)
        with self.database.read() as connection:
            rows = connection.execute(columns.where(jobs.c.id.in_(list(ids)))).all()
        outputs = [output.key for row in rows for output in stored_outputs.validate_json(row.outputs)]
        return Kept(
            prefixes=frozenset(f"jobs/{row.id}/{row.fence}/" for row in rows if row.state == "running"),
            keys=frozenset(outputs + [row.checkpoint for row in rows if row.checkpoint is not None]),
        )

    def deployment(self) -> UUID:
        """Which database this is."""
        with self.database.read() as connection:
            return connection.execute(select(deployment.c.id)).scalar_one()

    def thin_events(self, older_than_seconds: float) -> int:
        """Of jobs that ended longer ago than this, keep every THIN_KEEP-th progress event; returns how many went."""
        old = select(jobs.c.id).where(jobs.c.finished_at < now(-older_than_seconds), jobs.c.last_seq > THIN_ABOVE)
        thin = (events.c.type == "job_progress", events.c.seq % THIN_KEEP != 0, events.c.job_id.in_(old))
        with self.database.begin() as connection:
            return connection.execute(delete(events).where(*thin)).rowcount
