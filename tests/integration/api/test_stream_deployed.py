"""The stream as in a deployment: two API servers with one Postgres and one Redis."""

import time
from collections.abc import Iterator

import httpx2
import pytest
from websockets.sync.client import connect

from backend.api.settings import Settings
from backend.store.bus_redis import RedisApiBus, RedisWorkerBus
from backend.store.database import connect as open_database
from backend.store.jobs import Jobs
from tests.integration.api.conftest import serving
from tests.integration.api.harness import Hand
from tests.integration.api.tabs import address, follow, hear, hear_until, say, see, submit, tab


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def servers(settings: Settings, redis_url: str) -> Iterator[tuple[httpx2.Client, httpx2.Client]]:
    with (
        serving(settings, RedisApiBus(redis_url, redis_url)) as first,
        serving(settings, RedisApiBus(redis_url, redis_url)) as second,
    ):
        yield first, second


@pytest.fixture
def worker(settings: Settings, redis_url: str) -> Iterator[Hand]:
    database = open_database(settings.database)
    yield Hand(Jobs(database), settings.open_images(), RedisWorkerBus(redis_url, redis_url))
    database.close()


def test_tabs_at_two_servers_see_the_same_job(servers: tuple[httpx2.Client, httpx2.Client], worker: Hand) -> None:
    first, second = servers
    id = submit(first)
    with tab(first) as here, tab(second) as there:
        for socket in (here, there):
            follow(socket, **{id: 0})
            assert hear(socket)["seq"] == 1
        claim = worker.start()
        for number in range(1, 5):
            worker.step(claim, number)
        worker.finish(claim)
        assert hear_until(here, 7) == hear_until(there, 7) == [2, 3, 4, 5, 6, 7]


def test_previews_reach_every_server_and_requests_every_worker(
    servers: tuple[httpx2.Client, httpx2.Client], worker: Hand
) -> None:
    first, second = servers
    id = submit(first)
    claim = worker.start()
    with tab(first) as here, tab(second) as there:
        for socket in (here, there):
            follow(socket, **{id: 1})
            assert hear(socket)["type"] == "job_started"
        say(there, type="show", job=id, node="y1", what="residual")
        deadline = time.monotonic() + 5
        while worker.bus.wanted(claim.id) != {(1, "residual")}:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        worker.preview(claim.id, 1, 1, b"asked for there", "residual")
        worker.preview(claim.id, 0, 1, b"main")
        assert see(here)[3] == b"main"
        assert {see(there)[3], see(there)[3]} == {b"asked for there", b"main"}


def test_a_ticket_of_one_server_opens_a_stream_at_another(servers: tuple[httpx2.Client, httpx2.Client]) -> None:
    first, second = servers
    id = submit(first)
    ticket = first.post("/api/stream/ticket").json()["ticket"]
    with connect(address(second)) as socket:
        say(socket, type="hello", ticket=ticket)
        follow(socket, **{id: 0})
        assert hear(socket)["type"] == "job_queued"
