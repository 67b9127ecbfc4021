"""The hub with a real database, many jobs at once, and unreadable frames."""

import asyncio
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from backend.api.hub import Hub
from backend.api.metrics import Metrics
from backend.contracts.events import JobQueued
from backend.store.bus_local import LocalApiBus
from tests.integration.api.harness import Hand, panorama


@pytest.fixture
def job(client: TestClient) -> UUID:
    return UUID(client.post("/api/jobs", json=panorama()).json()["id"])


def test_thousands_of_followed_jobs_are_asked_for_in_parts(job: UUID, hand: Hand) -> None:
    async def heard() -> object:
        hub = Hub(LocalApiBus(), hand.jobs.news, Metrics())
        async with hub.running(), asyncio.timeout(10):
            with hub.follower() as follower:
                follower.follow({**{uuid4(): 0 for _ in range(3_000)}, job: 0})
                await follower.ready.wait()
                return follower.next()

    event = asyncio.run(heard())
    assert isinstance(event, JobQueued)
    assert event.job_id == job


def test_an_unreadable_frame_is_skipped(job: UUID, hand: Hand, ends: tuple[LocalApiBus, object]) -> None:
    async def seen() -> object:
        hub = Hub(ends[0], hand.jobs.news, Metrics())
        async with hub.running(), asyncio.timeout(1.5):
            with hub.follower() as follower:
                follower.follow({job: 1})
                follower.main[job] = (job, 0, "x0")
                await asyncio.sleep(0.1)
                for frame in (b"", b"\x09 another version", b"\x01" + bytes(20) + b"\x00\x07what?"):
                    hand.bus.preview(job, frame)
                hand.preview(job, 0, 1, b"main")
                await follower.ready.wait()
                return follower.next()

    frame = asyncio.run(seen())
    assert isinstance(frame, bytes)
    assert frame.endswith(b"main")
