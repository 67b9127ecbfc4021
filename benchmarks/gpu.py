"""Measure precision and memory on a GPU: python -m benchmarks.gpu [--json FILE]

The checkpoints have the full size of Stable Diffusion 1.5 and XL, and random weights that are made on the spot. A row
has the peak memory of a job in bfloat16, which is compiled, built, sampled and decoded as usual. How fast jobs are:
`python -m benchmarks.speed --device cuda`.

The benchmark needs Python packages only: torch, transformers, accelerate, jaxtyping, psutil, pillow, diffusers, obstore
and pydantic, with their dependencies. It needs no database and no server. `--try` runs everything on checkpoints a few
channels wide, on any device.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

import diffusers
import torch

from backend.contracts.job import Compiled, Job
from backend.contracts.model import Model, ModelDescription
from backend.graph import Limits, compile_job, resolve
from benchmarks import checkpoints
from inlay_engine.variables import Latent
from worker.build.prepare import prepare
from worker.diffusion.denoisers import Conditioning
from worker.diffusion.kind import CropCoordinates
from worker.diffusion.loading import Models

MICRO_BATCH = 16
PROMPT = "a meadow by the sea"
GUIDANCE = 7.5
MB = 1e6

Part = Literal["rows", "correctness"]


class Task(NamedTuple):
    """A canvas in pixels, and the stride of its windows."""

    name: str
    width: int
    height: int
    stride: int


class Plan(NamedTuple):
    """The measurements to make on one checkpoint."""

    id: str
    shape: checkpoints.Shape
    tasks: tuple[Task, ...]
    steps: int


def plans(small: bool) -> tuple[Plan, ...]:
    """Return the plans for a GPU, or with `--try` a small plan that shows that everything runs."""
    if small:
        tiny = Task("picture", 128, 128, 128), Task("panorama", 512, 512, 64)
        return (Plan("sd15", checkpoints.stable_diffusion(shrink=8, side=16), tiny, 1),)
    wide = Task("picture", 1024, 1024, 512), Task("panorama", 2048, 1024, 512)
    narrow = Task("picture", 512, 512, 256), Task("panorama", 2048, 512, 64)
    return (
        Plan("sd15", checkpoints.stable_diffusion(), narrow, 20),
        Plan("sdxl", checkpoints.stable_diffusion_xl(), wide, 20),
    )


def compiled(description: ModelDescription, task: Task, steps: int) -> Compiled:
    layout = {"kind": "panorama", "prompt": PROMPT, "canvas": {"width": task.width, "height": task.height}}
    sampling = {"model": description.id, "steps": steps, "seed": 1, "guidance": GUIDANCE}
    document = Job.model_validate({"layout": layout, "sampling": {**sampling, "windows": {"stride": task.stride}}})
    models = {description.id: Model(description=description, sha256="0" * 64)}
    resolved = resolve(document, models, Limits()).model_copy(update={"models": None})  # the weights were not hashed
    return compile_job(resolved, models, Limits())


def latents(job: Compiled, models: Models) -> Latent:
    """Run a job up to its final latents, without decoding them."""
    *_, last = prepare(job.graph, job.job, models, micro_batch=MICRO_BATCH).sample()
    return last.controls["x"].float().cpu()


def picture(job: Compiled, models: Models) -> None:
    """Run a whole job except its upload: build, sample, decode."""
    prepared = prepare(job.graph, job.job, models, micro_batch=MICRO_BATCH)
    *_, last = prepared.sample()
    for output in job.graph.outputs:
        prepared.decode(last, output)


def _conditioning(loaded: Any, job: Compiled) -> Conditioning:
    side = loaded.description.native_size
    return loaded.conditioning(job.graph.observables[0].prompted, CropCoordinates.whole(side, side))


def memory(plan: Plan, task: Task, folder: Path, models: Models, device: torch.device) -> dict[str, Any]:
    """Measure one row of the memory table."""
    description = ModelDescription.model_validate_json((folder / "inlay.json").read_bytes())
    job = compiled(description, task, plan.steps)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    picture(job, models)
    peak = torch.cuda.max_memory_allocated(device) if device.type == "cuda" else None
    return {
        "model": plan.id,
        "task": task.name,
        "canvas": f"{task.width}x{task.height}",
        "views": job.views,
        "steps": plan.steps,
        "peak_mb": peak and round(peak / MB),
    }


def correctness(plan: Plan, folder: Path, device: torch.device) -> list[dict[str, Any]]:
    """Return how far half precisions are from float32: the root mean square error relative to float32, for one
    prediction of the clean latent halfway and for the final latent of a whole job."""
    description = ModelDescription.model_validate_json((folder / "inlay.json").read_bytes())
    job = compiled(description, plan.tasks[0], plan.steps)
    answers: dict[str, tuple[Latent, Latent]] = {}
    for dtype in (torch.float32, torch.bfloat16, torch.float16):
        models = Models(folder.parent, device.type, dtype=dtype)
        answers[str(dtype).removeprefix("torch.")] = _prediction(job, models), latents(job, models)
    exact = answers.pop("float32")
    return [
        {
            "model": plan.id,
            "dtype": dtype,
            "prediction_error": _error(prediction, exact[0]),
            "job_error": _error(result, exact[1]),
        }
        for dtype, (prediction, result) in answers.items()
    ]


def _prediction(job: Compiled, models: Models) -> Latent:
    loaded: Any = models.get(job.job.sampling.model)
    side = loaded.description.native_size // loaded.description.cell
    noisy = torch.randn(checkpoints.CHANNELS, side, side, generator=torch.Generator().manual_seed(0)).to(loaded.device)
    model = loaded.model(models.batches(loaded, side * side, MICRO_BATCH))
    [clean] = model.predict_clean([noisy], loaded.clock.schedule(2).instants[1], [_conditioning(loaded, job)])
    return clean.float().cpu()


def _error(found: Latent, exact: Latent) -> float:
    return round(float((found - exact).square().mean().sqrt() / exact.square().mean().sqrt()), 5)


def measure(plan: Plan, folder: Path, device: torch.device) -> Iterator[tuple[Part, dict[str, Any]]]:
    """Measure a checkpoint's precision, and the memory of its jobs in bfloat16."""
    checkpoints.write(folder, plan.shape, torch.float16, device.type)
    for row in correctness(plan, folder, device):
        yield "correctness", row
    models = Models(folder.parent, device.type, dtype=torch.bfloat16)
    for task in plan.tasks:
        yield "rows", memory(plan, task, folder, models, device)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the rows here as well")
    parser.add_argument("--try", dest="small", action="store_true", help="small checkpoints, on any device")
    arguments = parser.parse_args()
    if not torch.cuda.is_available() and not arguments.small:
        parser.error("torch sees no CUDA device here; --try runs small checkpoints on the CPU.")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    result: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "torch": torch.__version__,
        "diffusers": diffusers.__version__,
        "dtype": "bfloat16",
        "rows": [],
        "correctness": [],
    }
    for plan in plans(arguments.small):
        with tempfile.TemporaryDirectory() as folder:
            for part, row in measure(plan, Path(folder) / plan.id, device):
                result[part].append(row)
                sys.stdout.write(f"{json.dumps(row)}\n")
                sys.stdout.flush()
                if arguments.json:  # written anew after each row: a run that is cut keeps what it has
                    arguments.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
