"""The websocket takes any frame: it answers, or it closes with a code that `docs/protocol.md` names, and goes on to
serve the others."""

import gc
import json
import re
from pathlib import Path
from typing import Any

import httpx2
import hypothesis
import psutil
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from backend.contracts.limits import MAX_MESSAGE
from tests.integration.api.harness import Hand
from tests.integration.api.tabs import address, closed, follow, hear, say, submit, tab

ROOT = Path(__file__).parents[3]
SCHEMAS = json.loads((ROOT / "frontend" / "openapi.json").read_text())["components"]["schemas"]
settings_of_frames = hypothesis.settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database only, because the frames do not depend on it."""
    return sqlite_url


def documented_codes() -> set[int]:
    """Return the close codes in the table of the protocol."""
    table = (ROOT / "docs/protocol.md").read_text().partition("| close code |")[2].partition("\n\n")[0]
    return {int(code) for code in re.findall(r"^\| (\d{4}) \|", table, re.MULTILINE)}


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return values that a schema of the OpenAPI document allows."""
    match schema:
        case {"const": value}:
            return st.just(value)
        case {"enum": allowed}:
            return st.sampled_from(allowed)
        case {"type": "integer"}:
            return st.integers(schema.get("minimum"))
        case {"type": "string", "pattern": pattern}:
            return st.from_regex(pattern, fullmatch=True).map(lambda text: text[: schema["maxLength"]])
        case {"type": "string"}:
            return st.uuids().map(str) | st.text(max_size=schema.get("maxLength", 300))
        case {"type": "array"}:
            return st.lists(values(schema["items"]), max_size=schema["maxItems"])
        case {"type": "object", "additionalProperties": dict(inner)}:
            keys = st.uuids().map(str) | st.text(max_size=50)
            return st.dictionaries(keys, values(inner), max_size=schema["maxProperties"])
        case {"type": "object", "properties": fields}:
            made = {name: values(field) for name, field in fields.items()}
            needed = {name: made.pop(name) for name in schema["required"]}
            return st.fixed_dictionaries(needed, optional=made)
    raise ValueError(f"No values are made of {schema}.")


def messages(name: str) -> st.SearchStrategy[str]:
    """Return texts of messages as their schema in the OpenAPI document says."""
    return values(SCHEMAS[name]).map(json.dumps)


def broken(text: str, at: int, instead: str) -> str:
    at %= len(text) + 1
    return text[:at] + instead + text[at + 1 :]


KNOWN = st.one_of(messages("Hello"), messages("Follow"), messages("Show"))
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NEARLY = st.fixed_dictionaries(
    {"type": st.sampled_from(["hello", "follow", "show"])},
    optional=dict.fromkeys(("ticket", "jobs", "job", "node", "others", "what"), ANY_JSON),
)
FRAMES = st.one_of(
    KNOWN,
    st.builds(broken, KNOWN, st.integers(0, 500), st.text(max_size=3)),
    NEARLY.map(json.dumps),
    ANY_JSON.map(json.dumps),
    st.text(max_size=300),
    st.integers(0, 3).map(lambda over: "x" * (MAX_MESSAGE - 1 + over)),
    st.binary(max_size=300),
    st.just("[" * 9_000),
)


def send_all(socket: ClientConnection, frames: list[str | bytes]) -> int | None:
    """Send frames, and one whose answer is known. Returns the code with which the server closed the socket, or None if
    it answered."""
    try:
        for frame in frames:
            socket.send(frame)
        say(socket, type="show", job="the last one", node="x")
        while "the last one" not in hear(socket).get("detail", ""):
            pass
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else 1006
    return None


def test_the_protocol_names_the_close_codes() -> None:
    assert documented_codes() == {1002, 1007, 1008, 1009, 1012, 1013}


@settings_of_frames
@given(frames=st.lists(FRAMES, min_size=1, max_size=6))
def test_an_open_stream_takes_any_frame(server: httpx2.Client, frames: list[str | bytes]) -> None:
    with tab(server) as socket:
        code = send_all(socket, frames)
    assert code is None or code in documented_codes()
    assert server.get("/healthz").status_code == 200


@settings_of_frames
@given(first=FRAMES)
def test_a_new_socket_takes_any_first_frame(server: httpx2.Client, first: str | bytes) -> None:
    with connect(address(server)) as socket:
        socket.send(first)
        code, reason = closed(socket)
    assert (code, reason != "") in {(1008, True), (1009, True), (1009, False)}


@pytest.mark.parametrize(
    "frame",
    [
        b"\x81\x05hello",  # not masked
        b"\xf1\x80\0\0\0\0",  # reserved bits
        b"\x83\x80\0\0\0\0",  # a reserved opcode
        b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0",  # 2^63 - 1 bytes
        b"\x89\xfe\x00\xff\0\0\0\0" + b"x" * 255,  # a ping that is too long
        b"\x81\x82\0\0\0\0\xc3\x28",  # text that is not UTF-8
        b"\x88\x82\0\0\0\0\x00\x01",  # a close code that does not exist
        b"\x80\x80\0\0\0\0",  # the rest of a message that was not begun
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_bytes_that_are_no_frames_end_the_socket_and_nothing_else(server: httpx2.Client, frame: bytes) -> None:
    with tab(server) as socket:
        socket.socket.sendall(frame)
        code, _ = closed(socket)
    assert code in {1000, 1006} | documented_codes()  # without a close frame, the code is 1006
    assert server.get("/healthz").status_code == 200


def test_memory_stays_flat_under_frames_without_end(server: httpx2.Client, hand: Hand) -> None:
    job = submit(server)
    frames: list[Any] = ["x" * MAX_MESSAGE, "{}", b"\0" * 300, json.dumps({"type": "follow", "jobs": {job: 0}})]

    def once() -> None:
        with tab(server) as socket:
            send_all(socket, frames * 2)

    for _ in range(30):
        once()
    gc.collect()
    before = psutil.Process().memory_info().rss
    for _ in range(200):
        once()
    gc.collect()
    grown = psutil.Process().memory_info().rss - before
    assert grown < 8 * 2**20, f"{grown:,} bytes after 200 sockets"
    with tab(server) as socket:
        follow(socket, **{job: 0})
        assert hear(socket)["type"] == "job_queued"
