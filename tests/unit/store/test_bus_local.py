"""The embedded bus: frames travel in both directions, requests expire, and both ends notice end of file."""

import asyncio
import socket
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from backend.store.bus import Hint, Message, PreviewMessage
from backend.store.bus_local import LocalApiBus, LocalWorkerBus


@pytest.fixture
def ends() -> Iterator[tuple[LocalApiBus, LocalWorkerBus]]:
    ours, theirs = socket.socketpair()
    api = LocalApiBus()
    api.attach(ours)
    yield api, LocalWorkerBus(theirs)
    api.close()


async def _collect(api: LocalApiBus, count: int, act: object) -> list[Message]:
    found: list[Message] = []

    async def read() -> None:
        async for message in api.messages():
            found.append(message)
            if len(found) == count:
                return

    reader = asyncio.create_task(read())
    await asyncio.sleep(0)
    assert callable(act)
    await asyncio.to_thread(act)
    await asyncio.wait_for(reader, 5)
    return found


def test_hints_and_previews_reach_the_api_in_order(ends: tuple[LocalApiBus, LocalWorkerBus]) -> None:
    api, worker = ends
    job, picture = uuid4(), b"\xff" * 300_000

    def act() -> None:
        worker.hint(job)
        worker.preview(job, picture)

    assert asyncio.run(_collect(api, 2, act)) == [Hint(job), PreviewMessage(job, picture)]


def test_the_api_learns_that_its_worker_has_started(ends: tuple[LocalApiBus, LocalWorkerBus]) -> None:
    api, worker = ends
    assert not api.worker_started()
    worker.started()
    asyncio.run(_collect(api, 1, lambda: worker.hint(uuid4())))
    assert api.worker_started()


def test_a_busy_reader_drops_rather_than_grows(ends: tuple[LocalApiBus, LocalWorkerBus]) -> None:
    api, worker = ends
    job = uuid4()

    async def read() -> int:
        messages = api.messages()
        first = asyncio.ensure_future(anext(messages))
        await asyncio.sleep(0)
        for _ in range(2000):
            worker.hint(job)
        time.sleep(0.5)
        await first
        count = 1
        while True:
            try:
                await asyncio.wait_for(anext(messages), 0.3)
            except (TimeoutError, StopAsyncIteration):
                return count
            count += 1

    assert 1 < asyncio.run(read()) < 2000 / 4


def test_the_doorbell_and_requests_reach_the_worker(ends: tuple[LocalApiBus, LocalWorkerBus]) -> None:
    api, worker = ends
    job = uuid4()
    api.want(job, 3, "residual")
    api.ring()
    worker.wait(5)
    assert worker.wanted(job) == {(3, "residual")}
    assert worker.wanted(uuid4()) == set()


def test_a_doorbell_rung_before_the_wait_is_not_lost(ends: tuple[LocalApiBus, LocalWorkerBus]) -> None:
    api, worker = ends
    api.ring()
    time.sleep(0.1)
    before = time.monotonic()
    worker.wait(5)
    assert time.monotonic() - before < 1


def test_hanging_up_ends_the_worker(ends: tuple[LocalApiBus, LocalWorkerBus]) -> None:
    api, worker = ends
    api.close()
    assert worker.closed.wait(5)


def test_a_gone_worker_is_no_error_and_a_new_one_can_be_attached(ends: tuple[LocalApiBus, LocalWorkerBus]) -> None:
    api, _ = ends
    api.close()
    api.ring()
    ours, theirs = socket.socketpair()
    api.attach(ours)
    replacement = LocalWorkerBus(theirs)
    api.ring()
    before = time.monotonic()
    replacement.wait(5)
    assert time.monotonic() - before < 2
