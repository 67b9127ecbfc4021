"""Models, saved layouts, the queue, health, metrics, and the API's description."""

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from fastapi.testclient import TestClient
from safetensors.numpy import save_file
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from backend.api.main import create_app
from backend.api.settings import Settings
from backend.store.bus_local import LocalApiBus, LocalWorkerBus
from backend.store.bus_redis import RedisApiBus
from backend.store.database import connect
from backend.store.devices import Devices
from backend.store.processes import Identity, Processes, State
from tests.integration.api.harness import AWAY, DESCRIPTION, WEIGHTS_BYTES, Hand, panorama
from tests.integration.api.test_slow_and_many import soon


def test_models_are_described_with_their_pin(client: TestClient) -> None:
    listed = client.get("/api/models").json()
    (model,) = listed["items"]
    assert model["description"] == DESCRIPTION.model_dump(mode="json") | {"weights_bytes": WEIGHTS_BYTES}
    assert len(model["sha256"]) == 64
    assert client.get("/api/models/papercut").json() == model
    assert listed["adapters"] == []


def test_tokens_are_counted(client: TestClient, settings: Settings) -> None:
    papercut = Path(__file__).parents[3] / "models" / "papercut"
    missing = client.post("/api/models/papercut/tokens", json={"parts": ["a desert"]})
    assert missing.status_code == 404
    assert missing.json()["detail"].startswith("The tokens cannot be counted")
    for part in ("tokenizer", "text_encoder"):
        shutil.copytree(
            papercut / part, settings.models / "papercut" / part, ignore=shutil.ignore_patterns("*.safetensors")
        )
    counted = client.post("/api/models/papercut/tokens", json={"parts": ["a", "desert at night"]})
    assert counted.json() == {"tokens": 4, "limit": 46, "chunks": 1}
    long = client.post("/api/models/papercut/tokens", json={"parts": ["a desert. " * 40]}).json()
    assert (long["tokens"], long["chunks"]) == (120, 3)
    assert client.post("/api/models/papercut/tokens", json={"parts": []}).status_code == 422
    assert client.post("/api/models/nobody/tokens", json={"parts": ["a"]}).status_code == 404


def test_a_model_fits_where_a_worker_has_room_for_its_weights(client: TestClient, settings: Settings) -> None:
    def fits() -> list[bool | None]:
        return [one["fits"] for one in client.get("/api/models").json()["items"]]

    devices = Devices(connect(settings.database))
    assert fits() == [None]
    devices.report("small", WEIGHTS_BYTES - 1)
    assert fits() == [False]
    devices.report("large", WEIGHTS_BYTES)
    assert fits() == [True]
    devices.report("large", 0)
    assert fits() == [False]
    assert client.get("/api/models/papercut").json()["fits"] is False


def test_adapters_are_listed_beside_models(client: TestClient, settings: Settings) -> None:
    said = {"entry": "lora", "id": "ink", "title": "Ink", "kind": "stable-diffusion", "revision": "1", "licence": "MIT"}
    folder = settings.models / "ink"
    folder.mkdir()
    save_file({"lora": np.zeros(8, np.float16)}, folder / "pytorch_lora_weights.safetensors")
    (folder / "inlay.json").write_text(json.dumps(said))
    (adapter,) = client.get("/api/models").json()["adapters"]
    assert adapter["description"]["entry"] == "lora"
    assert adapter["description"]["weights_bytes"] == (folder / "pytorch_lora_weights.safetensors").stat().st_size
    assert client.get("/api/models/ink").status_code == 404


def test_layouts_are_kept_changed_and_deleted(client: TestClient) -> None:
    made = client.post("/api/layouts", json={"name": "Dawn — 朝", "document": panorama()})
    assert made.status_code == 201
    layout = made.json()
    assert client.get(made.headers["location"]).json() == layout
    changed = client.put(f"/api/layouts/{layout['id']}", json={"name": "Dusk", "document": panorama(steps=9)}).json()
    assert (changed["name"], changed["document"]["sampling"]["steps"]) == ("Dusk", 9)
    assert changed["created_at"] == layout["created_at"]
    renamed = client.patch(f"/api/layouts/{layout['id']}", json={"name": "Night"}).json()
    assert (renamed["name"], renamed["document"]) == ("Night", changed["document"])
    edited = client.patch(f"/api/layouts/{layout['id']}", json={"document": panorama(steps=7)}).json()
    assert (edited["name"], edited["document"]["sampling"]["steps"]) == ("Night", 7)
    assert client.patch(f"/api/layouts/{layout['id']}", json={"name": ""}).status_code == 422
    client.patch(f"/api/layouts/{layout['id']}", json={"name": "Dusk"})
    other = client.post("/api/layouts", json={"name": "Noon", "document": panorama()}).json()
    assert [one["name"] for one in client.get("/api/layouts").json()["items"]] == ["Noon", "Dusk"]
    assert client.delete(f"/api/layouts/{other['id']}").status_code == 204
    assert client.get(f"/api/layouts/{other['id']}").status_code == 404
    for name in ("", "x" * 121, "two\nlines", "nul\x00"):
        answer = client.post("/api/layouts", json={"name": name, "document": panorama()})
        assert (answer.status_code, answer.json()["errors"][0]["location"]) == (422, ["name"])
    missing = client.put(f"/api/layouts/{uuid4()}", json={"name": "x", "document": panorama()})
    assert missing.status_code == 404


def test_the_queue_counts_and_estimates(client: TestClient, hand: Hand) -> None:
    def queue() -> dict[str, Any]:
        found = client.get("/api/queue").json()
        assert (found.pop("mine_queued"), found.pop("mine_running")) == (found["queued"], found["running"])
        assert (found.pop("paused"), found.pop("mine_paused"), found.pop("may_manage")) == (False, False, True)
        assert found.pop("workers") == 0
        return found

    assert queue() == {"queued": 0, "running": 0, "seconds": 0.0}
    for _ in range(3):
        client.post("/api/jobs", json=panorama())
    claim = hand.start()
    assert queue() == {"queued": 2, "running": 1, "seconds": None}
    hand.finish(claim)
    assert queue() == {"queued": 2, "running": 0, "seconds": 4.0}


def test_readiness_names_what_is_out_of_reach(client: TestClient, settings: Settings) -> None:
    checks = {"database": True, "bus": True, "images": True, "models": True, "worker": True}
    assert client.get("/readyz").json() == {"status": "ready", "workers": 0, "checks": checks}
    assert not any(path.is_file() for path in (settings.data / "images").rglob("*")), "nobody has sent anything yet"
    Processes(connect(settings.database)).beat(Identity.mine("worker"), State())
    assert client.get("/readyz").json() == {"status": "ready", "workers": 1, "checks": checks}
    elsewhere = settings.model_copy(update={"models": settings.models / "none"})
    with TestClient(create_app(elsewhere, LocalApiBus()), base_url="http://127.0.0.1") as lonely:
        answer = lonely.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == checks | {"bus": False, "models": False, "worker": False}


def test_a_server_with_a_worker_of_its_own_is_ready_once_that_has_started(settings: Settings) -> None:
    ours, theirs = socket.socketpair()
    bus = LocalApiBus()
    bus.attach(ours)
    with theirs, TestClient(create_app(settings, bus), base_url="http://127.0.0.1") as client:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["checks"]["worker"]) == (503, False)
        assert client.post("/api/jobs", json=panorama()).status_code == 201, "the job waits for the worker"
        LocalWorkerBus(theirs).started()
        assert soon(lambda: client.get("/readyz").status_code == 200)
        bus.close()
        assert client.get("/readyz").json()["checks"] == answer.json()["checks"] | {"bus": False, "worker": True}


def test_a_server_accepts_jobs_while_the_bus_is_away(settings: Settings) -> None:
    nowhere = "redis://127.0.0.1:1/0"
    with TestClient(create_app(settings, RedisApiBus(nowhere, nowhere)), base_url="http://127.0.0.1") as lonely:
        answer = lonely.get("/readyz")
        assert (answer.status_code, answer.json()["checks"]["bus"]) == (200, False)
        assert lonely.post("/api/jobs", json=panorama()).status_code == 201


def test_an_unreachable_database_is_a_503_with_retry_after(settings: Settings, bus: LocalApiBus) -> None:
    nowhere = Settings(database_url="postgresql://nobody:secret@127.0.0.1:1/none", data=settings.data)  # pyright: ignore
    with TestClient(create_app(nowhere, bus), base_url="http://127.0.0.1") as client:
        answer = client.get("/api/jobs")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.json()["type"] == "urn:inlay:unavailable"
        assert "secret" not in answer.text
        assert client.get("/healthz").status_code == 200
        assert "inlay_database_up 0.0" in client.get("/metrics").text
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["workers"], ready.json()["checks"]["database"]) == (503, None, False)


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_every_way_in_which_the_database_is_away_is_a_503(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, error: SQLAlchemyError
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("backend.store.jobs.Jobs.search", gone)
    answer = client.get("/api/jobs")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    monkeypatch.setattr("backend.store.credentials.Credentials.any_users", gone)
    assert client.get("/api/jobs").status_code == 503
    assert client.get("/metrics").status_code == 200


def test_a_statement_that_the_database_refuses_is_a_fault_of_the_server(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise ProgrammingError("SELECT", {}, Exception("no such column"))

    monkeypatch.setattr("backend.store.jobs.Jobs.search", refused)
    answer = client.get("/api/jobs")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:inlay:internal")


def test_metrics_count_jobs_requests_and_the_queue(client: TestClient, hand: Hand) -> None:
    client.post("/api/jobs", json=panorama())
    client.post("/api/jobs", json=panorama())
    hand.finish(hand.start())
    client.get(f"/api/jobs/{uuid4()}")
    text = client.get("/metrics").text
    assert 'inlay_jobs_submitted_total{layout="panorama"} 2.0' in text
    assert 'inlay_http_request_seconds_count{method="GET",route="/api/jobs/{id}",status="404"} 1.0' in text
    assert 'inlay_jobs{state="queued"} 1.0' in text
    assert 'inlay_jobs{state="succeeded"} 1.0' in text
    assert 'inlay_job_seconds_sum{model="papercut"} 2.0' in text
    assert 'inlay_job_seconds_count{model="papercut"} 1.0' in text
    assert 'inlay_view_forwards_total{model="papercut"}' in text
    assert 'inlay_queue_oldest_seconds{class="normal"} ' in text
    assert 'inlay_queue_jobs{class="normal"} 1.0' in text
    assert 'inlay_job_claims_total{class="normal"} 1.0' in text
    assert 'inlay_jobs_ended_total{state="succeeded"} 1.0' in text
    assert 'inlay_queue_wait_seconds_count{class="normal"} 1.0' in text
    assert "inlay_stream_clients 0.0" in text


def test_counters_do_not_fall_when_jobs_are_deleted(client: TestClient, hand: Hand) -> None:
    def counters() -> dict[str, str]:
        lines = client.get("/metrics").text.splitlines()
        ours = ("inlay_job_claims", "inlay_jobs_ended", "inlay_job_seconds", "inlay_view_forwards")
        return dict(line.rsplit(" ", 1) for line in lines if line.startswith(ours))

    id = client.post("/api/jobs", json=panorama()).json()["id"]
    hand.finish(hand.start())
    before = counters()
    assert before['inlay_job_seconds_sum{model="papercut"}'] == "2.0"
    client.delete(f"/api/jobs/{id}")
    assert counters() == before


def test_importing_the_api_loads_no_torch() -> None:
    heavy = "{'torch', 'diffusers', 'transformers', 'worker'}"
    check = f"import backend.api.main, sys; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_committed_description_is_up_to_date() -> None:
    """If this fails, run `python -m backend.api.openapi > frontend/openapi.json`, then `npm run generate`
    in frontend/."""
    written = subprocess.run([sys.executable, "-m", "backend.api.openapi"], capture_output=True, check=True).stdout
    assert written == Path("frontend/openapi.json").read_bytes()
