"""The part of the job store for the API. `leases` is the part for workers, `upkeep` the part for the reconciler
(docs/protocol.md, Claims).
"""

from functools import cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, delete, func, null, or_, select, true, update
from sqlalchemy.exc import IntegrityError

from backend.contracts.events import Event, JobCancelled, JobQueued
from backend.contracts.graph import GraphSpec
from backend.contracts.job import Compiled, Job, JobResource, JobState
from backend.contracts.uploads import named
from backend.contracts.webhooks import NewWebhook
from backend.store import estimates
from backend.store.deleted import delete_jobs, was_deleted
from backend.store.errors import Conflict, NotFound
from backend.store.estimates import QueueStatus, shown
from backend.store.gallery import Wanted
from backend.store.idempotency import digest_of, earlier_job, key_of
from backend.store.leases import Claim
from backend.store.own_order import move
from backend.store.rows import (
    AnyRow,
    StoredOutput,
    event,
    find_job,
    is_of,
    lock_jobs,
    no_such_job,
    record,
    stored_outputs,
)
from backend.store.search_text import search_text
from backend.store.shares import CHARGED, Account, rest
from backend.store.tables import events, frame_packs, job_prompts, jobs, now
from backend.store.tallies import Tally, tally
from backend.store.upkeep import Kept
from backend.store.uploads import hold_for_job
from backend.store.waiting import Waiting
from backend.store.webhooks import add

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


class Jobs(Waiting):
    """The store of jobs and their events. No other code writes these tables. For an owner of None, which is an admin's
    reach, a method takes a job of any owner."""

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
        id: UUID | None = None,
        webhook: NewWebhook | None = None,
        trace: str | None = None,
    ) -> tuple[JobResource, bool]:
        """Queue a resolved job; if `first`, before all other waiting jobs of its owner. The `webhook` gets its events.
        Returns the job, and True if it is new, or False if an earlier request with `idempotency_key`, or with the
        caller's choice of `id`, made it.

        `fingerprint` is the text by which two requests with the same key are compared, such as the client's document.
        By default it is the resolved document, which differs at each submit if the server draws the seed. `trace` is
        the W3C traceparent of the request.

        Raises Conflict if the key or the id was used for another request, or if an upload that the document names is
        gone, and LimitReached if the owner may not queue another job.
        """
        text = spec.model_dump_json()
        digest = digest_of(fingerprint if fingerprint is not None else text)
        row = {
            "id": uuid4() if id is None else id,
            "owner": owner,
            "priority": priority,
            "model": spec.sampling.model,
            "layout": spec.layout.kind,
            "idempotency_key": idempotency_key if id is None else key_of(id),
            "fingerprint": digest,
            "traceparent": trace,
            **_from_document(spec, graph, cost),
        }
        return self._once(row, spec, first, webhook)

    def resume(
        self,
        owner: str,
        id: UUID,
        idempotency_key: str | None = None,
        other: Compiled | None = None,
        *,
        fingerprint: str | None = None,
        trace: str | None = None,
        may_go_ahead: bool = False,
    ) -> tuple[JobResource, bool]:
        """Queue a new job that begins where a stopped job was stopped, and ends as that job would have ended, or as
        `other` does, the same job with another rest. Returns the job, and True if it is new, or False if an earlier
        request with `idempotency_key` made it.

        `fingerprint` is the text by which two requests with the same key are compared. Without `may_go_ahead`, the new
        job gets no priority above 0, also if an admin gave the stopped job one. Raises Conflict if the job was not
        stopped before its end, or if the key was used for another request, and LimitReached if the owner may not queue
        another job.
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
            "priority": stopped.priority if may_go_ahead else min(stopped.priority, 0),
            "continues": id,
            "checkpoint": stopped.checkpoint,
            "first_step": stopped.step,
            "idempotency_key": idempotency_key,
            "fingerprint": digest_of(fingerprint if fingerprint is not None else f"continue {id}"),
            "traceparent": trace,
        }
        if other is not None:
            row |= _from_document(other.job, other.graph, other.cost)
        return self._once(row, Job.model_validate_json(row["spec"]))

    def earlier(self, owner: str, key: str, fingerprint: str) -> JobResource | None:
        """Return the job that an earlier request with an idempotency key made, or None if there is none.

        Raises Conflict if the key was used for a request with another fingerprint.
        """
        with self.database.read() as connection:
            row = earlier_job(connection, owner, key, digest_of(fingerprint))
        return None if row is None else shown(self.database, row)

    def _once(
        self, row: dict[str, Any], spec: Job, goes_first: bool = False, webhook: NewWebhook | None = None
    ) -> tuple[JobResource, bool]:
        """Insert a job, unless its idempotency key has made one already. Also returns whether the job is new."""
        key = row["idempotency_key"]
        try:
            with self.database.begin() as connection:
                account = Account.open(connection, row["owner"])
                found = None if key is None else earlier_job(connection, row["owner"], key, row["fingerprint"])
                made = self._insert(account, row, spec, goes_first, webhook) if found is None else found
        except IntegrityError as error:
            if key != key_of(row["id"]):
                raise
            raise Conflict(f"The id {row['id']} is in use for another job. Choose a new random UUID.") from error
        return shown(self.database, made), found is None

    def _insert(
        self, account: Account, row: dict[str, Any], spec: Job, goes_first: bool, webhook: NewWebhook | None
    ) -> AnyRow:
        first, connection = row.get("first_step", 0), account.connection
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
        cost = rest(row["cost"], first, row["steps"])
        account.admit(cost, self.limits)
        start = account.charge(cost, row["priority"] < 0)
        inserted = jobs.insert().values(**fresh | row, virtual_start=start).returning(jobs.c.number)
        number = connection.scalar(inserted)
        if was_deleted(connection, row["id"]):  # asked after the insertion, which waits for a deletion under way
            raise Conflict(f"The job {row['id']} was deleted. Choose a new random UUID for another job.")
        connection.execute(job_prompts.insert().values(number=number, prompts=search_text(spec)))
        hold_for_job(connection, row["owner"], row["id"], [one.id for one in named(spec)])
        if webhook is not None:
            add(connection, row["owner"], webhook, row["id"])
        record(connection, JobQueued, row["id"], 1, reason=None)
        if goes_first:
            move(connection, row["owner"], row["id"], 0)
        return find_job(connection, row["owner"], row["id"])

    def get(self, owner: str | None, id: UUID) -> JobResource:
        """Return a job. Raises NotFound if the owner has no such job."""
        with self.database.read() as connection:
            row = find_job(connection, owner, id)
        return shown(self.database, row)

    def cancel(self, owner: str | None, id: UUID) -> JobResource:
        """Cancel a job. A queued job is cancelled at once; the worker of a running job stops between two steps.

        A job that has ended stays unchanged. A job that finishes before its worker sees the request keeps its pictures.
        """
        with self.database.begin() as connection:
            account = Account.open(connection, find_job(connection, owner, id).owner)
            _cancel(account, jobs.c.id == id)
            row = find_job(connection, owner, id)
        return shown(self.database, row)

    def cancel_several(self, owner: str | None, ids: list[UUID] | None) -> list[UUID]:
        """Cancel these jobs of an owner, or all. Returns the jobs that were waiting or running."""
        chosen = true() if ids is None else jobs.c.id.in_(ids)
        active = select(jobs.c.owner).where(is_of(owner), chosen, jobs.c.state.in_(("queued", "running"))).distinct()
        with self.database.begin() as connection:
            owners = connection.scalars(active.order_by(jobs.c.owner)).all()
            return [id for one in owners for id in _cancel(Account.open(connection, one), chosen)]

    def stop(self, owner: str | None, id: UUID) -> JobResource:
        """Ask the worker of a running job to stop after its present step, and to keep the pictures so far. A second
        request changes nothing.

        Raises Conflict if the job does not run, or if it is being cancelled.
        """
        with self.database.begin() as connection:
            connection.execute(
                update(jobs)
                .where(is_of(owner), jobs.c.id == id, jobs.c.state == "running", ~jobs.c.cancel_requested)
                .values(stop_requested=True)
            )
            row = find_job(connection, owner, id)
        if not row.stop_requested:
            raise Conflict(_CANCELLING if row.state == "running" else _NOT_RUNNING[row.state])
        return shown(self.database, row)

    def retry(self, owner: str | None, id: UUID) -> JobResource:
        """Queue a failed or cancelled job again, at the end of the owner's queue. It has all its attempts again, and
        begins without the frames of its earlier run. If it continues another job that still exists, it begins where
        that job was stopped. It keeps a priority above 0 only for an admin, whose `owner` is None.

        Raises Conflict if the job is in another state, and LimitReached if the owner may not queue another job.
        """
        origin = jobs.alias("origin")
        query = (
            select(
                *CHARGED,
                jobs.c.state,
                origin.c.checkpoint,
                func.coalesce(origin.c.step, 0).label("first"),
            )
            .outerjoin_from(jobs, origin, jobs.c.continues == origin.c.id)
            .where(is_of(owner), jobs.c.id == id)
        )
        with self.database.begin() as connection:
            account = Account.open(connection, find_job(connection, owner, id).owner)
            known = connection.execute(query).one_or_none()
            if known is None:
                raise no_such_job(id)
            if known.state not in ("failed", "cancelled"):
                raise Conflict("Only a failed or cancelled job can be retried. Submit this one as a new job.")
            cost = rest(known.cost, known.first, known.steps)
            account.admit(cost, self.limits)
            priority = known.priority if owner is None else min(known.priority, 0)
            start = account.charge(cost, priority < 0)
            changed = connection.execute(
                update(jobs)
                .where(is_of(owner), jobs.c.id == id, jobs.c.state.in_(("failed", "cancelled")))
                .values(
                    state="queued",
                    fence=jobs.c.fence + 1,
                    priority=priority,
                    virtual_start=start,
                    attempt=0,
                    skips=0,
                    checkpoint=known.checkpoint,
                    first_step=known.first,
                    step=known.first,
                    cancel_requested=False,
                    stop_requested=False,
                    paused=False,
                    bytes=0,
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
            tally(connection, Tally("requeued", "retried"))
            row = find_job(connection, owner, id)
        return shown(self.database, row)

    def delete(self, owner: str | None, id: UUID) -> None:
        """Delete a job and its events at once, in any state.

        A worker that runs the job loses its lease. It notices this at its next renewal and deletes its files. The
        reconciler deletes the job's pictures and all other files that remain.
        """
        with self.database.begin() as connection:
            account = Account.open(connection, find_job(connection, owner, id).owner)
            gone = delete_jobs(connection, jobs.c.id == id)
            for row in gone:
                if row.state == "queued":
                    account.refund(row)
        if not gone:
            raise no_such_job(id)

    def events(self, owner: str | None, id: UUID, after: int) -> list[Event]:
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
        values = {f"id_{number}": id for number, id in enumerate(cursors)}
        values |= {f"seq_{number}": seq for number, seq in enumerate(cursors.values())}
        with self.database.read() as connection:
            rows = connection.execute(_news_of(len(cursors)), values).all()
        return [event(row) for row in rows]

    def graph(self, owner: str | None, id: UUID) -> GraphSpec:
        return GraphSpec.model_validate_json(self._text(jobs.c.graph, owner, id))

    def output_key(self, owner: str | None, id: UUID, name: str) -> str:
        """Return the key of a finished job's picture in the picture store. Raises NotFound if the job has no such
        picture yet."""
        for output in stored_outputs.validate_json(self._text(jobs.c.outputs, owner, id)):
            if output.name == name:
                return output.key
        raise NotFound(f"Job {id} has no picture named {name!r}. Once it has succeeded, its outputs name its pictures.")

    def _text(self, column: Any, owner: str | None, id: UUID) -> str:
        with self.database.read() as connection:
            text = connection.scalar(select(column).where(is_of(owner), jobs.c.id == id))
        if text is None:
            raise no_such_job(id)
        return text

    def seconds_per_cost(self, model: str) -> float | None:
        """Return the seconds per view-forward of a model's newest jobs, or None if none has succeeded."""
        with self.database.read() as connection:
            return estimates.seconds_per_cost(connection, model)


@cache
def _news_of(count: int) -> Select[*tuple[Any, ...]]:
    """Return the query for the events of so many jobs, each after a seq. The stream asks it many times a second."""
    unseen = (
        and_(events.c.job_id == bindparam(f"id_{number}"), events.c.seq > bindparam(f"seq_{number}"))
        for number in range(count)
    )
    return select(events).where(or_(*unseen)).order_by(events.c.job_id, events.c.seq).limit(NEWS)


def _cancel(account: Account, chosen: ColumnElement[bool]) -> list[UUID]:
    """Cancel chosen jobs of an owner: the queued ones at once, the running ones through their workers. Returns the jobs
    that were queued or running."""
    queued, connection = jobs.c.state == "queued", account.connection
    active = (jobs.c.owner == account.owner, chosen, jobs.c.state.in_(("queued", "running")))
    lock_jobs(connection, *active)
    changed = connection.execute(
        update(jobs)
        .where(*active)
        .values(
            cancel_requested=True,
            state=case((queued, "cancelled"), else_=jobs.c.state),
            finished_at=case((queued, now()), else_=null()),
            checkpoint=case((queued, null()), else_=jobs.c.checkpoint),
            last_seq=jobs.c.last_seq + case((queued, 1), else_=0),
        )
        .returning(*CHARGED, jobs.c.state, jobs.c.last_seq)
    ).all()
    for row in sorted(changed, key=lambda row: (row.virtual_start, row.number), reverse=True):
        if row.state == "cancelled":
            account.refund(row)
            record(connection, JobCancelled, row.id, row.last_seq)
            tally(connection, Tally("ended", "cancelled"))
    return [row.id for row in changed]


def _from_document(spec: Job, graph: GraphSpec, cost: int) -> dict[str, Any]:
    """Return the columns of a job that its document, its graph and their cost decide."""
    steps = len(spec.taken) * spec.images
    return {"spec": spec.model_dump_json(), "graph": graph.model_dump_json(), "cost": cost, "steps": steps}
