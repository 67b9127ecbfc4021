"""Models of several latent spaces in one graph. They meet in pixels, through their VAEs, at an additional cost."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.contracts.graph import GraphSpec
from backend.contracts.job import Job
from backend.contracts.model import Model, ModelDescription
from backend.geometry.canvases import controls_of
from backend.geometry.ranges import is_active
from backend.graph.errors import LayoutError


@dataclass(frozen=True)
class ForeignModels:
    """Models that share one latent space that is not the base model's, and the controls that they observe."""

    models: tuple[str, ...]
    controls: tuple[str, ...]


def spaces_of(
    graph: GraphSpec, base: ModelDescription, models: Mapping[str, ModelDescription]
) -> dict[str, ForeignModels]:
    """Return the latent spaces of the graph that differ from `base`'s. The key is the id of each space's
    first model."""
    found: dict[str, ForeignModels] = {}
    for one in graph.observables:
        model = models[one.prompted.model]
        if model.shares_latents(base):
            continue
        first = next((name for name in found if model.shares_latents(models[name])), model.id)
        known = found.get(first, ForeignModels((), ()))
        found[first] = ForeignModels(
            models=tuple(dict.fromkeys([*known.models, model.id])),
            controls=tuple(dict.fromkeys([*known.controls, *controls_of(one.operator)])),
        )
    return found


def notes(graph: GraphSpec, job: Job, models: Mapping[str, Model]) -> list[str]:
    """Return a note on the cost of meeting in pixels, or no note if all models share one latent space. Raises
    LayoutError if the models have to meet in pixels and the solver or the step size does not allow it."""
    descriptions = {name: model.description for name, model in models.items()}
    base = descriptions[job.sampling.model]
    spaces = spaces_of(graph, base, descriptions)
    if not spaces:
        return []
    if job.sampling.agree.solver == "descent":
        raise LayoutError(
            "the descent solver compares noisy latents, and models that meet in pixels share clean pictures only; take "
            "models of one latent space, or leave the solver unset",
            ["sampling", "agree", "solver"],
        )
    if job.sampling.agree.step_size != "fixed":
        raise LayoutError(
            "moving step sizes compare a model's input with its answer, and models that meet in pixels get inputs in "
            "different latent spaces; set step_size to fixed, or take models of one latent space",
            ["sampling", "agree", "step_size"],
        )
    names = {base.id, *(one.prompted.model for one in graph.observables)}
    decodings, encodings = _passes(graph, job, spaces)
    return [
        f"{len(names)} models meet in pixels: each step adds {_times(decodings, 'decode')} and "
        f"{_times(encodings, 'encode')} by their VAEs, which the cost in view-forwards does not include"
    ]


def _passes(graph: GraphSpec, job: Job, spaces: Mapping[str, ForeignModels]) -> tuple[int, int]:
    """Return the largest number of decodings and of encodings in one step. Each view of another space is decoded and
    encoded once. Each control that such views observe is decoded once, and encoded once for every space that observes
    it."""
    foreign = {name for space in spaces.values() for name in space.models}
    ranges = [one.precision.active for one in graph.observables if one.prompted.model in foreign]
    views = max(sum(is_active(active, *place) for active in ranges) for place in job.places)
    observed = [name for space in spaces.values() for name in space.controls]
    rounds = 1 + job.sampling.harmonise + job.sampling.corrector_steps
    return rounds * (views + len(set(observed))), rounds * (views + len(observed))


def _times(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
