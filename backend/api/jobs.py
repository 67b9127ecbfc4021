"""Jobs: submit, follow, cancel, stop, continue, retry, delete, and fetch their pictures."""

import asyncio
import hashlib
import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from backend.api.auth import Caller
from backend.api.caching import picture_response, picture_responses, thumbnail_response
from backend.api.compile import compiled_for
from backend.api.continuing import fingerprint, refinement, refines, rest_of
from backend.api.errors import ApiError, problems
from backend.api.examples import JOBS
from backend.api.links import PublicLinks
from backend.api.services import Inlay, Services
from backend.api.thumbnails import ThumbnailSize
from backend.contracts.document import Name
from backend.contracts.events import Event
from backend.contracts.job import FINAL, Continuation, Job, JobResource
from backend.contracts.limits import MAX_SEQ

router = APIRouter(prefix="/api/jobs", tags=["jobs"])
FINAL_EVENTS = frozenset(f"job_{state}" for state in FINAL)


class EventList(BaseModel):
    items: list[Event]


IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        description="A name that you choose for this request. If you send the request again under the same name, you "
        "get the job of the first request. If the body differs, you get 409.",
    ),
]
Prefer = Annotated[
    str | None,
    Header(
        alias="Prefer",
        max_length=200,
        description="With `wait=30`, the server answers when the job has ended, or after 30 seconds.",
    ),
]


@router.post(
    "",
    operation_id="submitJob",
    status_code=201,
    response_description="The job is queued. `Location` is its address.",
    responses=problems(409, 429, body=True)
    | {200: {"model": JobResource, "description": "The job that an earlier request with this Idempotency-Key made."}},
)
async def submit(
    job: Annotated[Job, JOBS],
    inlay: Inlay,
    owner: Caller,
    links: PublicLinks,
    response: Response,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
    first: Annotated[bool, Query(description="Put the job before your other waiting jobs.")] = False,
) -> JobResource:
    """Queue a job. The server fills in the fields that the document leaves open and stores the completed document,
    which gives the same picture again."""
    resource, created = await run_in_threadpool(_accept, inlay, owner, job, idempotency_key, None, first)
    response.status_code = 201 if created else 200
    response.headers["Location"] = links.to(f"/api/jobs/{resource.id}")
    seconds = _wait_seconds(prefer, inlay.settings.max_wait_seconds)
    if seconds is None:
        return links.job(resource)
    response.headers["Preference-Applied"] = f"wait={seconds:g}"
    return links.job(await _when_final(inlay, owner, resource, seconds))


def _accept(
    inlay: Services, owner: str, job: Job, key: str | None, fingerprint: str | None = None, first: bool = False
) -> tuple[JobResource, bool]:
    """Resolve, compile and store a job, then ring the doorbell. Also returns whether the job is new."""
    compiled = compiled_for(owner, job, inlay)
    _refuse_if_full(inlay, owner)
    text = fingerprint or job.model_dump_json()
    resource, created = inlay.jobs.submit(
        owner, compiled.job, compiled.graph, compiled.cost, key, fingerprint=text, first=first
    )
    if created:
        inlay.metrics.submitted_cost.inc(compiled.cost)
        _announce(inlay, job)
    return resource, created


def _resume(inlay: Services, owner: str, id: UUID, key: str | None, asked: Continuation) -> tuple[JobResource, bool]:
    """Queue a job that continues another one, then ring the doorbell. Also returns whether the job is new."""
    before = inlay.jobs.get(owner, id)
    if refines(before, asked):
        return _accept(inlay, owner, refinement(inlay, owner, before, asked), key, fingerprint(id, asked))
    rest = None
    if before.can_continue:
        rest = rest_of(inlay, owner, before, asked)
        _refuse_if_full(inlay, owner)
    resource, created = inlay.jobs.resume(owner, id, key, rest)
    if created:
        _announce(inlay, resource.spec)
    return resource, created


def _announce(inlay: Services, job: Job) -> None:
    inlay.metrics.submitted.labels(job.layout.kind).inc()
    inlay.bus.ring()
    inlay.hub.nudge()


def _refuse_if_full(inlay: Services, owner: str) -> None:
    if inlay.jobs.queue(owner).queued >= inlay.settings.max_queued:
        inlay.metrics.refused.inc()
        raise ApiError(
            429,
            "queue-full",
            f"{inlay.settings.max_queued:,} jobs are waiting already. Try again later, or cancel some of them.",
            headers={"Retry-After": "30"},
        )


def _wait_seconds(prefer: str | None, most: float) -> float | None:
    """Return the seconds of `wait=N` among RFC 7240's preferences, at most `most`. Returns None without that
    preference."""
    found = re.search(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,9})(?![\d.])", prefer or "", re.IGNORECASE)
    return min(float(found[1]), most) if found else None


async def _when_final(inlay: Services, owner: str, resource: JobResource, seconds: float) -> JobResource:
    """Wait until the job has ended, at most `seconds`, and return it. The wait holds no thread and no database
    connection."""
    if resource.state in FINAL:
        return resource
    with inlay.hub.follower() as follower:
        follower.follow({resource.id: resource.last_seq})
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await follower.ready.wait()
                    event = follower.next()
                    if event is not None and not isinstance(event, bytes) and event.type in FINAL_EVENTS:
                        break
        except TimeoutError:
            pass
    return await run_in_threadpool(inlay.jobs.get, owner, resource.id)


@router.get("/{id}", operation_id="getJob", responses=problems(404, 422))
def get(id: UUID, inlay: Inlay, owner: Caller, links: PublicLinks) -> JobResource:
    """Fetch a job: its state, its progress, its pictures and its document."""
    return links.job(inlay.jobs.get(owner, id))


@router.delete("/{id}", operation_id="deleteJob", status_code=204, responses=problems(404, 422))
def delete(id: UUID, inlay: Inlay, owner: Caller) -> None:
    """Delete a job and its pictures. If the job is running, it is stopped first."""
    inlay.jobs.delete(owner, id)


@router.post("/{id}/cancel", operation_id="cancelJob", responses=problems(404, 422))
def cancel(id: UUID, inlay: Inlay, owner: Caller, links: PublicLinks) -> JobResource:
    """Cancel a job. A queued job ends at once; a running job ends after its current step. A job that has ended stays
    unchanged."""
    resource = inlay.jobs.cancel(owner, id)
    inlay.hub.nudge()
    return links.job(resource)


@router.post("/{id}/stop", operation_id="stopJob", responses=problems(404, 409, 422))
def stop(id: UUID, inlay: Inlay, owner: Caller, links: PublicLinks) -> JobResource:
    """Stop a running job after its current step, and keep its pictures. The job succeeds: its finished pictures are
    kept, and the picture that is being made is kept as it is, marked with `stopped_at`. A second request changes
    nothing."""
    resource = inlay.jobs.stop(owner, id)
    inlay.hub.nudge()
    return links.job(resource)


@router.post(
    "/{id}/continue",
    operation_id="continueJob",
    status_code=201,
    response_description="The new job is queued. `Location` is its address.",
    responses=problems(404, 409, 422, 429, body=True)
    | {200: {"model": JobResource, "description": "The job that an earlier request with this Idempotency-Key made."}},
)
def resume(
    id: UUID,
    inlay: Inlay,
    owner: Caller,
    links: PublicLinks,
    response: Response,
    asked: Continuation | None = None,
    idempotency_key: IdempotencyKey = None,
) -> JobResource:
    """Continue a job with a new one. Without a body, the new job runs the remaining steps of a stopped job, and makes
    the pictures that the stopped job would have made without the stop. With `steps`, it runs the remaining noise levels
    in so many steps, or refines the picture of a job that ran to its end. The old job and its pictures stay."""
    resource, created = _resume(inlay, owner, id, idempotency_key, asked or Continuation())
    response.status_code = 201 if created else 200
    response.headers["Location"] = links.to(f"/api/jobs/{resource.id}")
    return links.job(resource)


@router.post("/{id}/first", operation_id="putJobFirst", responses=problems(404, 409, 422))
def put_first(id: UUID, inlay: Inlay, owner: Caller, links: PublicLinks) -> JobResource:
    """Move a waiting job before your other waiting jobs. Jobs of others keep their places, and a second request changes
    nothing."""
    return links.job(inlay.jobs.put_first(owner, id))


@router.post("/{id}/retry", operation_id="retryJob", responses=problems(404, 409, 422))
def retry(id: UUID, inlay: Inlay, owner: Caller, links: PublicLinks) -> JobResource:
    """Queue a failed or cancelled job again."""
    resource = inlay.jobs.retry(owner, id)
    inlay.bus.ring()
    inlay.hub.nudge()
    return links.job(resource)


@router.get("/{id}/events", operation_id="listJobEvents", responses=problems(404, 422))
def events(
    id: UUID,
    inlay: Inlay,
    owner: Caller,
    links: PublicLinks,
    after: Annotated[int, Query(ge=0, le=MAX_SEQ, description="List only events with a greater seq.")] = 0,
) -> EventList:
    """List the events of a job in order. The websocket sends the same events as they happen."""
    return EventList(items=[links.event(event) for event in inlay.jobs.events(owner, id, after)])


@router.get(
    "/{id}/images/{name}",
    operation_id="getJobImage",
    response_class=Response,
    responses=picture_responses("The picture as a PNG, or its thumbnail as a WebP.", thumbnails=True),
)
async def image(
    id: UUID,
    name: Name,
    request: Request,
    inlay: Inlay,
    owner: Caller,
    download: Annotated[bool, Query(description="Tell browsers to save the picture as a file.")] = False,
    size: Annotated[
        ThumbnailSize | None,
        Query(description="Send a thumbnail as a WebP, whose longer side has at most so many pixels."),
    ] = None,
) -> Response:
    """Fetch a picture of a finished job. The PNG contains the resolved job document. The picture never changes."""
    key = await run_in_threadpool(inlay.jobs.output_key, owner, id, name)
    if size is not None:
        return thumbnail_response(request, key, await inlay.thumbnails.get(key, size), size)
    tag = hashlib.sha256(key.encode()).hexdigest()[:32]
    kind = "attachment" if download else "inline"
    shown = {"Content-Disposition": f'{kind}; filename="inlay-{str(id)[:8]}-{name}.png"'}
    return await run_in_threadpool(picture_response, request, inlay.images, key, tag, **shown)
