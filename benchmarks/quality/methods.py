"""The rivals, as job documents: what each changes of a plain job, and what each costs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from backend.contracts.job import Compiled, Job
from backend.contracts.model import Model
from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from benchmarks.judge.questions import SIDE
from benchmarks.quality import QualityError
from benchmarks.quality.tasks import Case
from worker.build import build
from worker.diffusion.loading import Models

STEPS = 30
"""Of multidiffusion; every other method that composes gets the steps that cost as many view-forwards."""
FAIR = 0.1
"""How far apart view-forwards may be, as a share of multidiffusion's."""
ALONE: dict[str, Any] = {"coarse": {"weight": 0}, "eta": 0}
PLAIN = "multidiffusion"
SAMPLINGS: dict[str, dict[str, Any]] = {
    "tiles": {**ALONE, "windows": {"stride": SIDE}},
    PLAIN: ALONE,
    "shifted": {**ALONE, "windows": {"shift": True}},
    "counting": {**ALONE, "agree": {"solver": "counting"}},
    "paper": {**ALONE, "agree": {"solver": "gradient", "step_size": {"mu": 0.01}, "iterations": 10}},
    "control": ALONE,
    "inlay": {},
}
PANORAMA = ("tiles", PLAIN, "shifted", "counting", "paper", "inlay")
COMPOSERS: dict[str, tuple[str, ...]] = {
    "panorama-1": PANORAMA,
    "panorama-3": PANORAMA,
    "portrait": (PLAIN, "paper", "control", "inlay"),
}
"""The methods that compose, by task; a portrait has no windows to tile, shift or count."""


@dataclass(frozen=True)
class Studio:
    """Compiles and runs jobs of one model, as the API and the worker do."""

    model: str
    described: dict[str, Model]
    models: Models

    @classmethod
    def of(cls, folder: Path, model: str) -> "Studio":
        """QualityError where the folder has no such model."""
        described = {one.description.id: one for one in ModelCatalog(folder).list()}
        if model not in described:
            raise QualityError(f"there is no model {model!r} in {folder}; there are {', '.join(described) or 'none'}")
        return cls(model, described, Models(folder))

    def compile(self, layout: dict[str, Any], sampling: dict[str, Any]) -> Compiled:
        job = Job.model_validate({"layout": layout, "sampling": {"model": self.model, **sampling}})
        return compile_job(resolve(job, self.described, Limits()), self.described, Limits())

    @torch.inference_mode()
    def paint(self, compiled: Compiled) -> np.ndarray:
        """The main picture, bytes of shape (height, width, 3)."""
        composition = build(compiled.graph, compiled.job, self.models)
        *_, last = composition.sample()
        return np.asarray(composition.decode(last, compiled.graph.outputs[0]))


def composed(studio: Studio, method: str, case: Case, seed: int) -> Compiled:
    """A case by a method that composes, in as many view-forwards as multidiffusion. QualityError where no number of
    steps costs as many."""
    fair = _compiled(studio, PLAIN, case, STEPS, seed).cost
    steps = max(1, round(STEPS * fair / _compiled(studio, method, case, STEPS, seed).cost))
    compiled = _compiled(studio, method, case, steps, seed)
    if abs(compiled.cost - fair) > FAIR * fair:
        raise QualityError(
            f"{method} costs {compiled.cost} view-forwards in {steps} steps and {PLAIN} {fair}, more than "
            f"{FAIR:.0%} apart; take more steps"
        )
    return compiled


def _compiled(studio: Studio, method: str, case: Case, steps: int, seed: int) -> Compiled:
    sampling = {"steps": steps, "seed": seed, **SAMPLINGS[method]}
    if method != "control":
        return studio.compile(case.layout, sampling)
    return studio.compile(_body_alone(studio, case, sampling), sampling)


def _body_alone(studio: Studio, case: Case, sampling: dict[str, Any]) -> dict[str, Any]:
    """A portrait's graph without its head: the ControlNet alone, asked for both in one prompt."""
    body = case.layout["body"]
    both = f"{body['prompt']} with {case.layout['head']['prompt'].removeprefix('a face with ')}"
    graph = studio.compile({**case.layout, "body": {**body, "prompt": both}}, sampling).graph
    seen = [one for one in graph.observables if one.precision.group == "body"]
    main = graph.outputs[:1]
    alone = graph.model_copy(update={"observables": seen, "outputs": main})
    return {"kind": "custom", "graph": alone.model_dump(mode="json")}


def native(studio: Studio, prompt: str, seed: int) -> Compiled:
    """One prompt in one native window, sampled by itself."""
    layout = {"kind": "panorama", "canvas": {"width": SIDE, "height": SIDE}, "prompt": prompt}
    return studio.compile(layout, {"steps": STEPS, "seed": seed, **ALONE})
