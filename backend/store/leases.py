"""The job store for workers and the reconciler: claim, renew, finish, requeue (docs/protocol.md, Claims).

A claim is the pair (job, fence). Every statement here asks for its fence and for `state = 'running'`, so that a worker
which lost its lease can change nothing, however late it wakes.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, case, delete, exists, func, null, select, update

from backend.contracts.events import (
    JobCancelled,
    JobFailed,
    JobNotice,
    JobProgress,
    JobQueued,
    JobStarted,
    JobSucceeded,
)
from backend.contracts.graph import GraphSpec
from backend.contracts.job import Job, Problem
from backend.store.database import Database
from backend.store.errors import LeaseLost
from backend.store.rows import AnyRow, StoredOutput, record, stored_outputs
from backend.store.tables import CLAIM_ORDER, deployment, events, jobs, now, virtual_clock

CANDIDATES = 8  # how many queued jobs a claim looks at
SKIPS = 3  # how often the head of the queue is passed over for a job whose model is loaded
CLAIM_TRIES = 50  # while others hold the candidates' locks
CLAIM_PAUSE_SECONDS = 0.01
PROGRESS_EVENTS = 250  # about how many progress events one attempt leaves, however many steps it has
THIN_ABOVE = 50  # a job with more events than this is thinned once it is old
THIN_KEEP = 10  # of an old job's progress, every so many-th event stays


@dataclass(frozen=True)
class Claim:
    """A worker's right to one job until its lease ends. `attempt` counts from 1; `checkpoint` is the key of the newest
    checkpoint of an earlier claim, from which to resume."""

    id: UUID
    fence: int
    attempt: int
    spec: Job
    graph: GraphSpec
    lease_seconds: float
    checkpoint: str | None

    @property
    def prefix(self) -> str:
        """Where this claim writes in the image store; nothing it writes elsewhere can be named in its finish."""
        return f"jobs/{self.id}/{self.fence}/"


@dataclass(frozen=True)
class Kept:
    """What the image store must keep for some jobs: whole folders of running claims, and single named files."""

    prefixes: frozenset[str]
    keys: frozenset[str]

    def covers(self, key: str) -> bool:
        """Whether `key`, which lies under `jobs/{id}/{fence}/`, is still wanted."""
        return key in self.keys or "/".join(key.split("/")[:3]) + "/" in self.prefixes


class Leases:
    """Configuration: how long a lease lasts without a renewal, in seconds, and how many attempts a job has."""

    def __init__(self, database: Database, lease_seconds: float = 30, max_attempts: int = 3) -> None:
        self.database = database
        self.lease_seconds = lease_seconds
        self.max_attempts = max_attempts

    def claim(self, worker: str, loaded: frozenset[str] = frozenset()) -> Claim | None:
        """Take the head of the queue, or one of the next whose model is among `loaded`; None: nothing is queued.

        The head is passed over at most SKIPS times. On Postgres, rows that another claim holds are stepped over; if
        it holds all there are, this one tries again.
        """
        for _ in range(CLAIM_TRIES):
            with self.database.begin() as connection:
                chosen = _choose(connection, loaded)
                if chosen is not None:
                    row = self._start(connection, chosen, worker)
                    break
                if not connection.scalar(select(exists().where(jobs.c.state == "queued"))):
                    return None
            time.sleep(CLAIM_PAUSE_SECONDS)
        else:
            return None
        return Claim(
            id=row.id,
            fence=row.fence,
            attempt=row.attempt,
            spec=Job.model_validate_json(row.spec),
            graph=GraphSpec.model_validate_json(row.graph),
            lease_seconds=self.lease_seconds,
            checkpoint=row.checkpoint,
        )

    def _start(self, connection: Connection, chosen: AnyRow, worker: str) -> AnyRow:
        row = connection.execute(
            update(jobs)
            .where(jobs.c.id == chosen.id, jobs.c.state == "queued")
            .values(
                state="running",
                worker=worker,
                fence=jobs.c.fence + 1,
                attempt=jobs.c.attempt + 1,
                skips=0,
                step=0,
                lease_until=now(self.lease_seconds),
                started_at=now(),
                last_seq=jobs.c.last_seq + 1,
            )
            .returning(
                jobs.c.id, jobs.c.fence, jobs.c.attempt, jobs.c.spec, jobs.c.graph, jobs.c.checkpoint, jobs.c.last_seq
            )
        ).one()
        record(connection, JobStarted, row.id, row.last_seq, attempt=row.attempt, worker=worker)
        connection.execute(
            update(virtual_clock).where(virtual_clock.c.now < chosen.virtual_start).values(now=chosen.virtual_start)
        )
        return row

    def renew(self, claim: Claim) -> bool:
        """Extend the lease; True: the user asked to cancel. LeaseLost: the job is no longer this claim's."""
        with self.database.begin() as connection:
            return self._hold(connection, claim).cancel_requested

    def progress(
        self,
        claim: Claim,
        step: int,
        of: int,
        residual: dict[str, float],
        step_sizes: dict[str, float],
        seconds: float,
    ) -> bool:
        """Note that `step` of `of` is done and renew; True: the user asked to cancel. LeaseLost as for `renew`.

        A run of many steps leaves an event only every few steps, the last one always.
        """
        stride = -(-of // PROGRESS_EVENTS)
        told = step % stride == 0 or step == of
        with self.database.begin() as connection:
            row = self._hold(connection, claim, step=step, steps=of, last_seq=jobs.c.last_seq + int(told))
            if told:
                fields = {"step": step, "of": of, "residual": residual, "step_sizes": step_sizes, "seconds": seconds}
                record(connection, JobProgress, claim.id, row.last_seq, **fields)
        return row.cancel_requested

    def notice(self, claim: Claim, step: int, detail: str) -> None:
        """Tell who follows the job what they should know of a step. LeaseLost as for `renew`."""
        with self.database.begin() as connection:
            row = self._hold(connection, claim, last_seq=jobs.c.last_seq + 1)
            record(connection, JobNotice, claim.id, row.last_seq, step=step, detail=detail)

    def checkpoint(self, claim: Claim, key: str) -> None:
        """Name the checkpoint from which a later claim resumes; the file is complete before this call."""
        _own(claim, key)
        with self.database.begin() as connection:
            self._hold(connection, claim, checkpoint=key)

    def finish(
        self, claim: Claim, outputs: list[StoredOutput], seconds: float, steady_seconds: float | None = None
    ) -> None:
        """running -> succeeded, also when a cancel was requested: the picture is there. LeaseLost as for `renew`.

        `steady_seconds`: what the same job takes where its models are loaded; `seconds`, where nothing is said."""
        for output in outputs:
            _own(claim, output.key)
        with self.database.begin() as connection:
            text = stored_outputs.dump_json(outputs).decode()
            steady = seconds if steady_seconds is None else steady_seconds
            row = self._end(connection, claim, state="succeeded", outputs=text, seconds=seconds, steady_seconds=steady)
            public = [output.public(claim.id) for output in outputs]
            record(connection, JobSucceeded, claim.id, row.last_seq, outputs=public, seconds=seconds)

    def fail(self, claim: Claim, problem: Problem) -> None:
        """running -> failed, at once and for good: what went wrong would go wrong again."""
        with self.database.begin() as connection:
            row = self._end(connection, claim, state="failed", error=problem.model_dump_json())
            record(connection, JobFailed, claim.id, row.last_seq, error=problem)

    def cancelled(self, claim: Claim) -> None:
        """running -> cancelled: the worker has stopped between two steps, as it was asked to."""
        with self.database.begin() as connection:
            row = self._end(connection, claim, state="cancelled")
            record(connection, JobCancelled, claim.id, row.last_seq)

    def release(self, claim: Claim, reason: str) -> None:
        """Hand the job back, as a worker that is told to stop does: queued again in its old place, the attempt not
        counted; or cancelled, if that was requested."""
        state = case((jobs.c.cancel_requested, "cancelled"), else_="queued")
        with self.database.begin() as connection:
            row = self._leave(connection, claim.id, claim.fence, state, attempt=jobs.c.attempt - 1)
            if row is None:
                raise _lost(claim)
            _record_leaving(connection, row, reason, error=None)

    def requeue_expired(self) -> list[UUID]:
        """Take every job whose lease has run out from its worker: queued again with the next fence, failed if that was
        its last attempt, cancelled if that was requested. Returns the jobs that changed."""
        expired = (jobs.c.state == "running", jobs.c.lease_until < now())
        with self.database.read() as connection:
            rows = connection.execute(
                select(jobs.c.id, jobs.c.fence, jobs.c.attempt, jobs.c.worker).where(*expired)
            ).all()
        state = case(
            (jobs.c.cancel_requested, "cancelled"),
            (jobs.c.attempt >= self.max_attempts, "failed"),
            else_="queued",
        )
        changed: list[UUID] = []
        for row in rows:
            problem = self._worker_lost(row)
            error = case((state == "failed", problem.model_dump_json()))
            with self.database.begin() as connection:
                left = self._leave(connection, row.id, row.fence, state, jobs.c.lease_until < now(), error=error)
                if left is not None:
                    _record_leaving(connection, left, problem.detail, problem)
                    changed.append(row.id)
        return changed

    def _worker_lost(self, row: AnyRow) -> Problem:
        return Problem(
            title="The worker was lost",
            detail=f"Worker {row.worker} stopped renewing its lease in attempt {row.attempt} of {self.max_attempts}; "
            "its log says why. The job can be retried.",
        )

    def unwoken(self, older_than_seconds: float) -> int:
        """How many jobs have been queued for longer than this, so that their doorbell may be lost."""
        with self.database.read() as connection:
            waits = (jobs.c.state == "queued", jobs.c.queued_at <= now(-older_than_seconds))
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

    def _hold(self, connection: Connection, claim: Claim, **values: Any) -> AnyRow:
        """Change a job that this claim still runs, and extend its lease."""
        row = connection.execute(
            update(jobs)
            .where(jobs.c.id == claim.id, jobs.c.fence == claim.fence, jobs.c.state == "running")
            .values(lease_until=now(self.lease_seconds), **values)
            .returning(jobs.c.cancel_requested, jobs.c.last_seq)
        ).one_or_none()
        if row is None:
            raise _lost(claim)
        return row

    def _end(self, connection: Connection, claim: Claim, **values: Any) -> AnyRow:
        """The last change that this claim makes."""
        ended = {"finished_at": now(), "lease_until": None, "checkpoint": None, "last_seq": jobs.c.last_seq + 1}
        row = connection.execute(
            update(jobs)
            .where(jobs.c.id == claim.id, jobs.c.fence == claim.fence, jobs.c.state == "running")
            .values(**ended, **values)
            .returning(jobs.c.last_seq)
        ).one_or_none()
        if row is None:
            raise _lost(claim)
        return row

    def _leave(
        self, connection: Connection, id: UUID, fence: int, state: Any, *conditions: Any, **values: Any
    ) -> AnyRow | None:
        """Take a running job from its claim, to the state that the SQL expression gives; None: no such claim."""
        queued = state == "queued"
        return connection.execute(
            update(jobs)
            .where(jobs.c.id == id, jobs.c.fence == fence, jobs.c.state == "running", *conditions)
            .values(
                state=state,
                fence=jobs.c.fence + 1,
                lease_until=None,
                queued_at=case((queued, now()), else_=jobs.c.queued_at),
                started_at=None,
                finished_at=case((queued, null()), else_=now()),
                checkpoint=case((queued, jobs.c.checkpoint), else_=null()),
                last_seq=jobs.c.last_seq + 1,
                **values,
            )
            .returning(jobs.c.id, jobs.c.state, jobs.c.last_seq)
        ).one_or_none()


def _choose(connection: Connection, loaded: frozenset[str]) -> AnyRow | None:
    rows = connection.execute(
        select(jobs.c.id, jobs.c.model, jobs.c.skips, jobs.c.virtual_start)
        .where(jobs.c.state == "queued")
        .order_by(*CLAIM_ORDER)
        .limit(CANDIDATES)
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return None
    head = rows[0]
    if not loaded or head.model in loaded or head.skips >= SKIPS:
        return head
    chosen = next((row for row in rows if row.model in loaded), head)
    if chosen is not head:
        connection.execute(update(jobs).where(jobs.c.id == head.id).values(skips=jobs.c.skips + 1))
    return chosen


def _record_leaving(connection: Connection, row: AnyRow, reason: str, error: Problem | None) -> None:
    match row.state:
        case "cancelled":
            record(connection, JobCancelled, row.id, row.last_seq)
        case "failed":
            record(connection, JobFailed, row.id, row.last_seq, error=error)
        case _:
            record(connection, JobQueued, row.id, row.last_seq, reason=reason)


def _own(claim: Claim, key: str) -> None:
    if not key.startswith(claim.prefix):
        raise ValueError(f"{key!r} does not lie under this claim's folder {claim.prefix!r}; write it there")


def _lost(claim: Claim) -> LeaseLost:
    return LeaseLost(
        f"Job {claim.id} is no longer held under fence {claim.fence}: it was requeued, ended or deleted. "
        f"Stop, and delete what lies under {claim.prefix}"
    )
