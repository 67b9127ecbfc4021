"""The part of the job store for the API. `leases` is the part for workers, `upkeep` the part for the reconciler
(docs/protocol.md, Claims).

The queue is fair between owners, by start-time fair queueing. Each owner has a position in virtual time. It advances by
the cost of the owner's jobs, and never falls behind the virtual clock, which is the start of the newest claimed job. So
an owner who queues a hundred jobs does not delay another owner's single job.
"""

import hashlib
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, and_, case, delete, func, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from backend.contracts.events import Event, JobCancelled, JobQueued
from backend.contracts.graph import GraphSpec
from backend.contracts.job import Compiled, Job, JobResource, JobState
from backend.contracts.uploads import named
from backend.store import estimates
from backend.store.errors import Conflict, NotFound
from backend.store.estimates import QueueStatus, shown
from backend.store.gallery import Gallery, Wanted
from backend.store.leases import Claim
from backend.store.own_order import put_first
from backend.store.rows import (
    RESOURCE,
    AnyRow,
    StoredOutput,
    event,
    find_job,
    no_such_job,
    record,
    stored_outputs,
)
from backend.store.search_text import search_text
from backend.store.tables import events, frame_packs, job_prompts, jobs, now, shares, virtual_clock
from backend.store.upkeep import Kept
from backend.store.uploads import hold_for_job

__all__ = ["Claim", "Jobs", "Kept", "QueueStatus", "StoredOutput", "Wanted"]

NEWS = 1000  # most events of one query; the next query returns the rest

_CANCELLING = "This job is being cancelled, so its pictures cannot be kept. Retry it once it has ended."
_NOT_RUNNING: dict[JobState, str] = {
    "queued": "This job waits in the queue and has no pictures yet. Cancel it, or stop it once it runs.",
    "succeeded": "This job has ended already, and its pictures are kept.",
    "failed": "This job has failed and has no pictures. Retry it.",
    "cancelled": "This job was cancelled and has no pictures. Retry it.",
}
_NOT_STOPPED: dict[JobState, str] = {
    "queued": "This job waits in the queue, so it cannot be continued. It runs to its end by itself.",
    "running": "This job still runs, so it cannot be continued. Stop it first, or let it run to its end.",
    "succeeded": "This job ran to its end, so nothing is left to continue. Refine its picture with more `steps`.",
    "failed": "This job has failed, so it cannot be continued. Retry it.",
    "cancelled": "This job was cancelled, so it cannot be continued. Retry it.",
}


class Jobs(Gallery):
    """The store of jobs and their events. No other code writes these tables."""

    def submit(
        self,
        owner: str,
        spec: Job,
        graph: GraphSpec,
        cost: int,
        idempotency_key: str | None = None,
        *,
        fingerprint: str | None = None,
        priority: int = 0,
        first: bool = False,
    ) -> tuple[JobResource, bool]:
        """Queue a resolved job; if `first`, before all other waiting jobs of its owner. Returns the job, and True if it
        is new, or False if an earlier request with `idempotency_key` made it.

        `fingerprint` is the text by which two requests with the same key are compared, such as the client's document.
        By default it is the resolved document, which differs at each submit if the server draws the seed.

        Raises Conflict if the key was used for another request, or if an upload that the document names is gone.
        """
        text = spec.model_dump_json()
        digest = hashlib.sha256((fingerprint if fingerprint is not None else text).encode()).hexdigest()
        row = {
            "id": uuid4(),
            "owner": owner,
            "priority": priority,
            "model": spec.sampling.model,
            "layout": spec.layout.kind,
            "idempotency_key": idempotency_key,
            "fingerprint": digest,
            **_from_document(spec, graph, cost),
        }
        return self._once(row, spec, first)

    def resume(
        self, owner: str, id: UUID, idempotency_key: str | None = None, other: Compiled | None = None
    ) -> tuple[JobResource, bool]:
        """Queue a new job that begins where a stopped job was stopped, and ends as that job would have ended, or as
        `other` does, the same job with another rest. Returns the job, and True if it is new, or False if an earlier
        request with `idempotency_key` made it.

        Raises Conflict if the job was not stopped before its end, or if the key was used for another request.
        """
        copied = (jobs.c.priority, jobs.c.cost, jobs.c.model, jobs.c.layout, jobs.c.spec, jobs.c.graph, jobs.c.steps)
        query = select(jobs.c.state, jobs.c.checkpoint, jobs.c.step, *copied)
        with self.database.read() as connection:
            stopped = connection.execute(query.where(jobs.c.owner == owner, jobs.c.id == id)).one_or_none()
        if stopped is None:
            raise no_such_job(id)
        if stopped.state != "succeeded" or stopped.checkpoint is None:
            raise Conflict(_NOT_STOPPED[stopped.state])
        row = {column.name: stopped._mapping[column] for column in copied} | {
            "id": uuid4(),
            "owner": owner,
            "continues": id,
            "checkpoint": stopped.checkpoint,
            "first_step": stopped.step,
            "idempotency_key": idempotency_key,
            "fingerprint": hashlib.sha256(f"continue {id}".encode()).hexdigest(),
        }
        if other is not None:
            row |= _from_document(other.job, other.graph, other.cost)
            row["fingerprint"] = hashlib.sha256(f"continue {id} {row['spec']}".encode()).hexdigest()
        return self._once(row, Job.model_validate_json(row["spec"]))

    def _once(self, row: dict[str, Any], spec: Job, first: bool = False) -> tuple[JobResource, bool]:
        """Insert a job, unless its idempotency key has made one already. Also returns whether the job is new."""
        try:
            return shown(self.database, self._insert(row, spec, first)), True
        except IntegrityError:
            if row["idempotency_key"] is None:
                raise
        return shown(self.database, self._earlier(row["owner"], row["idempotency_key"], row["fingerprint"])), False

    def _insert(self, row: dict[str, Any], spec: Job, goes_first: bool) -> AnyRow:
        first = row.get("first_step", 0)
        fresh = {
            "state": "queued",
            "fence": 0,
            "attempt": 0,
            "skips": 0,
            "cancel_requested": False,
            "stop_requested": False,
            "first_step": first,
            "step": first,
            "last_seq": 1,
            "outputs": "[]",
            "created_at": now(),
            "queued_at": now(),
        }
        with self.database.begin() as connection:
            start = _charge(connection, row["owner"], _rest(row["cost"], first, row["steps"]))
            inserted = jobs.insert().values(**fresh | row, virtual_start=start).returning(jobs.c.number)
            number = connection.scalar(inserted)
            connection.execute(job_prompts.insert().values(number=number, prompts=search_text(spec)))
            hold_for_job(connection, row["owner"], row["id"], [one.id for one in named(spec)])
            record(connection, JobQueued, row["id"], 1, reason=None)
            if goes_first:
                put_first(connection, row["owner"], row["id"])
            return find_job(connection, row["owner"], row["id"])

    def _earlier(self, owner: str, key: str, digest: str) -> AnyRow:
        """Return the job that an earlier request with this idempotency key made. Raises Conflict if that request was
        another one."""
        query = select(*RESOURCE, jobs.c.fingerprint).where(jobs.c.owner == owner, jobs.c.idempotency_key == key)
        with self.database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise Conflict(f"The job of the idempotency key {key!r} has just been deleted. Send the request again.")
        if row.fingerprint != digest:
            raise Conflict(f"The idempotency key {key!r} was used for another request. Use a new key for each request.")
        return row

    def get(self, owner: str, id: UUID) -> JobResource:
        """Return a job. Raises NotFound if the owner has no such job."""
        with self.database.read() as connection:
            row = find_job(connection, owner, id)
        return shown(self.database, row)

    def cancel(self, owner: str, id: UUID) -> JobResource:
        """Cancel a job. A queued job is cancelled at once; the worker of a running job stops between two steps.

        A job that has ended stays unchanged. A job that finishes before its worker sees the request keeps its pictures.
        """
        queued = jobs.c.state == "queued"
        with self.database.begin() as connection:
            changed = connection.execute(
                update(jobs)
                .where(jobs.c.owner == owner, jobs.c.id == id, jobs.c.state.in_(("queued", "running")))
                .values(
                    cancel_requested=True,
                    state=case((queued, "cancelled"), else_=jobs.c.state),
                    finished_at=case((queued, now()), else_=null()),
                    checkpoint=case((queued, null()), else_=jobs.c.checkpoint),
                    last_seq=jobs.c.last_seq + case((queued, 1), else_=0),
                )
                .returning(jobs.c.state, jobs.c.last_seq)
            ).one_or_none()
            if changed is not None and changed.state == "cancelled":
                record(connection, JobCancelled, id, changed.last_seq)
            row = find_job(connection, owner, id)
        return shown(self.database, row)

    def stop(self, owner: str, id: UUID) -> JobResource:
        """Ask the worker of a running job to stop after its present step, and to keep the pictures so far. A second
        request changes nothing.

        Raises Conflict if the job does not run, or if it is being cancelled.
        """
        with self.database.begin() as connection:
            connection.execute(
                update(jobs)
                .where(jobs.c.owner == owner, jobs.c.id == id, jobs.c.state == "running", ~jobs.c.cancel_requested)
                .values(stop_requested=True)
            )
            row = find_job(connection, owner, id)
        if not row.stop_requested:
            raise Conflict(_CANCELLING if row.state == "running" else _NOT_RUNNING[row.state])
        return shown(self.database, row)

    def put_first(self, owner: str, id: UUID) -> JobResource:
        """Move a waiting job before all other waiting jobs of its owner. Raises Conflict if it does not wait."""
        with self.database.begin() as connection:
            put_first(connection, owner, id)
            row = find_job(connection, owner, id)
        if row.state != "queued":
            raise Conflict("Only a job that waits in the queue can be moved, and this one does not wait.")
        return shown(self.database, row)

    def retry(self, owner: str, id: UUID) -> JobResource:
        """Queue a failed or cancelled job again, at the end of the owner's queue. It has all its attempts again, and
        begins without the frames of its earlier run. If it continues another job that still exists, it begins where
        that job was stopped.

        Raises Conflict if the job is in another state.
        """
        origin = jobs.alias("origin")
        query = (
            select(jobs.c.cost, jobs.c.steps, origin.c.checkpoint, func.coalesce(origin.c.step, 0).label("first"))
            .outerjoin_from(jobs, origin, jobs.c.continues == origin.c.id)
            .where(jobs.c.owner == owner, jobs.c.id == id)
        )
        with self.database.begin() as connection:
            known = connection.execute(query).one_or_none()
            if known is None:
                raise no_such_job(id)
            start = _charge(connection, owner, _rest(known.cost, known.first, known.steps))
            changed = connection.execute(
                update(jobs)
                .where(jobs.c.owner == owner, jobs.c.id == id, jobs.c.state.in_(("failed", "cancelled")))
                .values(
                    state="queued",
                    fence=jobs.c.fence + 1,
                    virtual_start=start,
                    attempt=0,
                    skips=0,
                    checkpoint=known.checkpoint,
                    first_step=known.first,
                    step=known.first,
                    cancel_requested=False,
                    stop_requested=False,
                    error=None,
                    not_before=None,
                    trashed_at=None,
                    queued_at=now(),
                    started_at=None,
                    finished_at=None,
                    last_seq=jobs.c.last_seq + 1,
                )
                .returning(jobs.c.last_seq)
            ).one_or_none()
            if changed is None:
                raise Conflict("Only a failed or cancelled job can be retried. Submit this one as a new job.")
            connection.execute(delete(frame_packs).where(frame_packs.c.job_id == id))
            record(connection, JobQueued, id, changed.last_seq, reason="retried")
            row = find_job(connection, owner, id)
        return shown(self.database, row)

    def delete(self, owner: str, id: UUID) -> None:
        """Delete a job and its events at once, in any state.

        A worker that runs the job loses its lease. It notices this at its next renewal and deletes its files. The
        reconciler deletes the job's pictures and all other files that remain.
        """
        with self.database.begin() as connection:
            gone = connection.execute(delete(jobs).where(jobs.c.owner == owner, jobs.c.id == id))
        if gone.rowcount == 0:
            raise no_such_job(id)

    def events(self, owner: str, id: UUID, after: int) -> list[Event]:
        """Return the events of a job whose seq is greater than `after`, in order."""
        query = select(events).where(events.c.job_id == id, events.c.seq > after).order_by(events.c.seq)
        with self.database.read() as connection:
            find_job(connection, owner, id)
            rows = connection.execute(query).all()
        return [event(row) for row in rows]

    def news(self, cursors: dict[UUID, int]) -> list[Event]:
        """Return the events of these jobs after each job's seq, at most NEWS in total. Each job's events are in order.

        The caller must have checked that the jobs are the owner's.
        """
        if not cursors:
            return []
        unseen = or_(*(and_(events.c.job_id == id, events.c.seq > seq) for id, seq in cursors.items()))
        query = select(events).where(unseen).order_by(events.c.job_id, events.c.seq).limit(NEWS)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [event(row) for row in rows]

    def graph(self, owner: str, id: UUID) -> GraphSpec:
        return GraphSpec.model_validate_json(self._text(jobs.c.graph, owner, id))

    def output_key(self, owner: str, id: UUID, name: str) -> str:
        """Return the key of a finished job's picture in the picture store. Raises NotFound if the job has no such
        picture yet."""
        for output in stored_outputs.validate_json(self._text(jobs.c.outputs, owner, id)):
            if output.name == name:
                return output.key
        raise NotFound(f"Job {id} has no picture named {name!r}. Once it has succeeded, its outputs name its pictures.")

    def _text(self, column: Any, owner: str, id: UUID) -> str:
        with self.database.read() as connection:
            text = connection.scalar(select(column).where(jobs.c.owner == owner, jobs.c.id == id))
        if text is None:
            raise no_such_job(id)
        return text

    def queue(self, owner: str) -> QueueStatus:
        """Count the queued and running jobs of all owners and of this one, and estimate how long they take."""
        with self.database.read() as connection:
            return estimates.queue_status(connection, owner)

    def seconds_per_cost(self, model: str) -> float | None:
        """Return the seconds per view-forward of a model's newest jobs, or None if none has succeeded."""
        with self.database.read() as connection:
            return estimates.seconds_per_cost(connection, model)


def _from_document(spec: Job, graph: GraphSpec, cost: int) -> dict[str, Any]:
    """Return the columns of a job that its document, its graph and their cost decide."""
    steps = len(spec.taken) * spec.images
    return {"spec": spec.model_dump_json(), "graph": graph.model_dump_json(), "cost": cost, "steps": steps}


def _rest(cost: int, first_step: int, steps: int) -> int:
    """Return the cost of a job's steps from `first_step` on, rounded up."""
    return -(-cost * (steps - first_step) // steps)


def _charge(connection: Connection, owner: str, cost: int) -> int:
    """Advance the owner's position in virtual time by `cost`, and return its old value, at least the
    virtual clock's."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    clock = select(virtual_clock.c.now).scalar_subquery()
    later = case((shares.c.virtual_finish > clock, shares.c.virtual_finish), else_=clock)
    statement = (
        insert(shares)
        .values(owner=owner, virtual_finish=clock + cost)
        .on_conflict_do_update(index_elements=[shares.c.owner], set_={"virtual_finish": later + cost})
        .returning(shares.c.virtual_finish)
    )
    return connection.execute(statement).scalar_one() - cost
