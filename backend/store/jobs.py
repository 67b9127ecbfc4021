"""The part of the job store for the API. `leases` is the part for workers, `upkeep` the part for the reconciler
(docs/protocol.md, Claims).

The queue is fair between owners, by start-time fair queueing. Each owner has a position in virtual time. It advances by
the cost of the owner's jobs, and never falls behind the virtual clock, which is the start of the newest claimed job. So
an owner who queues a hundred jobs does not delay another owner's single job.
"""

import hashlib
from dataclasses import dataclass
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, and_, case, delete, func, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from backend.contracts.events import Event, JobCancelled, JobQueued
from backend.contracts.graph import GraphSpec
from backend.contracts.job import Job, JobResource
from backend.contracts.uploads import named
from backend.store.errors import Conflict, NotFound
from backend.store.gallery import Gallery, Wanted
from backend.store.leases import Claim
from backend.store.rows import (
    RESOURCE,
    AnyRow,
    StoredOutput,
    event,
    find_job,
    no_such_job,
    record,
    resource,
    stored_outputs,
)
from backend.store.search_text import search_text
from backend.store.tables import events, frame_packs, job_prompts, jobs, now, shares, virtual_clock
from backend.store.upkeep import Kept
from backend.store.uploads import hold_for_job

__all__ = ["Claim", "Jobs", "Kept", "QueueStatus", "StoredOutput", "Wanted"]

MEASURED = 20  # an estimate uses at most this many finished jobs
NEWS = 1000  # most events of one query; the next query returns the rest


@dataclass(frozen=True)
class QueueStatus:
    """The number of queued and running jobs. `seconds` is the estimated time until all of them are done, or None if it
    is not known."""

    queued: int
    running: int
    seconds: float | None


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
    ) -> tuple[JobResource, bool]:
        """Queue a resolved job. Returns the job, and True if it is new, or False if an earlier request with
        `idempotency_key` made it.

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
            "cost": cost,
            "model": spec.sampling.model,
            "layout": spec.layout.kind,
            "spec": text,
            "graph": graph.model_dump_json(),
            "idempotency_key": idempotency_key,
            "fingerprint": digest,
            "steps": len(spec.taken) * spec.images,
        }
        try:
            return resource(self._insert(row, search_text(spec), [one.id for one in named(spec)])), True
        except IntegrityError:
            if idempotency_key is None:
                raise
        return resource(self._earlier(owner, idempotency_key, digest)), False

    def _insert(self, row: dict[str, Any], prompts: str, uploads: list[str]) -> AnyRow:
        fresh = {
            "state": "queued",
            "fence": 0,
            "attempt": 0,
            "skips": 0,
            "cancel_requested": False,
            "step": 0,
            "last_seq": 1,
            "outputs": "[]",
            "created_at": now(),
            "queued_at": now(),
        }
        with self.database.begin() as connection:
            start = _charge(connection, row["owner"], row["cost"])
            inserted = jobs.insert().values(**row, **fresh, virtual_start=start).returning(jobs.c.number)
            number = connection.scalar(inserted)
            connection.execute(job_prompts.insert().values(number=number, prompts=prompts))
            hold_for_job(connection, row["owner"], row["id"], uploads)
            record(connection, JobQueued, row["id"], 1, reason=None)
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
        return resource(row)

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
        return resource(row)

    def retry(self, owner: str, id: UUID) -> JobResource:
        """Queue a failed or cancelled job again, at the end of the owner's queue. It has all its attempts again,
        and begins without the frames of its earlier run.

        Raises Conflict if the job is in another state.
        """
        with self.database.begin() as connection:
            cost = connection.scalar(select(jobs.c.cost).where(jobs.c.owner == owner, jobs.c.id == id))
            if cost is None:
                raise no_such_job(id)
            start = _charge(connection, owner, cost)
            changed = connection.execute(
                update(jobs)
                .where(jobs.c.owner == owner, jobs.c.id == id, jobs.c.state.in_(("failed", "cancelled")))
                .values(
                    state="queued",
                    fence=jobs.c.fence + 1,
                    virtual_start=start,
                    attempt=0,
                    skips=0,
                    step=0,
                    cancel_requested=False,
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
        return resource(row)

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

    def queue(self) -> QueueStatus:
        """Count the queued and running jobs of all owners, and estimate how long they take with the present number of
        workers."""
        left = jobs.c.cost * (1.0 - case((jobs.c.state == "running", jobs.c.step * 1.0 / jobs.c.steps), else_=0.0))
        query = (
            select(jobs.c.state, jobs.c.model, func.count().label("number"), func.sum(left).label("cost"))
            .where(jobs.c.state.in_(("queued", "running")))
            .group_by(jobs.c.state, jobs.c.model)
        )
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        count = {state: sum(row.number for row in rows if row.state == state) for state in ("queued", "running")}
        pace = {model: self.seconds_per_cost(model) for model in {row.model for row in rows}}
        seconds = 0.0
        for row in rows:
            if (of_model := pace[row.model]) is None:
                return QueueStatus(count["queued"], count["running"], None)
            seconds += float(row.cost) * of_model / max(1, count["running"])
        return QueueStatus(count["queued"], count["running"], seconds)

    def seconds_per_cost(self, model: str) -> float | None:
        """Return the median of seconds per view-forward over a model's last MEASURED succeeded jobs, or None if there
        are none.

        The loading of models is not counted.
        """
        query = (
            select(func.coalesce(jobs.c.steady_seconds, jobs.c.seconds).label("seconds"), jobs.c.cost)
            .where(jobs.c.state == "succeeded", jobs.c.model == model)
            .order_by(jobs.c.finished_at.desc())
            .limit(MEASURED)
        )
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return median(row.seconds / row.cost for row in rows) if rows else None


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
