"""One and two workers on one queue: how long they take for the same jobs. Each is a process of its own, and two of them
share the processor's cores or the GPU."""

import multiprocessing
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import torch

from backend import logs
from backend.contracts.job import Compiled
from backend.store.bus_local import LocalApiBus, LocalWorkerBus
from backend.store.database import connect
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.migrations import migrate
from benchmarks.speed.rows import Part, rows_of
from benchmarks.speed.subjects import HOUR, OWNER, Bench, panorama
from benchmarks.speed.timing import ratio
from worker.diffusion.loading import DTYPES, Models
from worker.job.run import work
from worker.job.worker import Worker
from worker.settings import Settings

WORKERS = (1, 2)
JOBS = 8  # in one turn


def measure(bench: Bench) -> Iterator[Part]:
    """Let one worker and two workers empty a queue in turns."""
    job = bench.compiled(panorama(bench.subject), steps=2 if bench.quick else bench.subject.steps)
    taken: dict[str, list[float]] = {"1 worker": [], "2 workers": []}
    for _ in range(bench.runs):
        for name, count in zip(taken, WORKERS, strict=True):
            taken[name].append(seconds(bench, job, count))
    one, two = taken.values()
    yield Part(rows_of(taken, model=bench.subject.id, jobs=JOBS), {"two_workers_speedup": ratio(one, two)})


def seconds(bench: Bench, job: Compiled, count: int) -> float:
    """Return the seconds that `count` workers take for JOBS jobs, after each has run one."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/inlay.db"
        migrate(url)
        database = connect(url)
        store = Jobs(database)
        pipes = [context.Pipe() for _ in range(count)]
        threads = max(1, (os.cpu_count() or 1) // count)
        arguments = (url, folder, bench.folder, bench.device.type, bench.worker.settings.precision, threads)
        processes = [context.Process(target=_serve, args=(theirs, *arguments)) for _, theirs in pipes]
        for process, (ours, _) in zip(processes, pipes, strict=True):
            process.start()
            store.submit(OWNER, job.job, job.graph, job.cost)
            ours.recv()  # it has run a job
        for _ in range(JOBS):
            store.submit(OWNER, job.job, job.graph, job.cost)
        began = time.perf_counter()
        for ours, _ in pipes:
            ours.send("begin")
        for ours, _ in pipes:
            ours.recv()  # it finds no further job
        taken = time.perf_counter() - began
        for process in processes:
            process.join()
        database.close()
    return taken


def _serve(pipe: Connection, url: str, folder: str, models: Path, device: str, precision: str, threads: int) -> None:
    """Run one job, wait for the word, and run jobs until the queue is empty."""
    logs.configure("warning", "console")
    torch.set_num_threads(threads)
    ours, theirs = socket.socketpair()
    api = LocalApiBus()
    api.attach(ours)
    settings = Settings(device=device, first_step_seconds=HOUR, step_seconds=HOUR)
    worker = Worker(
        name=f"benchmark-{os.getpid()}",
        jobs=Jobs(connect(url)),
        images=Images((Path(folder) / "images").as_uri()),
        bus=LocalWorkerBus(theirs),
        models=Models(models, device, dtype=DTYPES[precision]),
        settings=settings,
        stopping=lambda: False,
    )
    work(worker)
    pipe.send("ready")
    pipe.recv()
    while work(worker):
        pass
    pipe.send("done")
    api.close()
