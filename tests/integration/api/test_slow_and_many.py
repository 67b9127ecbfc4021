"""Clients that are slow, that open many connections, or that send heads without end: raw sockets to a real server."""

import contextlib
import json
import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import psutil
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from backend.api import connections, middleware
from backend.api.addresses import counted_as
from backend.api.settings import Settings
from backend.contracts.limits import MAX_HEAD, MAX_SMALL_BODY
from backend.store.bus_local import LocalApiBus
from tests.integration.api.conftest import serving
from tests.integration.api.harness import panorama
from tests.integration.api.people import peopled
from tests.integration.api.tabs import address, closed, hear, say, tab

HEAD = b"POST /api/compile HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
STRICT = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database only, because these requests hardly reach it."""
    return sqlite_url


@pytest.fixture
def hasty(settings: Settings, bus: LocalApiBus, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx2.Client]:
    """A server that waits for half a second only, and trusts no proxy."""
    monkeypatch.setattr(connections, "REST_SECONDS", 0.5)
    short = {"head_seconds": 0.5, "body_seconds": 0.5, "send_seconds": 0.5, "proxies": ()}
    with serving(settings.model_copy(update=short), bus) as server:
        yield server


def opened(server: httpx2.Client) -> socket.socket:
    assert server.base_url.port is not None
    return socket.create_connection(("127.0.0.1", server.base_url.port), timeout=10)


def answer(client: socket.socket) -> bytes:
    """Return everything that the server sends until it closes the connection."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while part := client.recv(65536):
            received += part
    return received


def problem(received: bytes) -> tuple[int, str]:
    """Return the status and the kind of a refusal, which must be a problem document with the strict headers."""
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    assert headers["content-type"] == "application/problem+json"
    assert STRICT.items() <= headers.items()
    assert "content-security-policy" in headers
    found = json.loads(body)
    status = int(lines[0].split(" ")[1])
    assert found["status"] == status
    return status, found["type"]


def soon(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Return True once something holds, and False if it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not (now := holds()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return now


def trickle(client: socket.socket, what: bytes, seconds: float = 5.0) -> float:
    """Send `what` again and again, until the server ends it. Returns the seconds that it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            client.sendall(what)
            client.settimeout(0.05)
            if client.recv(1, socket.MSG_PEEK) is not None:
                break
        except TimeoutError:
            continue
        except OSError:
            break
    client.settimeout(10)
    return time.monotonic() - began


@pytest.mark.parametrize("before", [b"", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"])
@pytest.mark.parametrize("more", [False, True])
def test_a_head_that_comes_slowly_is_refused(hasty: httpx2.Client, before: bytes, more: bool) -> None:
    with opened(hasty) as client:
        if before:
            client.sendall(before)
            client.recv(65536)
        client.sendall(b"GET /api/queue HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        assert trickle(client, b"X-Slow: 1\r\n" if more else b"") < 3
        assert problem(answer(client)) == (408, "urn:inlay:too-slow")


def test_a_connection_without_a_request_is_closed(hasty: httpx2.Client) -> None:
    with opened(hasty) as client:
        began = time.monotonic()
        assert answer(client) == b""
        assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("length", "what"),
    [(b"Content-Length: 60000\r\n\r\n{", b" "), (b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n")],
)
def test_a_body_that_comes_slowly_is_refused(hasty: httpx2.Client, length: bytes, what: bytes) -> None:
    with opened(hasty) as client:
        client.sendall(HEAD + length)
        assert trickle(client, what) < 3
        assert problem(answer(client)) == (408, "urn:inlay:too-slow")


@pytest.mark.parametrize("path", ["/api/uploads", "/api/documents"])
def test_a_picture_that_comes_slowly_is_refused(hasty: httpx2.Client, path: str) -> None:
    with opened(hasty) as client:
        client.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n\r\n".encode())
        assert trickle(client, b"\x89") < 3
        assert problem(answer(client)) == (408, "urn:inlay:too-slow")


def test_a_body_may_take_its_time_while_it_comes(hasty: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "BYTES_PER_SECOND", 100)
    body = json.dumps(panorama()).encode()
    with opened(hasty) as client:
        client.sendall(HEAD + f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode())
        for at in range(0, len(body), 30):
            client.sendall(body[at : at + 30])
            time.sleep(0.2)
        assert b" 200 OK" in answer(client)[:20]


def test_a_refused_body_is_not_read_without_end(
    settings: Settings, bus: LocalApiBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "REST_SECONDS", 0.5)
    with peopled(settings, bus, served=True) as people, opened(people.client) as client:
        client.sendall(HEAD + b"Content-Length: 2000000\r\n\r\n")
        status, kind = problem(answer_of(client))
        assert (status, kind) == (401, "urn:inlay:unauthorised")
        assert trickle(client, b" ") < 3


def answer_of(client: socket.socket) -> bytes:
    """Return the answer to one request, whose connection stays open."""
    received = b""
    while b"\r\n\r\n" not in received or not received.endswith(b"}"):
        received += client.recv(65536)
    return received


@pytest.mark.parametrize("head", [b"X-Long: " + b"x" * 10 * MAX_HEAD, b"X-Many: 1\r\n" * MAX_HEAD])
@pytest.mark.parametrize("ended", [b"", b"\r\n\r\n"])
def test_a_head_without_end_is_refused(hasty: httpx2.Client, head: bytes, ended: bytes) -> None:
    with opened(hasty) as client, contextlib.suppress(ConnectionResetError, BrokenPipeError):
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n" + head + ended)
        assert problem(answer(client)) == (431, "urn:inlay:head")


def test_what_is_no_http_is_refused_strictly(hasty: httpx2.Client) -> None:
    with opened(hasty) as client:
        client.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert problem(answer(client)) == (400, "urn:inlay:http")


def test_trailers_are_no_headers(settings: Settings, bus: LocalApiBus) -> None:
    with peopled(settings, bus, served=True) as people, opened(people.client) as client:
        key = people.keys["ann", "submit"].secret
        trailer = f"0\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
        client.sendall(HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n" + trailer)
        assert problem(answer(client))[0] == 401


def test_a_client_that_takes_nothing_of_an_answer_is_let_go(
    settings: Settings, bus: LocalApiBus, hasty: httpx2.Client
) -> None:
    (settings.frontend / "large.bin").write_bytes(bytes(30_000_000))
    with opened(hasty) as client:
        client.sendall(b"GET /large.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        time.sleep(3)
        received = answer(client)
    assert 0 < len(received) < 30_000_000


def test_one_address_has_a_bounded_number_of_connections(settings: Settings, bus: LocalApiBus) -> None:
    few = settings.model_copy(update={"max_address_connections": 3, "proxies": ()})
    with serving(few, bus) as server, ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(opened(server)).sendall(b"GET /healthz HTTP/1.1\r\n")
        with opened(server) as client:
            received = answer(client)
        assert problem(received) == (429, "urn:inlay:connections")
        assert b"retry-after: 5" in received.lower()
        stack.close()
        assert soon(lambda: httpx2.get(f"{server.base_url}/healthz").status_code == 200)


def test_websockets_and_other_connections_of_an_address_count_together(settings: Settings, bus: LocalApiBus) -> None:
    few = settings.model_copy(update={"max_address_connections": 3, "proxies": ()})
    with serving(few, bus) as server, ExitStack() as stack:
        sockets = [stack.enter_context(connect(address(server))) for _ in range(2)]
        with opened(server) as first, opened(server) as second:
            first.sendall(b"GET /healthz HTTP/1.1\r\n")
            assert problem(answer(second)) == (429, "urn:inlay:connections")
        for socket in sockets:
            socket.close()
        assert soon(lambda: httpx2.get(f"{server.base_url}/healthz").status_code == 200)


def test_the_address_behind_a_named_proxy_counts(settings: Settings, bus: LocalApiBus) -> None:
    few = settings.model_copy(update={"max_address_connections": 2})
    with serving(few, bus) as server, ExitStack() as stack:
        for _ in range(2):
            socket = stack.enter_context(connect(address(server), additional_headers={"X-Forwarded-For": "192.0.2.1"}))
            assert socket.state.name == "OPEN"
        for forwarded, status in (("192.0.2.1", 429), ("192.0.2.2", 200), ("192.0.2.2, 192.0.2.1", 429)):
            assert server.get("/api/queue", headers={"X-Forwarded-For": forwarded}).status_code == status
        with pytest.raises(InvalidStatus) as refused:
            connect(address(server), additional_headers={"X-Forwarded-For": "192.0.2.1"})
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["content-type"] == "application/problem+json"
        assert refused.value.response.headers["x-content-type-options"] == "nosniff"


def test_a_client_cannot_name_its_own_address(settings: Settings, bus: LocalApiBus) -> None:
    few = settings.model_copy(update={"max_address_connections": 2, "proxies": ()})
    with serving(few, bus) as server, ExitStack() as stack:
        for number in range(2):
            stack.enter_context(connect(address(server), additional_headers={"X-Forwarded-For": f"192.0.2.{number}"}))
        assert server.get("/api/queue", headers={"X-Forwarded-For": "192.0.2.9"}).status_code == 429


def test_one_key_has_a_bounded_number_of_requests_and_streams(settings: Settings, bus: LocalApiBus) -> None:
    with peopled(settings, bus, served=True, max_key_connections=2) as people, ExitStack() as stack:
        ann, bob = people.headers("ann"), people.headers("bob")
        job = people.client.post("/api/jobs", json=panorama(), headers=ann).json()["id"]
        opened = stack.enter_context(tab(people.client, key=ann))
        say(opened, type="follow", jobs={"x": 0})
        assert hear(opened)["title"] == "Job not found"  # the server has read the ticket
        events = stack.enter_context(people.client.stream("GET", f"/api/jobs/{job}/events/stream", headers=ann))
        lines = events.iter_lines()
        next(lines)
        refused = people.client.get("/api/queue", headers=ann)
        assert (refused.status_code, refused.json()["type"]) == (429, "urn:inlay:connections")
        assert refused.headers["retry-after"] == "5"
        assert people.client.get("/api/queue", headers=bob).status_code == 200
        events.close()
        assert soon(lambda: people.client.get("/api/queue", headers=ann).status_code == 200)
        ticket = people.client.post("/api/stream/ticket", headers=ann).json()["ticket"]
        stack.enter_context(people.client.stream("GET", f"/api/jobs/{job}/events/stream", headers=ann))
        with connect(address(people.client)) as socket:
            say(socket, type="hello", ticket=ticket)
            code, reason = closed(socket)
            assert (code, "too many" in reason) == (1013, True)


def test_sockets_without_a_ticket_are_few_and_soon_closed(
    settings: Settings, bus: LocalApiBus, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(settings.model_copy(update={"max_new_streams": 3}), bus) as server, ExitStack() as stack:
        waiting = [stack.enter_context(connect(address(server))) for _ in range(3)]
        with pytest.raises(InvalidStatus) as refused:
            connect(address(server))
        assert refused.value.response.status_code == 429
        ticket = server.post("/api/stream/ticket").json()["ticket"]
        say(waiting[0], type="hello", ticket=ticket)
        say(waiting[0], type="follow", jobs={"x": 0})
        assert hear(waiting[0])["title"] == "Job not found"
        stack.enter_context(connect(address(server)))
        assert closed(waiting[1])[0] == 1008
    assert "handshake" not in caplog.text


def test_two_hundred_tabs_come_back_at_once(server: httpx2.Client) -> None:
    tickets = [server.post("/api/stream/ticket").json()["ticket"] for _ in range(200)]
    with ExitStack() as stack:
        sockets = [stack.enter_context(connect(address(server))) for _ in tickets]
        for socket, ticket in zip(sockets, tickets, strict=True):
            say(socket, type="hello", ticket=ticket)
            say(socket, type="follow", jobs={"x": 0})
        assert all(hear(socket)["title"] == "Job not found" for socket in sockets)


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:ffff:ffff:ffff", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_an_address_counts_with_its_network(given: str, counted: str) -> None:
    assert counted_as(given) == counted


def test_small_bodies_have_a_small_limit(server: httpx2.Client) -> None:
    for path in ("/api/session", "/api/cancel", "/api/trash", "/api/webhooks"):
        refused = server.post(path, content=b" " * (MAX_SMALL_BODY + 1), headers={"Content-Type": "application/json"})
        assert (refused.status_code, refused.json()["detail"][-15:]) == (413, "at most 64 KiB.")


@pytest.mark.parametrize("form", [False, True])
def test_uploads_that_arrive_are_on_disk_and_not_in_memory(server: httpx2.Client, form: bool) -> None:
    opening = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' if form else b""
    kind = b"multipart/form-data; boundary=b" if form else b"image/png"
    head = (
        b"POST /api/uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %b\r\nContent-Length: 60000000\r\n\r\n" % kind
    )
    part = os.urandom(2**20)
    process = psutil.Process()
    with ExitStack() as stack:
        clients = [stack.enter_context(opened(server)) for _ in range(20)]
        for client in clients:
            client.sendall(head + opening + part)
        before = process.memory_info().rss
        for client in clients:
            for _ in range(15):
                client.sendall(part)
        time.sleep(1)
        grown = process.memory_info().rss - before
    assert grown < 60 * 2**20, f"{grown:,} bytes for 300 MiB of uploads"


@pytest.mark.parametrize("form", [False, True])
def test_uploads_that_arrive_have_a_quota(settings: Settings, bus: LocalApiBus, form: bool) -> None:
    large = os.urandom(200_000)
    sent: dict[str, Any] = {"files": {"file": ("a.png", large, "image/png")}} if form else {"content": large}
    with serving(settings.model_copy(update={"max_arriving_bytes": 2_000_000}), bus) as server:

        def beside_another(seconds: float) -> httpx2.Response:
            """Send an upload after another one, which does not end, had some seconds to arrive."""
            with opened(server) as slow:
                slow.sendall(b"POST /api/uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n")
                slow.sendall(bytes(900_000))
                time.sleep(seconds)
                return server.post("/api/uploads", **sent)

        refused = next(answer for seconds in (0.3, 1, 3, 9) if (answer := beside_another(seconds)).status_code == 503)
        assert refused.json()["type"] == "urn:inlay:no-room"
        assert refused.headers["retry-after"] == "5"
        assert soon(lambda: server.post("/api/uploads", **sent).status_code == 415)


def test_a_client_that_goes_in_the_middle_of_its_upload_is_no_fault_of_the_server(
    settings: Settings, bus: LocalApiBus, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(settings.model_copy(update={"log_level": "info"}), bus) as server:
        for path in (b"/api/uploads", b"/api/documents", b"/api/compile"):
            with opened(server) as client:
                client.sendall(b"POST %b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000\r\n\r\n{" % path)
                time.sleep(0.2)
        assert server.get("/api/queue").status_code == 200
    assert soon(lambda: "client_gone" in (logged := capfd.readouterr().err) and "Traceback" not in logged)


def test_a_full_disk_refuses_an_upload(server: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null/nowhere")
    refused = server.post("/api/uploads", content=os.urandom(200_000))
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:inlay:no-room")
