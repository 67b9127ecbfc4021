"""A job's events over HTTP: as a list, as a list that waits for news, and as a stream of server-sent events.

The stream is for clients without websockets, such as `curl`, and for the browser's EventSource. After a break the
client sends the last seq that it has in the header Last-Event-ID, and misses nothing.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.types import Send

from backend.api.auth import Identity, Reach, reach_of
from backend.api.errors import problems
from backend.api.links import Links, PublicLinks
from backend.api.prefer import FINAL_EVENTS, Prefer, heard, wait_seconds
from backend.api.scopes import Guarded
from backend.api.services import Inlay, Services
from backend.contracts.events import Event
from backend.contracts.job import FINAL
from backend.contracts.limits import MAX_SEQ
from backend.store.credentials import Credential
from backend.store.errors import NotFound

EVENT_STREAM = "text/event-stream"
HEARTBEAT_SECONDS = 15.0  # proxies often close a connection that is silent for 60 s
SEND_SECONDS = 10.0
RECONNECT_MS = (1000, 4000)

router = APIRouter(route_class=Guarded, prefix="/api/jobs", tags=["jobs"])


class EventList(BaseModel):
    items: list[Event]


class _EventStream(StreamingResponse):
    """A stream of server-sent events. It breaks off if the client does not read for SEND_SECONDS."""

    media_type = EVENT_STREAM

    async def stream_response(self, send: Send) -> None:
        async def in_time(message: object) -> None:
            async with asyncio.timeout(SEND_SECONDS):
                await send(message)  # pyright: ignore[reportArgumentType]  (starlette's own message)

        await super().stream_response(in_time)


After = Annotated[int, Query(ge=0, le=MAX_SEQ, description="Leave out the events up to this seq.")]
LastEventId = Annotated[
    int | None,
    Header(
        alias="Last-Event-ID",
        ge=0,
        le=MAX_SEQ,
        description="In place of `after`: the seq of the last event that the client has. Browsers send it.",
    ),
]


@router.get("/{id}/events", operation_id="listJobEvents", responses=problems(404, 422))
async def events(
    id: UUID,
    inlay: Inlay,
    reach: Reach,
    links: PublicLinks,
    response: Response,
    after: After = 0,
    prefer: Prefer = None,
) -> EventList:
    """List the events of a job in order. With `Prefer: wait=30`, a list that would be empty waits for the next event,
    unless the job has ended."""
    seconds = wait_seconds(prefer, inlay.settings.max_wait_seconds)
    if seconds is not None:
        response.headers["Preference-Applied"] = f"wait={seconds:g}"
        job = await run_in_threadpool(inlay.jobs.get, reach, id)
        if job.state not in FINAL and after >= job.last_seq:
            await heard(inlay, id, after, seconds)
    found = await run_in_threadpool(inlay.jobs.events, reach, id, after)
    return EventList(items=[links.event(event) for event in found])


@router.get(
    "/{id}/events/stream",
    operation_id="streamJobEvents",
    response_class=_EventStream,
    responses=problems(404, 422)
    | {
        200: {"description": "The events.", "content": {EVENT_STREAM: {"schema": {"type": "string"}}}},
        204: {"description": "The job has ended, and the client has all its events. An EventSource then stops."},
    },
)
async def follow(
    id: UUID, inlay: Inlay, caller: Identity, links: PublicLinks, after: After = 0, last_event_id: LastEventId = None
) -> Response:
    """Send the events of a job as server-sent events as they happen, until the job has ended. Each has the event's
    `type` as its name, its `seq` as its id, and the event in JSON as its data."""
    seen = after if last_event_id is None else last_event_id
    job = await run_in_threadpool(inlay.jobs.get, reach_of(caller), id)
    if job.state in FINAL and seen >= job.last_seq:
        return Response(status_code=204)  # an EventSource would reconnect after any other end
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return _EventStream(_lines(inlay, caller, links, id, seen, job.last_seq), headers=headers)


async def _lines(
    inlay: Services, caller: Credential, links: Links, job: UUID, after: int, known: int
) -> AsyncIterator[bytes]:
    """Yield the job's events after the seq `after` as server-sent events, up to the one that ends the job. An end
    before the seq `known` does not count: the job was retried since. Returns early if the job is deleted, or if the
    caller's key is refused."""
    yield format_sse_event(retry=random.randint(*RECONNECT_MS))  # so that not all clients come back at once
    with inlay.hub.follower() as follower, inlay.guard.watching(caller, follower.ready.set) as refused:
        follower.follow({job: after})
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await follower.ready.wait()
            except TimeoutError:
                try:
                    await run_in_threadpool(inlay.jobs.get, reach_of(caller), job)
                except NotFound:
                    return
                yield format_sse_event(comment="no news")
            if refused.is_set():
                return
            while (message := follower.next()) is not None:
                if isinstance(message, bytes) or message.type == "problem":
                    continue
                event = links.event(message)
                yield format_sse_event(id=str(event.seq), event=event.type, data_str=event.model_dump_json())
                inlay.metrics.events_sent.inc()
                if event.type in FINAL_EVENTS and event.seq >= known:
                    return
