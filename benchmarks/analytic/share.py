"""Measure the share of a step that the agreement takes, beside the bundled UNet on a real panorama."""

import statistics
import time

import torch

from benchmarks.bundled import prepare_bundled
from inlay_engine.agree import Problem, agree

WINDOWS, STEPS, WARM = 8, 9, 2  # the first WARM steps are not counted
LAYOUT = {"kind": "panorama", "canvas": {"width": 576, "height": 128}, "prompt": "a desert by day"}
SAMPLING = {"steps": STEPS, "seed": 1, "coarse": {"weight": 0}, "windows": {"size": 128, "stride": 64}}


def solve_share() -> float:
    """Return the default solver's share of a whole step (observe, denoise, agree, step), by medians. The run is
    papercut on 576x128 pixels at stride 64: 8 windows with guidance."""
    graph, prepared = prepare_bundled(LAYOUT, SAMPLING)
    if len(graph.observables) != WINDOWS:
        raise RuntimeError(f"The panorama should have {WINDOWS} windows, not {len(graph.observables)}.")
    steps, solves = [], []
    with torch.inference_mode():
        began = time.perf_counter()
        for index, step in enumerate(prepared.sample()):
            ended = time.perf_counter()
            clean, weights = ({name: view[k] for name, view in step.views.items()} for k in (1, 2))
            agree(Problem(prepared.graph.at(index), clean, None, weights), prepared.method.agree)
            steps.append(ended - began)
            began = time.perf_counter()
            solves.append(began - ended)
    return statistics.median(solves[WARM:]) / statistics.median(steps[WARM:])
