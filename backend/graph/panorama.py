"""Panorama (paper, Section 6.1): windows over a wide canvas. The prompts are spread evenly along the canvas, and each
window takes the nearest one."""

from collections.abc import Mapping

from backend.contracts.geometry import CellBox
from backend.contracts.graph import GraphSpec, Reseed
from backend.contracts.layout import Panorama, Prompted
from backend.contracts.model import Model
from backend.contracts.sampling import Sampling
from backend.graph import prompts, views, windows
from backend.graph.grid import Grid


def graph(layout: Panorama, sampling: Sampling, models: Mapping[str, Model], grid: Grid) -> GraphSpec:
    """Return the graph: one control, one observable for each window, and the coarse view. Raises LayoutError for a
    prompt that does not act during the whole run."""
    anchors = layout.windows or [Prompted(prompt=layout.prompt or "")]
    specs = [
        prompts.own(anchor, layout.negative_prompt, sampling, models, _location(layout, index))
        for index, anchor in enumerate(anchors)
    ]
    for index, anchor in enumerate(anchors):
        prompts.whole_run(
            anchor,
            "a panorama's prompts must act during the whole run, because nothing else observes their part of the "
            "picture",
            _location(layout, index),
        )
    reseeds = [
        Reseed(region=grid.region(_zone(index, len(anchors), layout.axis, grid)), seed=anchor.seed)
        for index, anchor in enumerate(anchors)
        if anchor.seed is not None
    ]
    look = views.of_control("x", grid.shifts)
    whole = views.coarse_prompt(specs, sampling, lambda text: prompts.plain(text, layout.negative_prompt, sampling))
    observables = [
        *views.through_windows(
            look, lambda box: specs[_nearest(box, len(anchors), layout.axis, grid)], sampling, grid, group="windows"
        ),
        *views.coarse(look, whole, sampling, models, grid),
    ]
    return GraphSpec(
        controls=[views.control("x", models[sampling.model].description.channels, grid, reseeds)],
        observables=views.numbered(observables),
        outputs=[views.picture("x", grid)],
        shift=windows.shift(grid),
    )


def _location(layout: Panorama, index: int) -> list[str | int]:
    return ["layout", "windows", index] if layout.windows else ["layout"]


def _zone(index: int, count: int, axis: str, grid: Grid) -> CellBox:
    """Return the part of the canvas that is nearest to the prompt at `index`, of `count` prompts spread
    along `axis`."""
    length = grid.length(axis)
    first, last = round(index * length / count), round((index + 1) * length / count)
    last = max(last, first + 1)
    if axis == "x":
        return CellBox(x=first, y=0, width=last - first, height=grid.height)
    return CellBox(x=0, y=first, width=grid.width, height=last - first)


def _nearest(window: CellBox, count: int, axis: str, grid: Grid) -> int:
    """Return the index of the prompt that is nearest to the window's middle, of `count` prompts at (index + 1/2) /
    count. For a window that shifts, the middle is the average over the offsets. A tie takes the first."""
    length = grid.length(axis)
    middle = window.x + window.width / 2 if axis == "x" else window.y + window.height / 2
    if (shift := windows.shift(grid)) is not None:
        middle -= ((shift.x if axis == "x" else shift.y) - 1) / 2  # the average over the offsets

    def distance(anchor: int) -> float:
        apart = abs(middle - (anchor + 0.5) * length / count)
        return min(apart % length, length - apart % length) if grid.wraps(axis) else apart

    return min(range(count), key=distance)
