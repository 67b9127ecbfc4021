"""The stream over a real server: replay without gaps, two tabs, previews, and slow clients."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from websockets.sync.client import connect

from backend.api import stream
from backend.api.hub import POLL_SECONDS
from backend.api.settings import Settings
from backend.contracts.events import unpack_preview
from backend.store.bus_local import LocalApiBus, LocalWorkerBus
from tests.integration.api.conftest import serving
from tests.integration.api.harness import Hand
from tests.integration.api.tabs import address, follow, hear, hear_until, say, see, submit, tab


def test_a_job_is_followed_from_queued_to_its_picture(server: httpx2.Client, hand: Hand) -> None:
    id = submit(server)
    with tab(server) as socket:
        follow(socket, **{id: 0})
        assert hear(socket)["type"] == "job_queued"
        began = time.monotonic()
        claim = hand.start()
        assert hear(socket)["worker"] == "hand"
        for number in range(1, 5):
            hand.step(claim, number)
            event = hear(socket)
            assert (event["type"], event["step"], event["of"]) == ("job_progress", number, 4)
            assert (event["residual"], event["step_sizes"]) == ({"y1": 0.5}, {"y1": 1.0})
        hand.finish(claim)
        event = hear(socket)
    assert time.monotonic() - began < 6 * POLL_SECONDS / 2, "hints are heard, not only polls"
    assert (event["type"], event["seq"]) == ("job_succeeded", 7)
    assert event["outputs"][0]["url"] == f"/api/jobs/{id}/images/x"
    assert server.get(f"/api/jobs/{id}/events").json()["items"][-1] == event


def test_a_returning_client_gets_exactly_what_it_missed(server: httpx2.Client, hand: Hand) -> None:
    id = submit(server, steps=40)
    claim = hand.start()
    seen = []
    for number in range(1, 41):
        hand.step(claim, number, 40)
        if number % 10 == 0:
            with tab(server) as socket:
                follow(socket, **{id: len(seen)})
                seen += hear_until(socket, number + 2)
    assert seen == list(range(1, 43))


def test_two_tabs_each_hear_everything_from_where_they_are(server: httpx2.Client, hand: Hand) -> None:
    id, other = submit(server), submit(server)
    claim = hand.start()
    with tab(server) as first, tab(server) as second:
        follow(first, **{id: 0, other: 1})
        assert hear_until(first, 2) == [1, 2]
        follow(second, **{id: 1})
        assert hear_until(second, 2) == [2]
        for number in range(1, 5):
            hand.step(claim, number)
        assert hear_until(first, 6) == [3, 4, 5, 6]
        assert hear_until(second, 6) == [3, 4, 5, 6]
        server.post(f"/api/jobs/{other}/cancel")
        assert hear(first)["job_id"] == other
        with pytest.raises(TimeoutError):
            hear(second, 0.5)


def test_changes_by_other_requests_are_sent_at_once_without_a_worker(server: httpx2.Client) -> None:
    ids = [submit(server) for _ in range(4)]
    with tab(server) as socket:
        follow(socket, **dict.fromkeys(ids, 0))
        for _ in ids:
            hear(socket)
        began = time.monotonic()
        for id in ids:
            server.post(f"/api/jobs/{id}/cancel")
            assert hear(socket)["type"] == "job_cancelled"
        assert time.monotonic() - began < len(ids) * POLL_SECONDS / 2


def test_a_lost_hint_costs_a_poll_and_no_event(server: httpx2.Client, hand: Hand) -> None:
    id = submit(server)
    claim = hand.start()
    with tab(server) as socket:
        follow(socket, **{id: 2})
        time.sleep(0.3)
        for number in range(1, 5):
            hand.jobs.progress(claim, number, 4, {}, {}, 0.1)
        began = time.monotonic()
        assert hear_until(socket, 6) == [3, 4, 5, 6]
        assert time.monotonic() - began < 3 * POLL_SECONDS


def test_a_long_past_is_replayed_whole(server: httpx2.Client, hand: Hand) -> None:
    """There are more events than a socket's queue holds, and more than one query returns."""
    ids = [submit(server, steps=200) for _ in range(6)]
    for _ in ids:
        claim = hand.start()
        for number in range(1, 201):
            hand.jobs.progress(claim, number, 200, {}, {}, 0.1)
    heard: dict[str, list[int]] = {id: [] for id in ids}
    with tab(server) as socket:
        follow(socket, **dict.fromkeys(ids, 0))
        for _ in range(6 * 202):
            event = hear(socket)
            heard[event["job_id"]].append(event["seq"])
    assert all(seqs == list(range(1, 203)) for seqs in heard.values())


def test_a_new_follow_replaces_the_jobs_that_were_followed(server: httpx2.Client) -> None:
    first, second = submit(server), submit(server)
    with tab(server) as socket:
        follow(socket, **{first: 0})
        assert hear(socket)["job_id"] == first
        follow(socket, **{second: 0})
        assert hear(socket)["job_id"] == second
        server.post(f"/api/jobs/{first}/cancel")
        server.post(f"/api/jobs/{second}/cancel")
        assert hear(socket)["job_id"] == second
        follow(socket, **{first: 0})
        assert [hear(socket)["seq"], hear(socket)["seq"]] == [1, 2]


def test_previews_of_the_main_picture_come_by_themselves_and_of_a_node_on_request(
    server: httpx2.Client, hand: Hand
) -> None:
    id = submit(server)
    claim = hand.start()
    with tab(server) as socket:
        follow(socket, **{id: 2})
        hand.step(claim, 1)
        hear(socket)
        hand.preview(claim.id, 2, 1, b"not asked for")
        hand.preview(claim.id, 0, 1, b"not the estimate", "noisy")
        hand.preview(claim.id, 0, 1, b"main 1")
        assert see(socket) == (1, 0, "x0", b"main 1")
        say(socket, type="show", job=id, node="y2", what="noisy")
        deadline = time.monotonic() + 5
        while hand.bus.wanted(claim.id) != {(2, "noisy")}:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        hand.preview(claim.id, 2, 2, b"y2", "noisy")
        assert see(socket) == (2, 2, "noisy", b"y2")
        hand.preview(claim.id, 0, 2, b"main 2")
        assert see(socket) == (2, 0, "x0", b"main 2")


def test_several_nodes_are_shown_at_once_until_others_are_asked_for(server: httpx2.Client, hand: Hand) -> None:
    id = submit(server)
    claim = hand.start()
    with tab(server) as socket:
        follow(socket, **{id: 2})
        say(socket, type="show", job=id, node="x", others=["y1", "y3"])
        deadline = time.monotonic() + 5
        while hand.bus.wanted(claim.id) != {(0, "x0"), (1, "x0"), (3, "x0")}:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        for node in (0, 1, 2, 3):
            hand.preview(claim.id, node, 1, b"%d" % node)
        assert sorted(see(socket)[1] for _ in range(3)) == [0, 1, 3]
        say(socket, type="show", job=id, node="y2")
        while (2, "x0") not in hand.bus.wanted(claim.id):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        hand.preview(claim.id, 1, 2, b"no longer shown")
        hand.preview(claim.id, 2, 2, b"y2")
        assert see(socket) == (2, 2, "x0", b"y2")


def test_only_the_newest_preview_reaches_a_slow_client_and_every_event_does(server: httpx2.Client, hand: Hand) -> None:
    id = submit(server, steps=60)
    claim = hand.start()
    picture = b"j" * 300_000
    with tab(server, max_queue=1) as slow, tab(server) as quick:
        for socket in (slow, quick):
            follow(socket, **{id: 2})
        time.sleep(0.3)
        for number in range(1, 61):
            hand.step(claim, number, 60)
            hand.preview(claim.id, 0, number, picture)
            assert hear(quick)["step"] == number
        hand.finish(claim)
        seqs, steps = [], []
        while not seqs or seqs[-1] < 63:
            message = slow.recv(10)
            if isinstance(message, str):
                seqs.append(json.loads(message)["seq"])
            else:
                steps.append(unpack_preview(message)[0].step)
    assert seqs == list(range(3, 64))
    assert steps == sorted(steps)
    assert len(steps) < 60
    metrics = server.get("/metrics").text
    assert "inlay_stream_previews_dropped_total 0.0" not in metrics


def test_a_client_that_reads_nothing_stalls_nobody_and_is_let_go(
    settings: Settings, bus: LocalApiBus, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SEND_SECONDS", 1.0)
    with serving(settings, bus) as server:
        id = submit(server, steps=100)
        claim = hand.start()
        with deaf(server, id), tab(server) as socket:
            follow(socket, **{id: 2})
            time.sleep(0.3)
            began = time.monotonic()
            for number in range(1, 101):
                hand.step(claim, number, 100)
                hand.preview(claim.id, 0, number, b"j" * 300_000)
                assert hear(socket)["step"] == number
            assert time.monotonic() - began < 100 * POLL_SECONDS / 2
            deadline = time.monotonic() + 20
            while "inlay_stream_clients 1.0" not in (text := server.get("/metrics").text):
                assert time.monotonic() < deadline
                time.sleep(0.1)
            assert "inlay_stream_stalled_total 1.0" in text


@contextmanager
def deaf(server: httpx2.Client, job: str) -> Iterator[None]:
    """A client that follows `job` and then never reads again. Its receive buffer is small."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", server.base_url.port))
    ticket = server.post("/api/stream/ticket").json()["ticket"]
    client = connect(address(server), sock=raw, max_queue=1)
    say(client, type="hello", ticket=ticket)
    follow(client, **{job: 2})
    try:
        yield
    finally:
        raw.close()


def test_the_worker_behind_the_bus_may_be_replaced(server: httpx2.Client, hand: Hand, bus: LocalApiBus) -> None:
    id = submit(server)
    ours, theirs = socket.socketpair()
    bus.attach(ours)
    another = Hand(hand.jobs, hand.images, LocalWorkerBus(theirs))
    with tab(server) as client:
        follow(client, **{id: 1})
        time.sleep(0.3)
        claim = another.start()
        assert hear(client)["type"] == "job_started"
        another.preview(claim.id, 0, 1, b"main")
        assert see(client)[3] == b"main"
