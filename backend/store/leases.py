"""The part of the job store for workers: claim, renew, finish and release jobs (docs/protocol.md, Claims).

A claim is the pair (job, fence). Every statement here checks the fence and `state = 'running'`. So a worker that has
lost its lease can change nothing.
"""

import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, case, exists, null, or_, select, update

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
from backend.store.tables import CLAIM_ORDER, jobs, now, virtual_clock

CANDIDATES = 8  # a claim looks at this many queued jobs
SKIPS = 3  # the first job is passed over at most this often for a job whose model is loaded
CLAIM_TRIES = 50  # while other claims hold the locks of the candidates
CLAIM_PAUSE_SECONDS = 0.01
PROGRESS_EVENTS = 250  # about the most progress events of one attempt

Asked = Literal["cancel", "stop"]
"""A request of the user about a running job: to cancel it, or to stop it and keep its pictures."""

DUE = (jobs.c.state == "queued", or_(jobs.c.not_before.is_(None), jobs.c.not_before <= now()))
"""The condition for jobs that a worker may claim now."""


_REQUESTS = (jobs.c.cancel_requested, jobs.c.stop_requested)
_CLAIMED = (jobs.c.id, jobs.c.fence, jobs.c.attempt, jobs.c.spec, jobs.c.graph, jobs.c.checkpoint, jobs.c.last_seq)


def worker_name(pid: int | None = None) -> str:
    """Return the name of the process `pid` of this machine as a worker; by default the name of this process."""
    return f"{socket.gethostname()}:{os.getpid() if pid is None else pid}"


@dataclass(frozen=True)
class Claim:
    """A worker's right to one job until its lease ends. `attempt` counts from 1. `checkpoint` is the key of the newest
    checkpoint of an earlier claim, or of the job that this job continues; this claim resumes from it. `asked` is what
    the user asked of an earlier claim that could not do it any more."""

    id: UUID
    fence: int
    attempt: int
    spec: Job
    graph: GraphSpec
    lease_seconds: float
    checkpoint: str | None
    asked: Asked | None

    @property
    def prefix(self) -> str:
        """The folder of this claim in the picture store. `finish` and `checkpoint` accept only keys in it."""
        return f"jobs/{self.id}/{self.fence}/"


class Leases:
    """The leases of jobs. `lease_seconds` is how long a lease lasts without renewal; `max_attempts` is the number of
    attempts of a job."""

    def __init__(self, database: Database, lease_seconds: float = 30, max_attempts: int = 3) -> None:
        self.database = database
        self.lease_seconds = lease_seconds
        self.max_attempts = max_attempts

    def claim(self, worker: str, loaded: frozenset[str] = frozenset()) -> Claim | None:
        """Claim the first queued job, or one of the next whose model is among `loaded`. Returns None if no queued job
        is due.

        The first job is passed over at most SKIPS times. On Postgres, a claim skips the rows that other claims have
        locked. If they have locked all rows, it tries again.
        """
        for _ in range(CLAIM_TRIES):
            with self.database.begin() as connection:
                chosen = _choose(connection, loaded)
                if chosen is not None:
                    row = self._start(connection, chosen, worker)
                    break
                if not connection.scalar(select(exists().where(*DUE))):
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
            asked=_asked(row),
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
                step=jobs.c.first_step,
                not_before=None,
                lease_until=now(self.lease_seconds),
                started_at=now(),
                last_seq=jobs.c.last_seq + 1,
            )
            .returning(*_CLAIMED, *_REQUESTS)
        ).one()
        record(connection, JobStarted, row.id, row.last_seq, attempt=row.attempt, worker=worker)
        connection.execute(
            update(virtual_clock).where(virtual_clock.c.now < chosen.virtual_start).values(now=chosen.virtual_start)
        )
        return row

    def renew(self, claim: Claim) -> Asked | None:
        """Renew the lease. Returns what the user asked for, if anything. Raises LeaseLost if the claim no longer holds
        the job."""
        with self.database.begin() as connection:
            return _asked(self._hold(connection, claim))

    def progress(
        self,
        claim: Claim,
        step: int,
        of: int,
        residual: dict[str, float],
        step_sizes: dict[str, float],
        seconds: float,
        notices: Sequence[str] = (),
    ) -> Asked | None:
        """Record that step `step` of `of` is done, and renew the lease. Returns what the user asked for, if anything.

        A run with many steps records an event for some of its steps only, and always for the last one. Each of
        `notices` becomes an event of its own. A step that is recorded already is not recorded again, so a caller that
        got no answer may repeat the call.

        Raises LeaseLost if the claim no longer holds the job.
        """
        stride = -(-of // PROGRESS_EVENTS)
        told = step % stride == 0 or step == of
        more = len(notices) + int(told)
        with self.database.begin() as connection:
            row = self._change(
                connection, claim, jobs.c.step < step, step=step, steps=of, last_seq=jobs.c.last_seq + more
            )
            if row is None:
                return _asked(self._hold(connection, claim))
            for seq, notice in enumerate(notices, row.last_seq - more + 1):
                record(connection, JobNotice, claim.id, seq, step=step, detail=notice)
            if told:
                fields = {"step": step, "of": of, "residual": residual, "step_sizes": step_sizes, "seconds": seconds}
                record(connection, JobProgress, claim.id, row.last_seq, **fields)
        return _asked(row)

    def checkpoint(self, claim: Claim, key: str) -> None:
        """Record the checkpoint from which a later claim resumes. Its file must be complete before this call."""
        _own(claim, key)
        with self.database.begin() as connection:
            self._hold(connection, claim, checkpoint=key)

    def finish(
        self,
        claim: Claim,
        outputs: list[StoredOutput],
        seconds: float,
        steady_seconds: float | None = None,
        stopped: str | None = None,
    ) -> None:
        """Mark the job as succeeded, even if the user asked to cancel, because the pictures are there.

        `steady_seconds` is the time that all steps of the job take when its models are loaded already; by default it is
        `seconds`. `stopped` is a sentence for the user if the job was stopped before its end; it becomes a notice. The
        job then keeps its checkpoint, from which another job may continue. Raises LeaseLost if the claim no longer
        holds the job.
        """
        for output in outputs:
            _own(claim, output.key)
        with self.database.begin() as connection:
            text = stored_outputs.dump_json(outputs).decode()
            steady = seconds if steady_seconds is None else steady_seconds
            ended = {"state": "succeeded", "outputs": text, "seconds": seconds, "steady_seconds": steady}
            if stopped is not None:
                ended |= {"checkpoint": jobs.c.checkpoint, "last_seq": jobs.c.last_seq + 2}
            row = self._end(connection, claim, **ended)
            public = [output.public(claim.id) for output in outputs]
            if stopped is not None:
                record(connection, JobNotice, claim.id, row.last_seq - 1, step=row.step, detail=stopped)
            record(connection, JobSucceeded, claim.id, row.last_seq, outputs=public, seconds=seconds)

    def fail(self, claim: Claim, problem: Problem) -> None:
        """Mark the job as failed without another attempt, because the same error would happen again."""
        with self.database.begin() as connection:
            row = self._end(connection, claim, state="failed", error=problem.model_dump_json())
            record(connection, JobFailed, claim.id, row.last_seq, error=problem)

    def cancelled(self, claim: Claim) -> None:
        """Mark the job as cancelled, after its worker has stopped between two steps."""
        with self.database.begin() as connection:
            row = self._end(connection, claim, state="cancelled")
            record(connection, JobCancelled, claim.id, row.last_seq)

    def release(self, claim: Claim, reason: str) -> None:
        """Hand the job back, for example because the worker is told to stop. The attempt does not count.

        The job is queued again in its old place, or cancelled if the user asked for that.
        """
        state = case((jobs.c.cancel_requested, "cancelled"), else_="queued")
        with self.database.begin() as connection:
            row = self._leave(connection, claim.id, claim.fence, state, None, attempt=jobs.c.attempt - 1)
            if row is None:
                raise _lost(claim)
            record_leaving(connection, row, reason, error=None)

    def retry_later(self, claim: Claim, problem: Problem, seconds: float) -> None:
        """End an attempt that failed for a reason outside the job. The job is queued again and is due in `seconds`.

        It fails with `problem` if this was its last attempt, and is cancelled if the user asked for that. Raises
        LeaseLost if the claim no longer holds the job.
        """
        with self.database.begin() as connection:
            row = self._leave(
                connection, claim.id, claim.fence, self._next_state(), problem, not_before=now(max(0.0, seconds))
            )
            if row is None:
                raise _lost(claim)
            record_leaving(connection, row, f"{problem.detail} Trying again in {seconds:.0f} s.", problem)

    def _next_state(self) -> Any:
        """Return the SQL expression for the next state of a running job whose attempt was broken off."""
        return case(
            (jobs.c.cancel_requested, "cancelled"),
            (jobs.c.attempt >= self.max_attempts, "failed"),
            else_="queued",
        )

    def _hold(self, connection: Connection, claim: Claim, **values: Any) -> AnyRow:
        """Change a job that this claim holds, and renew its lease. Raises LeaseLost if the claim no longer holds the
        job."""
        row = self._change(connection, claim, **values)
        if row is None:
            raise _lost(claim)
        return row

    def _change(self, connection: Connection, claim: Claim, *conditions: Any, **values: Any) -> AnyRow | None:
        """Change a job that this claim holds, and renew its lease. Returns None if the claim no longer holds the job,
        or if one of `conditions` is false."""
        return connection.execute(
            update(jobs)
            .where(jobs.c.id == claim.id, jobs.c.fence == claim.fence, jobs.c.state == "running", *conditions)
            .values(lease_until=now(self.lease_seconds), **values)
            .returning(*_REQUESTS, jobs.c.last_seq)
        ).one_or_none()

    def _end(self, connection: Connection, claim: Claim, **values: Any) -> AnyRow:
        """Make the last change of this claim, which ends the job. Raises LeaseLost if the claim no longer holds the
        job."""
        ended = {"finished_at": now(), "lease_until": None, "checkpoint": None, "error": None}
        ended["last_seq"] = jobs.c.last_seq + 1
        row = connection.execute(
            update(jobs)
            .where(jobs.c.id == claim.id, jobs.c.fence == claim.fence, jobs.c.state == "running")
            .values(ended | values)
            .returning(jobs.c.last_seq, jobs.c.step)
        ).one_or_none()
        if row is None:
            raise _lost(claim)
        return row

    def _leave(
        self,
        connection: Connection,
        id: UUID,
        fence: int,
        state: Any,
        problem: Problem | None,
        *conditions: Any,
        **values: Any,
    ) -> AnyRow | None:
        """End a claim and move its job to `state`, an SQL expression. Returns None if the claim no longer holds the
        job.

        `problem` says why. It stays with the job until the job succeeds or is cancelled.
        """
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
                error=jobs.c.error if problem is None else problem.model_dump_json(),
                last_seq=jobs.c.last_seq + 1,
                **values,
            )
            .returning(jobs.c.id, jobs.c.state, jobs.c.last_seq, jobs.c.not_before)
        ).one_or_none()


def _asked(row: AnyRow) -> Asked | None:
    """Return what the user asked for in a row with _REQUESTS. A cancel counts more than a stop."""
    if row.cancel_requested:
        return "cancel"
    return "stop" if row.stop_requested else None


def _choose(connection: Connection, loaded: frozenset[str]) -> AnyRow | None:
    rows = connection.execute(
        select(jobs.c.id, jobs.c.model, jobs.c.skips, jobs.c.virtual_start)
        .where(*DUE)
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


def record_leaving(connection: Connection, row: AnyRow, reason: str, error: Problem | None) -> None:
    match row.state:
        case "cancelled":
            record(connection, JobCancelled, row.id, row.last_seq)
        case "failed":
            record(connection, JobFailed, row.id, row.last_seq, error=error)
        case _:
            record(connection, JobQueued, row.id, row.last_seq, reason=reason, retry_at=row.not_before)


def _own(claim: Claim, key: str) -> None:
    if not key.startswith(claim.prefix):
        raise ValueError(f"{key!r} is not in this claim's folder {claim.prefix!r}; write the object there")


def _lost(claim: Claim) -> LeaseLost:
    return LeaseLost(
        f"Job {claim.id} is no longer held under fence {claim.fence}: it was requeued, ended or deleted. "
        f"Stop, and delete the objects under {claim.prefix}"
    )
