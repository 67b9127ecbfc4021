"""A worker with a real database, a real bus and a tiny model with random weights, and jobs for it."""

import asyncio
import contextlib
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from backend.contracts.events import PreviewHeader, unpack_preview
from backend.contracts.job import Compiled, Job, JobResource
from backend.graph import Limits, compile_job, resolve
from backend.store.bus import Hint, PreviewMessage
from backend.store.bus_local import LocalApiBus, LocalWorkerBus
from backend.store.database import connect
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.models import ModelCatalog
from backend.store.pictures import as_colour
from backend.store.uploads import Uploads
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from worker.diffusion.loading import Models
from worker.job.worker import Worker
from worker.settings import Settings

OWNER = "ann"
PICTURE = Image.linear_gradient("L").resize((256, 128)).convert("RGB")

ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
"""Marks a test of what a worker computes. It runs on the stricter database only: the tests of the store and those that
are not marked show that both databases keep the same."""


def encoded(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


@dataclass
class Place:
    """A worker, its surroundings, and the messages that the API's end of the bus has received."""

    worker: Worker
    api: LocalApiBus
    models: Path
    hints: list[UUID] = field(default_factory=list)
    previews: list[tuple[PreviewHeader, bytes]] = field(default_factory=list)

    def submit(
        self, steps: int = 4, seed: int = 1, images: int = 1, keep: int | None = None, **sampling: Any
    ) -> JobResource:
        layout = {"kind": "panorama", "canvas": {"width": 256, "height": 128}, "prompt": "a desert"}
        sampling = {"model": "tiny", "steps": steps, "seed": seed} | sampling
        return self.accept({"layout": layout, "sampling": sampling, "images": images, "keep": keep})

    def compiled(self, job: Job) -> Compiled:
        catalog = ModelCatalog(self.models)
        models = {model.description.id: model for model in catalog.list()}
        sizes = partial(Uploads(self.worker.jobs.database, self.worker.images).size, OWNER)
        return compile_job(resolve(job, models, Limits()), models, Limits(), sizes=sizes)

    def accept(self, document: dict[str, Any]) -> JobResource:
        compiled = self.compiled(Job.model_validate(document))
        return self.worker.jobs.submit(OWNER, compiled.job, compiled.graph, compiled.cost)[0]

    def from_picture(self, steps: int = 6) -> JobResource:
        """Submit a job that redraws the right half of PICTURE, at half strength."""
        uploads = Uploads(self.worker.jobs.database, self.worker.images)
        picture = uploads.create(OWNER, as_colour(encoded(PICTURE), 10**6))
        start = {"picture": picture.id, "strength": 0.5, "box": {"x": 128, "y": 0, "width": 128, "height": 128}}
        layout = {"kind": "panorama", "canvas": {"width": 256, "height": 128}, "prompt": "a desert"}
        return self.accept({"layout": layout, "sampling": {"model": "tiny", "steps": steps, "seed": 1}, "start": start})

    def get(self, job: JobResource) -> JobResource:
        return self.worker.jobs.get(OWNER, job.id)

    def types(self, job: JobResource) -> list[str]:
        return [event.type for event in self.worker.jobs.events(OWNER, job.id, 0)]

    def picture(self, job: JobResource, name: str = "x") -> bytes:
        return self.worker.images.get(self.worker.jobs.output_key(OWNER, job.id, name))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_tiny_checkpoint(folder / "tiny", pose=True)
    return folder


@pytest.fixture
def place(database_url: str, models: Path, tmp_path: Path) -> Iterator[Place]:
    with placed(database_url, models, Images((tmp_path / "images").as_uri())) as place:
        yield place


@contextlib.contextmanager
def placed(
    database_url: str, models: Path, images: Images, lease_seconds: float = 30, **settings: Any
) -> Iterator[Place]:
    """Return a worker on this database and picture store, with frequent checkpoints and these settings."""
    ours, theirs = socket.socketpair()
    api = LocalApiBus()
    given = Settings(checkpoint_steps=1, checkpoint_seconds=0, **settings)
    worker = Worker(
        name="w1",
        jobs=Jobs(connect(database_url), lease_seconds=lease_seconds),
        images=images,
        bus=LocalWorkerBus(theirs),
        models=Models(models),
        settings=given,
        stopping=lambda: False,
    )
    place = Place(worker, api, models)
    with _listening(place, ours):
        yield place
    worker.jobs.database.close()


@contextlib.contextmanager
def _listening(place: Place, ours: socket.socket) -> Iterator[None]:
    """Collect the messages of the bus for the length of the block."""
    ready, loop = threading.Event(), asyncio.new_event_loop()

    async def listen() -> None:
        messages = place.api.messages()
        first = asyncio.ensure_future(anext(messages))
        await asyncio.sleep(0)
        place.api.attach(ours)
        ready.set()
        message = await first
        while True:
            match message:
                case Hint(job_id):
                    place.hints.append(job_id)
                case PreviewMessage(_, frame):
                    place.previews.append(unpack_preview(frame))
            message = await anext(messages)

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    task = loop.create_task(listen())
    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
        place.api.close()


def soon(what: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until the condition is true."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)
