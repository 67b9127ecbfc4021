"""Jobs: submit, fetch, cancel, stop, continue, retry, delete, and fetch their pictures."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated, NamedTuple
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from backend.api.auth import Identity, Reach, check_scope, may_manage_all
from backend.api.caching import picture_response, picture_responses, thumbnail_response
from backend.api.compile import compiled_for
from backend.api.continuing import fingerprint, refinement, refines, rest_of
from backend.api.errors import invalid, problems
from backend.api.examples import JOBS
from backend.api.links import PublicLinks
from backend.api.prefer import Prefer, when_ended
from backend.api.scopes import Guarded
from backend.api.services import Inlay, Services
from backend.api.thumbnails import ThumbnailSize
from backend.api.webhooks import WebhookAddress, WebhookKinds, job_webhook
from backend.contracts.document import Name
from backend.contracts.job import Continuation, Job, JobResource
from backend.contracts.limits import MAX_PRIORITY
from backend.contracts.webhooks import NewWebhook
from backend.store.credentials import Credential
from backend.store.errors import LimitReached
from backend.store.idempotency import key_of
from backend.store.tables import BACKGROUND
from backend.traces import traceparent

log = structlog.get_logger(__name__)
router = APIRouter(route_class=Guarded, prefix="/api/jobs", tags=["jobs"])
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


First = Annotated[bool, Query(description="Put the job before your other waiting jobs.")]
Background = Annotated[bool, Query(description="Run the job only when no other job can run.")]
Priority = Annotated[
    int, Query(ge=0, le=MAX_PRIORITY, description="Jobs of a higher one run first. More than 0 needs the scope admin.")
]


class _Wish(NamedTuple):
    """How a new job waits, and the webhook that gets its events."""

    first: bool = False
    priority: int = 0
    webhook: NewWebhook | None = None


_NO_WISH = _Wish()


def _wish(
    inlay: Inlay,
    caller: Identity,
    first: First = False,
    background: Background = False,
    priority: Priority = 0,
    webhook: WebhookAddress = None,
    webhook_events: WebhookKinds = None,
) -> _Wish:
    """Return what the query of a request asks for. Raises ApiError if the caller may not ask for it, or if it
    contradicts itself."""
    if background and priority:
        raise invalid("a background job has no `priority`; leave one of the two out", ["query", "priority"])
    if priority:
        check_scope(caller, "admin")
    return _Wish(first, BACKGROUND if background else priority, job_webhook(inlay, webhook, webhook_events))


Wish = Annotated[_Wish, Depends(_wish)]


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
    caller: Identity,
    wish: Wish,
    links: PublicLinks,
    response: Response,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> JobResource:
    """Queue a job. The server fills in the fields that the document leaves open and stores the completed document,
    which gives the same picture again."""
    resource, created = await inlay.queueing.take(
        caller.owner, partial(_accept, inlay, caller.owner, job, idempotency_key, wish=wish)
    )
    response.status_code = 201 if created else 200
    response.headers["Location"] = links.to(f"/api/jobs/{resource.id}")
    return links.job(await when_ended(inlay, caller.owner, resource, prefer, response))


@router.put(
    "/{id}",
    operation_id="putJob",
    status_code=201,
    response_description="The job is queued. `Location` is its address.",
    responses=problems(409, 429, body=True)
    | {200: {"model": JobResource, "description": "The job that an earlier request with this id and body made."}},
)
async def put(
    id: UUID,
    job: Annotated[Job, JOBS],
    inlay: Inlay,
    caller: Identity,
    wish: Wish,
    links: PublicLinks,
    response: Response,
    prefer: Prefer = None,
) -> JobResource:
    """Queue a job under an id that you choose, such as a random UUID. If you send the same request again, you get the
    same job. If the id is in use for another job, or was the id of a deleted job, you get 409."""
    resource, created = await inlay.queueing.take(
        caller.owner, partial(_accept, inlay, caller.owner, job, None, wish=wish, id=id)
    )
    response.status_code = 201 if created else 200
    response.headers["Location"] = links.to(f"/api/jobs/{resource.id}")
    return links.job(await when_ended(inlay, caller.owner, resource, prefer, response))


def _accept(
    inlay: Services,
    owner: str,
    job: Job,
    key: str | None,
    fingerprint: str | None = None,
    wish: _Wish = _NO_WISH,
    id: UUID | None = None,
) -> tuple[JobResource, bool]:
    """Resolve, compile and store a job, then ring the doorbell. Also returns whether the job is new. A request that
    made a job before gets that job, even if it could not make one now."""
    text = fingerprint or job.model_dump_json()
    named = key if id is None else key_of(id)
    if named is not None and (earlier := inlay.jobs.earlier(owner, named, text)) is not None:
        return earlier, False
    compiled = compiled_for(owner, job, inlay)
    with _refusals_counted(inlay):
        resource, created = inlay.jobs.submit(
            owner,
            compiled.job,
            compiled.graph,
            compiled.cost,
            key,
            fingerprint=text,
            first=wish.first,
            priority=wish.priority,
            id=id,
            webhook=wish.webhook,
            trace=traceparent(),
        )
    if created:
        inlay.metrics.submitted_cost.inc(compiled.cost)
        _announce(inlay, resource)
    return resource, created


def _resume(
    inlay: Services, caller: Credential, id: UUID, key: str | None, asked: Continuation
) -> tuple[JobResource, bool]:
    """Queue a job that continues another one, then ring the doorbell. Also returns whether the job is new."""
    owner, ahead = caller.owner, may_manage_all(caller)
    text = fingerprint(id, asked)
    if key is not None and (earlier := inlay.jobs.earlier(owner, key, text)) is not None:
        return earlier, False
    before = inlay.jobs.get(owner, id)
    if refines(before, asked):
        return _accept(inlay, owner, refinement(inlay, owner, before, asked), key, text)
    rest = rest_of(inlay, owner, before, asked) if before.can_continue else None
    with _refusals_counted(inlay):
        resource, created = inlay.jobs.resume(
            owner, id, key, rest, fingerprint=text, trace=traceparent(), may_go_ahead=ahead
        )
    if created:
        _announce(inlay, resource)
    return resource, created


def _announce(inlay: Services, job: JobResource) -> None:
    log.info("job_queued", job=str(job.id))
    inlay.metrics.submitted.labels(job.spec.layout.kind).inc()
    inlay.bus.ring()
    inlay.hub.nudge()


@contextmanager
def _refusals_counted(inlay: Services) -> Iterator[None]:
    """Count a job that is refused because of a limit."""
    try:
        yield
    except LimitReached as error:
        inlay.metrics.refused.labels(error.limit).inc()
        raise


@router.get("/{id}", operation_id="getJob", responses=problems(404, 422))
async def get(
    id: UUID, inlay: Inlay, reach: Reach, links: PublicLinks, response: Response, prefer: Prefer = None
) -> JobResource:
    """Fetch a job: its state, its progress, its pictures and its document."""
    resource = await run_in_threadpool(inlay.jobs.get, reach, id)
    return links.job(await when_ended(inlay, reach, resource, prefer, response))


@router.delete("/{id}", operation_id="deleteJob", status_code=204, responses=problems(404, 422))
async def delete(id: UUID, inlay: Inlay, reach: Reach) -> None:
    """Delete a job and its pictures. If the job is running, it is stopped first."""
    await inlay.queueing.take(reach, partial(inlay.jobs.delete, reach, id))


@router.post("/{id}/cancel", operation_id="cancelJob", responses=problems(404, 422))
async def cancel(id: UUID, inlay: Inlay, reach: Reach, links: PublicLinks) -> JobResource:
    """Cancel a job. A queued job ends at once; a running job ends after its current step. A job that has ended stays
    unchanged."""
    resource = await inlay.queueing.take(reach, partial(inlay.jobs.cancel, reach, id))
    inlay.hub.nudge()
    return links.job(resource)


@router.post("/{id}/stop", operation_id="stopJob", responses=problems(404, 409, 422))
def stop(id: UUID, inlay: Inlay, reach: Reach, links: PublicLinks) -> JobResource:
    """Stop a running job after its current step, and keep its pictures. The job succeeds: its finished pictures are
    kept, and the picture that is being made is kept as it is, marked with `stopped_at`. A second request changes
    nothing."""
    resource = inlay.jobs.stop(reach, id)
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
async def resume(
    id: UUID,
    inlay: Inlay,
    caller: Identity,
    links: PublicLinks,
    response: Response,
    asked: Continuation | None = None,
    idempotency_key: IdempotencyKey = None,
) -> JobResource:
    """Continue a job with a new one. Without a body, the new job runs the remaining steps of a stopped job, and makes
    the pictures that the stopped job would have made without the stop. With `steps`, it runs the remaining noise levels
    in so many steps, or refines the picture of a job that ran to its end. The old job and its pictures stay. A priority
    above 0 is kept only for the scope admin."""
    resource, created = await inlay.queueing.take(
        caller.owner, partial(_resume, inlay, caller, id, idempotency_key, asked or Continuation())
    )
    response.status_code = 201 if created else 200
    response.headers["Location"] = links.to(f"/api/jobs/{resource.id}")
    return links.job(resource)


@router.post("/{id}/first", operation_id="putJobFirst", responses=problems(404, 409, 422))
async def put_first(id: UUID, inlay: Inlay, reach: Reach, links: PublicLinks) -> JobResource:
    """Move a waiting job before your other waiting jobs. Jobs of others keep their places, and a second request changes
    nothing."""
    return links.job(await inlay.queueing.take(reach, partial(inlay.jobs.put_first, reach, id)))


@router.post("/{id}/retry", operation_id="retryJob", responses=problems(404, 409, 422, 429))
async def retry(id: UUID, inlay: Inlay, reach: Reach, links: PublicLinks) -> JobResource:
    """Queue a failed or cancelled job again, at the end of your waiting jobs. A priority above 0 is kept only for the
    scope admin."""
    with _refusals_counted(inlay):
        resource = await inlay.queueing.take(reach, partial(inlay.jobs.retry, reach, id))
    await run_in_threadpool(inlay.bus.ring)
    inlay.hub.nudge()
    return links.job(resource)


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
    reach: Reach,
    download: Annotated[bool, Query(description="Tell browsers to save the picture as a file.")] = False,
    size: Annotated[
        ThumbnailSize | None,
        Query(description="Send a thumbnail as a WebP, whose longer side has at most so many pixels."),
    ] = None,
) -> Response:
    """Fetch a picture of a finished job. The PNG contains the resolved job document. The picture never changes."""
    key = await run_in_threadpool(inlay.jobs.output_key, reach, id, name)
    if size is not None:
        return thumbnail_response(request, key, await inlay.thumbnails.get(key, size), size)
    tag = hashlib.sha256(key.encode()).hexdigest()[:32]
    kind = "attachment" if download else "inline"
    shown = {"Content-Disposition": f'{kind}; filename="inlay-{str(id)[:8]}-{name}.png"'}
    return await run_in_threadpool(picture_response, request, inlay.images, key, tag, **shown)
