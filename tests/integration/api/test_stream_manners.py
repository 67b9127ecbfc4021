"""Tickets of the stream, and the answers to messages that the server cannot use."""

import json
import time
from contextlib import suppress
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy.exc import SQLAlchemyError
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from backend.api import stream
from backend.api.settings import Settings
from backend.contracts.limits import MAX_BAD_MESSAGES, MAX_MESSAGE
from backend.store.bus_local import LocalApiBus
from backend.store.credentials import digest
from tests.integration.api.conftest import serving
from tests.integration.api.harness import AWAY, Hand
from tests.integration.api.tabs import address, closed, follow, hear, say, submit, tab


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database only, because refused messages never reach it."""
    return sqlite_url


@pytest.mark.parametrize(
    "first",
    [
        '{"type": "hello", "ticket": "made-up"}',
        '{"type": "hello"}',
        '{"type": "follow", "jobs": {}}',
        "not json",
        b"\x00\x01",
        "",
    ],
)
def test_a_stream_begins_with_a_valid_ticket(server: httpx2.Client, first: str | bytes) -> None:
    with connect(address(server)) as socket:
        socket.send(first)
        code, reason = closed(socket)
    assert code == 1008
    assert "ticket" in reason


def test_a_stream_without_a_first_message_is_closed(server: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HELLO_SECONDS", 0.2)
    with connect(address(server)) as socket:
        assert closed(socket) == (
            1008,
            "the first message did not come within 0.2 seconds; it must be hello with a ticket",
        )


def test_a_ticket_opens_one_stream_once(server: httpx2.Client) -> None:
    answer = server.post("/api/stream/ticket")
    assert (answer.status_code, answer.json()["expires_in"]) == (201, 30)
    with connect(address(server)) as first, connect(address(server)) as second:
        say(first, type="hello", ticket=answer.json()["ticket"])
        follow(first, **{str(uuid4()): 0})
        assert hear(first)["title"] == "Job not found"
        say(second, type="hello", ticket=answer.json()["ticket"])
        assert closed(second) == (1008, "the ticket is unknown, used or expired; get a new one")


def test_an_owner_cannot_follow_anothers_job(settings: Settings, bus: LocalApiBus, hand: Hand) -> None:
    keyed = settings.model_copy(update={"api_keys": {digest("a"): "alice", digest("b"): "bob"}})
    with serving(keyed, bus) as server:
        server.headers["Authorization"] = "Bearer a"
        id = submit(server)
        server.headers["Authorization"] = "Bearer b"
        with tab(server) as socket:
            follow(socket, **{id: 0})
            assert hear(socket) == {
                "type": "problem",
                "title": "Job not found",
                "detail": f"There is no job {id}. The other jobs are followed.",
            }
            say(socket, type="show", job=id, node="x")
            assert "is not followed" in hear(socket)["detail"]
            claim = hand.start()
            hand.preview(claim.id, 0, 1)
            hand.step(claim, 1)
            with pytest.raises(TimeoutError):
                socket.recv(2.5)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("not json", "is not valid JSON"),
        ("[" * 10_000, "is not valid JSON"),
        ("[]", "must be an object"),
        ("{}", "must have a field 'type'"),
        ('{"type": "sing"}', "must have as 'type' one of"),
        ('{"type": "follow"}', "jobs: is missing"),
        ('{"type": "follow", "jobs": {"x": -1}}', "must be at least 0"),
        ('{"type": "follow", "jobs": {"x": 1.5}}', "must be a whole number"),
        ('{"type": "follow", "jobs": {"x": NaN}}', "must be a whole number"),
        ('{"type": "follow", "jobs": {"x": 99999999999999999999999}}', "A seq is at most"),
        ('{"type": "follow", "jobs": [], "more": 1}', "must be an object"),
        ('{"type": "follow", "jobs": {"../etc": 0}}', "There is no job ../etc"),
        (json.dumps({"type": "follow", "jobs": {str(UUID(int=n)): 0 for n in range(65)}}), "at most 64 items"),
        ('{"type": "show", "job": "x", "node": "y1"}', "is not followed"),
        ('{"type": "hello", "ticket": "again"}', "open already"),
        (b"\x01\x02\x03", "The message is binary"),
    ],
)
def test_a_bad_message_is_answered_and_the_stream_stays_open(
    server: httpx2.Client, message: str | bytes, words: str
) -> None:
    id = submit(server)
    with tab(server) as socket:
        socket.send(message)
        problem = hear(socket)
        assert problem["type"] == "problem"
        assert words in problem["detail"]
        assert len(problem["detail"]) < 400
        follow(socket, **{id: 0})
        assert hear(socket)["type"] == "job_queued"


def test_the_error_for_an_unknown_node_names_the_known_ones(server: httpx2.Client) -> None:
    id = submit(server)
    with tab(server) as socket:
        follow(socket, **{id: 1})
        for message in ({"node": "y9"}, {"node": "y1", "others": ["y2", "y9"]}):
            say(socket, type="show", job=id, **message)
            assert hear(socket)["detail"] == "The job has no node 'y9'; its nodes run from x to y3."


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_a_stream_without_its_database_asks_the_client_to_reconnect(
    server: httpx2.Client, monkeypatch: pytest.MonkeyPatch, error: SQLAlchemyError
) -> None:
    def gone(*_: object) -> None:
        raise error

    id = submit(server)
    with tab(server) as socket:
        monkeypatch.setattr("backend.store.jobs.Jobs.graph", gone)
        follow(socket, **{id: 0})
        assert closed(socket) == (1013, "the database cannot be reached; reconnect in a moment")


def test_too_many_bad_messages_close_the_stream(server: httpx2.Client) -> None:
    with tab(server) as socket:
        for _ in range(MAX_BAD_MESSAGES + 1):
            socket.send("nonsense")
        assert closed(socket) == (1008, "the server could not use more than 10 messages")


def test_a_message_that_is_too_large_closes_the_stream(server: httpx2.Client) -> None:
    with tab(server) as socket:
        socket.send("x" * (MAX_MESSAGE + 1))
        assert closed(socket)[0] == 1009


def test_a_message_that_is_far_too_large_is_not_read_to_its_end(server: httpx2.Client) -> None:
    with tab(server) as socket:
        with suppress(ConnectionClosed):  # the server may be gone before all of it is sent
            socket.send("x" * (100 * stream.MAX_MESSAGE))
        assert closed(socket)[0] in (1009, 1006), "a reset connection may lose the code"


def test_the_server_stops_while_streams_are_open(settings: Settings, bus: LocalApiBus) -> None:
    with serving(settings, bus) as server:
        socket = tab(server)
        opened = socket.__enter__()
        follow(opened, **{submit(server): 0})
        hear(opened)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert closed(opened)[0] == 1012
