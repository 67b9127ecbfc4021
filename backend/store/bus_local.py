"""The bus of the embedded mode: frames over a socket pair between one API process and one worker process.

A frame is the length of the rest as u32 (big-endian), one byte for the kind of message, and the payload. The worker
ends when its socket reaches end of file.
"""

import asyncio
import contextlib
import socket
import struct
import threading
import time
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import structlog

from backend.contracts.events import WHATS, What
from backend.store.bus import WANT_SECONDS, Hint, Message, PreviewMessage, View

_LENGTH = struct.Struct(">I")
_RING, _WANT, _HINT, _PREVIEW, _STARTED = b"R", b"W", b"H", b"P", b"S"
_QUEUE = 256  # most messages that wait for a busy event loop; further ones are dropped
_log = structlog.get_logger("bus")


class _Channel:
    """One end of the socket pair. Any thread may call `send`."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._sending = threading.Lock()

    def send(self, kind: bytes, payload: bytes = b"") -> None:
        """Send a frame. If the other side is gone, log this; no error is raised."""
        try:
            with self._sending:
                self._socket.sendall(_LENGTH.pack(1 + len(payload)) + kind + payload)
        except OSError as error:
            _log.info("bus_peer_away", error=str(error))

    def frames(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield the kind and payload of each frame until end of file."""
        with contextlib.suppress(OSError), self._socket.makefile("rb") as stream:
            while len(head := stream.read(_LENGTH.size)) == _LENGTH.size:
                body = stream.read(_LENGTH.unpack(head)[0])
                yield body[:1], body[1:]

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class LocalApiBus:
    """The API's end. `attach` gives it the socket of a worker process, and is called again if another process replaces
    it."""

    def __init__(self) -> None:
        self._channel: _Channel | None = None
        self._started = False
        self._wake: tuple[asyncio.AbstractEventLoop, asyncio.Queue[Message]] | None = None

    def attach(self, end: socket.socket) -> None:
        """Use `end` as the socket to the worker, and start the thread that reads it."""
        if self._channel is not None:
            self._channel.close()
        self._channel = channel = _Channel(end)
        threading.Thread(target=self._read, args=[channel], name="bus-reader", daemon=True).start()

    def ring(self) -> None:
        if self._channel is not None:
            self._channel.send(_RING)

    def want(self, job_id: UUID, node: int, what: What) -> None:
        if self._channel is not None:
            self._channel.send(_WANT, job_id.bytes + bytes([node, WHATS.index(what)]))

    def healthy(self) -> bool:
        return self._channel is not None

    def worker_started(self) -> bool:
        return self._started

    def close(self) -> None:
        """Close the socket, which ends the worker."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    async def messages(self) -> AsyncIterator[Message]:
        queue: asyncio.Queue[Message] = asyncio.Queue(_QUEUE)
        self._wake = (asyncio.get_running_loop(), queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._wake = None

    def _read(self, channel: _Channel) -> None:
        for kind, payload in channel.frames():
            if kind == _STARTED:
                self._started = True
                continue
            job_id, rest = UUID(bytes=payload[:16]), payload[16:]
            message = PreviewMessage(job_id, rest) if kind == _PREVIEW else Hint(job_id)
            if (wake := self._wake) is not None:
                with contextlib.suppress(RuntimeError):  # the loop has just closed
                    wake[0].call_soon_threadsafe(_offer, wake[1], message)


def _offer(queue: asyncio.Queue[Message], message: Message) -> None:
    with contextlib.suppress(asyncio.QueueFull):
        queue.put_nowait(message)


class LocalWorkerBus:
    """The worker's end. `closed` is set when the socket reaches end of file."""

    def __init__(self, end: socket.socket) -> None:
        self._channel = _Channel(end)
        self._bell = threading.Event()
        self._until: dict[tuple[UUID, View], float] = {}
        self.closed = threading.Event()
        threading.Thread(target=self._read, name="bus-reader", daemon=True).start()

    def wait(self, timeout: float) -> None:
        """Return as soon as the doorbell has rung since the last call, at end of file, or after `timeout` seconds."""
        self._bell.wait(timeout)
        self._bell.clear()

    def started(self) -> None:
        """Tell the API that this worker can run jobs from now on."""
        self._channel.send(_STARTED)

    def ring(self) -> None:
        self._bell.set()

    def hint(self, job_id: UUID) -> None:
        self._channel.send(_HINT, job_id.bytes)

    def preview(self, job_id: UUID, frame: bytes) -> None:
        self._channel.send(_PREVIEW, job_id.bytes + frame)

    def wanted(self, job_id: UUID) -> set[View]:
        now = time.monotonic()
        self._until = {key: until for key, until in list(self._until.items()) if until > now}
        return {view for job, view in self._until if job == job_id}

    def _read(self) -> None:
        for kind, payload in self._channel.frames():
            if kind == _RING:
                self._bell.set()
            elif kind == _WANT:
                view = (payload[16], WHATS[payload[17]])
                self._until[UUID(bytes=payload[:16]), view] = time.monotonic() + WANT_SECONDS
        self.closed.set()
        self._bell.set()
