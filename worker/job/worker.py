"""The parts that a worker process needs to run jobs."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from backend.store.bus import WorkerBus
from backend.store.images import Images
from backend.store.jobs import Jobs
from worker.diffusion.loading import Models
from worker.settings import Settings


@dataclass(frozen=True)
class Worker:
    """A worker process. `stopping` says whether it was asked to end; `leave` ends it at once with an exit status."""

    name: str
    jobs: Jobs
    images: Images
    bus: WorkerBus
    models: Models
    settings: Settings
    stopping: Callable[[], bool]
    leave: Callable[[int], None] = os._exit
