"""The whole job beside its bare network: how long a job takes with and without previews, at the model's default setting
and at 30 steps of DDIM, and how long the forward passes of that job take alone, by diffusers' network and by the
worker's."""

from collections.abc import Callable, Iterator
from typing import Any

import torch

from backend.contracts.job import Compiled
from backend.geometry.ranges import is_active
from benchmarks.speed.plain import plain
from benchmarks.speed.rows import Part, rows_of
from benchmarks.speed.subjects import Bench, panorama
from benchmarks.speed.timing import Figure, Series, in_turns, ratio
from worker.diffusion.denoisers import Ask
from worker.diffusion.kind import CropCoordinates

BATCHES = (1, 2, 4, 8, 16, 32, 64)
PROMPTS = ("a desert by day", "a forest at sunset", "the sea at night")
REFERENCE = "ddim 30"
SILENT = {"every": 0, "keep": "none"}
"""The field `preview` of a job without previews and frames."""
SILENTLY = "default, job without previews"
OWN_NETWORK = "default, the worker's network"
PLAINLY = f"{REFERENCE}, job with diffusers' network"


def passes_of_steps(job: Compiled) -> list[int]:
    """Return the forward passes of each step: one for each active view, or two where it has guidance."""
    return [
        sum(
            1 if one.prompted.guidance in (0, 1) else 2
            for one in job.graph.observables
            if is_active(one.precision.active, *place)
        )
        for place in job.job.places
    ]


@torch.no_grad()
def forward(bench: Bench, job: Compiled, passes: list[int], batch: int) -> None:
    """Make so many forward passes in each step, in batches of at most `batch`, and nothing else."""
    loaded = bench.loaded
    description, network = loaded.description, loaded.network
    side, pixels = description.defaults.window // description.cell, description.native_size
    whole = CropCoordinates.whole(pixels, pixels)
    ask = Ask(loaded.conditioning(job.graph.observables[0].prompted, whole).positive)
    for of_step in passes:
        for first in range(0, of_step, batch):
            rows = min(batch, of_step - first)
            network(torch.randn(rows, description.channels, side, side, device=loaded.device), 500.0, [ask] * rows)


def best_batch(bench: Bench, job: Compiled) -> int:
    """Return the batch size at which the bare network makes the passes of one step in the least time."""
    first = passes_of_steps(job)[:1]
    sizes = [size for size in BATCHES if size < 2 * first[0]]
    taken = in_turns({str(size): lambda size=size: forward(bench, job, first, size) for size in sizes}, 3, bench.device)
    return min(sizes, key=lambda size: min(taken[str(size)]))


def settings(bench: Bench) -> dict[str, dict[str, Any]]:
    """Return each setting that is measured, as the fields of a job's sampling. A model with random weights has its own
    setting only."""
    if bench.subject.shape:
        return {"default": _own(bench)}
    presets = {name: {"preset": name} for name in bench.description.presets}
    return {REFERENCE: {"steps": 30, "scheduler": "ddim"}, "default": _own(bench), **presets}


def _own(bench: Bench) -> dict[str, Any]:
    return {} if bench.subject.steps is None else {"steps": bench.subject.steps}


def measure(bench: Bench) -> Iterator[Part]:
    """Measure the jobs of all settings and their bare networks."""
    layout = panorama(bench.subject, PROMPTS)
    jobs = {name: bench.compiled(layout, **setting) for name, setting in settings(bench).items()}
    silent = bench.compiled(layout, preview=SILENT, **_own(bench))
    denoiser = bench.loaded.network.denoiser
    own_batch = best_batch(bench, jobs["default"])
    with plain(denoiser):
        batch = best_batch(bench, jobs["default"])

    def alone(job: Compiled) -> None:
        forward(bench, job, passes_of_steps(job), batch)

    def plainly(call: Callable[[Compiled], None], job: Compiled) -> None:
        with plain(denoiser):
            call(job)

    choices: dict[str, Any] = {}
    for name, job in jobs.items():
        choices[_network(name)] = lambda job=job: plainly(alone, job)
        choices[_job(name)] = lambda job=job: bench.finish(job)
    choices[SILENTLY] = lambda: bench.finish(silent)
    choices[OWN_NETWORK] = lambda: forward(bench, jobs["default"], passes_of_steps(jobs["default"]), own_batch)
    if REFERENCE in jobs:
        choices[PLAINLY] = lambda: plainly(bench.finish, jobs[REFERENCE])
    taken = in_turns(choices, bench.runs, bench.device)
    more = {name: {"steps": len(job.job.places), "passes": sum(passes_of_steps(job))} for name, job in jobs.items()}
    rows = rows_of(taken, model=bench.subject.id, canvas="x".join(map(str, bench.subject.canvas)), batch=batch)
    yield Part([{**row, **more[row["name"].partition(",")[0]]} for row in rows], _figures(bench, taken, list(jobs)))


def _network(setting: str) -> str:
    return f"{setting}, network"


def _job(setting: str) -> str:
    return f"{setting}, job"


def _figures(bench: Bench, taken: Series, settings: list[str]) -> dict[str, Figure]:
    shown = bench.named
    whole = taken[_job("default")]
    figures = {
        shown("limit_ratio"): ratio(whole, taken[_network("default")]),
        shown("own_limit_ratio"): ratio(whole, taken[OWN_NETWORK]),
        shown("preview_cost"): Figure(*(each - 1 for each in ratio(whole, taken[SILENTLY]))),
    }
    if REFERENCE in settings:
        reference = taken[_job(REFERENCE)]
        figures["limit_ratio_30"] = ratio(reference, taken[_network(REFERENCE)])
        for name in settings:
            if name != REFERENCE:
                figures[f"{name}_speedup"] = ratio(taken[PLAINLY], taken[_job(name)])
                figures[f"{name}_speedup_own"] = ratio(reference, taken[_job(name)])
    return figures
