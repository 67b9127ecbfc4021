"""The life of a job over REST."""

import threading
import time
from uuid import uuid4

import httpx2
from fastapi.testclient import TestClient

from backend.api.main import create_app
from backend.api.settings import Settings
from backend.store.bus_local import LocalApiBus
from tests.integration.api.harness import Hand, panorama, patch, regions


def submit(client: TestClient | httpx2.Client, **sampling: object) -> str:
    answer = client.post("/api/jobs", json=panorama(**sampling))
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_a_job_is_accepted_with_everything_that_was_left_open_filled_in(client: TestClient, hand: Hand) -> None:
    answer = client.post("/api/jobs", json=panorama())
    assert answer.status_code == 201
    job = answer.json()
    assert answer.headers["location"] == f"/api/jobs/{job['id']}"
    assert (job["state"], job["position"], job["last_seq"]) == ("queued", 0, 1)
    sampling = job["spec"]["sampling"]
    assert isinstance(sampling["seed"], int)
    assert (sampling["guidance"], sampling["scheduler"]) == (3.0, "ddim")
    assert job["spec"]["models"][0]["id"] == "papercut"
    assert client.get(answer.headers["location"]).json() == job
    assert hand.woken()
    assert hand.start().spec.model_dump(mode="json") == job["spec"]


def test_the_same_key_and_body_answer_the_same_job_even_where_the_server_drew_the_seed(client: TestClient) -> None:
    headers = {"Idempotency-Key": "one-submission"}
    first = client.post("/api/jobs", json=panorama(), headers=headers)
    again = client.post("/api/jobs", json=panorama(), headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert again.headers["location"] == first.headers["location"]
    other = client.post("/api/jobs", json=panorama(steps=5), headers=headers)
    assert other.status_code == 409
    assert other.json()["type"] == "urn:inlay:conflict"
    assert len(client.get("/api/jobs").json()["items"]) == 1


def test_many_submissions_at_once_under_one_key_make_one_job(server: httpx2.Client) -> None:
    answers = []

    def send() -> None:
        answers.append(server.post("/api/jobs", json=panorama(), headers={"Idempotency-Key": "k"}))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_the_list_is_newest_first_and_pages_without_repeating(client: TestClient) -> None:
    made = [submit(client) for _ in range(5)]
    seen, after = [], None
    while True:
        query = {"limit": 2} | ({"after": after} if after else {})
        page = client.get("/api/jobs", params=query).json()
        seen += [job["id"] for job in page["items"]]
        if (after := page["next"]) is None:
            break
    assert seen == made[::-1]
    client.post(f"/api/jobs/{made[0]}/cancel")
    cancelled = client.get("/api/jobs", params={"state": "cancelled"}).json()
    assert [job["id"] for job in cancelled["items"]] == [made[0]]
    assert client.get("/api/jobs", params={"after": str(uuid4())}).status_code == 404


def test_cancel_retry_and_delete(client: TestClient, hand: Hand) -> None:
    id = submit(client)
    assert client.post(f"/api/jobs/{id}/retry").status_code == 409
    assert client.post(f"/api/jobs/{id}/cancel").json()["state"] == "cancelled"
    assert client.post(f"/api/jobs/{id}/retry").json()["state"] == "queued"
    claim = hand.start()
    assert client.post(f"/api/jobs/{id}/cancel").json()["cancel_requested"] is True
    assert hand.step(claim, 1) == "cancel"
    hand.cancel(claim)
    events = client.get(f"/api/jobs/{id}/events").json()["items"]
    kinds = ["queued", "cancelled", "queued", "started", "progress", "cancelled"]
    assert [event["type"] for event in events] == [f"job_{kind}" for kind in kinds]
    assert [event["seq"] for event in events] == [1, 2, 3, 4, 5, 6]
    assert client.get(f"/api/jobs/{id}/events", params={"after": 4}).json()["items"] == events[4:]
    assert client.delete(f"/api/jobs/{id}").status_code == 204
    for path in (f"/api/jobs/{id}", f"/api/jobs/{id}/events"):
        assert client.get(path).status_code == 404
    assert client.delete(f"/api/jobs/{id}").status_code == 404


def test_a_finished_picture_is_served_only_under_its_own_job(client: TestClient, hand: Hand) -> None:
    id, other = submit(client), submit(client)
    hand.finish(hand.start(), b"\x89PNG first")
    url = client.get(f"/api/jobs/{id}").json()["outputs"][0]["url"]
    answer = client.get(url)
    assert answer.content == b"\x89PNG first"
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["content-disposition"].startswith("inline")
    saved = client.get(url, params={"download": True}).headers["content-disposition"]
    assert saved == f'attachment; filename="inlay-{id[:8]}-x.png"'
    for tag in (answer.headers["etag"], f'W/{answer.headers["etag"]}, "x"', "*"):
        unchanged = client.get(url, headers={"If-None-Match": tag})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert client.get(url, headers={"If-None-Match": '"x"'}).status_code == 200
    for missing in (f"/api/jobs/{other}/images/x", f"/api/jobs/{id}/images/y1", f"/api/jobs/{uuid4()}/images/x"):
        answer = client.get(missing)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_prefer_wait_answers_when_the_job_ends(server: httpx2.Client, hand: Hand) -> None:
    done = threading.Event()

    def work() -> None:
        assert hand.woken()
        claim = hand.start()
        for step in range(1, 5):
            hand.step(claim, step)
        done.set()
        hand.finish(claim)

    worker = threading.Thread(target=work)
    worker.start()
    began = time.monotonic()
    answer = server.post("/api/jobs", json=panorama(), headers={"Prefer": "respond-async, wait=30"})
    worker.join()
    assert answer.status_code == 201
    assert answer.headers["preference-applied"] == "wait=5"
    assert (answer.json()["state"], done.is_set()) == ("succeeded", True)
    assert time.monotonic() - began < 5


def test_prefer_wait_gives_up_in_time_and_blocks_nobody(server: httpx2.Client) -> None:
    """More requests wait than the server has threads, and others are still answered at once."""
    answers = []

    def wait() -> None:
        answers.append(server.post("/api/jobs", json=panorama(), headers={"Prefer": "wait=5"}))

    waiting = [threading.Thread(target=wait) for _ in range(60)]
    for thread in waiting:
        thread.start()
    time.sleep(2)
    began = time.monotonic()
    assert server.get("/api/queue").json()["queued"] > 0
    assert time.monotonic() - began < 2.5
    for thread in waiting:
        thread.join()
    assert {(answer.status_code, answer.json()["state"]) for answer in answers} == {(201, "queued")}


def test_a_full_queue_answers_429(settings: Settings, bus: LocalApiBus) -> None:
    small = settings.model_copy(update={"max_queued": 2})
    with TestClient(create_app(small, bus), base_url="http://127.0.0.1") as limited:
        submit(limited)
        submit(limited)
        answer = limited.post("/api/jobs", json=panorama())
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    assert answer.json()["type"] == "urn:inlay:queue-full"


def test_compile_shows_what_a_job_would_run_without_queueing_it(client: TestClient, hand: Hand) -> None:
    body = regions(patch(x=3, y=5, width=61, height=62))
    compiled = client.post("/api/compile", json=body).json()
    assert compiled["seconds"] is None
    assert compiled["cost"] == compiled["views"] * 4 * 2
    assert compiled["boxes"] == [{"id": "a", "box": {"x": 0, "y": 8, "width": 64, "height": 56}}]
    assert client.get("/api/jobs").json()["items"] == []
    submit(client)
    hand.finish(hand.start())
    cost = client.post("/api/compile", json=panorama()).json()["cost"]
    measured = client.post("/api/compile", json=body).json()
    assert measured["seconds"] == 2.0 / cost * measured["cost"]
