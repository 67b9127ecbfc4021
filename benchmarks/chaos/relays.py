"""Relays between a process and a server, which can hide the server, fall silent, or say that its disk is full."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

Mode = Literal["pass", "away", "silent", "full"]
"""`away`: connections are closed at once. `silent`: connections stay open, and nothing arrives (half-open). `full`:
each HTTP request that writes is answered with an S3 server's error for a full disk."""

_FULL_BODY = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>XMinioStorageFull</Code>'
    b"<Message>Storage backend has reached its minimum free drive threshold.</Message></Error>"
)
_FULL = (
    b"HTTP/1.1 507 Insufficient Storage\r\nContent-Type: application/xml\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s"
) % (len(_FULL_BODY), _FULL_BODY)
_POLL_SECONDS = 0.2


class Relay:
    """A relay to one TCP server. `set_mode` takes effect on open connections too: they are broken, or in `silent` left
    open. When `silent` ends, the connections that were silent are broken."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._mode: Mode = "pass"
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.port = 0

    def set_mode(self, mode: Mode) -> None:
        """Change what happens to connections."""
        self._mode = mode
        if mode == "silent":
            return
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def serve(self, client: socket.socket) -> None:
        """Carry one connection to its end."""
        with suppress(OSError):
            if self._mode == "away":
                return
            if self._mode == "full" and self._refuse_write(client):
                return
            with socket.create_connection(self._target) as server, self._counted(client, server):
                answers = threading.Thread(target=self._carry, args=(server, client), daemon=True)
                answers.start()
                self._carry(client, server)
                answers.join()

    def _refuse_write(self, client: socket.socket) -> bool:
        """Answer a request that writes. Returns False for one that reads, which goes on to the server."""
        client.settimeout(5)
        if client.recv(4, socket.MSG_PEEK) in (b"GET ", b"HEAD"):
            client.settimeout(None)
            return False
        while b"\r\n\r\n" not in client.recv(65536):
            pass
        client.sendall(_FULL)
        return True

    @contextmanager
    def _counted(self, *connections: socket.socket) -> Iterator[None]:
        with self._lock:
            self._open.update(connections)
        try:
            yield
        finally:
            with self._lock:
                self._open.difference_update(connections)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                while self._mode == "silent":
                    time.sleep(_POLL_SECONDS)
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256


@contextmanager
def relayed(host: str, port: int) -> Iterator[Relay]:
    """Run a relay to host:port on a free port of this machine, its `port`."""
    relay = Relay(host, port)

    class Handler(socketserver.BaseRequestHandler):
        request: socket.socket

        def handle(self) -> None:
            relay.serve(self.request)

    with _Server(("127.0.0.1", 0), Handler) as server:
        relay.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield relay
        finally:
            relay.set_mode("away")
            server.shutdown()
            thread.join()
