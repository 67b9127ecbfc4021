"""Portrait (paper, Section 6.3): a whole figure, and its head under a prompt of its own.

The body is one view of the whole canvas, also where that is larger than the model's own size, since only a view of all
of it can follow a pose. The head is the native window around its box (tiles where the box is larger), trusted inside
the box only, and there more than the body.
"""

from collections.abc import Mapping
from dataclasses import replace

from backend.contracts.graph import GraphSpec, IdentitySpec, PrecisionSpec, Reseed
from backend.contracts.layout import Portrait
from backend.contracts.limits import MAX_VIEW_SIDE
from backend.contracts.model import Model
from backend.contracts.sampling import Sampling
from backend.graph import prompts, views, windows
from backend.graph.errors import LayoutError
from backend.graph.grid import Grid


def graph(layout: Portrait, sampling: Sampling, models: Mapping[str, Model], grid: Grid) -> GraphSpec:
    """One control. Poses are drawn on it, and each view sees its part of them. LayoutError for a canvas that the model
    cannot see at once."""
    prompts.whole_run(
        layout.body, "the body acts during the whole run, since nothing else observes all of it", ["layout", "body"]
    )
    grid = _seen_at_once(grid)
    body = prompts.own(layout.body, "", sampling, models, ["layout", "body"])
    head = prompts.own(layout.head, layout.body.negative_prompt, sampling, models, ["layout", "head"])
    box = grid.snap(layout.head.box, ["layout", "head", "box"])
    trust = PrecisionSpec(
        weight=layout.head.weight,
        inside=grid.region(box, layout.head.feather),
        active=layout.head.active,
        group="head",
        shape=sampling.windows.weights,
    )
    whole = IdentitySpec(kind="identity", control="x")
    observables = [
        views.observable(whole, body, PrecisionSpec(group="body")),
        *(
            views.observable(views.of_control("x")(window), head, trust, patch="head")
            for window in windows.over_box(box, grid)
        ),
    ]
    seeds = [(grid.region(grid.whole), layout.body.seed), (grid.region(box), layout.head.seed)]
    return GraphSpec(
        controls=[
            views.control(
                "x",
                models[sampling.model].description.channels,
                grid,
                [Reseed(region=where, seed=seed) for where, seed in seeds if seed is not None],
            )
        ],
        observables=views.numbered(observables),
        outputs=[views.picture("x", grid)],
    )


def _seen_at_once(grid: Grid) -> Grid:
    """The grid padded to sides that one view can have."""
    padded = replace(grid, unit=windows.SIDE_UNIT)
    for axis, side, pixels in (("x", "width", grid.canvas.width), ("y", "height", grid.canvas.height)):
        most = MAX_VIEW_SIDE * grid.window
        if padded.length(axis) > most:
            raise LayoutError(
                f"a portrait's body is one view of the whole canvas, which the model takes up to {most * grid.cell} "
                f"pixels in {side}",
                ["layout", "canvas", side],
            )
        if grid.wraps(axis) and padded.length(axis) != grid.length(axis):
            raise LayoutError(
                f"a portrait that wraps along {axis} must there be a multiple of {windows.SIDE_UNIT * grid.cell} "
                f"pixels; the nearest above {pixels} is {padded.length(axis) * grid.cell}",
                ["layout", "canvas", side],
            )
    return padded
