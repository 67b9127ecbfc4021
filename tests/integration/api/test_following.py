"""Following a job over plain HTTP: server-sent events, waiting lists, jobs under the client's own id, and the
cancelling of several jobs."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi.testclient import TestClient

from backend.api import job_events
from backend.api.main import create_app
from backend.api.settings import Settings
from backend.store.bus_local import LocalApiBus
from backend.store.credentials import digest
from tests.integration.api.harness import Hand, panorama
from tests.integration.api.test_jobs import submit


@contextmanager
def listening(server: httpx2.Client, id: str, **headers: str) -> Iterator[Iterator[str]]:
    """Yield the lines of a job's stream."""
    with server.stream("GET", f"/api/jobs/{id}/events/stream", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield answer.iter_lines()


def read(lines: Iterator[str], number: int) -> list[dict[str, Any]]:
    """Return the next events. Each one's name and id must agree with its document."""
    found: list[dict[str, Any]] = []
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            event = json.loads(fields["data"])
            assert (fields["event"], fields["id"]) == (event["type"], str(event["seq"]))
            found.append(event)
            if len(found) == number:
                break
            fields = {}
    return found


def ends(lines: Iterator[str]) -> bool:
    return all(not line for line in lines)


def test_streams_do_not_all_come_back_at_the_same_moment(server: httpx2.Client) -> None:
    id, waits = submit(server), set[int]()
    for _ in range(6):
        with listening(server, id) as lines:
            waits.add(int(next(lines).removeprefix("retry: ")))
    assert all(1000 <= wait <= 4000 for wait in waits)
    assert len(waits) > 1


def test_a_stream_sends_the_events_as_they_happen_and_ends_with_the_job(server: httpx2.Client, hand: Hand) -> None:
    id = submit(server)
    with listening(server, id) as lines:
        assert [event["type"] for event in read(lines, 1)] == ["job_queued"]
        claim = hand.start()
        hand.step(claim, 1)
        assert [event["type"] for event in read(lines, 2)] == ["job_started", "job_progress"]
        hand.finish(claim)
        (last,) = read(lines, 1)
        assert (last["type"], last["outputs"][0]["url"]) == ("job_succeeded", f"/api/jobs/{id}/images/x")
        assert ends(lines)
    assert server.get(f"/api/jobs/{id}/events").json()["items"][-1] == last


def test_a_stream_goes_on_after_the_last_event_that_the_client_has(server: httpx2.Client, hand: Hand) -> None:
    id = submit(server)
    claim = hand.start()
    hand.step(claim, 1)
    with listening(server, id, **{"Last-Event-ID": "2"}) as lines:
        assert [event["seq"] for event in read(lines, 1)] == [3]
    hand.finish(claim)
    with listening(server, id, **{"Last-Event-ID": "3"}) as lines:
        assert [event["type"] for event in read(lines, 1)] == ["job_succeeded"]
        assert ends(lines)
    over = server.get(f"/api/jobs/{id}/events/stream", headers={"Last-Event-ID": "4"})
    assert (over.status_code, over.content) == (204, b"")


def test_a_stream_does_not_end_with_the_end_of_an_earlier_run(server: httpx2.Client, hand: Hand) -> None:
    id = submit(server)
    server.post(f"/api/jobs/{id}/cancel")
    server.post(f"/api/jobs/{id}/retry")
    with listening(server, id) as lines:
        assert [event["type"] for event in read(lines, 3)] == ["job_queued", "job_cancelled", "job_queued"]
        hand.start()
        assert [event["type"] for event in read(lines, 1)] == ["job_started"]


def test_a_silent_stream_shows_that_it_lives_and_ends_if_the_job_is_deleted(
    server: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_events, "HEARTBEAT_SECONDS", 0.2)
    id = submit(server)
    with listening(server, id) as lines:
        read(lines, 1)
        assert next(line for line in lines if line) == ": no news"
        server.delete(f"/api/jobs/{id}")
        assert all(line in ("", ": no news") for line in lines)


@pytest.mark.parametrize("given", ["-1", "1e3", "x", "99999999999999999999"])
def test_a_last_event_that_is_no_seq_is_refused(client: TestClient, given: str) -> None:
    answer = client.get(f"/api/jobs/{submit(client)}/events/stream", headers={"Last-Event-ID": given})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"] == ["header", "Last-Event-ID"]


def test_an_empty_list_waits_for_the_next_event(server: httpx2.Client, hand: Hand) -> None:
    id = submit(server)
    answers: list[httpx2.Response] = []

    def wait() -> None:
        answers.append(server.get(f"/api/jobs/{id}/events?after=1", headers={"Prefer": "wait=5"}))

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.3)
    assert not answers
    hand.start()
    waiting.join()
    assert [event["type"] for event in answers[0].json()["items"]] == ["job_started"]
    assert answers[0].headers["preference-applied"] == "wait=5"


def test_a_list_with_events_and_the_list_of_an_ended_job_do_not_wait(client: TestClient) -> None:
    id = submit(client)
    began = time.monotonic()
    assert client.get(f"/api/jobs/{id}/events", headers={"Prefer": "wait=5"}).json()["items"]
    client.post(f"/api/jobs/{id}/cancel")
    assert client.get(f"/api/jobs/{id}/events?after=2", headers={"Prefer": "wait=5"}).json()["items"] == []
    assert client.get(f"/api/jobs/{id}", headers={"Prefer": "wait=5"}).json()["state"] == "cancelled"
    assert time.monotonic() - began < 4


def test_fetching_a_job_waits_for_its_end(server: httpx2.Client, hand: Hand) -> None:
    id = submit(server)
    claim = hand.start()
    threading.Timer(0.3, hand.finish, [claim]).start()
    answer = server.get(f"/api/jobs/{id}", headers={"Prefer": "wait=5"})
    assert (answer.json()["state"], answer.headers["preference-applied"]) == ("succeeded", "wait=5")


def test_a_job_under_the_clients_own_id_is_made_once(client: TestClient, hand: Hand) -> None:
    id = str(uuid4())
    made = client.put(f"/api/jobs/{id}", json=panorama())
    assert (made.status_code, made.json()["id"], made.headers["location"]) == (201, id, f"/api/jobs/{id}")
    again = client.put(f"/api/jobs/{id}", json=panorama())
    assert (again.status_code, again.json()) == (200, made.json())
    other = client.put(f"/api/jobs/{id}", json=panorama(steps=5))
    assert (other.status_code, other.json()["detail"]) == (
        409,
        f"The id {id} was used for another request. Use a new one for each request.",
    )
    assert len(client.get("/api/jobs").json()["items"]) == 1
    assert str(hand.start().id) == id


def test_an_id_that_is_taken_is_refused(client: TestClient) -> None:
    id = submit(client)
    answer = client.put(f"/api/jobs/{id}", json=panorama())
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:inlay:conflict")
    assert client.put("/api/jobs/my-job", json=panorama()).status_code == 422


def test_the_id_of_a_deleted_job_is_refused(client: TestClient) -> None:
    id = str(uuid4())
    client.put(f"/api/jobs/{id}", json=panorama())
    client.delete(f"/api/jobs/{id}")
    answer = client.put(f"/api/jobs/{id}", json=panorama())
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        f"The job {id} was deleted. Choose a new random UUID for another job.",
    )
    assert client.get(f"/api/jobs/{id}").status_code == 404


def test_several_jobs_or_all_are_cancelled(client: TestClient, hand: Hand) -> None:
    running, first, second, ended = submit(client), submit(client), submit(client), submit(client)
    claim = hand.start()
    assert str(claim.id) == running
    client.post(f"/api/jobs/{ended}/cancel")
    answer = client.post("/api/cancel", json={"ids": [first, ended, str(uuid4())]})
    assert answer.json() == {"ids": [first]}
    assert [event["type"] for event in client.get(f"/api/jobs/{first}/events").json()["items"]][-1] == "job_cancelled"
    rest = client.post("/api/cancel", json={"all": True}).json()["ids"]
    assert set(rest) == {running, second}
    assert client.get(f"/api/jobs/{running}").json()["cancel_requested"] is True
    assert hand.step(claim, 1) == "cancel"


@pytest.mark.parametrize("body", [{}, {"all": False}, {"ids": []}, {"ids": ["x"]}, {"all": True, "ids": []}])
def test_a_cancellation_says_which_jobs(client: TestClient, body: dict[str, Any]) -> None:
    assert client.post("/api/cancel", json=body).status_code == 422


def test_owners_follow_replace_and_cancel_only_their_own_jobs(settings: Settings, bus: LocalApiBus) -> None:
    keyed = settings.model_copy(update={"api_keys": {digest("a"): "ann", digest("b"): "bob"}})
    ann, bob = {"Authorization": "Bearer a"}, {"Authorization": "Bearer b"}
    with TestClient(create_app(keyed, bus), base_url="http://127.0.0.1") as client:
        id = client.post("/api/jobs", json=panorama(), headers=ann).json()["id"]
        assert client.get(f"/api/jobs/{id}/events/stream", headers=bob).status_code == 404
        assert client.put(f"/api/jobs/{id}", json=panorama(), headers=bob).status_code == 409
        assert client.post("/api/cancel", json={"ids": [id]}, headers=bob).json() == {"ids": []}
        assert client.post("/api/cancel", json={"all": True}, headers=bob).json() == {"ids": []}
        assert client.get(f"/api/jobs/{id}", headers=ann).json()["state"] == "queued"
