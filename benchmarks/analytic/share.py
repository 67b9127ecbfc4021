"""What agreement costs beside the models: the bundled UNet behind the windows of a real panorama."""

import statistics
import time
from pathlib import Path

import torch

from backend.contracts.job import Job
from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from worker.build import build
from worker.diffusion.loading import Models
from worker.engine.agree import Problem, agree

MODELS = Path(__file__).parents[2] / "models"
WINDOWS, STEPS, WARM = 8, 9, 2  # the first WARM steps are not counted


def solve_share() -> float:
    """Of a whole step (observe, denoise, agree, step) the share that the default solver takes, by medians: papercut,
    576x128 pixels at stride 64, so 8 windows, guidance on."""
    job = Job.model_validate(
        {
            "layout": {"kind": "panorama", "canvas": {"width": 576, "height": 128}, "prompt": "a desert by day"},
            "sampling": {
                "model": "papercut",
                "steps": STEPS,
                "seed": 1,
                "coarse": {"weight": 0},
                "windows": {"size": 128, "stride": 64},
            },
        }
    )
    described = {model.description.id: model for model in ModelCatalog(MODELS).list()}
    compiled = compile_job(resolve(job, described, Limits()), described, Limits())
    if len(compiled.graph.observables) != WINDOWS:
        raise RuntimeError(f"The panorama should have {WINDOWS} windows, not {len(compiled.graph.observables)}.")
    with torch.inference_mode():
        composition = build(compiled.graph, compiled.job, Models(MODELS))
        steps, solves = [], []
        began = time.perf_counter()
        for index, step in enumerate(composition.sample()):
            ended = time.perf_counter()
            clean, weights = ({name: view[k] for name, view in step.views.items()} for k in (1, 2))
            problem = Problem(composition.graph.at(index), clean, None, weights)
            agree(problem, composition.method.agree)
            solves.append(time.perf_counter() - ended)
            steps.append(ended - began)
            began = time.perf_counter()
    return statistics.median(solves[WARM:]) / statistics.median(steps[WARM:])
