"""The Celery application of a deployment: a doorbell wakes a worker, which claims a job in the database.

    celery --app worker.app worker --pool prefork --concurrency 1 --queues inlay

The parent process imports neither torch nor diffusers. The child loads models when its first job needs them. SIGTERM
starts Celery's warm shutdown: it waits for the running task, which hands its job back after the current step.
"""

import multiprocessing
from functools import cache
from typing import TYPE_CHECKING, Any

from celery import Celery
from celery.signals import worker_process_init, worker_shutting_down

from backend.store.bus_redis import WAKE_QUEUE, WAKE_TASK, RedisWorkerBus
from worker.settings import Settings

if TYPE_CHECKING:
    from worker.job.worker import Worker

_settings = Settings()
_stopping = multiprocessing.Event()  # made before the fork, so that the parent can tell the child

if _settings.redis is None:
    raise SystemExit("INLAY_REDIS_URL is not set: a deployed worker needs the broker's address, as redis://host:6379/0")

_broker, _stream = _settings.redis
app = Celery("inlay", broker=_broker)
app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_default_queue=WAKE_QUEUE,
    worker_prefetch_multiplier=1,
    worker_disable_prefetch=True,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "socket_timeout": 30,
        "health_check_interval": 10,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
    },
)


@worker_shutting_down.connect
def _tell_the_child(**_: Any) -> None:
    _stopping.set()


@worker_process_init.connect
def _leave_the_parent(**_: Any) -> None:
    _worker.cache_clear()


@cache
def _worker() -> "Worker":
    from worker.job.factory import make_worker

    return make_worker(_settings, RedisWorkerBus(_broker, _stream), _stopping.is_set)


@app.task(name=WAKE_TASK)
def wake() -> None:
    """Run one queued job, if there is one, and ring the doorbell again in case there are more."""
    from worker.job.run import work

    if not _stopping.is_set() and work(_worker()):
        _worker().bus.ring()
