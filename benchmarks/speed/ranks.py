"""One large canvas by one rank and by two: how long its steps take.

On a CPU every rank has one thread, whether it is alone or not. On a GPU every rank has a GPU of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch

from benchmarks.speed.rows import Part, rows_of
from benchmarks.speed.subjects import Bench
from benchmarks.speed.timing import in_turns, ratio
from worker.ranks.leader import Leader, lead

RANKS = 2
BATCH = 8  # passes: a step of the canvas has several of these batches
STEPS, QUICK_STEPS = 4, 2


def measure(bench: Bench) -> Iterator[Part]:
    """Let one rank and two ranks make the same picture in turns. On a machine with a single GPU there is nothing to
    measure."""
    if bench.device.type == "cuda" and torch.cuda.device_count() < RANKS:
        return
    side = bench.description.defaults.window
    layout = {"kind": "panorama", "prompt": "a meadow", "canvas": {"width": 8 * side, "height": 2 * side}}
    job = bench.compiled(layout, steps=QUICK_STEPS if bench.quick else STEPS)
    alone = _with(bench, None)
    with _ranks(bench) as leader:
        together = _with(bench, leader)
        choices = {"1 rank": lambda: alone.run(job)["step"], "2 ranks": lambda: together.run(job)["step"]}
        taken = in_turns(choices, bench.runs, bench.device)
    one, two = taken.values()
    yield Part(rows_of(taken, model=bench.subject.id, views=job.views), {"ranks2_speedup": ratio(one, two)})


def _with(bench: Bench, leader: Leader | None) -> Bench:
    settings = bench.worker.settings.model_copy(update={"micro_batch": BATCH})
    return replace(bench, worker=replace(bench.worker, settings=settings, leader=leader))


@contextmanager
def _ranks(bench: Bench) -> Iterator[Leader]:
    """Start the ranks, each with one thread. This process gets its threads back at the end of the block."""
    threads = torch.get_num_threads()
    torch.set_num_threads(RANKS)  # which the ranks divide among them
    given = {"ranks": RANKS, "models": bench.folder, "device": bench.device.type}
    leader = lead(bench.worker.settings.model_copy(update=given))
    try:
        yield leader
    finally:
        leader.close()
        torch.set_num_threads(threads)
