"""The stream: one websocket for each browser tab. It sends events as JSON text, in order and without gaps, and previews
as binary messages. A slow client gets only the newest preview of each view.

The client begins with `hello` and a ticket. Then it sends `follow` and `show` as often as it likes
(backend/contracts/events.py). `follow` names all jobs that the client wants, each with the last seq that it has; after
a reconnect the client sends it again. For a running job that was not followed before, the newest preview comes at
once. An event may come twice around a `follow`; the client ignores every seq that it
has already. Previews of the main picture come without a request. `show` asks for more nodes of a job, in place of those
that were shown before.

A client asks for its ticket before it opens the socket. Its messages count as requests of its key, and the server waits
with those that are too many.

Close codes: 1002 and 1007 for bytes that are no frames or no text; 1008 for a bad ticket, a missing hello, too many bad
messages, or a key that was revoked meanwhile; 1009 for a message that is too large; 1012 when the server stops; 1013 if
the client does not read, if its key has too much open, or if the database cannot be reached. A client that reconnects
has lost no event. If an address has too much open, the handshake is answered with status 429 and `Retry-After`.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketState

from backend.api.addresses import address_of
from backend.api.auth import Identity, reach_of
from backend.api.errors import ApiError, is_unavailable, problems
from backend.api.hub import Follower, View
from backend.api.links import Links, PublicLinks
from backend.api.scopes import Guarded
from backend.api.services import Inlay, Services
from backend.api.validation_messages import sentence, shorten
from backend.contracts.events import (
    ClientMessage,
    Event,
    Follow,
    Hello,
    PreviewHeader,
    ServerProblem,
    Show,
    What,
    pack_preview,
    unpack_preview,
)
from backend.contracts.limits import MAX_BAD_MESSAGES, MAX_MESSAGE, MAX_SEQ
from backend.store.credentials import Credential
from backend.store.errors import NotFound, StoreError
from backend.store.tickets import TICKET_SECONDS

HELLO_SECONDS = 5.0
SEND_SECONDS = 10.0
PAUSE_SECONDS = 1.0
POLICY, TOO_LARGE, TRY_AGAIN = 1008, 1009, 1013

router = APIRouter(route_class=Guarded, tags=["stream"])
log = structlog.get_logger(__name__)
_message: TypeAdapter[Hello | Follow | Show] = TypeAdapter(ClientMessage)


class Ticket(BaseModel):
    """A ticket. It opens one stream, once, within `expires_in` seconds."""

    ticket: str
    expires_in: int


@router.post("/api/stream/ticket", operation_id="createStreamTicket", status_code=201, responses=problems())
def ticket(inlay: Inlay, caller: Identity) -> Ticket:
    """Get a ticket for the websocket `/api/stream`. The client sends it in its first message. It is valid once, for 30
    seconds."""
    return Ticket(ticket=inlay.tickets.issue(caller), expires_in=TICKET_SECONDS)


class _RefusedError(Exception):
    """The server must close the socket, with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class _BadMessageError(Exception):
    """The server cannot use a message, for the reason given. The socket stays open."""


class _Texts:
    """The newest events as JSON. All sockets that follow a job send the same text, so it is made once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[tuple[int, str], tuple[Event, str]] = OrderedDict()  # which keeps the event, and its id

    def of(self, event: Event, links: Links) -> str:
        key = id(event), links.root
        if (made := self._made.get(key)) is not None:
            return made[1]
        text = links.event(event).model_dump_json()
        self._made[key] = event, text
        if len(self._made) > self._most:
            self._made.popitem(last=False)
        return text


_texts = _Texts(256)


class _Watched(NamedTuple):
    """A job that the client may see: its nodes in the order of preview frames, and the view of its main picture."""

    nodes: list[str]
    main: View


@router.websocket("/api/stream")
async def stream(socket: WebSocket, inlay: Inlay, links: PublicLinks) -> None:
    held: contextlib.ExitStack = socket.state.held
    with inlay.metrics.clients.track_inprogress(), contextlib.suppress(WebSocketDisconnect):
        try:
            with inlay.occupancy.without_ticket(address_of(socket)):
                await socket.accept()
                caller = await _hello(socket, inlay)
            structlog.contextvars.bind_contextvars(owner=caller.owner)
            held.enter_context(inlay.occupancy.of_key(caller))
            with inlay.hub.follower() as follower, inlay.guard.watching(caller) as refused:
                await _converse(socket, follower, links, _Listener(socket, inlay, caller, follower), refused)
        except _RefusedError as refused:
            await _close(socket, refused.code, refused.reason)
        except ApiError as refused:
            await _refuse(socket, refused)
        except (StoreError, SQLAlchemyError) as error:
            if not is_unavailable(error):
                raise
            log.exception("stream_without_database")
            await _close(socket, TRY_AGAIN, "the database cannot be reached; reconnect in a moment")


async def _refuse(socket: WebSocket, refused: ApiError) -> None:
    """Refuse the handshake, or close an open socket, because too many are open."""
    if socket.application_state is WebSocketState.CONNECTING:
        await socket.send_denial_response(refused.response())
    else:
        await _close(socket, TRY_AGAIN, "this key has too many requests and streams open; close some, then reconnect")


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    """Close the socket with a reason. Give up after a second if the client does not read."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1.0):
            await socket.close(code, reason)


async def _hello(socket: WebSocket, inlay: Services) -> Credential:
    """Wait for the first message, and return the credential of its ticket. Raises _RefusedError for any other message,
    and for none."""
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            message = _message.validate_json(await _receive(socket))
    except TimeoutError:
        raise _RefusedError(
            POLICY, f"the first message did not come within {HELLO_SECONDS:g} seconds; it must be hello with a ticket"
        ) from None
    except (ValidationError, _BadMessageError):
        raise _RefusedError(POLICY, "the first message must be hello with a ticket") from None
    if not isinstance(message, Hello):
        raise _RefusedError(POLICY, "the first message must be hello with a ticket")
    caller = await run_in_threadpool(inlay.tickets.consume, message.ticket)
    if caller is None:
        raise _RefusedError(POLICY, "the ticket is unknown, used or expired; get a new one")
    return caller


async def _receive(socket: WebSocket) -> str:
    """Receive a text message. Raises _BadMessageError if the message is binary, and _RefusedError if it is
    too large."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text, data = message.get("text"), message.get("bytes")
    if len(text or data or "") > MAX_MESSAGE:
        raise _RefusedError(TOO_LARGE, f"a message has at most {MAX_MESSAGE:,} characters")
    if text is None:
        raise _BadMessageError("The message is binary. Messages to the server must be JSON text.")
    return text


async def _converse(
    socket: WebSocket, follower: Follower, links: Links, listener: "_Listener", refused: asyncio.Event
) -> None:
    """Receive and send messages until either of the two ends, or until the caller's key is refused."""
    sending = _send(socket, follower, links, listener.inlay)
    tasks = [asyncio.create_task(part) for part in (listener.run(), sending, _until(refused))]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until(refused: asyncio.Event) -> None:
    await refused.wait()
    raise _RefusedError(
        POLICY,
        "the key of this stream was revoked or has expired, its sign-in has ended, or the server now asks for keys",
    )


async def _send(socket: WebSocket, follower: Follower, links: Links, inlay: Services) -> None:
    """Send the follower's messages. No other task writes to the socket. Raises _RefusedError if the client does not
    read."""
    while True:
        await follower.ready.wait()
        while (message := follower.next()) is not None:
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    if isinstance(message, bytes):
                        await socket.send_bytes(message)
                        inlay.metrics.previews_sent.inc()
                    else:
                        await socket.send_text(
                            message.model_dump_json()
                            if isinstance(message, ServerProblem)
                            else _texts.of(message, links)
                        )
                        inlay.metrics.events_sent.inc()
            except TimeoutError:
                inlay.metrics.stalled.inc()
                raise _RefusedError(
                    TRY_AGAIN, "the client does not read; reconnect with the last seq that it has"
                ) from None


class _Listener:
    """Handles the client's messages. It looks up each job once for each socket."""

    def __init__(self, socket: WebSocket, inlay: Services, caller: Credential, follower: Follower) -> None:
        self.inlay = inlay
        self._socket, self._caller, self._follower = socket, caller, follower
        self._reach = reach_of(caller)
        self._watched: dict[UUID, _Watched] = {}
        self._bad = 0

    async def run(self) -> None:
        while True:
            try:
                text = await _receive(self._socket)
                await self._may()
                await self._take(_message.validate_json(text))
            except ValidationError as error:
                first = error.errors()[0]
                place = ".".join(str(shorten(part)) for part in first["loc"])
                self._report(f"{place}: {sentence(first)}." if place else f"The message {sentence(first)}.")
            except _BadMessageError as bad:
                self._report(str(bad))

    async def _may(self) -> None:
        """Wait until the caller's key may send another message. Messages count as requests do."""
        while True:
            try:
                return await run_in_threadpool(self.inlay.rates.count, self._caller)
            except ApiError:
                await asyncio.sleep(PAUSE_SECONDS)

    def _report(self, detail: str) -> None:
        self._bad += 1
        if self._bad > MAX_BAD_MESSAGES:
            raise _RefusedError(POLICY, f"the server could not use more than {MAX_BAD_MESSAGES} messages")
        self._follower.add_problem(ServerProblem(type="problem", title="Message not used", detail=detail))

    async def _take(self, message: Hello | Follow | Show) -> None:
        match message:
            case Hello():
                raise _BadMessageError("The stream is open already. Only the first message may be hello.")
            case Follow():
                await self._follow(message)
            case Show():
                await self._show(message)

    async def _follow(self, message: Follow) -> None:
        cursors: dict[UUID, int] = {}
        if max(message.jobs.values(), default=0) > MAX_SEQ:
            raise _BadMessageError(f"A seq is at most {MAX_SEQ:,}.")
        for given, seq in message.jobs.items():
            job_id = _parsed(given)
            if job_id is None or (watched := await self._watch(job_id)) is None:
                detail = f"There is no job {shorten(given)}. The other jobs are followed."
                self._follower.add_problem(ServerProblem(type="problem", title="Job not found", detail=detail))
                continue
            cursors[job_id] = seq
            self._follower.main[job_id] = watched.main
        fresh = cursors.keys() - self._follower.cursors.keys()
        self._follower.follow(cursors)
        for job_id in fresh:
            await self._catch_up(job_id, {self._watched[job_id].main})

    async def _watch(self, job_id: UUID) -> _Watched | None:
        """Return the nodes and the main view of a job, or None if the client may follow no such job."""
        if job_id not in self._watched:
            try:
                graph = await run_in_threadpool(self.inlay.jobs.graph, self._reach, job_id)
            except NotFound:
                return None
            main = graph.nodes.index(graph.outputs[0].node)
            self._watched[job_id] = _Watched(graph.nodes, (job_id, main, "x0"))
        return self._watched[job_id]

    async def _show(self, message: Show) -> None:
        job_id = _parsed(message.job)
        if job_id is None or job_id not in self._follower.cursors:
            raise _BadMessageError(f"The job {shorten(message.job)} is not followed. Send follow for it first.")
        nodes = self._watched[job_id].nodes
        asked = (message.node, *message.others)
        unknown = next((name for name in asked if name not in nodes), None)
        if unknown is not None:
            raise _BadMessageError(f"The job has no node {unknown!r}; its nodes run from {nodes[0]} to {nodes[-1]}.")
        views: set[View] = {(job_id, nodes.index(name), message.what) for name in asked}
        self._follower.shown[job_id] = views
        await self._catch_up(job_id, views)
        for view in views:
            await run_in_threadpool(self.inlay.bus.want, *view)

    async def _catch_up(self, job_id: UUID, views: set[View]) -> None:
        """Send the newest preview of each view of a running job, so that the client need not wait for the next step."""
        seen = {view: self.inlay.hub.newest(view) for view in views}
        for view, frame in (await run_in_threadpool(self._newest, job_id, seen)).items():
            if self.inlay.hub.newest(view) is seen[view]:  # no newer preview came in the meantime
                self._follower.offer(view, frame)

    def _newest(self, job_id: UUID, seen: Mapping[View, bytes | None]) -> dict[View, bytes]:
        """Return the newest preview of each view of a running job: the last one that this process has `seen`, or a
        newer kept frame. A preview of an earlier run of the job does not count."""
        try:
            job = self.inlay.jobs.get(self._reach, job_id)
            if job.state != "running":
                return {}
            now = job.progress.step
            steps = {view: unpack_preview(frame)[0].step for view, frame in seen.items() if frame is not None}
            found = {view: frame for view, frame in seen.items() if frame is not None and steps[view] <= now}
            behind: set[tuple[int, What]] = {
                (node, what) for _, node, what in seen if steps.get((job_id, node, what)) != now
            }
            kept = self.inlay.frames.newest(self._reach, job_id, behind) if behind else {}
        except NotFound:
            return {}
        for (node, what), (step, image) in kept.items():
            view = (job_id, node, what)
            if view not in found or steps[view] < step:
                found[view] = pack_preview(PreviewHeader(job_id, step, node, what), image)
        return found


def _parsed(job: str) -> UUID | None:
    try:
        return UUID(job)
    except ValueError:
        return None
