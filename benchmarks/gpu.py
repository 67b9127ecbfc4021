"""Measure speed, precision and memory on a GPU: python -m benchmarks.gpu [--json FILE]

The checkpoints have the full size of Stable Diffusion 1.5 and XL, and random weights that are made on the spot. Each
job is compiled, built, sampled and decoded as usual. Beside each job the table has the same number of bare UNet passes
in the same batches. Where diffusers' panorama pipeline reads the checkpoint, the table also has that pipeline over the
same views, at its default of one view a batch and at its fastest batch size.

The benchmark needs Python packages only: torch, transformers, accelerate, jaxtyping, psutil, pillow, diffusers, obstore
and pydantic, with their dependencies. It needs no database and no server. `--try` runs everything on checkpoints a few
channels wide, on any device.
"""

import argparse
import copy
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

import diffusers
import torch
from diffusers.pipelines.deprecated.stable_diffusion_panorama.pipeline_stable_diffusion_panorama import (
    StableDiffusionPanoramaPipeline,
)
from diffusers.schedulers.scheduling_ddim import DDIMScheduler

from backend.contracts.job import Compiled, Job
from backend.contracts.model import Model, ModelDescription
from backend.graph import Limits, compile_job, resolve
from benchmarks import checkpoints
from inlay_engine.variables import Latent
from worker.build.prepare import prepare
from worker.diffusion.denoisers import Ask, Conditioning
from worker.diffusion.kind import CropCoordinates
from worker.diffusion.loading import Models

MICRO_BATCH = 16
VIEW_BATCHES = (1, 4, 8, 16)  # of diffusers' pipeline; the first is its default
STRIDE = 64  # pixels, as diffusers' pipeline has it
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
    runs: int


def plans(small: bool) -> tuple[Plan, ...]:
    """Return the plans for a GPU, or with `--try` a small plan that shows that everything runs."""
    if small:
        tiny = Task("picture", 128, 128, 128), Task("panorama", 512, 512, STRIDE)
        return (Plan("sd15", checkpoints.stable_diffusion(shrink=8, side=16), tiny, 1, 1),)
    wide = Task("picture", 1024, 1024, 512), Task("panorama", 2048, 1024, 512)
    narrow = Task("picture", 512, 512, 256), Task("panorama", 2048, 512, STRIDE)
    return (
        Plan("sd15", checkpoints.stable_diffusion(), narrow, 20, 3),
        Plan("sdxl", checkpoints.stable_diffusion_xl(), wide, 20, 3),
    )


def compiled(description: ModelDescription, task: Task, steps: int) -> Compiled:
    layout = {"kind": "panorama", "prompt": PROMPT, "canvas": {"width": task.width, "height": task.height}}
    sampling = {"model": description.id, "steps": steps, "seed": 1, "guidance": GUIDANCE}
    document = Job.model_validate({"layout": layout, "sampling": {**sampling, "windows": {"stride": task.stride}}})
    models = {description.id: Model(description=description, sha256="0" * 64)}
    return compile_job(resolve(document, models, Limits()), models, Limits())


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


@torch.no_grad()
def bare(job: Compiled, models: Models) -> None:
    """Run only the UNet passes of a job."""
    loaded: Any = models.get(job.job.sampling.model)
    side, network = loaded.description.native_size // loaded.description.cell, loaded.network
    ask = Ask(_conditioning(loaded, job).positive)
    passes = job.cost // job.job.sampling.steps
    most = models.batches(loaded, side * side, MICRO_BATCH).limit
    for _ in range(job.job.sampling.steps):
        for first in range(0, passes, most):
            rows = min(most, passes - first)
            views = torch.randn(rows, checkpoints.CHANNELS, side, side, dtype=network.unet.dtype, device=loaded.device)
            network(views, 500.0, [ask] * rows)


def _conditioning(loaded: Any, job: Compiled) -> Conditioning:
    side = loaded.description.native_size
    return loaded.conditioning(job.graph.observables[0].prompted, CropCoordinates.whole(side, side))


def pipeline(job: Compiled, models: Models, folder: Path) -> Callable[[int], None]:
    """Run diffusers' panorama pipeline at that size with the same weights, `batch` views at once."""
    loaded: Any = models.get(job.job.sampling.model)
    unet = loaded.network.unet
    scheduler: Any = DDIMScheduler.from_pretrained(folder / "scheduler")
    panorama: Any = StableDiffusionPanoramaPipeline(
        vae=copy.deepcopy(loaded.decoder.vae).to(unet.dtype),
        text_encoder=loaded.clip.encoder,
        tokenizer=loaded.clip.tokenizer,
        unet=unet,
        scheduler=scheduler,
        safety_checker=None,  # type: ignore[arg-type]
        feature_extractor=None,  # type: ignore[arg-type]
        requires_safety_checker=False,
    )
    panorama.set_progress_bar_config(disable=True)
    [output] = job.graph.outputs
    size, steps = {"width": output.width, "height": output.height}, job.job.sampling.steps

    def make(views: int) -> None:
        panorama(PROMPT, **size, num_inference_steps=steps, guidance_scale=GUIDANCE, view_batch_size=views)

    return make


def seconds(make: Callable[[], None], runs: int, device: torch.device) -> float:
    """Return the median seconds of several runs, after one warm-up run."""
    taken = []
    for _ in range(runs + 1):
        _finish(device)
        began = time.perf_counter()
        make()
        _finish(device)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


def _finish(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def speed(plan: Plan, task: Task, folder: Path, models: Models, device: torch.device) -> dict[str, Any]:
    """Measure one row of the speed table."""
    description = ModelDescription.model_validate_json((folder / "inlay.json").read_bytes())
    job = compiled(description, task, plan.steps)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    whole = seconds(lambda: picture(job, models), plan.runs, device)
    peak = torch.cuda.max_memory_allocated(device) if device.type == "cuda" else None
    unet = seconds(lambda: bare(job, models), plan.runs, device)
    row: dict[str, Any] = {
        "model": plan.id,
        "task": task.name,
        "canvas": f"{task.width}x{task.height}",
        "views": job.views,
        "steps": plan.steps,
        "seconds": round(whole, 3),
        "images_per_minute": round(60 / whole, 2),
        "unet_seconds": round(unet, 3),
        "over_unet": round(whole / unet, 3),
        "peak_mb": peak and round(peak / MB),
    }
    if task.stride == STRIDE:
        row |= _beside(job, whole, pipeline(job, models, folder), plan.runs, device)
    return row


def _beside(
    job: Compiled, whole: float, make: Callable[[int], None], runs: int, device: torch.device
) -> dict[str, Any]:
    """Measure diffusers' pipeline, and the ratio of its time to ours."""
    taken = {views: seconds(lambda views=views: make(views), runs, device) for views in VIEW_BATCHES}
    best = min(taken, key=lambda views: taken[views])
    return {
        "diffusers_seconds": {str(views): round(each, 3) for views, each in taken.items()},
        "diffusers_best_views": best,
        "diffusers_default_over_ours": round(taken[VIEW_BATCHES[0]] / whole, 3),
        "diffusers_best_over_ours": round(taken[best] / whole, 3),
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
    """Measure a checkpoint's precision, and its speed in bfloat16."""
    checkpoints.write(folder, plan.shape, torch.float16, device.type)
    for row in correctness(plan, folder, device):
        yield "correctness", row
    models = Models(folder.parent, device.type, dtype=torch.bfloat16)
    for task in plan.tasks:
        yield "rows", speed(plan, task, folder, models, device)


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
