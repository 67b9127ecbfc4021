"""Conversion between rows of the database and the contracts' documents, for all parts of the job store."""

import json
from datetime import UTC, datetime
from typing import Any, NamedTuple, get_args
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, true

from backend.contracts.document import Document
from backend.contracts.events import (
    Event,
    JobCancelled,
    JobFailed,
    JobNotice,
    JobProgress,
    JobQueued,
    JobStarted,
    JobSucceeded,
)
from backend.contracts.job import Job, JobResource, Output, Paused, Problem, Progress
from backend.store.deliveries import queue_deliveries
from backend.store.errors import NotFound
from backend.store.tables import CLAIM_ORDER, events, jobs, now

AnyRow = Row[*tuple[Any, ...]]
EventKind = type[JobQueued | JobStarted | JobProgress | JobNotice | JobSucceeded | JobFailed | JobCancelled]

_event = TypeAdapter[Event](Event)
_UNWRITTEN = datetime(1970, 1, 1, tzinfo=UTC)  # takes the place of the database's time while an event is validated


class StoredOutput(Document):
    """A picture of a job: its key in the picture store, `jobs/{id}/{fence}/...`, its size in canvas pixels and in
    bytes, the residual of its run, and the step after which its run was stopped, or None if it is finished."""

    name: str
    key: str
    width: int
    height: int
    bytes: int = 0
    residual: float | None = None
    stopped_at: Progress | None = None

    def public(self, job_id: UUID) -> Output:
        url = f"/api/jobs/{job_id}/images/{self.name}"
        return Output(
            name=self.name,
            url=url,
            width=self.width,
            height=self.height,
            residual=self.residual,
            stopped_at=self.stopped_at,
        )


stored_outputs = TypeAdapter(list[StoredOutput])

RESOURCE = (
    jobs.c.id,
    jobs.c.owner,
    jobs.c.state,
    jobs.c.number,
    jobs.c.priority,
    jobs.c.virtual_start,
    jobs.c.paused,
    jobs.c.cancel_requested,
    jobs.c.stop_requested,
    and_(jobs.c.state == "succeeded", jobs.c.checkpoint.is_not(None)).label("can_continue"),
    jobs.c.continues,
    jobs.c.first_step,
    jobs.c.step,
    jobs.c.steps,
    jobs.c.outputs,
    jobs.c.error,
    jobs.c.not_before,
    jobs.c.attempt,
    jobs.c.seconds,
    jobs.c.last_seq,
    jobs.c.created_at,
    jobs.c.started_at,
    jobs.c.finished_at,
    jobs.c.favourite,
    jobs.c.tags,
    jobs.c.trashed_at,
    jobs.c.spec,
)
"""The columns that `resource` reads."""


class Place(NamedTuple):
    """The place of a queued job: the number of queued jobs before it, the expected seconds until a worker takes it, or
    None if they are not known, and what is paused, so that no worker takes it."""

    position: int
    starts_in: float | None
    paused: Paused | None


def resource(row: AnyRow, place: Place | None = None) -> JobResource:
    """Return the API's view of a row of RESOURCE. `place` is that of a queued job. While a job waits or runs again, the
    row's error is that of the last attempt."""
    problem = None if row.error is None else Problem.model_validate_json(row.error)
    return JobResource(
        id=row.id,
        owner=row.owner,
        state=row.state,
        position=None if place is None else place.position,
        starts_in=None if place is None else place.starts_in,
        paused=None if place is None else place.paused,
        priority=row.priority,
        background=row.priority < 0,
        cancel_requested=row.cancel_requested,
        stop_requested=row.stop_requested,
        can_continue=row.can_continue,
        continues=row.continues,
        first_step=row.first_step,
        progress=Progress(step=row.step, of=row.steps),
        outputs=[output.public(row.id) for output in stored_outputs.validate_json(row.outputs)],
        error=problem if row.state == "failed" else None,
        last_error=problem if row.state in ("queued", "running") else None,
        retry_at=row.not_before if row.state == "queued" else None,
        attempt=row.attempt,
        seconds=row.seconds,
        last_seq=row.last_seq,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        favourite=row.favourite,
        tags=json.loads(row.tags),
        trashed_at=row.trashed_at,
        spec=Job.model_validate_json(row.spec),
    )


def event(row: AnyRow) -> Event:
    envelope = {"job_id": str(row.job_id), "seq": row.seq, "at": row.at.isoformat(), "type": row.type}
    return _event.validate_json(json.dumps(json.loads(row.body) | envelope))


def record(connection: Connection, kind: EventKind, job_id: UUID, seq: int, **fields: Any) -> None:
    """Record one event, and queue it for the webhooks that want it. `seq` comes from an UPDATE of the job in the same
    transaction; its row lock orders the events.

    Raises pydantic's ValidationError for an invalid event, such as one with a NaN, so that no reader gets it.
    """
    (name,) = get_args(kind.model_fields["type"].annotation)
    checked = kind(type=name, job_id=job_id, seq=seq, at=_UNWRITTEN, **fields)
    body = checked.model_dump_json(exclude={"type", "job_id", "seq", "at"})
    connection.execute(insert(events).values(job_id=job_id, seq=seq, type=checked.type, at=now(), body=body))
    queue_deliveries(connection, job_id, seq, checked.type, body)


def is_of(owner: str | None) -> ColumnElement[bool]:
    """Return the condition that a job is this owner's. None stands for all owners."""
    return true() if owner is None else jobs.c.owner == owner


def lock_jobs(connection: Connection, *conditions: ColumnElement[bool]) -> None:
    """Lock the jobs that fit all conditions until the transaction ends, in the order of the queue.

    Each change of several jobs begins so. Two changes that lock the same jobs in different orders could wait for each
    other forever.
    """
    locked = select(jobs.c.id).where(*conditions).order_by(*CLAIM_ORDER)
    connection.execute(locked.with_for_update(key_share=True))


def find_job(connection: Connection, owner: str | None, id: UUID) -> AnyRow:
    """Return a job's row of RESOURCE. Raises NotFound if the owner has no such job."""
    row = connection.execute(select(*RESOURCE).where(is_of(owner), jobs.c.id == id)).one_or_none()
    if row is None:
        raise no_such_job(id)
    return row


def no_such_job(id: UUID) -> NotFound:
    return NotFound(f"There is no job {id}. The list of jobs shows the existing ones.")
