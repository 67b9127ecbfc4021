"""Portrait (paper, Section 6.3): a whole figure, and its head under a prompt of its own.

The body is one view of the whole canvas, even if the canvas is larger than the model's native size, because only a view
of the whole figure can follow a pose. The head is the native window around its box, or several windows if the box is
larger. It is trusted only inside the box, and its weight there is the head's own.
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
    """Return the graph: one control, the body's view, and the head's windows. Poses are drawn on the canvas, and each
    view sees its own part of them. Raises LayoutError for a canvas that does not fit into one view of the model."""
    prompts.whole_run(
        layout.body,
        "a portrait's body must act during the whole run, because nothing else observes all of it",
        ["layout", "body"],
    )
    grid = _seen_at_once(grid)
    body = prompts.own(layout.body, "", sampling, models, ["layout", "body"])
    head = prompts.own(layout.head, layout.body.negative_prompt, sampling, models, ["layout", "head"])
    box = grid.snap(layout.head.box, ["layout", "head", "box"])
    trust = PrecisionSpec(
        weight=layout.head.weight,
        inside=grid.region(box, layout.head.feather),
        active=layout.head.active,
        fade=layout.head.fade,
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
    """Return the grid, padded to sides that one view can have. Raises LayoutError for a canvas that does not fit into
    one."""
    padded = replace(grid, unit=windows.SIDE_UNIT)
    for axis, side, pixels in (("x", "width", grid.canvas.width), ("y", "height", grid.canvas.height)):
        most = MAX_VIEW_SIDE * grid.window
        if padded.length(axis) > most:
            raise LayoutError(
                f"a portrait's body is one view of the whole canvas, and the model takes at most {most * grid.cell} "
                f"pixels in {side}; take a smaller canvas",
                ["layout", "canvas", side],
            )
        if grid.wraps(axis) and padded.length(axis) != grid.length(axis):
            raise LayoutError(
                f"a portrait that wraps along {axis} needs a {side} that is a multiple of "
                f"{windows.SIDE_UNIT * grid.cell} pixels; the nearest above {pixels} is "
                f"{padded.length(axis) * grid.cell}",
                ["layout", "canvas", side],
            )
    return padded
