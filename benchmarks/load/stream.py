"""How long events and submissions take while many clients follow running jobs.

The API is `inlay serve` with Postgres and Redis, as in a deployment. Only the sampler is not real: threads of this
process claim jobs and report a step with a preview every STEP_SECONDS, as workers do. The clients run in a process of
their own. The clock of events is that of the database, on the same machine.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import psutil

from backend.contracts.events import PreviewHeader, pack_preview
from backend.settings import CHECKOUT
from backend.store.bus_redis import RedisWorkerBus
from backend.store.credentials import digest
from backend.store.database import connect
from backend.store.jobs import Claim, Jobs
from backend.store.migrations import migrate
from benchmarks.load.queue import COST, GRAPH, SPEC, fill, p99
from benchmarks.load.tabs import Heard, follow_and_submit
from tests.integration.deployment import wait_for
from tests.servers import create_database, free_port, redis_server

RUNNING = 20  # jobs
STEP_SECONDS = 0.5  # of each job
STEPS = 240  # of each job; more than a run of a minute takes
PREVIEW_BYTES = 3_000
OWNER, KEY = "owner-0", "inlay_load_key"
SETTLE_SECONDS = 5.0  # from the last socket's opening to the first figure
START_SECONDS = 120.0


def figures(server: str, queued: int, sockets: int, rate: float, seconds: float) -> dict[str, Any]:
    """Measure with `queued` waiting jobs, `sockets` that follow one running job each, one that never reads, and `rate`
    submissions a second for so many seconds. `server` is the URL of a Postgres server."""
    url = create_database(server, "stream")
    migrate(url)
    database = connect(url)
    try:
        store = Jobs(database)
        with redis_server() as redis_url, _api(url, redis_url) as api:
            for _ in range(RUNNING):
                store.submit(OWNER, SPEC.model_copy(update={"sampling": _steps()}), GRAPH, COST)
            claims = [claim for _ in range(RUNNING) if (claim := store.claim("benchmark")) is not None]
            fill(database, queued)
            with _sampling(store, RedisWorkerBus(redis_url, redis_url), claims):
                return _measured(api, [str(claim.id) for claim in claims], sockets, rate, seconds)
    finally:
        database.close()


def _steps() -> Any:
    return SPEC.sampling.model_copy(update={"steps": STEPS})


def _measured(api: "_Api", ids: list[str], sockets: int, rate: float, seconds: float) -> dict[str, Any]:
    """Let the clients work in a process of their own, and follow the memory of the API meanwhile."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    arguments = (theirs, api.address, KEY, ids, sockets, rate, seconds, SETTLE_SECONDS)
    clients = context.Process(target=follow_and_submit, args=arguments)
    clients.start()
    ours.recv()  # all sockets are open and have settled
    before = api.process.memory_info().rss
    heard: Heard = ours.recv()
    clients.join()
    grown = api.process.memory_info().rss - before
    return {
        "event_p99_ms": p99(heard.event_seconds),
        "event_p50_ms": round(1000 * sorted(heard.event_seconds)[len(heard.event_seconds) // 2], 1),
        "submit_p99_ms": p99(heard.submit_seconds),
        "submit_p50_ms": round(1000 * sorted(heard.submit_seconds)[len(heard.submit_seconds) // 2], 1),
        "rss_growth_mb": round(grown / 2**20, 1),
        "errors": len(heard.errors),
        "first_errors": heard.errors[:5],
        "events": len(heard.event_seconds),
        "submitted": len(heard.submit_seconds),
    }


class _Api:
    """A running API server."""

    def __init__(self, address: str, process: psutil.Process) -> None:
        self.address, self.process = address, process


@contextmanager
def _api(database: str, redis_url: str) -> Iterator[_Api]:
    """Run `inlay serve` with one key and without limits that a single machine of clients would reach."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "INLAY_DATA": folder,
            "INLAY_MODELS": str(CHECKOUT / "models"),
            "INLAY_DATABASE_URL": database,
            "INLAY_REDIS_URL": redis_url,
            "INLAY_API_KEYS": f"{OWNER}:{digest(KEY)}",
            "INLAY_PORT": str(port),
            "INLAY_RATE_LIMIT": "0",
            "INLAY_MAX_QUEUED": "0",
            "INLAY_MAX_KEY_CONNECTIONS": "0",
            "INLAY_MAX_ADDRESS_CONNECTIONS": "0",
            "INLAY_LOG_LEVEL": "warning",
        }
        command = [str(Path(sys.executable).parent / "inlay"), "serve"]
        log = (Path(folder) / "log").open("wb")
        process = subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(lambda: process.poll() is not None or _answers(address), START_SECONDS)
            yield _Api(address, psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(30)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def _sampling(store: Jobs, bus: RedisWorkerBus, claims: list[Claim]) -> Iterator[None]:
    """Report steps of these jobs until the end of the block, each job in a thread of its own."""
    stopping = threading.Event()

    def sample(number: int, claim: Claim) -> None:
        frame = pack_preview(PreviewHeader(claim.id, 1, 0, "x0"), os.urandom(PREVIEW_BYTES))
        began = time.monotonic() + STEP_SECONDS * number / len(claims)
        for step in range(1, STEPS):
            if stopping.wait(max(0.0, began + step * STEP_SECONDS - time.monotonic())):
                return
            store.progress(claim, step, STEPS, {"y": 0.1}, {"y": 1.0}, step * STEP_SECONDS)
            bus.hint(claim.id)
            bus.preview(claim.id, frame)

    threads = [threading.Thread(target=sample, args=(number, claim)) for number, claim in enumerate(claims)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
