"""Make a worker from its settings."""

import socket
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend import logs, traces
from backend.store.bus import WorkerBus
from backend.store.database import connect
from backend.store.devices import Devices
from backend.store.jobs import Jobs
from backend.store.limits import OwnerLimits
from backend.store.processes import process_name
from worker.diffusion.loading import DTYPES, Models
from worker.job.worker import Worker
from worker.ranks.devices import own_device
from worker.ranks.leader import lead
from worker.settings import Settings

_log = structlog.get_logger("worker")


def make_worker(settings: Settings, bus: WorkerBus, stopping: Callable[[], bool]) -> Worker:
    """Set up logging, connect to the database and the picture store, start the other ranks, and prepare to load models.
    Raises RankError if the other ranks cannot start, or if the machine lacks the device."""
    traces.configure(settings.traces_endpoint, "worker")
    logs.configure(settings.log_level, settings.log_format, process="worker", worker=process_name())
    database, host = connect(settings.database), socket.gethostname()
    leader = lead(settings) if settings.ranks > 1 else None
    device = str(own_device(settings.device) if leader is None else leader.group.device)
    models = Models(settings.models, device, settings.memory_budget, DTYPES[settings.precision], settings.compile)
    running = OwnerLimits(running=settings.max_running or None)
    _report(Devices(database), host, models.budget)
    worker = Worker(
        name=process_name(),
        jobs=Jobs(database, settings.lease_seconds, settings.max_attempts, running),
        images=settings.open_images(),
        bus=bus,
        models=models,
        settings=settings,
        stopping=stopping,
        leader=leader,
    )
    if leader is not None:
        leader.watch(lambda: worker.activity.job is not None, worker.leave, settings.cancel_seconds)
    return worker


def _report(devices: Devices, host: str, budget: int) -> None:
    """Report the memory budget of this machine. If the report fails, the worker starts anyway."""
    try:
        devices.report(host, budget)
    except SQLAlchemyError as error:
        _log.warning("device_not_reported", error=str(error))
