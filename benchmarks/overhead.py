"""How much longer a whole job takes than its UNet alone: python -m benchmarks.overhead [--json FILE] [--runs 5]

Each layout runs as a real job (claim, sampling, previews, events, decode, PNG, finish) on a database and a picture
store of its own. After each job the same number of bare UNet passes runs, step by step, in batches of at most the same
size. Ratios are of medians.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import torch

from backend import logs
from backend.contracts.job import Compiled, Job
from backend.geometry.ranges import is_active
from benchmarks.workplace import compiled, workplace
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.job.run import work
from worker.job.worker import Worker
from worker.settings import Settings

SIZE = {"panorama": (512, 128), "regions": (512, 256)}
PROMPTS = ("a desert by day", "a forest at sunset", "the sea at night")
BOXES = {"a house": (64, 96, 128, 128), "a tree": (320, 96, 128, 128)}


def documents(model: str, steps: int) -> dict[str, Job]:
    """One job document for each layout that is measured."""
    canvas = {name: {"width": width, "height": height} for name, (width, height) in SIZE.items()}
    patches = [
        {"id": f"p{x}", "prompt": prompt, "box": {"x": x, "y": y, "width": width, "height": height}, "feather": 16}
        for prompt, (x, y, width, height) in BOXES.items()
    ]
    layouts: dict[str, dict[str, Any]] = {
        "panorama": {"kind": "panorama", "windows": [{"prompt": prompt} for prompt in PROMPTS]},
        "regions": {"kind": "regions", "prompt": "a meadow by day", "patches": patches},
    }
    sampling = {"model": model, "steps": steps, "seed": 1}
    return {
        name: Job.model_validate({"layout": {"canvas": canvas[name], **layout}, "sampling": sampling})
        for name, layout in layouts.items()
    }


def passes_of_steps(job: Compiled) -> list[int]:
    """The UNet passes of each step: one for each active view, or two where it has guidance."""
    steps = job.job.sampling.steps
    return [
        sum(
            1 if one.prompted.guidance in (0, 1) else 2
            for one in job.graph.observables
            if is_active(one.precision.active, step, steps)
        )
        for step in job.job.taken
    ]


def measure(worker: Worker, job: Compiled, runs: int) -> dict[str, Any]:
    """One row: medians over `runs`, after one run of each that is not counted."""
    document = job.job
    passes = passes_of_steps(job)
    whole, bare = [], []
    for run in range(runs + 1):
        worker.jobs.submit("benchmark", document, job.graph, job.cost)
        began = time.perf_counter()
        work(worker)
        between = time.perf_counter()
        _forward(worker, document, passes)
        if run:
            whole.append(between - began)
            bare.append(time.perf_counter() - between)
    total, unet = statistics.median(whole), statistics.median(bare)
    return {
        "layout": document.layout.kind,
        "views": job.views,
        "steps": document.sampling.steps,
        "passes": sum(passes),
        "seconds": round(total, 3),
        "unet_seconds": round(unet, 3),
        "ratio": round(total / unet, 3),
    }


@torch.no_grad()
def _forward(worker: Worker, document: Job, passes: list[int]) -> None:
    """Run the forward passes of a job's steps, and nothing else."""
    loaded = worker.models.get(document.sampling.model)
    assert isinstance(loaded, StableDiffusion), "papercut is one, and so is what is measured beside it"
    description, unet = loaded.description, loaded.network.unet
    side, micro_batch = description.defaults.window // description.cell, worker.settings.micro_batch
    embedding = loaded.prompts.encode("").tokens
    for of_step in passes:
        for first in range(0, of_step, micro_batch):
            rows = min(micro_batch, of_step - first)
            views = torch.randn(rows, description.channels, side, side, dtype=unet.dtype, device=unet.device)
            unet(views, 500, encoder_hidden_states=embedding.expand(rows, -1, -1), return_dict=False)


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
        for document in documents(arguments.model, arguments.steps).values():
            rows.append(measure(worker, compiled(arguments.models, document), arguments.runs))
            sys.stdout.write(f"{json.dumps(rows[-1])}\n")
    if arguments.json:
        arguments.json.write_text(json.dumps({"rows": rows, "threads": torch.get_num_threads()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
