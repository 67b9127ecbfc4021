"""Bytes and time of the kept frames of a run: python -m benchmarks.frames [--json FILE] [--runs 5]

Each layout runs as a real job (`worker.job.run.work`, with a database and a picture store of its own) without frames,
with those of its outputs, and with all, in turns. A row has the bytes of the frames, the estimate of POST /api/compile,
and the seconds a step. `ratio` is the median over the runs of the time with frames over the time of the run without
them in the same turn.
"""

import argparse
import json
import statistics
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any, get_args

import torch

from backend import logs
from backend.contracts.events import JobProgress
from backend.contracts.job import Compiled, Job, Keep
from backend.graph.frames import TABLE_BYTES
from backend.store.frames import Frames, Shot
from benchmarks.workplace import compiled, workplace
from worker.job.run import work
from worker.job.worker import Worker
from worker.settings import Settings

OWNER = "benchmark"
SIZE = {"panorama": (512, 128), "regions": (512, 256), "scene": (256, 128)}
PROMPTS = ("a desert by day", "a forest at sunset", "the sea at night")
BOXES = {"a house": (64, 96, 128, 128), "a tree": (320, 96, 128, 128)}
SCENE = {
    "kind": "scene",
    "box": {"x": 64, "y": 32, "width": 64, "height": 64},
    "background": {"prompt": "a desert by day"},
    "object": {"prompt": "a house"},
    "whole": {"prompt": "a house in a desert by day"},
}


def layouts(model: str, steps: int) -> dict[str, Job]:
    """Return one job document for each layout that is measured."""
    patches = [
        {"id": f"p{x}", "prompt": prompt, "box": {"x": x, "y": y, "width": width, "height": height}, "feather": 16}
        for prompt, (x, y, width, height) in BOXES.items()
    ]
    documents: dict[str, dict[str, Any]] = {
        "panorama": {"kind": "panorama", "windows": [{"prompt": prompt} for prompt in PROMPTS]},
        "regions": {"kind": "regions", "prompt": "a meadow by day", "patches": patches},
        "scene": SCENE,
    }
    sampling = {"model": model, "steps": steps, "seed": 1}
    canvas = {name: {"width": width, "height": height} for name, (width, height) in SIZE.items()}
    return {
        name: Job.model_validate({"layout": {"canvas": canvas[name], **layout}, "sampling": sampling})
        for name, layout in documents.items()
    }


def keeping(job: Job, keep: Keep) -> Job:
    """Return the job with other kept frames."""
    return job.model_copy(update={"preview": job.preview.model_copy(update={"keep": keep})})


def run(worker: Worker, job: Compiled) -> tuple[float, list[Shot]]:
    """Run a job. Return the seconds a step after the first, and the frames that were kept."""
    made, _ = worker.jobs.submit(OWNER, job.job, job.graph, job.cost)
    work(worker)
    at = [event.seconds for event in worker.jobs.events(OWNER, made.id, 0) if isinstance(event, JobProgress)]
    packs = Frames(worker.jobs.database, worker.images).packs(OWNER, made.id)
    return (at[-1] - at[0]) / (len(at) - 1), [shot for pack in packs for shot in pack.shots]


def measure(worker: Worker, models: Path, job: Job, runs: int) -> list[dict[str, Any]]:
    """One row for each choice of kept frames, after one run of each that is not counted."""
    choices = {keep: compiled(models, keeping(job, keep)) for keep in get_args(Keep)}
    seconds: dict[Keep, list[float]] = defaultdict(list)
    shots: dict[Keep, list[Shot]] = {}
    for turn in range(runs + 1):
        for keep, choice in choices.items():
            each, shots[keep] = run(worker, choice)
            if turn:
                seconds[keep].append(each)
    return [row(choice, shots[keep], seconds[keep], seconds["none"]) for keep, choice in choices.items()]


def row(choice: Compiled, shots: list[Shot], seconds: list[float], without: list[float]) -> dict[str, Any]:
    """Return the row of one choice: `seconds` a step of its runs, and of the runs `without` frames."""
    pixels: dict[str, int] = defaultdict(int)
    kept: dict[str, int] = defaultdict(int)
    tables: dict[str, int] = defaultdict(int)
    for shot in shots:
        pixels[shot.what] += shot.width * shot.height * len(shot.steps)
        kept[shot.what] += sum(shot.sizes)
        tables[shot.what] += TABLE_BYTES * len(shot.steps)
    return {
        "layout": choice.job.layout.kind,
        "keep": choice.job.preview.keep,
        "nodes": len(choice.graph.nodes),
        "frames": sum(len(shot.steps) for shot in shots),
        "bytes": sum(kept.values()),
        "estimate": choice.frames_bytes,
        "bytes_per_pixel": {what: round((kept[what] - tables[what]) / pixels[what], 3) for what in kept},
        "step_seconds": round(statistics.median(seconds), 4),
        "ratio": round(statistics.median(one / other for one, other in zip(seconds, without, strict=True)), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the rows here as well")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--model", default="papercut")
    parser.add_argument("--models", type=Path, default=Path("models"))
    arguments = parser.parse_args()
    logs.configure("warning", "console")
    rows = []
    with workplace(arguments.models, Settings()) as worker:
        for document in layouts(arguments.model, arguments.steps).values():
            for measured in measure(worker, arguments.models, document, arguments.runs):
                rows.append(measured)
                sys.stdout.write(f"{json.dumps(measured)}\n")
    if arguments.json:
        arguments.json.write_text(json.dumps({"rows": rows, "threads": torch.get_num_threads()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
