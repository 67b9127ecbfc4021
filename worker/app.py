"""The Celery application of a deployment: a doorbell wakes a worker, which claims a job in the database.

    celery --app worker.app worker --pool prefork --concurrency 1 --queues inlay

The parent process imports neither torch nor diffusers. The child imports them as soon as it starts, and reports its
device; it loads models when its first job needs them. If it cannot start, the parent ends too. SIGTERM starts Celery's
warm shutdown: it waits for the running task, which hands its job back after the current step.
"""

import multiprocessing
import os
import signal
import threading
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING, Any

import structlog
from celery import Celery
from celery.signals import (
    celeryd_init,
    setup_logging,
    worker_init,
    worker_process_init,
    worker_process_shutdown,
    worker_shutting_down,
)

from backend import logs, traces
from backend.imports import lasting
from backend.store.bus_redis import WAKE_QUEUE, WAKE_TASK, RedisWorkerBus
from backend.store.database import schema_fault
from worker.ranks.errors import RankError
from worker.settings import Settings

if TYPE_CHECKING:
    from worker.job.worker import Worker

_settings = Settings.read()
_stopping = multiprocessing.Event()  # made before the fork, so that the parent can tell the child
_making = threading.Lock()
_at_the_end = ExitStack()
_log = structlog.get_logger("worker")

logs.configure(_settings.log_level, _settings.log_format, process="celery")
logs.take_over()

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


@celeryd_init.connect
def _leave_out_the_banner(instance: Any, **_: Any) -> None:
    instance.quiet = True


@setup_logging.connect
def _keep_our_logging(**_: Any) -> None:
    """Keep Celery from setting up its own logging, because a receiver of this signal stands for it."""


@worker_init.connect
def _check_schema(**_: Any) -> None:
    """End the parent, before it forks, if the database has another schema than this program needs."""
    if (fault := schema_fault(_settings.database)) is not None:
        raise SystemExit(fault)


@worker_shutting_down.connect
def _tell_the_child(**_: Any) -> None:
    _stopping.set()


@worker_process_init.connect
def _begin(**_: Any) -> None:
    """Make the child's worker in a thread, because Celery waits only a few seconds for the child."""
    threading.Thread(target=_make, name="make-worker", daemon=True).start()


@worker_process_shutdown.connect
def _end(**_: Any) -> None:
    _at_the_end.close()


def _make() -> None:
    """Make the child's worker. If that fails, end the parent: a child that can run nothing would take the doorbells
    that other workers need."""
    try:
        _worker()
    except Exception as error:
        if isinstance(error, RankError):
            _log.error("worker_cannot_start", reason=str(error))
        else:
            _log.exception("worker_cannot_start")
        os.kill(os.getppid(), signal.SIGTERM)


def _worker() -> "Worker":
    """Return the worker of this child. The first call makes it, and imports everything that a job needs: two threads
    that import these libraries at the same time fail."""
    with _making:
        return _made()


@cache
def _made() -> "Worker":
    with lasting():
        import worker.job.run  # noqa: F401
        from worker.job.factory import make_worker
        from worker.job.pulse import heartbeat

    made = make_worker(_settings, RedisWorkerBus(_broker, _stream), _stopping.is_set)
    _at_the_end.callback(traces.close)
    if made.leader is not None:
        _at_the_end.callback(made.leader.close)
    _at_the_end.enter_context(heartbeat(made))
    return made


@app.task(name=WAKE_TASK)
def wake() -> None:
    """Run one queued job, if there is one, and ring the doorbell again in case there are more."""
    if _stopping.is_set():
        return
    mine = _worker()
    from worker.job.run import work

    if work(mine):
        mine.bus.ring()
