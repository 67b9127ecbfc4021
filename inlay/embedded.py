"""The embedded mode's worker process. The server lets it begin, replaces it at once if it dies, and ends it when the
server ends."""

import subprocess
import threading
import time

import psutil
import structlog

from backend.store.bus_local import LocalApiBus
from backend.store.jobs import Jobs
from backend.store.processes import process_name
from inlay.waiting_worker import WaitingWorker

YOUNG_SECONDS = 60.0  # a worker that dies sooner died young
RESTART_SECONDS = 1.0  # the pause after two workers in a row died young; each further one doubles it
LONGEST_RESTART_SECONDS = 60.0
HAND_BACK_SECONDS = 30.0  # the time for the worker to save a checkpoint and hand its job back
_log = structlog.get_logger("inlay")


class EmbeddedWorker:
    """Keeps one worker process running at the other end of `bus` during the block. If the process dies, its job goes
    back to the queue at once, without waiting for the lease. `first`: a process that has been started already."""

    def __init__(self, bus: LocalApiBus, jobs: Jobs, first: WaitingWorker | None = None) -> None:
        self._bus, self._jobs, self._first = bus, jobs, first
        self._over = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def __enter__(self) -> "EmbeddedWorker":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._bus.close()
        self._thread.join(HAND_BACK_SECONDS)
        if self._process is not None and self._process.poll() is None:
            _log.warning("worker_killed", reason=f"it did not stop within {HAND_BACK_SECONDS:.0f} s")
            self._process.kill()

    @property
    def pid(self) -> int | None:
        """The process id of the current worker."""
        return self._process.pid if self._process is not None else None

    def _keep(self) -> None:
        self._take_back_from_the_dead()
        died_young = 0
        while not self._over.is_set():
            began = time.monotonic()
            self._process = process = self._start()
            if self._over.is_set():  # the block ended while the worker started
                self._bus.close()
            status = process.wait()
            self._take_back(process_name(process.pid))
            if not self._over.is_set():
                died_young = died_young + 1 if time.monotonic() - began < YOUNG_SECONDS else 0
                pause = pause_before_restart(died_young)
                _log.error("worker_ended", status=status, hint=f"another starts in {pause:.0f} s and takes over")
                self._over.wait(pause)

    def _start(self) -> subprocess.Popen[bytes]:
        worker, self._first = self._first or WaitingWorker(), None
        self._bus.attach(worker.begin())
        return worker.process

    def _take_back_from_the_dead(self) -> None:
        """Requeue the jobs of this machine's workers that ended together with an earlier server. A worker that still
        runs hands its job back itself. The one that waits to begin holds no job: if an earlier one had its process id,
        as in a container that was restarted, the job is that one's."""
        waiting = self._first.process.pid if self._first else None
        try:
            names = self._jobs.workers()
        except Exception as error:
            _log.warning("jobs_wait_for_their_leases", error=str(error))
            return
        for name in names:
            pid = name.rpartition(":")[2]
            if pid.isdecimal() and name == process_name(int(pid)) and (int(pid) == waiting or not _runs(int(pid))):
                self._take_back(name)

    def _take_back(self, worker: str) -> None:
        """Requeue the jobs of a worker that ended. If the database cannot be reached, their leases run out instead."""
        try:
            taken = self._jobs.take_back(worker)
        except Exception as error:
            _log.warning("jobs_wait_for_their_leases", worker=worker, error=str(error))
            return
        if taken:
            _log.warning("jobs_taken_back", worker=worker, jobs=[str(id) for id in taken])


def pause_before_restart(died_young: int) -> float:
    """Return the seconds to wait before the next worker starts, after `died_young` workers in a row died young. There
    is no pause after the first."""
    if died_young < 2:
        return 0.0
    return min(RESTART_SECONDS * 2 ** (died_young - 2), LONGEST_RESTART_SECONDS)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
