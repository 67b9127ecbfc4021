"""The parts that a worker process needs to run jobs."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from backend.store.bus import WorkerBus
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.tallies import Measures
from worker.diffusion.loading import Models
from worker.ranks.leader import Leader
from worker.settings import Settings


@dataclass
class Activity:
    """The work of a worker at this moment: the id of the job that it runs, and what it has measured."""

    job: UUID | None = None
    measures: Measures = field(default_factory=Measures)


@dataclass(frozen=True)
class Worker:
    """A worker process. `stopping` says whether it was asked to end; `leave` ends it at once with an exit status.
    `leader` leads the other ranks, if the worker has several."""

    name: str
    jobs: Jobs
    images: Images
    bus: WorkerBus
    models: Models
    settings: Settings
    stopping: Callable[[], bool]
    leave: Callable[[int], None] = os._exit
    activity: Activity = field(default_factory=Activity)
    leader: Leader | None = None
