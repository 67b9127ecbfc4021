"""The embedded mode's worker process: started beside the API, started again when it dies, ended with it."""

import socket
import subprocess
import sys
import threading
import time

import structlog

from backend.store.bus_local import LocalApiBus

RESTART_SECONDS = 1.0  # doubled each time a worker dies young
LONGEST_RESTART_SECONDS = 60.0
HAND_BACK_SECONDS = 30.0  # for the worker to save its place and hand its job back
_log = structlog.get_logger("inlay")


class EmbeddedWorker:
    """Keeps one worker process running at the other end of `bus` for the length of the block."""

    def __init__(self, bus: LocalApiBus) -> None:
        self._bus = bus
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
        """The process id of the worker that runs now."""
        return self._process.pid if self._process is not None else None

    def _keep(self) -> None:
        pause = RESTART_SECONDS
        while not self._over.is_set():
            began = time.monotonic()
            self._process = process = self._start()
            if self._over.is_set():  # told to end while it started
                self._bus.close()
            status = process.wait()
            if not self._over.is_set():
                pause = RESTART_SECONDS if time.monotonic() - began > LONGEST_RESTART_SECONDS else 2 * pause
                pause = min(pause, LONGEST_RESTART_SECONDS)
                _log.error("worker_ended", status=status, hint=f"another starts in {pause:.0f} s and takes over")
                self._over.wait(pause)

    def _start(self) -> subprocess.Popen[bytes]:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "worker.local", "--fd", str(theirs.fileno())]
        with theirs:
            process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        self._bus.attach(ours)
        return process
