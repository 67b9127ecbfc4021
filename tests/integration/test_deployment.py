"""The compose file is valid, and its processes run a job together, with Postgres, Celery, Redis and S3."""

import importlib.util
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import psycopg
import pytest
import redis
from moto.server import ThreadedMotoServer
from PIL import Image

from backend.api.settings import Settings as ApiSettings
from backend.store.credentials import digest
from tests.integration.deployment import ROOT, Deployment, compose_file, deployed, wait_for
from tests.servers import free_port
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from worker.settings import Settings as WorkerSettings

KEY = "inlay_test_key"
JOB = {
    "layout": {"kind": "panorama", "canvas": {"width": 256, "height": 128}, "prompt": "a desert"},
    "sampling": {"model": "tiny", "steps": 4, "seed": 1},
}
LONG_JOB = {
    "layout": {"kind": "panorama", "canvas": {"width": 1024, "height": 256}, "prompt": "a desert"},
    "sampling": {"model": "tiny", "steps": 40, "seed": 1},
}

SERVICES = ("api", "reconciler", "worker-0")


def _compose() -> list[str]:
    """Return the command of Compose: on Linux the binary in the test environment's package, otherwise Docker's."""
    if (package := importlib.util.find_spec("compose")) is not None and package.origin is not None:
        return [str(Path(package.origin).parent / "docker-compose")]
    assert shutil.which("docker"), "Validating the compose file needs docker-compose or docker: install either."
    return ["docker", "compose"]


def _configured(folder: Path, *arguments: str, **variables: str) -> dict[str, Any]:
    """Return the services as Compose reads them from a copy of docker-compose.yml, with .env.example filled in."""
    shutil.copy(ROOT / "docker-compose.yml", folder)
    secrets = dict.fromkeys(("POSTGRES_PASSWORD", "INLAY_S3_ACCESS_KEY", "INLAY_S3_SECRET_KEY"), "x")
    given = "".join(f"{name}={value}\n" for name, value in (secrets | variables).items())
    (folder / ".env").write_text(f"{(ROOT / '.env.example').read_text()}\n{given}")
    command = [*_compose(), "--project-directory", str(folder), *arguments, "config", "--format", "json"]
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["services"]


def _ours(services: dict[str, Any]) -> dict[str, Any]:
    return {name: service for name, service in services.items() if service.get("image", "").startswith("inlay")}


def test_compose_accepts_the_file(tmp_path: Path) -> None:
    services = _configured(tmp_path, "--profile", "*")
    assert {"postgres", "redis", "storage", "migrate", "api", "reconciler", "worker-0", "worker-cpu"} <= set(services)


def test_compose_refuses_to_start_without_secrets(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("")
    command = [*_compose(), "--env-file", str(tmp_path / "env"), "--file", str(ROOT / "docker-compose.yml"), "config"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0
    assert "set it in .env" in done.stderr


def test_every_service_reads_the_settings_in_the_env_file(tmp_path: Path) -> None:
    given = {
        "INLAY_PUBLIC_URL": "https://inlay.example.org",
        "INLAY_WEBHOOK_NETWORKS": "10.0.0.0/8",
        "INLAY_AUDIT_DAYS": "30",
        "INLAY_MICRO_BATCH": "4",
        "INLAY_IMAGES_URL": "s3://elsewhere",
        "INLAY_S3_ENDPOINT": "",
        "INLAY_S3_REGION": "eu-central-1",
        "INLAY_LOG_FORMAT": "console",
    }
    services = _ours(_configured(tmp_path, "--profile", "*", **given))
    assert {"migrate", "api", "reconciler", "worker-0", "worker-1", "worker-cpu", "models"} == set(services)
    for service in services.values():
        assert given.items() <= service["environment"].items()


def test_the_env_file_does_not_move_the_servers_of_the_deployment(tmp_path: Path) -> None:
    given = {"PORT": "80", "INLAY_PORT": "81", "INLAY_HOST": "127.0.0.1", "INLAY_MODELS": "/srv/models"}
    api = _configured(tmp_path, **given)["api"]
    assert {name: api["environment"][name] for name in given} == {
        "PORT": "",  # an empty one counts as unset
        "INLAY_PORT": "8000",
        "INLAY_HOST": "0.0.0.0",
        "INLAY_MODELS": "/app/models",
    }
    assert [(one["published"], one["target"]) for one in api["ports"]] == [("80", 8000)]


def test_the_settings_of_the_example_are_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = ApiSettings()
    for name, value in _configured(tmp_path)["api"]["environment"].items():
        monkeypatch.setenv(name, value)
    settings, _ = ApiSettings.read(), WorkerSettings.read()
    assert (settings.proxies, settings.retention) == (usual.proxies[:1], usual.retention)
    assert settings.images == "s3://inlay"


@pytest.mark.parametrize(
    ("profiles", "workers"),
    [("gpu0", ["worker-0"]), ("gpu0,gpu1", ["worker-0", "worker-1"]), ("cpu", ["worker-cpu"])],
)
def test_the_env_file_chooses_the_workers_and_each_image_is_built_once(
    profiles: str, workers: list[str], tmp_path: Path
) -> None:
    services = _ours(_configured(tmp_path, COMPOSE_PROFILES=profiles, TAG="0.1.0"))
    assert sorted(name for name in services if name.startswith("worker")) == workers
    built = [service["image"] for service in services.values() if "build" in service]
    assert sorted(built) == sorted({service["image"] for service in services.values()})
    assert all(image.endswith(":0.1.0") for image in built)
    assert {service["pull_policy"] for service in services.values()} == {"never"}
    assert "build" in services["migrate"]
    for name in ("api", "reconciler", *workers):  # so that a command for one of them builds the image too
        assert "migrate" in services[name]["depends_on"]


def test_only_the_commands_for_models_write_their_folder(tmp_path: Path) -> None:
    services = _ours(_configured(tmp_path, "--profile", "*"))
    writing = [
        name
        for name, service in services.items()
        for volume in service["volumes"]
        if volume["target"] == "/app/models" and not volume.get("read_only")
    ]
    assert writing == ["models"]
    assert services["models"]["entrypoint"] == ["inlay", "models"]


def test_every_image_of_another_project_has_a_version() -> None:
    others = {name: service["image"] for name, service in compose_file()["services"].items()}
    for name, image in others.items():
        _, _, tag = image.partition(":")
        assert tag.startswith("${TAG") or tag[:1].isdigit(), name


def test_images_run_what_the_compose_file_runs() -> None:
    services = compose_file()["services"]
    (last,) = [line for line in (ROOT / "Dockerfile.gpu").read_text().splitlines() if line.startswith("CMD ")]
    assert json.loads(last.removeprefix("CMD ")) == services["worker-0"]["command"]
    for service in services.values():
        if "build" in service:
            assert (ROOT / service["build"]["dockerfile"]).is_file()


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_tiny_checkpoint(folder / "tiny")
    return folder


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    """Run an S3 server with an empty bucket `inlay`, and yield its host:port."""
    port = free_port()
    server = ThreadedMotoServer("127.0.0.1", port)
    server.start()
    try:
        httpx.put(f"http://127.0.0.1:{port}/inlay").raise_for_status()
        yield f"127.0.0.1:{port}"
    finally:
        server.stop()


@pytest.fixture(scope="module")
def services(
    postgres_template: str,
    redis_server_url: str,
    storage: str,
    models: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployment]:
    """All services. The tests of this module share them."""
    with redis.Redis.from_url(redis_server_url) as client:
        client.flushall()
    with psycopg.connect(postgres_template, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS deployed WITH (FORCE)")
        server.execute("CREATE DATABASE deployed")
    port = str(free_port())
    replaced = {
        "INLAY_MODELS": str(models),
        "INLAY_PORT": port,
        "INLAY_HOST": "127.0.0.1",
        "INLAY_LEASE_SECONDS": "6",
    }
    variables = {
        "POSTGRES_PASSWORD": "unused",
        "INLAY_S3_ACCESS_KEY": "access",
        "INLAY_S3_SECRET_KEY": "secret",
        "INLAY_API_KEYS": f"ann:{digest(KEY)}",
    }
    here = postgres_template.removeprefix("postgresql://").removesuffix("/postgres")
    addresses = {
        "inlay:unused@postgres:5432/inlay": f"{here}/deployed",
        "redis://redis:6379/0": redis_server_url,
        "redis://redis:6379/1": redis_server_url.removesuffix("/0") + "/1",
        "storage:8333": storage,
    }
    logs = tmp_path_factory.mktemp("logs")
    with deployed(Deployment(variables, addresses, replaced, logs)) as deployment:
        deployment.run("migrate")
        for service in SERVICES:
            deployment.start(service)
        yield deployment


@pytest.fixture
def deployment(services: Deployment) -> Deployment:
    """The services. One that a failed test left stopped starts again."""
    for service in SERVICES:
        if service not in services.running:
            services.start(service)
    return services


@pytest.fixture
def api(deployment: Deployment) -> Iterator[httpx.Client]:
    address = f"http://127.0.0.1:{deployment.replaced['INLAY_PORT']}"
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {KEY}"}, timeout=30) as client:

        def ready() -> bool:
            try:
                return client.get("/readyz").status_code == 200
            except httpx.TransportError:
                return False

        wait_for(ready)
        yield client


def _ended(api: httpx.Client, job: dict[str, Any]) -> dict[str, Any] | None:
    now = api.get(f"/api/jobs/{job['id']}").json()
    return now if now["state"] in ("succeeded", "failed", "cancelled") else None


def test_a_job_runs_through_every_service(api: httpx.Client, deployment: Deployment) -> None:
    job = api.post("/api/jobs", json=JOB).raise_for_status().json()
    ended = wait_for(lambda: _ended(api, job), 120)
    assert ended["state"] == "succeeded", ended["error"]
    picture = Image.open(io.BytesIO(api.get(ended["outputs"][0]["url"]).raise_for_status().content))
    assert picture.size == (256, 128)
    assert json.loads(picture.info["inlay"])["sampling"]["seed"] == 1

    queued, started, settled = (
        next(line for line in deployment.logged(service) if line["event"] == event and line.get("job") == job["id"])
        for service, event in (("api", "job_queued"), ("worker-0", "job_started"), ("worker-0", "job_settled"))
    )
    assert {line["owner"] for line in (queued, started, settled)} == {"ann"}
    assert (queued["process"], started["process"]) == ("api", "worker")
    assert queued["request_id"]
    assert started["worker"] == settled["worker"]
    assert {line["process"] for line in deployment.logged("worker-0")} == {"celery", "worker"}
    assert {line["process"] for line in deployment.logged("reconciler")} <= {"reconciler", "webhooks"}

    assert httpx.get(f"{api.base_url}/api/jobs/{job['id']}").status_code == 401
    shown = "".join(deployment.log(service) for service in ("api", "reconciler", "worker-0"))
    assert KEY not in shown
    assert "secret" not in shown.lower().replace("client_secret", "")


def test_a_worker_is_seen_before_its_first_job_and_not_after_it_was_stopped(
    api: httpx.Client, deployment: Deployment
) -> None:
    def workers(number: int) -> bool:
        return [api.get(path).json()["workers"] for path in ("/readyz", "/api/queue")] == [number, number]

    wait_for(lambda: workers(1), 120)
    deployment.stop("worker-0", signal.SIGTERM)
    assert workers(0)
    deployment.start("worker-0")
    wait_for(lambda: workers(1), 120)
    deployment.stop("reconciler", signal.SIGTERM, seconds=20)
    deployment.start("reconciler")


def test_a_stopped_worker_hands_its_job_back_and_the_next_resumes_it(api: httpx.Client, deployment: Deployment) -> None:
    job = api.post("/api/jobs", json=LONG_JOB).raise_for_status().json()
    wait_for(lambda: api.get(f"/api/jobs/{job['id']}").json()["progress"]["step"] >= 5, 120)
    deployment.stop("worker-0", signal.SIGTERM)
    handed_back = api.get(f"/api/jobs/{job['id']}").json()
    assert handed_back["state"] == "queued", deployment.log("worker-0")
    deployment.start("worker-0")
    ended = wait_for(lambda: _ended(api, job), 180)
    assert ended["state"] == "succeeded"
    events = api.get(f"/api/jobs/{job['id']}/events?after=0").json()["items"]
    types = [event["type"] for event in events if event["type"] != "job_progress"]
    assert types == ["job_queued", "job_started", "job_queued", "job_started", "job_succeeded"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    steps = [event["step"] for event in events if event["type"] == "job_progress"]
    assert steps == sorted(steps), "the second worker began again instead of going on"


def test_a_killed_worker_loses_its_lease_and_the_job_runs_again(api: httpx.Client, deployment: Deployment) -> None:
    job = api.post("/api/jobs", json=LONG_JOB).raise_for_status().json()
    wait_for(lambda: api.get(f"/api/jobs/{job['id']}").json()["progress"]["step"] >= 2, 120)
    children = subprocess.run(
        ["pgrep", "-P", str(deployment.running["worker-0"].pid)], capture_output=True, text=True
    ).stdout.split()
    for pid in [*children, deployment.running["worker-0"].pid]:
        os.kill(int(pid), signal.SIGKILL)
    deployment.running.pop("worker-0").wait()
    assert api.get(f"/api/jobs/{job['id']}").json()["state"] == "running"
    deployment.start("worker-0")
    ended = wait_for(lambda: _ended(api, job), 240)
    assert ended["state"] == "succeeded", ended
    assert ended["attempt"] == 2


def test_a_worker_that_cannot_start_ends_and_takes_no_doorbells(deployment: Deployment) -> None:
    broken = deployment.start("worker-0", "broken", {"INLAY_DEVICE": "cuda:77"})
    try:
        wait_for(lambda: broken.poll() is not None, 90)
    finally:
        deployment.running.pop("broken")
        broken.kill()
    (said,) = (line for line in deployment.logged("broken") if line["event"] == "worker_cannot_start")
    assert said["reason"].startswith("INLAY_DEVICE is cuda:77, and this machine has no such device.")


def test_the_worker_parent_imports_no_torch() -> None:
    code = "import sys, worker.app; sys.exit('torch' in sys.modules)"
    environment = os.environ | {"INLAY_REDIS_URL": "redis://127.0.0.1:1/0"}
    assert subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT).returncode == 0
