"""The heartbeat of a worker: its device, its memory, its models and its job."""

from backend.store.heartbeat import Heartbeat
from backend.store.processes import State
from worker.diffusion.memory import device_name, free_bytes, total_bytes
from worker.job.worker import Worker
from worker.ranks.devices import named


def heartbeat(worker: Worker) -> Heartbeat:
    """Return the heartbeat of a worker, which is written during its block."""
    return Heartbeat(worker.jobs.database, "worker", lambda: _state(worker), worker.activity.measures)


def _state(worker: Worker) -> State:
    device = worker.models.device
    return State(
        device=device_name(device) if worker.leader is None else named(worker.leader.devices),
        memory_free=free_bytes(device),
        memory_total=total_bytes(device),
        models=tuple(sorted(worker.models.loaded())),
        job=worker.activity.job,
        stopping=worker.stopping(),
    )
