"""A rank other than 0 of a worker of several ranks (INLAY_RANKS).

The worker starts the ranks of its own machine. A rank on another host is started by hand, with the settings of the
worker and its own INLAY_DEVICE:

    python -m worker.follower --rank 1
"""

import argparse
import os
import shutil
import signal
import sys
import threading
from pathlib import Path

import structlog

from backend import logs
from backend.imports import lasting
from backend.store.processes import process_name
from backend.version import VERSION
from worker.settings import Settings

with lasting():
    import torch
    from torch.distributed import Store  # pyright: ignore[reportPrivateImportUsage]

    from worker.diffusion.loading import DTYPES, Models
    from worker.diffusion.memory import device_name
    from worker.ranks.devices import own_device
    from worker.ranks.errors import RankError, RankLost
    from worker.ranks.group import Group
    from worker.ranks.meeting import at_address, in_folder, tell_ready
    from worker.ranks.serving import serve

IDLE_SECONDS = 10 * 365 * 86_400.0  # a rank waits for the next job for as long as rank 0 lives
_log = structlog.get_logger("worker")


def main(rank: int, threads: int | None, meeting: Path | None) -> None:
    """Join the worker as rank `rank`, and compute for it until it is gone."""
    settings = Settings.read()
    if not 0 < rank < settings.ranks:
        raise RankError(
            f"INLAY_RANKS is {settings.ranks}, so there is no rank {rank} beside the worker, which is rank 0."
        )
    logs.configure(settings.log_level, settings.log_format, process=f"rank {rank}", worker=process_name())
    logs.take_over()
    if meeting is not None:
        _end_with_the_worker(meeting)
    if threads is not None:
        torch.set_num_threads(threads)
    dtype = DTYPES[settings.precision]
    models = Models(settings.models, str(own_device(settings.device)), settings.memory_budget, dtype, settings.compile)
    store = _store(settings, meeting)
    device = _named(models.device, meeting)
    tell_ready(store, rank, {"version": VERSION, "type": models.device.type, "device": device})
    group = Group.join(store, rank, settings.ranks, models.device, IDLE_SECONDS)
    _log.info("rank_ready", rank=rank, device=str(models.device))
    serve(group, models)


def _end_with_the_worker(meeting: Path) -> None:
    """End this process when the worker ends, which holds its standard input open. Signals to the whole process group
    end the worker first."""
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.SIG_IGN)

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        shutil.rmtree(meeting, ignore_errors=True)
        os._exit(0)

    threading.Thread(target=wait, name="worker-watcher", daemon=True).start()


def _store(settings: Settings, meeting: Path | None) -> Store:
    if meeting is not None:
        return in_folder(meeting, settings.ranks)
    if settings.ranks_address is None:
        raise RankError("INLAY_RANKS_ADDRESS is not set: a rank of another host needs the address of rank 0.")
    return at_address(settings.ranks_address, settings.ranks, listens=False)


def _named(device: torch.device, meeting: Path | None) -> str:
    """Return the name of this rank's device; on another host, with that host."""
    return device_name(device) if meeting is not None else f"{device_name(device)} on {process_name()}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A rank of a worker of several ranks; rank 0 is the worker itself.")
    parser.add_argument("--rank", type=int, required=True, help="the number of this rank, from 1 to INLAY_RANKS - 1")
    parser.add_argument("--threads", type=int, help="the number of threads on the CPU; by default all")
    parser.add_argument("--meeting", type=Path, help="the folder in which the ranks of one machine meet")
    given = parser.parse_args()
    try:
        main(given.rank, given.threads, given.meeting)
    except RankLost as error:
        _log.warning("rank_ends", reason=str(error))
        sys.exit(1)
    except RankError as error:
        sys.exit(str(error))
