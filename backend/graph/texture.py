"""Texture: one prompt on a canvas that wraps on both axes, so that copies of the picture tile the plane."""

from collections.abc import Mapping

from backend.contracts.graph import GraphSpec
from backend.contracts.layout import Texture
from backend.contracts.model import Model
from backend.contracts.sampling import Sampling
from backend.graph import prompts, views, windows
from backend.graph.grid import Grid


def graph(layout: Texture, sampling: Sampling, models: Mapping[str, Model], grid: Grid) -> GraphSpec:
    """Return the graph: one control, windows that wrap over both edges, and the coarse view."""
    prompted = prompts.plain(layout.prompt, layout.negative_prompt, sampling)
    look = views.of_control("x", grid.shifts)
    whole = views.coarse_prompt(
        [prompted], sampling, lambda text: prompts.plain(text, layout.negative_prompt, sampling)
    )
    observables = [
        *views.through_windows(look, lambda _: prompted, sampling, grid, group="windows"),
        *views.coarse(look, whole, sampling, models, grid),
    ]
    return GraphSpec(
        controls=[views.control("x", models[sampling.model].description.channels, grid)],
        observables=views.numbered(observables),
        outputs=[views.picture("x", grid)],
        shift=windows.shift(grid),
    )
