"""A worker from its settings."""

import os
import socket
from collections.abc import Callable

from backend import logs
from backend.store.bus import WorkerBus
from backend.store.database import connect
from backend.store.jobs import Jobs
from worker.diffusion.loading import Models
from worker.run import Worker
from worker.settings import Settings


def compose(settings: Settings, bus: WorkerBus, stopping: Callable[[], bool]) -> Worker:
    """Set up logging, connect to the database and the image store, and make ready to load models."""
    logs.configure(settings.log_level, settings.log_format)
    jobs = Jobs(connect(settings.database), settings.lease_seconds, settings.max_attempts)
    return Worker(
        name=f"{socket.gethostname()}:{os.getpid()}",
        jobs=jobs,
        images=settings.open_images(),
        bus=bus,
        models=Models(settings.models, settings.device, settings.memory_budget),
        settings=settings,
        stopping=stopping,
    )
