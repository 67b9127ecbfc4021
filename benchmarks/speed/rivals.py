"""Our job beside diffusers: its panorama pipeline over the same views with the same weights, at its default batch and
at its best one, and a script that calls its plain pipeline once for each tile.

Every one makes the same number of forward passes. Ours also writes to a database, shows previews, and stores a PNG.
"""

import statistics
from collections.abc import Callable, Iterator
from typing import Any

import torch
from diffusers.pipelines.deprecated.stable_diffusion_panorama.pipeline_stable_diffusion_panorama import (
    StableDiffusionPanoramaPipeline,
)
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from PIL import Image

from benchmarks.speed.rows import Part, rows_of
from benchmarks.speed.subjects import Bench, panorama
from benchmarks.speed.timing import in_turns, ratio
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.networks import dtype_of

VIEW_BATCHES = (1, 2, 4, 8, 16)  # of the panorama pipeline; the first one is its default
TRIES = 3  # turns in which the best batch is chosen
PROMPT = "a meadow by the sea"


def measure(bench: Bench) -> Iterator[Part]:
    """Measure a panorama by all of them. The pipelines read Stable Diffusion 1 and 2 only."""
    loaded, subject = bench.loaded, bench.subject
    if not isinstance(loaded, StableDiffusion):
        return
    sampling = {"steps": subject.steps or loaded.description.defaults.steps, "scheduler": "ddim"}
    more = {"windows": {"stride": subject.stride}, "coarse": {"weight": 0}, **sampling}
    job = bench.compiled(panorama(subject, (PROMPT,)), **more)
    make = _panorama(bench, sampling["steps"])
    tried = in_turns({str(batch): lambda batch=batch: make(batch) for batch in VIEW_BATCHES[1:]}, TRIES, bench.device)
    best = min(VIEW_BATCHES[1:], key=lambda batch: statistics.median(tried[str(batch)]))
    default = VIEW_BATCHES[0]
    choices: dict[str, Callable[[], None]] = {
        "ours": lambda: bench.finish(job),
        f"diffusers, {default} view at once": lambda: make(default),
        f"diffusers, {best} views at once": lambda: make(best),
        "one call for each tile": _tiles(bench, sampling["steps"], job.views),
    }
    taken = in_turns(choices, bench.runs, bench.device)
    ours, slow, fast, tiles = taken.values()
    figures = {
        bench.named("vs_diffusers_default"): ratio(slow, ours),
        bench.named("vs_diffusers_best"): ratio(min(slow, fast, key=sum), ours),
        bench.named("vs_one_call_a_tile"): ratio(tiles, ours),
    }
    canvas = "x".join(map(str, subject.canvas))
    yield Part(rows_of(taken, model=subject.id, canvas=canvas, steps=sampling["steps"], passes=job.cost), figures)


def _parts(bench: Bench) -> dict[str, Any]:
    """Return the parts of a pipeline as diffusers loads them, in the precision of our worker's, with the checkpoint's
    own scheduler. The worker's own parts are not used, because the worker changes how they lie in memory."""
    folder, loaded = bench.folder / bench.subject.id, bench.loaded
    pipeline: Any = StableDiffusionPipeline.from_pretrained(
        folder, dtype=dtype_of(loaded.network.unet), safety_checker=None, local_files_only=True
    )
    scheduler = DDIMScheduler.from_pretrained(folder / "scheduler")
    parts = pipeline.to(bench.device).components
    return {**parts, "scheduler": scheduler, "requires_safety_checker": False}


def _panorama(bench: Bench, steps: int) -> Callable[[int], None]:
    """Return a function that makes the panorama with so many views at once."""
    description = bench.description
    window, stride = description.defaults.window // description.cell, bench.subject.stride // description.cell
    pipeline: Any = StableDiffusionPanoramaPipeline(**_parts(bench))
    pipeline.set_progress_bar_config(disable=True)
    views = pipeline.get_views
    pipeline.get_views = lambda height, width, **more: views(height, width, window_size=window, stride=stride, **more)
    width, height = bench.subject.canvas
    guidance = description.defaults.guidance

    def make(batch: int) -> None:
        pipeline(
            PROMPT,
            width=width,
            height=height,
            num_inference_steps=steps,
            guidance_scale=guidance,
            view_batch_size=batch,
            generator=torch.Generator(bench.device).manual_seed(1),
        )

    return make


def _tiles(bench: Bench, steps: int, count: int) -> Callable[[], None]:
    """Return a function that makes so many tiles, one call each, and pastes them into one picture."""
    pipeline: Any = StableDiffusionPipeline(**_parts(bench))
    pipeline.set_progress_bar_config(disable=True)
    defaults, stride = bench.description.defaults, bench.subject.stride
    side, guidance = defaults.window, defaults.guidance

    def make() -> None:
        picture = Image.new("RGB", bench.subject.canvas)
        for tile in range(count):
            made = pipeline(PROMPT, width=side, height=side, num_inference_steps=steps, guidance_scale=guidance)
            picture.paste(made.images[0], (tile * stride % picture.width, 0))

    return make
