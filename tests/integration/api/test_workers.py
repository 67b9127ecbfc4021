"""`GET /api/workers` shows the processes to admins, and the queue says if no worker is there."""

from uuid import uuid4

from fastapi.testclient import TestClient

from backend.api.settings import Settings
from backend.contracts.access import SCOPES
from backend.store.bus_local import LocalApiBus
from backend.store.database import connect
from backend.store.processes import Identity, Processes, State
from tests.integration.api.people import peopled
from tests.integration.worker.conftest import soon


def test_the_caller_of_an_open_server_sees_its_processes(client: TestClient, settings: Settings) -> None:
    listed, who, job = Processes(connect(settings.database)), Identity.mine("worker"), uuid4()
    soon(lambda: [one["kind"] for one in client.get("/api/workers").json()["items"]] == ["api"])
    listed.beat(who, State("cpu", 3, 8, ("papercut",), job))
    worker, api = client.get("/api/workers").json()["items"]
    assert (worker["kind"], api["kind"]) == ("worker", "api")
    assert (worker["alive"], worker["stopping"], worker["job"]) == (True, False, str(job))
    assert (worker["device"], worker["memory_free"], worker["memory_total"]) == ("cpu", 3, 8)
    assert worker["models"] == ["papercut"]
    assert client.get("/api/queue").json()["workers"] == 1
    listed.leave(who)
    assert client.get("/api/queue").json()["workers"] == 0


def test_only_an_admin_sees_the_processes(settings: Settings, bus: LocalApiBus) -> None:
    with peopled(settings, bus) as people:
        seen = {scope: people.client.get("/api/workers", headers=people.headers("ann", scope)) for scope in SCOPES}
        assert {scope: answer.status_code for scope, answer in seen.items()} == {
            "read": 403,
            "submit": 403,
            "admin": 200,
        }
        assert people.client.get("/api/queue", headers=people.headers("ann", "read")).json()["workers"] == 0
