"""The queue by REST: limits of each owner, pauses, places, priorities, and who may do what."""

from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from backend.api.main import create_app
from backend.api.settings import Settings
from backend.store.bus_local import LocalApiBus
from backend.store.credentials import digest
from tests.integration.api.conftest import ORIGIN
from tests.integration.api.harness import Hand, panorama
from tests.integration.api.test_jobs import submit

ANN, BOB = ({"Authorization": f"Bearer {name}"} for name in ("ann-key", "bob-key"))


@pytest.fixture
def shared(settings: Settings, bus: LocalApiBus):
    """A server with API keys of two owners, each of whom may queue two jobs."""
    keys = {digest(f"{name}-key"): name for name in ("ann", "bob")}
    with TestClient(create_app(settings.model_copy(update={"api_keys": keys, "max_queued": 2}), bus), ORIGIN) as client:
        yield client


def test_each_owner_has_an_own_limit_and_a_repeated_request_gets_its_job(shared: TestClient) -> None:
    named = {**ANN, "Idempotency-Key": "first"}
    first = shared.post("/api/jobs", json=panorama(), headers=named)
    assert shared.post("/api/jobs", json=panorama(), headers=ANN).status_code == 201
    full = shared.post("/api/jobs", json=panorama(), headers=ANN)
    assert (full.status_code, full.json()["type"], full.headers["retry-after"]) == (429, "urn:inlay:queue-full", "30")
    assert "the limit of each owner is 2" in full.json()["detail"]
    again = shared.post("/api/jobs", json=panorama(), headers=named)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert shared.post("/api/jobs", json=panorama(), headers=BOB).status_code == 201


def test_a_repeated_request_gets_its_job_though_it_could_not_be_queued_now(
    client: TestClient, settings: Settings
) -> None:
    named = {"Idempotency-Key": "first"}
    first = client.post("/api/jobs", json=panorama(), headers=named).json()
    (settings.models / "papercut" / "inlay.json").unlink()
    assert client.post("/api/jobs", json=panorama()).status_code == 422
    assert client.post("/api/jobs", json=panorama(), headers=named).json()["id"] == first["id"]
    assert client.post("/api/jobs", json=panorama(seed=9), headers=named).status_code == 409


def test_a_retry_obeys_the_limit_and_waiting_helps(settings: Settings, bus: LocalApiBus) -> None:
    small = settings.model_copy(update={"max_queued": 1, "max_cost_per_hour": 40})
    with TestClient(create_app(small, bus), ORIGIN) as limited:
        first = submit(limited)
        limited.post(f"/api/jobs/{first}/cancel")
        submit(limited)
        assert limited.post(f"/api/jobs/{first}/retry").json()["type"] == "urn:inlay:queue-full"
        limited.post("/api/trash", json={"ids": [first]})
    small = settings.model_copy(update={"max_cost_per_hour": 9})
    with TestClient(create_app(small, bus), ORIGIN) as limited:
        limited.post("/api/jobs", json=panorama())
        answer = limited.post("/api/jobs", json=panorama())
        metrics = limited.get("/metrics").text
    assert (answer.status_code, answer.json()["type"]) == (429, "urn:inlay:limit-cost-per-hour")
    assert 'inlay_jobs_refused_total{limit="cost-per-hour"} ' in metrics


def test_saved_layouts_are_limited(settings: Settings, bus: LocalApiBus) -> None:
    with TestClient(create_app(settings.model_copy(update={"max_layouts": 1}), bus), ORIGIN) as limited:
        draft = {"name": "a", "document": panorama()}
        assert limited.post("/api/layouts", json=draft).status_code == 201
        answer = limited.post("/api/layouts", json=draft)
    assert (answer.status_code, answer.json()["type"]) == (429, "urn:inlay:limit-layouts")
    assert "retry-after" not in answer.headers


def test_a_waiting_job_is_moved_and_listed_in_order(client: TestClient) -> None:
    first, second, third = submit(client), submit(client), submit(client)
    address = f"/api/queue/jobs/{third}"
    assert client.patch(address, json={"place": 1}).json()["position"] == 1
    assert [one["id"] for one in client.get("/api/queue/mine").json()["items"]] == [first, third, second]
    assert client.patch(address, json={"before": first}).json()["position"] == 0
    assert [one["id"] for one in client.get("/api/queue/mine?limit=2").json()["items"]] == [third, first]
    assert client.patch(address, json={"background": True}).json()["background"] is True
    assert client.patch(address, json={"priority": 4}).json()["priority"] == 4
    assert client.patch(address, json={}).json()["position"] == 0
    assert client.patch(address, json={"background": False}).json()["priority"] == 0
    for wrong in ({"place": 0, "before": first}, {"background": True, "priority": 1}, {"place": -1}, {"to": 1}):
        assert client.patch(address, json=wrong).status_code == 422
    assert client.patch(f"/api/queue/jobs/{uuid4()}", json={"place": 0}).status_code == 404


def test_pauses_hold_jobs_back_and_say_so(client: TestClient, hand: Hand) -> None:
    first, second = submit(client), submit(client)
    assert client.patch(f"/api/queue/jobs/{first}", json={"paused": True}).json()["paused"] == "job"
    assert str(hand.start().id) == second
    assert client.patch(f"/api/queue/jobs/{second}", json={"paused": True}).status_code == 409
    client.patch(f"/api/queue/jobs/{first}", json={"paused": False})
    queue = client.patch("/api/queue/mine", json={"paused": True}).json()
    assert (queue["mine_paused"], queue["paused"], queue["may_manage"]) == (True, False, True)
    assert client.get(f"/api/jobs/{first}").json()["paused"] == "owner"
    assert client.patch("/api/queue", json={"paused": True}).json()["paused"] is True
    assert client.get(f"/api/jobs/{first}").json()["paused"] == "queue"
    assert hand.jobs.claim("another") is None
    while hand.woken(0.2):
        pass
    client.patch("/api/queue", json={"paused": False})
    assert client.patch("/api/queue/mine", json={"paused": False}).json()["mine_paused"] is False
    assert hand.woken()
    assert str(hand.start().id) == first


def test_owners_manage_only_their_own_jobs(shared: TestClient) -> None:
    id = shared.post("/api/jobs", json=panorama(), headers=ANN).json()["id"]
    assert shared.get("/api/queue", headers=ANN).json()["may_manage"] is False
    for answer in (
        shared.patch("/api/queue", json={"paused": True}, headers=ANN),
        shared.patch(f"/api/queue/jobs/{id}", json={"priority": 1}, headers=ANN),
        shared.post("/api/jobs?priority=1", json=panorama(), headers=ANN),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:inlay:scope")
    assert shared.patch(f"/api/queue/jobs/{id}", json={"paused": True}, headers=BOB).status_code == 404
    assert shared.patch("/api/queue/mine", json={"paused": True}, headers=BOB).json()["mine_paused"] is True
    assert shared.get("/api/queue", headers=ANN).json()["mine_paused"] is False
    assert shared.patch(f"/api/queue/jobs/{id}", json={"paused": True}, headers=ANN).json()["paused"] == "job"
    assert shared.post("/api/jobs?background=true", json=panorama(), headers=ANN).json()["background"] is True
