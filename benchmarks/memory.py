"""Measure the peak memory of jobs, and how it grows with the canvas: python -m benchmarks.memory [--json FILE]

Each row is a whole job of two steps (claim, sampling, previews, decode, PNG, finish) in a process of its own. The
checkpoint has the shape of Stable Diffusion 1.5 at a quarter of its widths, and random weights. Two forward passes run
at once, as many as the smallest job has: the operator chooses the batch size, and it does not grow with the canvas. The
process may take ROOM more than before the job, because decoding takes up to half of the memory that is free.

`canvas_mb` is the size of the canvas itself: its pixels as 8-bit RGB and its latents as float32. From the first row to
the last, `peak_mb` may grow by at most 8 times the growth of `canvas_mb`.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from backend import logs
from backend.contracts.job import Job
from backend.contracts.model import ModelDescription
from benchmarks import checkpoints
from benchmarks.workplace import compiled, workplace
from worker.job.run import work
from worker.settings import Settings

MODEL = "quarter"
CANVASES = ((512, 512), (2048, 512), (8192, 1024))
SAMPLING = {"model": MODEL, "steps": 2, "seed": 1, "windows": {"stride": 384}}
ROOM = int(1.5e9)  # bytes of data that the process may take for the job
BAR = 8.0
MB = 1e6
HOUR = 3600.0


def run(models: Path, width: int, height: int) -> dict[str, Any]:
    """Run one job, and return the peak memory of this process."""
    layout = {"kind": "panorama", "prompt": "a meadow", "canvas": {"width": width, "height": height}}
    document = Job.model_validate({"layout": layout, "sampling": SAMPLING})
    job = compiled(models, document)
    settings = Settings(device="cpu", micro_batch=2, first_step_seconds=HOUR, step_seconds=HOUR)
    with workplace(models, settings) as worker:
        taken = psutil.Process().memory_info().data
        resource.setrlimit(resource.RLIMIT_DATA, (taken + ROOM, resource.getrlimit(resource.RLIMIT_DATA)[1]))
        began = time.perf_counter()
        submitted, _ = worker.jobs.submit("benchmark", job.job, job.graph, job.cost)
        work(worker)
        done = worker.jobs.get("benchmark", submitted.id)
    if done.state != "succeeded":
        raise SystemExit(f"The job of {width} x {height} pixels {done.state}: {done.error}")
    description = ModelDescription.model_validate_json((models / MODEL / "inlay.json").read_bytes())
    return {
        "canvas": f"{width}x{height}",
        "windows": job.views,
        "peak_mb": round(peak_bytes() / MB, 1),
        "canvas_mb": round(canvas_bytes(width, height, description) / MB, 2),
        "weights_mb": round(checkpoints.weights_bytes(models / MODEL) / MB, 1),
        "seconds": round(time.perf_counter() - began, 1),
    }


def peak_bytes() -> int:
    """Return the peak resident memory of this process in bytes (Linux). The parent process does not count."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def canvas_bytes(width: int, height: int, model: ModelDescription) -> int:
    """Return the size of the picture as 8-bit RGB and of its latent as float32, in bytes."""
    return 3 * width * height + 4 * model.channels * (width // model.cell) * (height // model.cell)


def growth(rows: list[dict[str, Any]]) -> float | None:
    """Return the megabytes of peak memory per megabyte of canvas, from the first row to the last."""
    first, last = rows[0], rows[-1]
    more = last["canvas_mb"] - first["canvas_mb"]
    return round((last["peak_mb"] - first["peak_mb"]) / more, 2) if more > 0 else None


def _apart(models: Path, canvas: tuple[int, int]) -> dict[str, Any]:
    """Measure one row in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.memory", "--row", *map(str, canvas), "--models", str(models)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def _size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the rows here as well")
    parser.add_argument("--canvases", type=_size, nargs="+", default=CANVASES, help="such as 512x512")
    parser.add_argument("--row", type=int, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--models", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.row:
        logs.configure("warning", "console")
        sys.stdout.write(json.dumps(run(arguments.models, *arguments.row)))
        return
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        checkpoints.write(Path(folder) / MODEL, checkpoints.stable_diffusion(shrink=4))
        for canvas in arguments.canvases:
            rows.append(_apart(Path(folder), canvas))
            sys.stdout.write(f"{json.dumps(rows[-1])}\n")
            sys.stdout.flush()
    more = growth(rows)
    if more is not None:
        sys.stdout.write(f"The peak grows by {more} times as much as the canvas; the bar is {BAR:g}.\n")
    if arguments.json:
        arguments.json.write_text(json.dumps({"rows": rows, "growth": more, "bar": BAR}, indent=2) + "\n")


if __name__ == "__main__":
    main()
