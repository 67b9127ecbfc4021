"""The whole API with a real database, a real folder of pictures, and the real bus of the embedded mode."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import uvicorn
from fastapi.testclient import TestClient

from backend.api.main import create_app, server_options
from backend.api.settings import Settings
from backend.store.bus import ApiBus
from backend.store.bus_local import LocalApiBus, LocalWorkerBus
from backend.store.database import connect
from backend.store.jobs import Jobs
from tests.integration.api.harness import Hand, write_model

ORIGIN = "http://127.0.0.1"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    write_model(tmp_path / "models" / "papercut")
    studio = tmp_path / "dist"
    (studio / "assets").mkdir(parents=True)
    (studio / "index.html").write_text("<!doctype html><head><title>Inlay</title></head>")
    (studio / "assets" / "index-1a2b.js").write_text("export {}")
    return Settings(
        database_url=database_url,  # pyright: ignore[reportArgumentType]  (becomes a SecretStr)
        data=tmp_path / "data",
        models=tmp_path / "models",
        frontend=studio,
        log_level="warning",
        max_wait_seconds=5,
    )


@pytest.fixture
def ends() -> Iterator[tuple[LocalApiBus, LocalWorkerBus]]:
    """The two ends of one bus. The worker has said that it has started."""
    ours, theirs = socket.socketpair()
    bus = LocalApiBus()
    bus.attach(ours)
    worker = LocalWorkerBus(theirs)
    worker.started()
    while not bus.worker_started():
        time.sleep(0.001)
    yield bus, worker
    bus.close()
    theirs.close()


@pytest.fixture
def bus(ends: tuple[LocalApiBus, LocalWorkerBus]) -> LocalApiBus:
    return ends[0]


@pytest.fixture
def hand(settings: Settings, ends: tuple[LocalApiBus, LocalWorkerBus]) -> Iterator[Hand]:
    database = connect(settings.database)
    yield Hand(Jobs(database), settings.open_images(), ends[1])
    database.close()


@pytest.fixture
def client(settings: Settings, bus: LocalApiBus) -> Iterator[TestClient]:
    with TestClient(create_app(settings, bus), base_url=ORIGIN) as client:
        yield client


@contextmanager
def serving(settings: Settings, bus: ApiBus) -> Iterator[httpx2.Client]:
    """Run the API as a real server, and yield a client of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = create_app(settings, bus)
        server = uvicorn.Server(uvicorn.Config(app, **server_options(settings, app)))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=20) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def server(settings: Settings, bus: LocalApiBus) -> Iterator[httpx2.Client]:
    with serving(settings, bus) as client:
        yield client
