"""The browser tab's end of the stream."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx2
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from backend.contracts.events import unpack_preview
from tests.integration.api.harness import panorama


def address(server: httpx2.Client) -> str:
    return str(server.base_url).replace("http", "ws", 1) + "/api/stream"


@contextmanager
def tab(server: httpx2.Client, key: Mapping[str, str] | None = None, **options: Any) -> Iterator[ClientConnection]:
    """Yield a client that has said hello. `key` is the header with the key that asks for the ticket."""
    ticket = server.post("/api/stream/ticket", headers=key).json()["ticket"]
    with connect(address(server), **options) as socket:
        say(socket, type="hello", ticket=ticket)
        yield socket


def say(socket: ClientConnection, **message: Any) -> None:
    socket.send(json.dumps(message))


def follow(socket: ClientConnection, **jobs: int) -> None:
    say(socket, type="follow", jobs=jobs)


def hear(socket: ClientConnection, seconds: float = 10.0) -> dict[str, Any]:
    """Return the next text message."""
    while isinstance(message := socket.recv(seconds), bytes):
        pass
    return json.loads(message)


def see(socket: ClientConnection, seconds: float = 10.0) -> tuple[int, int, str, bytes]:
    """Return the step, node, kind and picture of the next preview."""
    while isinstance(message := socket.recv(seconds), str):
        pass
    header, image = unpack_preview(message)
    return header.step, header.node, header.what, image


def hear_until(socket: ClientConnection, last: int) -> list[int]:
    """Return the seqs of the received events up to `last`."""
    seqs = []
    while not seqs or seqs[-1] < last:
        seqs.append(hear(socket)["seq"])
    return seqs


def closed(socket: ClientConnection) -> tuple[int, str]:
    """Return the code and reason with which the server closes the socket next."""
    try:
        while True:
            socket.recv(15)
    except ConnectionClosed as end:
        return (end.rcvd.code, end.rcvd.reason) if end.rcvd else (1006, "")


def submit(server: httpx2.Client, **sampling: Any) -> str:
    return server.post("/api/jobs", json=panorama(**sampling)).json()["id"]
