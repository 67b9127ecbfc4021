"""The queue: how much waits, the order of one's own waiting jobs, priorities, and pauses."""

from dataclasses import asdict
from functools import partial
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, model_validator
from starlette.concurrency import run_in_threadpool

from backend.api.auth import Caller, Identity, check_scope, may_manage_all, reach_of
from backend.api.errors import problems
from backend.api.links import PublicLinks
from backend.api.scopes import Guarded
from backend.api.services import Inlay, Services
from backend.contracts.document import Document
from backend.contracts.job import JobResource
from backend.contracts.limits import MAX_PRIORITY
from backend.store.credentials import Credential
from backend.store.tables import BACKGROUND

router = APIRouter(route_class=Guarded, prefix="/api/queue", tags=["queue"])
RINGS = 8  # workers that a resumed queue wakes at once; each wakes another one after its first job


class Queue(BaseModel):
    """The jobs of all owners that wait and run, and how many of them are the caller's (`mine_...`), each counted up to
    1,000. `seconds` is the estimated time until all of them are done. It is null as long as nothing has been measured,
    and for a queue of 1,000 jobs or more. If the queue is `paused`, no waiting job starts; if it is `mine_paused`, none
    of the caller's does. `may_manage` says that the caller may pause the whole queue and raise priorities.
    `workers` is the number of workers that can take a job now."""

    queued: int
    running: int
    mine_queued: int
    mine_running: int
    seconds: float | None
    paused: bool
    mine_paused: bool
    may_manage: bool
    workers: int


class Pause(Document):
    """If waiting jobs are paused, no worker takes them. Jobs that run go on."""

    paused: bool


class Waiting(Document):
    """Changes of a waiting job; a field that is left out or null changes nothing. `place` is its place among its
    owner's waiting jobs, counted from 0. `before` is the id of one of these, which it goes directly before; if that one
    has started by now, the job goes first. It passes no job of a higher priority, and no job of another owner. `paused`
    pauses or resumes this job alone. Of two jobs, that of the higher `priority` runs first; more than 0 needs the
    scope admin. A `background` job runs only when no other job can run."""

    place: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    before: Annotated[UUID, Field(strict=False)] | None = None
    paused: bool | None = None
    priority: Annotated[int, Field(ge=0, le=MAX_PRIORITY)] | None = None
    background: bool | None = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.place is not None and self.before is not None:
            raise ValueError("`place` and `before` both say where the job goes; send one of them")
        if self.background and self.priority is not None:
            raise ValueError("a background job has no `priority`; leave one of the two out")
        return self

    @property
    def level(self) -> int | None:
        """The priority that is asked for, as the store has it, or None."""
        if self.background is None:
            return self.priority
        return BACKGROUND if self.background else self.priority or 0


class WaitingJobs(BaseModel):
    """Waiting jobs of the caller, in the order in which they will run."""

    items: list[JobResource]


@router.get("", operation_id="getQueue", responses=problems())
def get(inlay: Inlay, caller: Identity) -> Queue:
    """Report how many jobs wait and run, of all owners and of the caller, how long all of them will probably take, and
    what is paused."""
    return _queue(inlay, caller)


@router.patch("", operation_id="pauseQueue", responses=problems(body=True))
def pause(asked: Pause, inlay: Inlay, caller: Identity) -> Queue:
    """Pause or resume the whole queue, for all owners. This needs the scope admin."""
    inlay.jobs.pause_all(asked.paused)
    return _changed(inlay, caller)


@router.get("/mine", operation_id="listWaitingJobs", responses=problems(422))
def mine(
    inlay: Inlay, owner: Caller, links: PublicLinks, limit: Annotated[int, Query(ge=1, le=200)] = 100
) -> WaitingJobs:
    """List your waiting jobs in the order in which they will run."""
    return WaitingJobs(items=[links.job(job) for job in inlay.jobs.waiting(owner, limit)])


@router.patch("/mine", operation_id="pauseMyJobs", responses=problems(body=True))
def pause_mine(asked: Pause, inlay: Inlay, caller: Identity) -> Queue:
    """Pause or resume all your waiting jobs, also those that you send later."""
    inlay.jobs.pause_owner(caller.owner, asked.paused)
    return _changed(inlay, caller)


@router.patch("/jobs/{id}", operation_id="arrangeJob", responses=problems(404, 409, body=True))
async def arrange(id: UUID, asked: Waiting, inlay: Inlay, caller: Identity, links: PublicLinks) -> JobResource:
    """Move, pause, resume or prioritise a waiting job. A priority above 0 needs the scope admin."""
    if asked.priority:
        check_scope(caller, "admin")
    wish = {"place": asked.place, "before": asked.before, "priority": asked.level, "paused": asked.paused}
    owner = reach_of(caller)
    job = await inlay.queueing.take(owner, partial(inlay.jobs.arrange, owner, id, **wish))
    await run_in_threadpool(_wake, inlay, 1)
    return links.job(job)


def _queue(inlay: Services, caller: Credential) -> Queue:
    status = asdict(inlay.jobs.queue(caller.owner))
    return Queue(**status, may_manage=may_manage_all(caller), workers=inlay.processes.workers())


def _changed(inlay: Services, caller: Credential) -> Queue:
    """Wake workers for jobs that were paused, and return the queue."""
    queue = _queue(inlay, caller)
    _wake(inlay, min(queue.queued, RINGS))
    return queue


def _wake(inlay: Services, workers: int) -> None:
    for _ in range(workers):
        inlay.bus.ring()
    inlay.hub.nudge()
