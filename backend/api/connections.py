"""A connection of a client: uvicorn's own, with limits on the time and size of a request's head, on the time after a
refusal, on clients that take nothing of an answer, and on the connections of one address.

uvicorn bounds only the time between two requests. What it refuses in plain text is refused here with a problem document
and the strict headers, like everything else.
"""

import asyncio
import ipaddress
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Literal

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from backend.api.errors import ApiError
from backend.api.middleware import STRICT_HEADERS
from backend.api.occupancy import Occupancy
from backend.api.settings import Settings
from backend.contracts.limits import MAX_HEAD

REST_SECONDS = 5.0
"""Seconds that a client that has its answer may go on sending a body that nobody reads."""
Phase = Literal["head", "answer", "rest", "idle"]
"""A connection waits for a head, an answer, the rest of a body whose answer was sent, or another request."""


class Connection(HttpToolsProtocol):
    """One connection. The phases follow each other: head, answer, rest if the body was not read, idle."""

    def __init__(self, settings: Settings, occupancy: Occupancy, **options: Any) -> None:
        super().__init__(**options)
        self._settings, self._occupancy = settings, occupancy
        self._ended: Callable[[], None] | None = None
        self._phase: Phase = "idle"
        self._late: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._in_head, self._begun, self._in_body = True, False, False
        self._raw = self._parsed = 0  # bytes
        self._refusal: ApiError | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        self.app_state = {**self.app_state, "peer": address}  # `client` becomes what a proxy says
        if not _is_proxy(self._settings, address):
            try:
                self._ended = self._occupancy.connection(address)
            except ApiError as refused:
                self._answer(refused)
                return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._let_go()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        ended, self._ended = self._ended, None
        self._let_go()  # a websocket has time limits of its own
        super().handle_websocket_upgrade()
        socket = self.transport.get_protocol()
        if isinstance(socket, Socket):
            socket.ended = ended
        elif ended is not None:
            ended()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._in_head:
            self._raw += len(data)
        super().data_received(data)
        if self._in_head and self._raw > MAX_HEAD and not self.transport.is_closing():
            self._answer(_too_large_a_head())
        if self.transport.get_protocol() is self:
            self._watch()

    def on_message_begin(self) -> None:
        self._in_head, self._begun, self._raw, self._parsed = True, True, 0, 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + 4)
        if self._in_head:  # a trailer after the body is no header of the request
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head, self._begun, self._in_body = False, False, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def send_400_response(self, msg: str) -> None:
        refusal = self._refusal or ApiError(400, "http", "The request is not valid HTTP.")
        if not self.pipeline and (
            self.cycle is None or self.cycle.response_complete or not self.cycle.response_started
        ):
            self._answer(refusal)
        else:
            self.transport.close()  # an answer is on its way, and must not be mixed up with another one

    def pause_writing(self) -> None:
        super().pause_writing()
        self._look_again()

    def resume_writing(self) -> None:
        super().resume_writing()
        _cancel(self._stalled)

    def _count(self, size: int) -> None:
        """Count what was read of a head, or of the trailers after a body. Raises ApiError, which the parser reports by
        `send_400_response`."""
        self._parsed += size
        if self._parsed > MAX_HEAD:
            self._refusal = _too_large_a_head()
            raise self._refusal

    def _watch(self) -> None:
        """Begin the time limit of the phase, if it is a new one."""
        if self.transport.is_closing():
            return
        phase = self._now()
        if phase == "idle" and self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
        if phase == self._phase:
            return
        self._phase = phase
        _cancel(self._late)
        seconds = {"head": self._settings.head_seconds, "rest": REST_SECONDS}.get(phase)
        self._late = None if seconds is None else self.loop.call_later(seconds, self._end_late)

    def _now(self) -> Phase:
        if self.cycle is not None and not self.cycle.response_complete:
            return "answer"
        if self._in_body:
            return "rest"
        return "head" if self._in_head else "idle"

    def _end_late(self) -> None:
        if self._phase == "head" and self._begun:
            seconds = f"{self._settings.head_seconds:g} seconds"
            self._answer(ApiError(408, "too-slow", f"The head of the request did not come within {seconds}."))
        else:  # a browser opens connections in advance, and an answer was sent already
            self.transport.close()

    def _look_again(self, waiting: int | None = None) -> None:
        """Cut the connection if the client has taken nothing of the answer since `waiting` bytes waited for it."""
        left = self.transport.get_write_buffer_size()
        if waiting is not None and left >= waiting:
            self.transport.abort()
        else:
            self._stalled = self.loop.call_later(self._settings.send_seconds, self._look_again, left)

    def _let_go(self) -> None:
        """End the time limits, and count the connection no more."""
        _cancel(self._late)
        _cancel(self._stalled)
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()

    def _answer(self, refusal: ApiError) -> None:
        """Send a refusal without the application, and close."""
        response = refusal.response()
        strict = {**STRICT_HEADERS, "Cache-Control": "no-cache", "Connection": "close"}
        headers = [
            *self.server_state.default_headers,
            *response.raw_headers,
            *((name.lower().encode(), value.encode()) for name, value in strict.items()),
        ]
        status = f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}\r\n".encode()
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.transport.write(status + lines + b"\r\n" + bytes(response.body))
        self.transport.close()
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()


class Socket(WebSocketsSansIOProtocol):
    """A websocket. It is counted as the connection that it was. uvicorn takes a refused handshake for a fault of the
    application, and logs it; this class does not."""

    ended: Callable[[], None] | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self.ended is not None:
            self.ended()
        super().connection_lost(exc)

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def _too_large_a_head() -> ApiError:
    return ApiError(431, "head", f"The head of the request is too large. It may have {MAX_HEAD // 1024} KiB.")


def _is_proxy(settings: Settings, address: str) -> bool:
    """Return True for the address of a reverse proxy. Its connections are those of many clients."""
    try:
        return any(ipaddress.ip_address(address) in network for network in settings.proxies)
    except ValueError:
        return False
