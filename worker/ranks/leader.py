"""Rank 0: it starts the other ranks, tells them what to do, and notices when one of them is gone."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import structlog
import torch
from PIL import Image
from torch.distributed import Store  # pyright: ignore[reportPrivateImportUsage]

from backend.contracts.graph import GraphSpec
from backend.contracts.job import Job
from backend.contracts.uploads import named
from backend.version import VERSION
from worker.build.pictures import PictureMissing, Pictures
from worker.build.prepare import prepare
from worker.build.prepared_run import PreparedRun
from worker.diffusion.loading import Models
from worker.diffusion.memory import device_name
from worker.ranks.devices import devices, own_device
from worker.ranks.errors import RankError
from worker.ranks.fingerprint import fingerprints
from worker.ranks.group import Group, Message
from worker.ranks.meeting import MeetingFolder, at_address, in_folder, wait_ready
from worker.ranks.split import SplitGraph, described, split
from worker.settings import Settings

EXIT_RANK = 72  # the process ended itself because another rank of its group is gone
END_SECONDS = 10.0  # the longest time that the end of this process waits for the other ranks
PREPARE = "prepare"  # a message of rank 0: prepare the run of this job
Process = subprocess.Popen[bytes]
_log = structlog.get_logger("worker")


class Leader:
    """The group of ranks whose rank 0 is this process, from the start of the other ranks to `close`.

    `started` are the processes of the other ranks if this machine runs them, and `meeting` is the folder in which they
    meet. `devices` names the device of every rank.
    """

    def __init__(
        self, group: Group, devices: Sequence[str], started: Sequence[Process], meeting: MeetingFolder | None
    ) -> None:
        self.group, self.devices = group, devices
        self._started, self._meeting, self._closing = started, meeting, False

    def prepare(self, graph: GraphSpec, job: Job, models: Models, pictures: Pictures, micro_batch: int) -> PreparedRun:
        """Prepare a run on all ranks, as `worker.build.prepare` does on one. Raises RankError if another rank cannot
        prepare it or holds other models, and RankLost if a rank is gone."""
        found = _found(job, pictures)
        sizes = [[id, *picture.shape] for id, picture in found.items()]
        graph_json, job_json = graph.model_dump_json(), job.model_dump_json()
        self.group.say({"ask": PREPARE, "graph": graph_json, "job": job_json, "most": micro_batch, "pictures": sizes})
        for picture in found.values():
            self.group.share(torch.from_numpy(picture))
        prepared: PreparedRun | None = None
        error: Exception | None = None
        try:
            prepared = prepare(graph, job, models, _reader(found, pictures), micro_batch)
        except Exception as failed:  # the other ranks wait for this one, whatever it is
            error = failed
        told = self.group.gather(described(error))
        if error is not None:
            raise error
        assert prepared is not None, "a run without an error is prepared"
        self._compare(fingerprints(models), told)
        return split(prepared, SplitGraph(prepared.graph, self.group))

    def watch(self, busy: Callable[[], bool], leave: Callable[[int], None], patience: float) -> None:
        """End this process by `leave` when a rank of this machine ends. If `busy()`, the job that runs has `patience`
        seconds to notice, so that it saves its progress first."""

        def wait(rank: int, process: Process) -> None:
            status = process.wait()
            if self._closing:
                return
            _log.error("rank_ended", rank=rank, status=status, hint="the worker ends, and starts again with all ranks")
            if busy():
                time.sleep(patience)
            if not self._closing:
                leave(EXIT_RANK)

        for rank, process in enumerate(self._started, start=1):
            threading.Thread(target=wait, args=[rank, process], name=f"rank-{rank}", daemon=True).start()

    def close(self) -> None:
        """End the other ranks of this machine, and leave the group."""
        self._closing = True
        _end(self._started)
        self.group.leave()
        if self._meeting is not None:
            self._meeting.delete()

    def _compare(self, mine: Mapping[str, str], told: Sequence[Message]) -> None:
        """Raise RankError if another rank could not prepare the run, or has loaded other weights."""
        for rank, one in enumerate(told[1:], start=1):
            if "error" in one:
                raise RankError(f"Rank {rank} ({self.devices[rank]}) cannot run this job: {one['error']}")
            for id, theirs in one["models"].items():
                if mine.get(id, theirs) != theirs:
                    raise RankError(
                        f"Rank {rank} ({self.devices[rank]}) has another {id!r} in its folder of models than rank 0. "
                        "Give all ranks the same folder, and start the worker again."
                    )


def lead(settings: Settings) -> Leader:
    """Start the other ranks, or wait for those of other hosts, and join them as rank 0. Raises RankError if they cannot
    start."""
    if settings.ranks_address is not None:
        store = at_address(settings.ranks_address, settings.ranks, listens=True)
        return _joined(settings, store, own_device(settings.device), [], None)
    places = devices(settings.device, settings.ranks)
    threads = max(1, torch.get_num_threads() // settings.ranks)
    torch.set_num_threads(threads)
    meeting = MeetingFolder()
    store = in_folder(meeting.path, settings.ranks)
    started = [_start(settings, rank, place, threads, meeting.path) for rank, place in enumerate(places) if rank]
    try:
        return _joined(settings, store, torch.device(places[0]), started, meeting)
    except BaseException:
        _end(started)
        meeting.delete()
        raise


def _start(settings: Settings, rank: int, device: str, threads: int, meeting: Path) -> Process:
    """Start a rank of this machine. It ends when its standard input closes, which this process holds open."""
    given = settings.model_dump(include={"ranks", "models", "precision", "compile", "memory_budget"}, exclude_none=True)
    environment = {f"INLAY_{name.upper()}": str(value) for name, value in (given | {"device": device}).items()}
    own = ["--rank", str(rank), "--threads", str(threads), "--meeting", str(meeting)]
    command = [sys.executable, "-m", "worker.follower", *own]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=os.environ | environment)


def _end(started: Sequence[Process]) -> None:
    for process in started:
        if process.stdin is not None:
            process.stdin.close()
    for process in started:
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _joined(
    settings: Settings, store: Store, device: torch.device, started: Sequence[Process], meeting: MeetingFolder | None
) -> Leader:
    ends = [process.poll for process in started] or [lambda: None] * (settings.ranks - 1)
    others = [wait_ready(store, rank, ended) for rank, ended in enumerate(ends, start=1)]
    for rank, one in enumerate(others, start=1):
        if one["version"] != VERSION:
            raise RankError(f"Rank {rank} runs Inlay {one['version']}, and rank 0 {VERSION}. Install the same version.")
        if one["type"] != device.type:
            raise RankError(
                f"Rank {rank} computes on {one['device']}, and rank 0 on {device_name(device)}. Ranks need devices of "
                "one type: set INLAY_DEVICE for all of them."
            )
    group = Group.join(store, 0, settings.ranks, device, settings.first_step_seconds)
    return Leader(group, [device_name(device), *(one["device"] for one in others)], started, meeting)


def _found(job: Job, pictures: Pictures) -> dict[str, np.ndarray]:
    """Return the pixels of the uploads that a job names, without those that no longer exist."""
    found: dict[str, np.ndarray] = {}
    for id in dict.fromkeys(one.id for one in named(job)):
        with suppress(PictureMissing):
            found[id] = np.array(pictures(id))
    return found


def _reader(found: Mapping[str, np.ndarray], pictures: Pictures) -> Pictures:
    return lambda id: Image.fromarray(found[id]) if id in found else pictures(id)
