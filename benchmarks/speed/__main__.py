"""How fast Inlay is: python -m benchmarks.speed --json FILE [--device cuda] [--quick] [--resume]

The parts, each with its rows:

network      a whole job (queue, sampling, previews, frames, decoding, PNG) beside the forward passes that it makes
rivals       the same panorama by us, by diffusers' pipeline, and by one call for each tile
windows      a step with 4 to 240 windows
boxes        a step with 1 to 32 boxes
canvases     jobs and their decoding from 512x512 to 8192x1024 pixels
workers      one worker and two on one queue
ranks        one canvas by one rank and by two (INLAY_RANKS)
convolutions the worker's forms of convolutions beside those that diffusers loads
waits        from start to ready, from submission to the first preview, from the last step to the picture

What is compared runs in turns, in one process. A row has the median of its seconds and their range. A figure is a ratio
of medians, with the range of the ratios of single turns. On a CPU, the models are papercut and one with random weights
in the shape of Stable Diffusion 1.5 at a quarter of its widths; on a GPU, papercut and checkpoints of the full size of
Stable Diffusion 1.5, XL and 3. Rows are written as they come. Other work on the machine makes everything slower, and
not everything by the same factor.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import diffusers
import torch

from backend import logs
from benchmarks.speed import convolutions, growth, network, ranks, rivals, waits, workers
from benchmarks.speed.bars import verdicts
from benchmarks.speed.rows import Part, Results
from benchmarks.speed.subjects import BUNDLED, Bench, Subject, bench, subjects


class Kind(NamedTuple):
    """A kind of measurement. `every`: the types of devices on which it is made on every model; on others, it is made
    on the bundled one."""

    measure: Callable[[Bench], Iterator[Part]]
    every: tuple[str, ...] = ()


KINDS = {
    "network": Kind(network.measure, every=("cuda",)),
    "rivals": Kind(rivals.measure, every=("cpu", "cuda")),
    "windows": Kind(growth.windows),
    "boxes": Kind(growth.boxes),
    "canvases": Kind(growth.canvases),
    "workers": Kind(workers.measure),
    "ranks": Kind(ranks.measure),
    "convolutions": Kind(convolutions.measure, every=("cpu",)),
    "waits": Kind(waits.measure),
}
RUNS, QUICK_RUNS = 5, 3


def planned(device: torch.device, only: list[str]) -> Iterator[tuple[str, Subject, Kind]]:
    """Return the name, the model and the kind of each measurement."""
    for name, kind in KINDS.items():
        for subject in subjects(device).values() if device.type in kind.every else [BUNDLED]:
            if name in only:
                yield f"{name} {subject.id}", subject, kind


def about(device: torch.device, quick: bool) -> dict[str, Any]:
    """Return what a reader has to know about the command and the machine."""
    options = ["--device cuda"] * (device.type == "cuda") + ["--quick"] * quick
    return {
        "command": " ".join(["python -m benchmarks.speed --json FILE", *options]),
        "date": datetime.now(UTC).date().isoformat(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "load": round(os.getloadavg()[0], 2),
        "torch": torch.__version__,
        "diffusers": diffusers.__version__,
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.is_file() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures and rows to this file")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_RUNS} turns, and no canvas above 2048x1024")
    parser.add_argument("--runs", type=int, metavar="N", help="turns that count")
    parser.add_argument("--resume", action="store_true", help="keep what the file has, and measure the rest")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=list(KINDS), help="measure these parts")
    arguments = parser.parse_args()
    device = torch.device(arguments.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        parser.error("torch sees no CUDA device here.")
    logs.configure("warning", "console")
    results = Results(arguments.json, about(device, arguments.quick))
    if arguments.resume and arguments.json and arguments.json.is_file():
        results = Results.read(arguments.json, results.about)
    runs = arguments.runs or (QUICK_RUNS if arguments.quick else RUNS)
    with tempfile.TemporaryDirectory() as folder:
        for name, subject, kind in planned(device, arguments.only):
            if name in results.parts:
                continue
            with bench(subject, Path(folder), device, runs, arguments.quick) as place:
                for part in kind.measure(place):
                    results.add(name, part)
                    for row in part.rows:
                        print(json.dumps({"part": name, **row}), flush=True)
    for line in verdicts(results.figures, device.type):
        print(line, file=sys.stdout)


if __name__ == "__main__":
    main()
