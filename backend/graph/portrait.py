"""Portrait (paper, Section 6.3): a whole figure, and its head under a prompt of its own.

The body is the whole picture (through windows and coarsely where it is larger than one, as in every layout), the head
the native window around its box (tiles where the box is larger), trusted inside the box only, and as much as the body.
"""

from collections.abc import Mapping

from backend.contracts.graph import GraphSpec, PrecisionSpec, Reseed
from backend.contracts.layout import Portrait
from backend.contracts.model import Model
from backend.contracts.sampling import Sampling
from backend.graph import prompts, views, windows
from backend.graph.grid import Grid


def graph(layout: Portrait, sampling: Sampling, models: Mapping[str, Model], grid: Grid) -> GraphSpec:
    """One control. Poses are drawn on it, and each view sees its part of them."""
    prompts.whole_run(
        layout.body, "the body acts during the whole run, since nothing else observes all of it", ["layout", "body"]
    )
    body = prompts.own(layout.body, "", sampling, models, ["layout", "body"])
    head = prompts.own(layout.head, layout.body.negative_prompt, sampling, models, ["layout", "head"])
    region = grid.region(grid.snap(layout.head.box, ["layout", "head", "box"]))
    whole = views.coarse_prompt([body], sampling, lambda text: body.model_copy(update={"prompt": text}))
    look = views.of_control("x", grid.shifts)
    trust = PrecisionSpec(inside=region, active=layout.head.active, group="head", shape=sampling.windows.weights)
    observables = [
        *views.through_windows(look, lambda _: body, sampling, grid, group="body"),
        *views.coarse(look, whole, sampling, grid),
        *(
            views.observable(views.of_control("x")(window), head, trust, patch="head")
            for window in windows.over_box(region.box, grid)
        ),
    ]
    seeds = [(grid.region(grid.whole), layout.body.seed), (region, layout.head.seed)]
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
        shift=windows.shift(grid),
    )
