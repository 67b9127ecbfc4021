"""The part of the job store for workers: claim, renew, finish and release jobs (docs/protocol.md, Claims).

A claim is the pair (job, fence). Every statement here checks the fence and `state = 'running'`. So a worker that has
lost its lease can change nothing.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, case, func, null, select, update

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
from backend.store.claims import CLAIMABLE, TakenMeanwhile, candidates, reserved
from backend.store.database import Database
from backend.store.errors import LeaseLost
from backend.store.limits import NO_LIMITS, OwnerLimits
from backend.store.rows import AnyRow, StoredOutput, record, stored_outputs
from backend.store.shares import advance_clock
from backend.store.tables import frame_packs, jobs, now
from backend.store.tallies import Tally, Why, class_of, seconds_of, tally

CLAIM_TRIES = 50  # while other claims take the jobs that this one wants
CLAIM_PAUSE_SECONDS = 0.01
PROGRESS_EVENTS = 250  # about the most progress events of one attempt

Asked = Literal["cancel", "stop"]
"""A request of the user about a running job: to cancel it, or to stop it and keep its pictures."""

_REQUESTS = (jobs.c.cancel_requested, jobs.c.stop_requested)
_WAITED = (jobs.c.queued_at, jobs.c.started_at)
_COUNTED = (jobs.c.model, jobs.c.cost, jobs.c.steps)
_CLAIMED = (
    jobs.c.id,
    jobs.c.owner,
    jobs.c.fence,
    jobs.c.attempt,
    jobs.c.spec,
    jobs.c.graph,
    jobs.c.traceparent,
    jobs.c.checkpoint,
    jobs.c.last_seq,
)


@dataclass(frozen=True)
class Claim:
    """A worker's right to one job until its lease ends. `attempt` counts from 1. `checkpoint` is the key of the newest
    checkpoint of an earlier claim, or of the job that this job continues; this claim resumes from it. `asked` is what
    the user asked of an earlier claim that could not do it any more. `traceparent` names the trace of the request."""

    id: UUID
    owner: str
    fence: int
    attempt: int
    spec: Job
    graph: GraphSpec
    lease_seconds: float
    checkpoint: str | None
    traceparent: str | None
    asked: Asked | None

    @property
    def prefix(self) -> str:
        """The folder of this claim in the picture store. `finish` and `checkpoint` accept only keys in it."""
        return f"jobs/{self.id}/{self.fence}/"


class Leases:
    """The leases of jobs. `lease_seconds` is how long a lease lasts without renewal; `max_attempts` is the number of
    attempts of a job. `limits` are those of each owner."""

    def __init__(
        self,
        database: Database,
        lease_seconds: float = 30,
        max_attempts: int = 3,
        limits: OwnerLimits = NO_LIMITS,
    ) -> None:
        self.database = database
        self.lease_seconds = lease_seconds
        self.max_attempts = max_attempts
        self.limits = limits

    def claim(self, worker: str, loaded: frozenset[str] = frozenset()) -> Claim | None:
        """Claim the first queued job, or one of the next whose model is among `loaded`. Returns None if there is no job
        that a worker may take now.

        The first job is passed over at most SKIPS times. Claims at the same time take the first jobs, one each.
        """
        for _ in range(CLAIM_TRIES):
            try:
                with self.database.begin() as connection:
                    near = candidates(connection, self.limits.running)
                    if not near:
                        return None
                    row = self._take(connection, near, worker, loaded)
                break
            except TakenMeanwhile:
                time.sleep(CLAIM_PAUSE_SECONDS * random.random())
        else:
            return None
        return Claim(
            id=row.id,
            owner=row.owner,
            fence=row.fence,
            attempt=row.attempt,
            spec=Job.model_validate_json(row.spec),
            graph=GraphSpec.model_validate_json(row.graph),
            lease_seconds=self.lease_seconds,
            checkpoint=row.checkpoint,
            traceparent=row.traceparent,
            asked=_asked(row),
        )

    def _take(self, connection: Connection, near: Sequence[AnyRow], worker: str, loaded: frozenset[str]) -> AnyRow:
        """Start the best of these jobs that no other claim takes. Raises TakenMeanwhile if there is none left."""
        for job in reserved(connection, near, loaded, self.limits.running):
            row = self._start(connection, job, worker)
            if row is not None:
                return row
        raise TakenMeanwhile

    def _start(self, connection: Connection, job: AnyRow, worker: str) -> AnyRow | None:
        """Start a job. Returns None if it cannot be claimed any more."""
        row = connection.execute(
            update(jobs)
            .where(jobs.c.id == job.id, *CLAIMABLE)
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
            .returning(*_CLAIMED, *_REQUESTS, *_WAITED, jobs.c.virtual_start, jobs.c.priority)
        ).one_or_none()
        if row is not None:
            record(connection, JobStarted, row.id, row.last_seq, attempt=row.attempt, worker=worker)
            waited = (row.started_at - row.queued_at).total_seconds()
            tally(connection, seconds_of("wait", class_of(row.priority), waited))
            advance_clock(connection, row.virtual_start, row.priority < 0)
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
        checkpoint_bytes: int = 0,
    ) -> None:
        """Mark the job as succeeded, even if the user asked to cancel, because the pictures are there.

        `steady_seconds` is the time that all steps of the job take when its models are loaded already; by default it is
        `seconds`. `stopped` is a sentence for the user if the job was stopped before its end; it becomes a notice. The
        job then keeps its checkpoint of `checkpoint_bytes`, from which another job may continue. Raises LeaseLost if
        the claim no longer holds the job.
        """
        for output in outputs:
            _own(claim, output.key)
        with self.database.begin() as connection:
            text = stored_outputs.dump_json(outputs).decode()
            steady = seconds if steady_seconds is None else steady_seconds
            ended = {"state": "succeeded", "outputs": text, "seconds": seconds, "steady_seconds": steady}
            ended["bytes"] = frames_bytes(claim.id) + sum(output.bytes for output in outputs)
            if stopped is not None:
                ended |= {"checkpoint": jobs.c.checkpoint, "last_seq": jobs.c.last_seq + 2}
                ended["bytes"] += checkpoint_bytes
            row = self._end(connection, claim, **ended)
            done = (row.steps if stopped is None else row.step) - row.first_step
            forwards = row.cost * done / row.steps
            tally(connection, Tally("job", row.model, total=seconds), Tally("forwards", row.model, total=forwards))
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
            record_leaving(connection, row, reason, error=None, why="handed-back")

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
            record_leaving(connection, row, f"{problem.detail} Trying again in {seconds:.0f} s.", problem, "fault")

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
            .returning(jobs.c.last_seq, jobs.c.state, jobs.c.step, jobs.c.first_step, *_COUNTED)
        ).one_or_none()
        if row is None:
            raise _lost(claim)
        tally(connection, Tally("ended", row.state))
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


def frames_bytes(id: UUID) -> Any:
    """Return the SQL expression for the bytes of a job's kept frames."""
    return select(func.coalesce(func.sum(frame_packs.c.bytes), 0)).where(frame_packs.c.job_id == id).scalar_subquery()


def record_leaving(connection: Connection, row: AnyRow, reason: str, error: Problem | None, why: Why) -> None:
    """Record what became of a job whose claim was ended by `_leave`."""
    tally(connection, Tally("requeued", why) if row.state == "queued" else Tally("ended", row.state))
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
