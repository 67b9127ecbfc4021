"""Panorama (paper, Section 6.1): windows over a wide canvas. The prompts lie along the canvas, at their positions or
spread evenly, and each window takes the nearest one."""

from collections.abc import Mapping
from itertools import pairwise

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
        Reseed(region=grid.region(_zone(index, layout, grid)), seed=anchor.seed)
        for index, anchor in enumerate(anchors)
        if anchor.seed is not None
    ]
    look = views.of_control("x", grid.shifts)
    whole = views.coarse_prompt(specs, sampling, lambda text: prompts.plain(text, layout.negative_prompt, sampling))
    observables = [
        *views.through_windows(look, lambda box: specs[_nearest(box, layout, grid)], sampling, grid, group="windows"),
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


def unheard(layout: Panorama, grid: Grid) -> list[str]:
    """Return a note about each prompt that no window takes."""
    count = len(layout.windows or [])
    heard = {_nearest(box, layout, grid) for box in windows.over_canvas(grid)} if count > 1 else {0}
    return [
        f"prompt {index + 1} of the panorama has no window, because another prompt is nearer to the middle of each; "
        "move its position, or take a smaller stride"
        for index in range(count)
        if index not in heard
    ]


def _places(layout: Panorama, length: int) -> list[float]:
    """Return the places of the prompts along an axis of `length` cells, in cells."""
    if layout.positions is not None:
        return [position * length for position in layout.positions]
    count = len(layout.windows or [layout.prompt])
    return [(index + 0.5) * length / count for index in range(count)]


def _borders(layout: Panorama, length: int, wraps: bool) -> list[int]:
    """Return the cells where the zones of the prompts begin, and the cell where the last zone ends: half way between
    neighbours. On an axis that wraps, the last prompt and the first are neighbours, too."""
    if layout.positions is None:
        count = len(layout.windows or [layout.prompt])
        return [round(index * length / count) for index in range(count + 1)]
    places = _places(layout, length)
    start = round((places[0] + places[-1] - length) / 2) if wraps else 0
    return [start, *(round((before + after) / 2) for before, after in pairwise(places)), start + length]


def _zone(index: int, layout: Panorama, grid: Grid) -> CellBox:
    """Return the part of the canvas that is nearest to the prompt at `index`: at least one cell."""
    axis = layout.axis
    length, wraps = grid.length(axis), grid.wraps(axis)
    first, last = _borders(layout, length, wraps)[index : index + 2]
    size = max(last - first, 1)
    start = first % length if wraps else min(first, length - 1)
    if axis == "x":
        return CellBox(x=start, y=0, width=size, height=grid.height)
    return CellBox(x=0, y=start, width=grid.width, height=size)


def _nearest(window: CellBox, layout: Panorama, grid: Grid) -> int:
    """Return the index of the prompt that is nearest to the window's middle. For a window that shifts, the middle is
    the average over the offsets. A tie takes the first."""
    axis = layout.axis
    length = grid.length(axis)
    middle = window.x + window.width / 2 if axis == "x" else window.y + window.height / 2
    if (shift := windows.shift(grid)) is not None:
        middle -= ((shift.x if axis == "x" else shift.y) - 1) / 2  # the average over the offsets
    places = _places(layout, length)

    def distance(anchor: int) -> float:
        apart = abs(middle - places[anchor])
        return min(apart % length, length - apart % length) if grid.wraps(axis) else apart

    return min(range(len(places)), key=distance)
