"""Scene (paper, Section 6.2): a background x1, an object x2, and their composite, which shows x2 inside a box.

The background, the object and the composite are all observed, with equal weight. A picture that is larger than one
window is seen through windows, and has a coarse view under its own prompt. If the job gives a prompt for the coarse
view, the composite's coarse view takes it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from backend.contracts.graph import CompositePart, GraphSpec, ObservableSpec, PromptSpec, Reseed
from backend.contracts.layout import Prompted, Scene
from backend.contracts.model import Model
from backend.contracts.sampling import Sampling
from backend.graph import prompts, views, windows
from backend.graph.errors import LayoutError
from backend.graph.grid import Grid

MAIN, BACKGROUND, OBJECT = "scene", "x1", "x2"
"""The names of the three pictures: the composite, and the two controls."""


class _ScenePart(NamedTuple):
    """One of the three pictures: its name in the document, its operator, its settings, and the prompts of its windows
    and of its coarse view."""

    name: str
    look: views.Look
    asked: Prompted
    prompted: PromptSpec
    coarse: PromptSpec


def graph(layout: Scene, sampling: Sampling, models: Mapping[str, Model], grid: Grid) -> GraphSpec:
    """Return the graph: two controls, and their composite as the main picture. Raises LayoutError if the whole has a
    seed, or if the background or the object does not act during the whole run."""
    _check(layout)
    pictures = _pictures(layout, sampling, models, grid)
    channels = models[sampling.model].description.channels
    return GraphSpec(
        controls=[
            views.control(BACKGROUND, channels, grid, _reseeds(layout.background, grid)),
            views.control(OBJECT, channels, grid, _reseeds(layout.object, grid)),
        ],
        observables=views.numbered(
            [
                view
                for number, one in enumerate(pictures, start=1)
                for view in _observed(one, number, sampling, models, grid)
            ]
        ),
        outputs=[views.picture(MAIN, grid, pictures[-1].look(None))],
        shift=windows.shift(grid),
    )


def _check(layout: Scene) -> None:
    for name, one in (("background", layout.background), ("object", layout.object)):
        why = f"a scene's {name} must act during the whole run, because nothing else observes all of it"
        prompts.whole_run(one, why, ["layout", name])
    if layout.whole.seed is not None:
        raise LayoutError(
            "the whole is made of the background and the object, and has no noise of its own; give the seed to those",
            ["layout", "whole", "seed"],
        )


def _pictures(layout: Scene, sampling: Sampling, models: Mapping[str, Model], grid: Grid) -> list[_ScenePart]:
    region = grid.region(grid.snap(layout.box, ["layout", "box"]), layout.soft)
    parts = [
        CompositePart(control=BACKGROUND, region=region, inverse=True),
        CompositePart(control=OBJECT, region=region),
    ]
    looks = [
        views.of_control(BACKGROUND, grid.shifts),
        views.of_control(OBJECT, grid.shifts),
        views.of_composite(parts, grid.shifts),
    ]
    pictures = []
    for (location, asked), look in zip(prompts.asked(layout), looks, strict=True):
        own = prompts.own(asked, "", sampling, models, location)
        pictures.append(_ScenePart(str(location[-1]), look, asked, own, own))
    if sampling.coarse is not None and sampling.coarse.prompt is not None:
        own = pictures[-1].prompted.model_copy(update={"prompt": sampling.coarse.prompt})
        pictures[-1] = pictures[-1]._replace(coarse=own)
    return pictures


def _observed(
    one: _ScenePart, number: int, sampling: Sampling, models: Mapping[str, Model], grid: Grid
) -> list[ObservableSpec]:
    timing = prompts.timing(one.asked)
    return [
        *views.through_windows(one.look, lambda _: one.prompted, sampling, grid, group=one.name, timing=timing),
        *views.coarse(one.look, one.coarse, sampling, models, grid, name=f"coarse{number}", timing=timing),
    ]


def _reseeds(asked: Prompted, grid: Grid) -> list[Reseed]:
    return [] if asked.seed is None else [Reseed(region=grid.region(grid.whole), seed=asked.seed)]
