"""Attacks on a real server, one test for each class that no other module covers.

The others: cross-site requests and Host rebinding in `test_security`, a cookie across sites and session fixation in
`test_sign_in`, other owners' objects in `test_scopes`, key guessing in `test_access`, slow clients in
`test_slow_and_many`, reuse of a ticket in `test_stream_manners`, frames that are no messages in `test_stream_fuzzed`,
and scripts in names in `tests/e2e/test_scripts_in_names.py`. Addresses that a webhook may not reach are in
`tests/unit/delivery/test_addresses.py`, pickles in `tests/unit/worker/diffusion/test_loading.py` and `test_loras.py`.
"""

import io
import itertools
import re
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from fastapi.testclient import TestClient
from PIL import Image, PngImagePlugin

from backend.api.main import create_app
from backend.api.routes import build
from backend.api.settings import Settings
from backend.contracts.limits import MAX_BODY
from backend.delivery import addresses
from backend.delivery.sender import Sender
from backend.store.bus_local import LocalApiBus
from tests.integration.api.conftest import ORIGIN, serving
from tests.integration.api.harness import Hand, panorama
from tests.integration.api.test_jobs import submit
from tests.integration.api.test_webhooks import Receiver, hook, listed, post, receiver, sender

__all__ = ["receiver", "sender"]
SECRET = "root:x:0:0"
SHOWN = re.compile(r"[^\n -~]")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database only, because these requests are refused before any database is asked."""
    return sqlite_url


@pytest.fixture
def settings(settings: Settings) -> Settings:
    (settings.frontend.parent / "passwd").write_text(SECRET)
    return settings.model_copy(update={"webhook_networks": (addresses.ipaddress.ip_network("127.0.0.0/8"),)})


UP = ("..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..%00", "..;", "%c0%ae%c0%ae", "%uff0e%uff0e")
BETWEEN = ("/", "%2f", "%5c", "\\", "//", "%252f")


def raw(server: httpx2.Client, path: str) -> bytes:
    """Return the answer to a GET of exactly this path, which no client has made tidy."""
    with socket.create_connection(("127.0.0.1", server.base_url.port or 0), timeout=10) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode("latin-1"))
        received = b""
        while part := client.recv(65536):
            received += part
    return received


def test_no_path_leads_out_of_the_studios_folder(server: httpx2.Client) -> None:
    tried = [f"/{up}{between}passwd" for up, between in itertools.product(UP, BETWEEN)]
    tried += [f"/assets{between}{up}{between}{up}{between}passwd" for up, between in itertools.product(UP, BETWEEN)]
    tried += [
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/C:%5cwindows%5cwin.ini",
        "http://127.0.0.1/../passwd",
        "/./../passwd",
    ]
    for path in tried:
        received = raw(server, path)
        assert SECRET.encode() not in received, path
        assert b" 404 " in received[:16] or b" 400 " in received[:16], (path, received[:80])


def texts() -> Iterator[tuple[str, str]]:
    """Yield the method and the address of each operation that has a text in its address, with a place for it."""
    for path, operations in build().openapi()["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    yield method.upper(), re.sub(r"{\w+}", "1", path.replace(f"{{{parameter['name']}}}", "{}"))


def test_no_name_in_an_address_is_a_path(server: httpx2.Client) -> None:
    named = list(texts())
    assert len(named) > 30
    for method, there in named:
        for name in ("../../../../etc/passwd", "..", "/etc/passwd", "a\0b", "x\n", "'; DROP TABLE jobs; --", "\u202e"):
            answer = server.request(method, there.format(quote(name, safe="")), json={})
            assert answer.status_code in (404, 405, 422), (method, there, name, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
            assert SECRET not in answer.text


@pytest.mark.parametrize("field", ["model", "image", "mask"])
def test_no_document_names_a_file(server: httpx2.Client, field: str) -> None:
    for name in ("../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://169.254.169.254/", "\\\\host\\share"):
        job = panorama()
        if field == "model":
            job["sampling"]["model"] = name
        else:
            job["start"] = {"image": "0" * 64, "strength": 0.5, field: name}
        answer = server.post("/api/jobs", json=job)
        assert answer.status_code == 422, answer.text
        assert SECRET not in answer.text


def png(width: int, height: int, pixels: bytes, *more: tuple[bytes, bytes]) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", header), *(chunk(kind, body) for kind, body in more), chunk(b"IDAT", pixels)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


NOTHING = zlib.compress(bytes(100_000_000), 9)
BOMBS: dict[str, bytes] = {
    "a side of two thousand million": png(2**31 - 1, 2**31 - 1, zlib.compress(b"")),
    "more pixels than bytes": png(4096, 2048, NOTHING[:1000]),
    "more bytes than pixels": png(8, 8, NOTHING),
    "a profile": png(8, 8, zlib.compress(bytes(200)), (b"iCCP", b"x\0\0" + NOTHING)),
    "a text": png(8, 8, zlib.compress(bytes(200)), (b"zTXt", b"inlay\0\0" + NOTHING)),
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><image href='http://169.254.169.254/'/></svg>",
    "svg with entities": b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    "zip": b"PK\x03\x04" + bytes(100),
    "a pickle": b"\x80\x04\x95cos\nsystem\n(S'id'\ntR.",
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_refused_or_harmless(server: httpx2.Client, kind: str) -> None:
    for path in ("/api/uploads?kind=picture", "/api/uploads?kind=mask", "/api/documents"):
        began = time.monotonic()
        answer = server.post(path, content=BOMBS[kind])
        assert answer.status_code in (201, 415, 422), (path, answer.text)
        assert time.monotonic() - began < 5
        if answer.status_code == 201:
            made = server.get(answer.json()["url"])
            assert (made.headers["content-type"], len(made.content) < 10_000) == ("image/png", True)


def test_what_an_upload_carries_is_not_given_back(server: httpx2.Client) -> None:
    script, written, told = "<script>alert(1)</script>", io.BytesIO(), PngImagePlugin.PngInfo()
    told.add_text("Comment", script)
    Image.new("RGB", (8, 8)).save(written, "PNG", pnginfo=told)
    url = server.post("/api/uploads?kind=picture", content=written.getvalue() + script.encode()).json()["url"]
    made = server.get(url)
    assert script.encode() not in made.content
    assert (made.headers["content-type"], made.headers["x-content-type-options"]) == ("image/png", "nosniff")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"layout":' * 100_000,
        b'{"sampling": {"steps": ' + b"9" * 1_000_000 + b"}}",
        b'{"a": ' + b"1e999" + b"}",
        b"{" + b",".join(b'"k%d": 1' % number for number in range(100_000)) + b"}",
        b'{"layout": "' + b"\\u0000" * 300_000 + b'"}',
    ],
    ids=["lists", "objects", "digits", "infinite", "fields", "zeros"],
)
def test_a_json_bomb_is_refused_at_once(server: httpx2.Client, body: bytes) -> None:
    assert len(body) <= MAX_BODY
    for path in ("/api/jobs", "/api/compile", "/api/layouts"):
        began = time.monotonic()
        answer = server.post(path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422)
        assert (len(answer.content) < 20_000, time.monotonic() - began < 5) == (True, True)


def test_a_form_bomb_is_refused(server: httpx2.Client) -> None:
    many = [(f"field{number}", (None, "x")) for number in range(5_000)]
    long = [("kind", (None, "x" * 1_000_000)), ("file", ("a.png", b"x", "image/png"))]
    for files in (many, long):
        answer = server.post("/api/uploads", files=files)
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:inlay:form")


INNER = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "0",
    "169.254.169.254",
    "2852039166",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[ff02::1]",
    "localhost",
]


@pytest.mark.parametrize("host", INNER)
def test_a_webhook_reaches_no_machine_inside_however_its_address_is_written(
    settings: Settings, bus: LocalApiBus, host: str
) -> None:
    strict = settings.model_copy(update={"webhook_networks": ()})
    with TestClient(create_app(strict, bus), base_url=ORIGIN) as client:
        for url in (f"http://{host}/", f"https://{host}:8000/api/jobs"):
            answer = client.post("/api/webhooks", json={"url": url})
            assert answer.status_code == 422, (url, answer.text)
            with pytest.raises((addresses.ForbiddenAddressError, addresses.httpcore2.ConnectError, UnicodeError)):
                addresses.pool(()).request("POST", url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_webhook_follows_no_redirect(
    client: TestClient, hand: Hand, receiver: Receiver, sender: Callable[..., Sender], status: int
) -> None:
    hook(client, receiver)
    receiver.statuses = [status]
    submit(client)
    hand.finish(hand.start())
    post(sender())
    assert len(receiver.got) == 1
    assert "redirects are not followed" in listed(client)[0]["error"]


@contextmanager
def trickling() -> Iterator[str]:
    """A receiver that answers one byte after the other, without end."""
    over = threading.Event()

    def answer(client: socket.socket) -> None:
        with client:
            try:
                client.sendall(b"HTTP/1.1 204 No Content\r\nX: ")
                while not over.wait(0.1):
                    client.sendall(b"x")
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=[client], daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        over.set()
        listener.shutdown(socket.SHUT_RDWR)


def test_a_receiver_that_answers_slowly_holds_up_nobody(
    client: TestClient, hand: Hand, sender: Callable[..., Sender], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "POST_SECONDS", 1.0)
    with trickling() as url:
        assert client.post("/api/webhooks", json={"url": url}).status_code == 201
        submit(client)
        hand.finish(hand.start())
        began = time.monotonic()
        post(sender())
        assert time.monotonic() - began < 5
    assert "ReadTimeout" in listed(client)[0]["error"]


@pytest.mark.parametrize("format", ["console", "json"])
def test_nothing_that_a_client_sends_writes_its_own_line_into_the_log(
    settings: Settings, bus: LocalApiBus, capfd: pytest.CaptureFixture[str], format: str
) -> None:
    loud = settings.model_copy(update={"log_level": "debug", "log_format": format})
    forged = "x\r\n2026-01-01 [info] request forged=yes \x1b[2J\x9b\u2028\u202e"
    sent: dict[str, Any] = {
        "Idempotency-Key": quote(forged),
        "X-Request-ID": "a b\x9b2J",
        "X-Forwarded-For": "forged=yes \x9b",
        "User-Agent": "\x9b2J",
        "Authorization": "Bearer forged=yes",
    }
    headers = {name: value.encode("latin-1") for name, value in sent.items()}
    with serving(loud, bus) as server:
        for path in (f"/api/jobs/{quote(forged)}", f"/{quote(forged)}", f"/api/models/{quote(forged)}"):
            server.get(path, params={"q": forged}, headers=headers)
        job = panorama()
        job["layout"]["prompt"] = forged
        server.post("/api/jobs", json=job, headers=headers)
        server.post("/api/layouts", json={"name": forged, "document": job}, headers=headers)
        server.post("/api/uploads", content=b"x", headers=headers)
        port = server.base_url.port or 0
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(b"GET /\x1b[2J HTTP/1.1\r\nHost: \x1b\r\n\r\n")
            client.recv(4096)
    logged = capfd.readouterr()
    lines = (logged.err + logged.out).splitlines()
    assert len(lines) > 5
    assert not [line for line in lines if line.lstrip("\"' ").startswith("2026-01-01")]
    assert SHOWN.search(logged.err + logged.out) is None


def test_what_belongs_to_somebody_is_not_kept_for_others(client: TestClient, hand: Hand) -> None:
    job = submit(client)
    hand.finish(hand.start())
    own = ["/api/jobs", f"/api/jobs/{job}", f"/api/jobs/{job}/events", f"/api/jobs/{job}/images/x", "/api/queue"]
    own += ["/api/session", "/api/layouts", "/api/webhooks", f"/api/jobs/{job}/frames", "/api/jobs/nothing"]
    for path in own:
        kept = client.get(path).headers
        assert "private" in kept["cache-control"] or "no-store" in kept["cache-control"], path
        if "max-age" in kept["cache-control"] or "etag" in kept:
            assert {"Authorization", "Cookie"} <= set(kept["vary"].replace(" ", "").split(",")), path


SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
        b"Content-Length: +5\r\n\r\n",
        b"Content-Length: 0x5\r\n\r\n",
        b"Content-Length: 99999999999999999999999\r\n\r\n",
        b"Content-Length : 0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        b"X: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        b"X: a\nContent-Length: 0\r\n\r\n",
        b"X: \0\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_no_request_is_hidden_in_another(server: httpx2.Client, head: bytes) -> None:
    """The server refuses what two servers could read in two ways, and answers nothing behind it."""
    with socket.create_connection(("127.0.0.1", server.base_url.port or 0), timeout=10) as client:
        client.sendall(b"POST /api/compile HTTP/1.1\r\nHost: 127.0.0.1\r\n" + head + SMUGGLED)
        received = b""
        try:
            while part := client.recv(65536):
                received += part
        except ConnectionResetError:
            pass
    assert received.startswith(b"HTTP/1.1 400 "), received[:200]
    assert received.count(b"HTTP/1.1 ") == 1
    assert b'"status":"ok"' not in received
