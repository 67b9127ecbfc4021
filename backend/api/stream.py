"""The stream: one websocket for each browser tab. It sends events as JSON text, in order and without gaps, and previews
as binary messages. A client that is slow gets the newest preview only.

The client begins with `hello` and a ticket, then sends `follow` and `show` as often as it likes (contracts/events.py).
`follow` names every job it wants to hear of, each with the last seq it has; after a break it sends the same again. An
event may come twice around a `follow`: a client ignores a seq that it has. The main picture's previews come by
themselves; `show` asks for one more node, in place of the one shown before of the same job.

Close codes: 1008 for a bad ticket, a missing hello or too many bad messages; 1009 for a message that is too large; 1013
for a client that does not read or a database out of reach: who comes back has lost nothing.
"""

import asyncio
import contextlib
from typing import NamedTuple
from uuid import UUID

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool

from backend.api.auth import Caller
from backend.api.errors import problems
from backend.api.hub import Follower, View
from backend.api.links import Links, PublicLinks
from backend.api.services import Inlay, Services
from backend.api.validation_messages import sentence, shorten
from backend.contracts.events import ClientMessage, Follow, Hello, ServerProblem, Show
from backend.contracts.limits import MAX_BAD_MESSAGES, MAX_MESSAGE, MAX_SEQ
from backend.store.errors import NotFound, StoreError
from backend.store.tickets import TICKET_SECONDS

HELLO_SECONDS = 5.0
SEND_SECONDS = 10.0
POLICY, TOO_LARGE, TRY_AGAIN = 1008, 1009, 1013

router = APIRouter(tags=["stream"])
log = structlog.get_logger(__name__)
_message: TypeAdapter[Hello | Follow | Show] = TypeAdapter(ClientMessage)


class Ticket(BaseModel):
    """Opens one stream, once, within `expires_in` seconds."""

    ticket: str
    expires_in: int


@router.post("/api/stream/ticket", operation_id="createStreamTicket", status_code=201, responses=problems())
def ticket(inlay: Inlay, owner: Caller) -> Ticket:
    """Get a ticket for the websocket `/api/stream`. It is valid once, for 30 seconds, in the first message."""
    return Ticket(ticket=inlay.tickets.issue(owner), expires_in=TICKET_SECONDS)


class _RefusedError(Exception):
    """The socket must close, with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class _BadMessageError(Exception):
    """A message that cannot be taken, and why; the socket stays open."""


class _Watched(NamedTuple):
    """A job that the client may see: its nodes in preview order, and the main picture's view."""

    nodes: list[str]
    main: View


@router.websocket("/api/stream")
async def stream(socket: WebSocket, inlay: Inlay, links: PublicLinks) -> None:
    await socket.accept()
    with inlay.metrics.clients.track_inprogress(), contextlib.suppress(WebSocketDisconnect):
        try:
            owner = await _hello(socket, inlay)
            with inlay.hub.follower() as follower:
                await _converse(socket, follower, links, _Listener(socket, inlay, owner, follower))
        except _RefusedError as refused:
            await _close(socket, refused.code, refused.reason)
        except (StoreError, OperationalError):
            log.exception("stream_without_database")
            await _close(socket, TRY_AGAIN, "the database cannot be reached; come back in a moment")


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    """Close the socket with a reason. Give up after a second if the client does not read."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1.0):
            await socket.close(code, reason)


async def _hello(socket: WebSocket, inlay: Services) -> str:
    """Wait for the first message, and return the owner of its ticket. Raise _RefusedError for anything else."""
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            message = _message.validate_json(await _receive(socket))
    except TimeoutError:
        raise _RefusedError(POLICY, "the first message, hello with a ticket, did not come in time") from None
    except (ValidationError, _BadMessageError):
        raise _RefusedError(POLICY, "the first message must be hello with a ticket") from None
    if not isinstance(message, Hello):
        raise _RefusedError(POLICY, "the first message must be hello with a ticket")
    owner = await run_in_threadpool(inlay.tickets.consume, message.ticket)
    if owner is None:
        raise _RefusedError(POLICY, "the ticket is unknown, used or expired; ask for another")
    return owner


async def _receive(socket: WebSocket) -> str:
    """Receive a text message. Raise _BadMessageError if it is binary, _RefusedError if it is too large."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text, data = message.get("text"), message.get("bytes")
    if len(text or data or "") > MAX_MESSAGE:
        raise _RefusedError(TOO_LARGE, f"a message has at most {MAX_MESSAGE:,} characters")
    if text is None:
        raise _BadMessageError("Messages to the server are JSON text, not binary.")
    return text


async def _converse(socket: WebSocket, follower: Follower, links: Links, listener: "_Listener") -> None:
    """Listen and send until one of the two ends."""
    sending = _send(socket, follower, links, listener.inlay)
    tasks = [asyncio.create_task(listener.run()), asyncio.create_task(sending)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _send(socket: WebSocket, follower: Follower, links: Links, inlay: Services) -> None:
    """Write to the socket; no other task does. Raise _RefusedError if the client does not read."""
    while True:
        await follower.ready.wait()
        while (message := follower.next()) is not None:
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    if isinstance(message, bytes):
                        await socket.send_bytes(message)
                        inlay.metrics.previews_sent.inc()
                    else:
                        shown = message if isinstance(message, ServerProblem) else links.event(message)
                        await socket.send_text(shown.model_dump_json())
                        inlay.metrics.events_sent.inc()
            except TimeoutError:
                inlay.metrics.stalled.inc()
                raise _RefusedError(TRY_AGAIN, "the client does not read; come back with the last seq it has") from None


class _Listener:
    """Takes the client's messages. It looks up the owner of each job once for a socket."""

    def __init__(self, socket: WebSocket, inlay: Services, owner: str, follower: Follower) -> None:
        self.inlay = inlay
        self._socket, self._owner, self._follower = socket, owner, follower
        self._watched: dict[UUID, _Watched] = {}
        self._bad = 0

    async def run(self) -> None:
        while True:
            try:
                await self._take(_message.validate_json(await _receive(self._socket)))
            except ValidationError as error:
                first = error.errors()[0]
                place = ".".join(str(shorten(part)) for part in first["loc"])
                self._complain(f"{place}: {sentence(first)}." if place else f"The message {sentence(first)}.")
            except _BadMessageError as bad:
                self._complain(str(bad))

    def _complain(self, detail: str) -> None:
        self._bad += 1
        if self._bad > MAX_BAD_MESSAGES:
            raise _RefusedError(POLICY, "too many messages that could not be taken")
        self._follower.complain(ServerProblem(type="problem", title="Message not taken", detail=detail))

    async def _take(self, message: Hello | Follow | Show) -> None:
        match message:
            case Hello():
                raise _BadMessageError("This stream is open already; hello is only the first message.")
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
                detail = f"There is no job {shorten(given)}; the others are followed."
                self._follower.complain(ServerProblem(type="problem", title="Job not found", detail=detail))
                continue
            cursors[job_id] = seq
            self._follower.main[job_id] = watched.main
        self._follower.follow(cursors)

    async def _watch(self, job_id: UUID) -> _Watched | None:
        """Return the nodes and main view of a job; None if the owner has no such job."""
        if job_id not in self._watched:
            try:
                graph = await run_in_threadpool(self.inlay.jobs.graph, self._owner, job_id)
            except NotFound:
                return None
            main = graph.nodes.index(graph.outputs[0].node)
            self._watched[job_id] = _Watched(graph.nodes, (job_id, main, "x0"))
        return self._watched[job_id]

    async def _show(self, message: Show) -> None:
        job_id = _parsed(message.job)
        if job_id is None or job_id not in self._follower.cursors:
            raise _BadMessageError(f"The job {shorten(message.job)} is not followed; follow it first.")
        nodes = self._watched[job_id].nodes
        if message.node not in nodes:
            raise _BadMessageError(
                f"The job has no node {message.node!r}; its nodes run from {nodes[0]} to {nodes[-1]}."
            )
        view = (job_id, nodes.index(message.node), message.what)
        self._follower.shown[job_id] = view
        await run_in_threadpool(self.inlay.bus.want, *view)


def _parsed(job: str) -> UUID | None:
    try:
        return UUID(job)
    except ValueError:
        return None
