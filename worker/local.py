"""The embedded worker: one process beside the API. It imports its modules, waits for its settings on its socket, and
takes jobs. A message on the socket wakes it, and it ends when the socket closes."""

import argparse
import json
import os
import signal
import socket

import structlog

from backend import logs, traces
from backend.imports import lasting
from backend.store.bus_local import LocalWorkerBus
from backend.store.database import schema_fault
from worker.settings import Settings

POLL_SECONDS = 5.0  # a doorbell that was lost costs this much
_log = structlog.get_logger("worker")


def main(fd: int) -> None:
    """Run queued jobs until the other end of socket `fd` closes or SIGTERM arrives. A running job is handed back."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the API decides when to hang up
    with lasting():  # torch and diffusers take seconds, in which the API prepares the database
        from worker.job.factory import make_worker
        from worker.job.pulse import heartbeat
        from worker.job.run import work
        from worker.ranks.errors import RankError
    if (given := _settings_from(fd)) is None:
        return
    os.environ.update(given)
    settings = Settings.read()
    if (fault := schema_fault(settings.database)) is not None:
        raise SystemExit(fault)
    bus = LocalWorkerBus(socket.socket(fileno=fd))
    signal.signal(signal.SIGTERM, lambda *_: (bus.closed.set(), bus.ring()))
    logs.take_over()
    try:
        worker = make_worker(settings, bus, bus.closed.is_set)
    except RankError as error:
        raise SystemExit(str(error)) from error
    with heartbeat(worker):
        bus.started()
        _log.info("worker_ready", worker=worker.name)
        while not bus.closed.is_set():
            try:
                while not bus.closed.is_set() and work(worker):
                    pass
            except Exception:
                _log.exception("worker_goes_on")
            bus.wait(POLL_SECONDS)
    if worker.leader is not None:
        worker.leader.close()
    traces.close()


def _settings_from(fd: int) -> dict[str, str] | None:
    """Wait for one line of JSON with environment variables. Returns None if the other end closes first. The frames of
    the bus may follow the line at once, so each byte is read alone."""
    line = b""
    while not line.endswith(b"\n"):
        if not (byte := os.read(fd, 1)):
            return None
        line += byte
    return json.loads(line)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The embedded worker of `inlay run`; not started by hand.")
    parser.add_argument("--fd", type=int, required=True, help="the socket to the API process")
    main(parser.parse_args().fd)
