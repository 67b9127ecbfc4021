"""Make a worker from its settings."""

import socket
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend import logs
from backend.store.bus import WorkerBus
from backend.store.database import connect
from backend.store.devices import Devices
from backend.store.jobs import Jobs
from backend.store.leases import worker_name
from worker.diffusion.loading import DTYPES, Models
from worker.job.worker import Worker
from worker.settings import Settings

_log = structlog.get_logger("worker")


def make_worker(settings: Settings, bus: WorkerBus, stopping: Callable[[], bool]) -> Worker:
    """Set up logging, connect to the database and the picture store, and prepare to load models."""
    logs.configure(settings.log_level, settings.log_format)
    database, host = connect(settings.database), socket.gethostname()
    models = Models(
        settings.models, settings.device, settings.memory_budget, DTYPES[settings.precision], settings.compile
    )
    _report(Devices(database), host, models.budget)
    return Worker(
        name=worker_name(),
        jobs=Jobs(database, settings.lease_seconds, settings.max_attempts),
        images=settings.open_images(),
        bus=bus,
        models=models,
        settings=settings,
        stopping=stopping,
    )


def _report(devices: Devices, host: str, budget: int) -> None:
    """Report the memory budget of this machine. If the report fails, the worker starts anyway."""
    try:
        devices.report(host, budget)
    except SQLAlchemyError as error:
        _log.warning("device_not_reported", error=str(error))
