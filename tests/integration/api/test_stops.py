"""Stop and continue jobs over REST, and the expected start of queued jobs."""

import pytest
from fastapi.testclient import TestClient

from backend.api.main import create_app
from backend.api.settings import Settings
from backend.store.bus_local import LocalApiBus
from tests.integration.api.harness import DESCRIPTION, Hand, panorama
from tests.integration.api.people import peopled


def submit(client: TestClient) -> str:
    return client.post("/api/jobs", json=panorama(seed=3)).json()["id"]


@pytest.fixture
def stopped(client: TestClient, hand: Hand) -> str:
    """The id of a job that was stopped after step 2 of 4."""
    id = submit(client)
    claim = hand.start()
    hand.step(claim, 1)
    assert client.post(f"/api/jobs/{id}/stop").json()["stop_requested"] is True
    assert hand.step(claim, 2) == "stop"
    hand.stop(claim, 2)
    return id


def test_a_stopped_job_has_an_unfinished_picture(client: TestClient, stopped: str) -> None:
    job = client.get(f"/api/jobs/{stopped}").json()
    assert (job["state"], job["can_continue"], job["continues"]) == ("succeeded", True, None)
    assert job["outputs"][0]["stopped_at"] == {"step": 2, "of": 4}
    assert client.get(job["outputs"][0]["url"]).content == b"\x89PNG unfinished"
    events = client.get(f"/api/jobs/{stopped}/events").json()["items"]
    assert [event["type"] for event in events[-2:]] == ["job_notice", "job_succeeded"]
    assert events[-1]["outputs"] == job["outputs"]
    assert client.post(f"/api/jobs/{stopped}/stop").json() == job


def test_a_job_that_does_not_run_cannot_be_stopped(client: TestClient) -> None:
    id = submit(client)
    answer = client.post(f"/api/jobs/{id}/stop")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:inlay:conflict")
    assert answer.json()["detail"] == (
        "This job waits in the queue and has no pictures yet. Cancel it, or stop it once it runs."
    )


def test_a_stopped_job_is_continued_by_a_new_one(client: TestClient, hand: Hand, stopped: str) -> None:
    while hand.woken(0.1):
        pass
    answer = client.post(f"/api/jobs/{stopped}/continue", headers={"Idempotency-Key": "k"})
    made = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/jobs/{made['id']}")
    assert (made["state"], made["continues"], made["progress"]) == ("queued", stopped, {"step": 2, "of": 4})
    assert made["spec"] == client.get(f"/api/jobs/{stopped}").json()["spec"]
    assert hand.woken()
    again = client.post(f"/api/jobs/{stopped}/continue", headers={"Idempotency-Key": "k"})
    assert (again.status_code, again.json()) == (200, made)
    hand.finish(hand.start())
    answer = client.post(f"/api/jobs/{made['id']}/continue")
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "This job ran to its end, so nothing is left to continue. Refine its picture with more `steps`.",
    )


def test_only_an_admin_keeps_a_raised_priority_when_a_job_is_continued(
    settings: Settings, bus: LocalApiBus, hand: Hand
) -> None:
    with peopled(settings, bus) as people:
        ann, admin = people.headers("ann"), people.headers("ann", "admin")
        id = people.client.post("/api/jobs?priority=5", json=panorama(), headers=admin).json()["id"]
        claim = hand.start()
        hand.step(claim, 1)
        people.client.post(f"/api/jobs/{id}/stop", headers=ann)
        hand.step(claim, 2)
        hand.stop(claim, 2)
        made = [people.client.post(f"/api/jobs/{id}/continue", headers=key).json() for key in (ann, admin)]
    assert [job["priority"] for job in made] == [0, 5]


def test_only_an_admin_keeps_a_raised_priority_when_a_job_is_retried(
    settings: Settings, bus: LocalApiBus, hand: Hand
) -> None:
    with peopled(settings, bus) as people:
        ann, admin = people.headers("ann"), people.headers("ann", "admin")
        id = people.client.post("/api/jobs", json=panorama(), headers=ann).json()["id"]
        found: list[int] = []
        for key in (ann, admin):
            people.client.patch(f"/api/queue/jobs/{id}", json={"priority": 5}, headers=admin)
            people.client.post(f"/api/jobs/{id}/cancel", headers=ann)
            found.append(people.client.post(f"/api/jobs/{id}/retry", headers=key).json()["priority"])
    assert found == [0, 5]


def test_a_job_whose_model_has_changed_is_not_continued(client: TestClient, settings: Settings, stopped: str) -> None:
    changed = DESCRIPTION.model_copy(update={"revision": "2"})
    (settings.models / "papercut" / "inlay.json").write_text(changed.model_dump_json())
    answer = client.post(f"/api/jobs/{stopped}/continue")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["location"] == ["models", 0]


def test_a_full_queue_refuses_to_continue(
    client: TestClient, settings: Settings, bus: LocalApiBus, stopped: str
) -> None:
    small = settings.model_copy(update={"max_queued": 1})
    with TestClient(create_app(small, bus), base_url="http://127.0.0.1") as limited:
        submit(limited)
        assert limited.post(f"/api/jobs/{stopped}/continue").status_code == 429


def test_a_queued_job_says_when_it_is_expected_to_start(client: TestClient, hand: Hand) -> None:
    assert client.get("/api/jobs").json()["items"] == []
    first = client.post("/api/jobs", json=panorama()).json()
    second = client.post("/api/jobs", json=panorama()).json()
    assert (first["starts_in"], second["starts_in"]) == (0.0, None)
    hand.finish(hand.start())
    assert client.get(f"/api/jobs/{second['id']}").json()["starts_in"] == 0.0
    third = client.post("/api/jobs", json=panorama()).json()
    assert third["starts_in"] == pytest.approx(2.0)
    hand.start()
    queue = client.get("/api/queue").json()
    assert (queue["mine_queued"], queue["mine_running"]) == (1, 1)


def test_a_waiting_job_is_moved_before_the_others_of_its_owner(client: TestClient, hand: Hand) -> None:
    first, second = submit(client), submit(client)
    assert client.post(f"/api/jobs/{second}/first").json()["position"] == 0
    third = client.post("/api/jobs?first=true", json=panorama()).json()
    assert third["position"] == 0
    assert [client.get(f"/api/jobs/{id}").json()["position"] for id in (second, first)] == [1, 2]
    hand.finish(hand.start())
    answer = client.post(f"/api/jobs/{third['id']}/first")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:inlay:conflict")
    assert client.post("/api/jobs?first=soon", json=panorama()).status_code == 422
