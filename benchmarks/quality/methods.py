"""The methods to compare, as job documents: the changes that each makes to a plain job, and its cost."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from backend.contracts.graph import GraphSpec
from backend.contracts.job import Compiled, Job
from backend.contracts.model import Model
from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from benchmarks.judge.questions import SIDE
from benchmarks.quality import QualityError
from benchmarks.quality.cases import Case
from worker.build.prepare import prepare
from worker.diffusion.loading import Models

STEPS, SCHEDULER = 30, "ddim"
"""The steps of multidiffusion, and the scheduler of all methods. Every other composing method gets the number of steps
that costs as many view-forwards.
"""
FAIR = 0.1
"""The largest difference of view-forwards, as a share of multidiffusion's."""
ALONE: dict[str, Any] = {"coarse": {"weight": 0}, "eta": 0}
FRESH: dict[str, Any] = {**ALONE, "fresh": {"share": 1, "active": [0, 0.5]}}
PLAIN = "multidiffusion"
SAMPLINGS: dict[str, dict[str, Any]] = {
    "tiles": {**ALONE, "windows": {"stride": SIDE}},
    PLAIN: ALONE,
    "shifted": {**ALONE, "windows": {"shift": True}},
    "counting": {**ALONE, "agree": {"solver": "counting"}},
    "paper": {**ALONE, "agree": {"solver": "descent", "iterations": 30, "rate": 1, "step_size": {"rho": 1}}},
    "control": ALONE,
    "watched": ALONE,
    "even": ALONE,
    "gaussian": {**ALONE, "windows": {"weights": "gaussian"}},
    "coarse": {"coarse": {"weight": 10}, "eta": 0},
    "noisy": {**ALONE, "eta": 1},
    "fresh": FRESH,
    "inlay": {},
}
NATIVES: dict[str, dict[str, Any]] = {"native": ALONE, "native-fresh": FRESH}
"""The samplings of a single window under one prompt. Beside `native`, `native-fresh` shows what fresh noise does to the
model by itself."""
PANORAMA = ("tiles", PLAIN, "shifted", "counting", "gaussian", "paper", "fresh", "coarse", "inlay")
COMPOSERS: dict[str, tuple[str, ...]] = {
    "panorama-1": PANORAMA,
    "panorama-3": PANORAMA,
    "regions": ("tiles", PLAIN, "shifted", "paper", "fresh", "coarse", "inlay"),
    "scene": ("tiles", PLAIN, "paper", "noisy", "fresh", "inlay"),
    "portrait": (PLAIN, "paper", "fresh", "control", "watched", "even", "inlay"),
}
"""The composing methods of each task.

`even` is multidiffusion with a head that has the same weight as the body, up to the edge of its box. `gaussian` gives
windows most weight in their middle (Mixture of Diffusers). `coarse` adds one more view: the whole canvas. `noisy` is
eta 1. `paper` is the paper's own descent, on the canvas and lambda together. `watched` gives the head weight 0 (the
paper's control group), and the body's prompt names no head. `fresh` draws all noise anew in the first half of the
steps. The `tiles` of a scene are its background and its object, each sampled by itself; the object's box is pasted into
the background.
"""
BESIDE = ("gaussian", "watched", "coarse", "noisy", "fresh", "native-fresh")
"""Methods that differ from another in a single setting. A quick table leaves them out."""
_NO_FIGURE = {
    "control": "no pose is asked for",
    **dict.fromkeys(("watched", "even"), "there is no head beside a body"),
}
_NOT_AGAIN = {"noisy": "what eta costs is asked of scenes"}
_ONE_VIEW = "its pictures are one view each, which neither moves nor overlaps another, and has nothing coarser"
CANNOT: dict[str, dict[str, str]] = {
    "panorama-1": {**_NO_FIGURE, **_NOT_AGAIN},
    "panorama-3": {**_NO_FIGURE, **_NOT_AGAIN},
    "regions": {
        **_NO_FIGURE,
        **_NOT_AGAIN,
        "counting": "counting knows no weights, and a patch outweighs the background",
        "gaussian": "its patches are what decides, and they are trusted over their boxes",
    },
    "scene": {
        **_NO_FIGURE,
        **dict.fromkeys(("shifted", "gaussian", "coarse"), _ONE_VIEW),
        "counting": "counting knows no composites of several controls",
    },
    "portrait": {
        **_NOT_AGAIN,
        "tiles": "the body is one view, and is not laid in tiles",
        **dict.fromkeys(("shifted", "gaussian", "coarse"), _ONE_VIEW),
        "counting": "counting knows no weights, and the head is trusted inside its box alone",
    },
}
"""The reasons why other methods have no row."""


@dataclass(frozen=True)
class Painted:
    """A job's pictures, bytes of shape (outputs, height, width, 3), and their cost."""

    pictures: np.ndarray
    seconds: float


@dataclass(frozen=True)
class Studio:
    """Compiles and runs jobs of one model, as the API and the worker do."""

    model: str
    described: dict[str, Model]
    models: Models
    painted: dict[str, Painted] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, model: str) -> "Studio":
        """Open a studio for one model. Raises QualityError if the folder does not have it."""
        described = {one.description.id: one for one in ModelCatalog(folder).list()}
        if model not in described:
            raise QualityError(f"there is no model {model!r} in {folder}; there are {', '.join(described) or 'none'}")
        return cls(model, described, Models(folder))

    @property
    def pin(self) -> str:
        """The model's id and version."""
        pin = self.described[self.model].pin
        return f"{pin.id} {pin.revision} {pin.sha256[:12]}"

    def compile(
        self, layout: dict[str, Any], sampling: dict[str, Any], outputs: tuple[str, ...] | None = None
    ) -> Compiled:
        """Compile a job of this model, with SCHEDULER unless `sampling` names another. Raises LayoutError if it cannot
        run."""
        settings = {"model": self.model, "scheduler": SCHEDULER, **sampling}
        job = Job.model_validate({"layout": layout, "sampling": settings, "outputs": outputs and [*outputs]})
        return compile_job(resolve(job, self.described, Limits()), self.described, Limits())

    def paint(self, compiled: Compiled) -> Painted:
        """Make a job's pictures. Methods whose jobs are equal share one run. A requested coarse view is in the graph
        only if the layout has one."""
        sampling = compiled.job.sampling.model_copy(update={"coarse": None})
        job = compiled.job.model_copy(update={"sampling": sampling})
        document = job.model_dump_json() + compiled.graph.model_dump_json()
        if document not in self.painted:
            began = time.perf_counter()
            pictures = self._run(compiled)
            self.painted[document] = Painted(pictures, time.perf_counter() - began)
        return self.painted[document]

    @torch.inference_mode()
    def _run(self, compiled: Compiled) -> np.ndarray:
        prepared = prepare(compiled.graph, compiled.job, self.models)
        *_, last = prepared.sample()
        return np.stack([np.asarray(prepared.decode(last, output)) for output in compiled.graph.outputs])


def composed(studio: Studio, method: str, case: Case, seed: int) -> Compiled:
    """Run a case by a composing method, in as many view-forwards as multidiffusion. Raises QualityError if no number of
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
    layout, outputs = case.layout, case.outputs
    match method, layout["kind"]:
        case "control", _:
            layout = _body_alone(studio, layout, sampling)
        case "watched", _:
            layout = {**layout, "head": {**layout["head"], "weight": 0}}
        case "even", _:
            layout = {**layout, "head": {**layout["head"], "weight": 1, "feather": 0}}
        case "tiles", "scene":
            layout, outputs = _without(studio.compile(layout, sampling, outputs).graph, "whole"), None
    return studio.compile(layout, sampling, outputs)


def _body_alone(studio: Studio, layout: dict[str, Any], sampling: dict[str, Any]) -> dict[str, Any]:
    """Compile a portrait without its head view: the ControlNet alone, with both prompts in one."""
    body = layout["body"]
    both = f"{body['prompt']} with {layout['head']['prompt'].removeprefix('a face with ')}"
    return _without(studio.compile({**layout, "body": {**body, "prompt": both}}, sampling).graph, "head")


def _without(graph: GraphSpec, group: str) -> dict[str, Any]:
    """Return a custom layout of the graph without the observables of a group."""
    kept = [one for one in graph.observables if one.precision.group != group]
    return {"kind": "custom", "graph": graph.model_copy(update={"observables": kept}).model_dump(mode="json")}


def native(studio: Studio, prompt: str, seed: int, method: str = "native") -> Compiled:
    """Sample one prompt in one native window, by a method of NATIVES."""
    layout = {"kind": "panorama", "canvas": {"width": SIDE, "height": SIDE}, "prompt": prompt}
    return studio.compile(layout, {"steps": STEPS, "seed": seed, **NATIVES[method]})
