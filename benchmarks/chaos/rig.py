"""The deployment under test: two APIs, three workers and the reconciler of docker-compose.yml as plain processes.
They have a Postgres, a Redis and an S3 server of their own.

A supervisor starts each process again that ended, as compose does (`restart: unless-stopped`). One API, one worker and
the S3 server are reached through relays, which the faults use. One worker's clock is two minutes off.
"""

import importlib.util
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import psutil
import redis

from backend.store.credentials import digest
from benchmarks.chaos.relays import Relay, relayed
from tests.integration.deployment import Deployment, deployed, wait_for
from tests.servers import (
    PostgresCluster,
    ServerMissingError,
    create_database,
    free_port,
    postgres_cluster,
    redis_server,
)
from tests.tiny.stable_diffusion import write_tiny_checkpoint

OWNERS = {"ann": "inlay_chaos_key_of_ann", "bob": "inlay_chaos_key_of_bob"}
WORKERS = ("worker-0", "worker-1", "worker-2")
SKEWED = "worker-2"  # the worker whose clock is off
SKEW_SECONDS = 120
RESTART_SECONDS = 1.0  # from the end of a process to its next start
START_SECONDS = 180.0

SETTINGS = {
    "INLAY_HOST": "127.0.0.1",
    "INLAY_LEASE_SECONDS": "6",
    "INLAY_MAX_ATTEMPTS": "20",
    "INLAY_CHECKPOINT_STEPS": "5",
    "INLAY_CHECKPOINT_SECONDS": "1",
    "INLAY_RETRY_SECONDS": "2",
    "INLAY_RATE_LIMIT": "0",
    "OMP_NUM_THREADS": "1",
}
"""Settings that differ from the defaults: a short lease, so that a run of minutes sees many leases end; more attempts
than the worst luck of one job; and a checkpoint every second, since a job takes seconds."""


@dataclass
class Rig:
    """A running deployment. `apis` are the addresses of the two APIs; the relay `clients` leads to the first one."""

    deployment: Deployment
    postgres: PostgresCluster
    database: str
    redis: "Broker"
    storage: Relay
    worker_database: Relay
    clients: Relay
    apis: tuple[str, str]
    settings: dict[str, dict[str, str]]
    restarts: dict[str, int] = field(default_factory=dict)
    skew: int = SKEW_SECONDS
    _stopping: threading.Event = field(default_factory=threading.Event)

    def start(self, name: str) -> None:
        """Start a process by its name."""
        service = name if name == "reconciler" else {"a": "api", "w": "worker-0"}[name[0]]
        self.deployment.start(service, name, self.settings[name] | (self._skewed() if name == SKEWED else {}))

    def process(self, name: str) -> psutil.Process:
        """Return a running process. Raises psutil.NoSuchProcess if it has ended."""
        running = self.deployment.running.get(name)
        if running is None:
            raise psutil.NoSuchProcess(0, name)
        return psutil.Process(running.pid)

    def supervise(self) -> None:
        """Start each process again that ended, until `stop`."""
        while not self._stopping.wait(0.2):
            for name, process in list(self.deployment.running.items()):
                if process.poll() is not None:
                    self.restarts[name] = self.restarts.get(name, 0) + 1
                    time.sleep(RESTART_SECONDS)
                    self.start(name)

    def stop(self) -> None:
        """Stop starting processes again."""
        self._stopping.set()

    def ready(self) -> bool:
        """Return True if both APIs answer that they are ready."""
        try:
            return all(httpx.get(f"{api}/readyz", timeout=5).status_code == 200 for api in self.apis)
        except httpx.TransportError:
            return False

    def _skewed(self) -> dict[str, str]:
        """Return the variables that set a process's clock off. The monotonic clock stays right, as it does on a machine
        whose clock is set wrongly."""
        return {"LD_PRELOAD": _faketime(), "FAKETIME": f"{self.skew:+d}s", "DONT_FAKE_MONOTONIC": "1"}


class Broker:
    """A Redis server that can be stopped, and started again on its port with nothing in it."""

    def __init__(self) -> None:
        self._running = ExitStack()
        self.url = self._running.enter_context(redis_server())
        self._port = _port(self.url)

    def restart(self, seconds: float) -> None:
        """Stop the server, and start it again after `seconds`."""
        self._running.close()
        time.sleep(seconds)
        self._running.enter_context(redis_server(self._port))

    def flush(self) -> None:
        """Delete all keys."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def close(self) -> None:
        self._running.close()


def _faketime() -> str:
    """Return the library that shows a process another time."""
    package = importlib.util.find_spec("libfaketime")
    if package is None or package.origin is None:
        raise ServerMissingError("libfaketime sets a worker's clock off, and its package is for Linux on x86-64 only")
    return str(Path(package.origin).parent / "vendor/libfaketime/src/libfaketime.so.1")


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


@contextmanager
def _storage(folder: Path) -> Iterator[int]:
    """Run an S3 server with an empty bucket `inlay`, and yield its port."""
    port = free_port()
    with (folder / "storage.log").open("wb") as log:
        command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_for(lambda: _made_bucket(port), START_SECONDS)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _made_bucket(port: int) -> bool:
    try:
        return httpx.put(f"http://127.0.0.1:{port}/inlay").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def rig() -> Iterator[Rig]:
    """Start everything, and stop it at the end. The logs of a failed run are shown."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="inlay-chaos-")))
        write_tiny_checkpoint(folder / "models" / "tiny")
        postgres = stack.enter_context(postgres_cluster())
        database = create_database(postgres.url, "chaos")
        broker = Broker()
        stack.callback(broker.close)
        storage = stack.enter_context(relayed("127.0.0.1", stack.enter_context(_storage(folder))))
        server = _port(postgres.url)
        worker_database = stack.enter_context(relayed("127.0.0.1", server))
        ports = (free_port(), free_port())
        clients = stack.enter_context(relayed("127.0.0.1", ports[0]))
        deployment = _deployment(folder, database, broker.url, storage.port)
        stack.enter_context(deployed(deployment))
        made = Rig(
            deployment,
            postgres,
            database,
            broker,
            storage,
            worker_database,
            clients,
            (f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}"),
            settings={
                "api-0": {"INLAY_PORT": str(ports[0]), "INLAY_PUBLIC_URL": f"http://127.0.0.1:{clients.port}"},
                "api-1": {"INLAY_PORT": str(ports[1])},
                "reconciler": {},
                "worker-0": {},
                "worker-1": {"INLAY_DATABASE_URL": database.replace(f":{server}/", f":{worker_database.port}/")},
                SKEWED: {},
            },
        )
        deployment.run("migrate")
        for name in made.settings:
            made.start(name)
        supervisor = threading.Thread(target=made.supervise, daemon=True)
        supervisor.start()
        try:
            wait_for(made.ready, START_SECONDS)
            yield made
        finally:
            made.stop()
            supervisor.join()


def _deployment(folder: Path, database: str, broker: str, storage: int) -> Deployment:
    (folder / "logs").mkdir()
    keys = ",".join(f"{owner}:{digest(key)}" for owner, key in OWNERS.items())
    variables = {"POSTGRES_PASSWORD": "unused", "INLAY_S3_ACCESS_KEY": "access", "INLAY_S3_SECRET_KEY": "secret"}
    addresses = {
        "inlay:unused@postgres:5432/inlay": database.removeprefix("postgresql://"),
        "redis://redis:6379/0": broker,
        "redis://redis:6379/1": broker.removesuffix("/0") + "/1",
        "storage:8333": f"127.0.0.1:{storage}",
    }
    replaced = {"INLAY_MODELS": str(folder / "models"), "INLAY_API_KEYS": keys} | SETTINGS
    return Deployment(variables, addresses, replaced, folder / "logs")
