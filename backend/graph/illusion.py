"""Illusion: one picture that shows something else when it is mirrored or turned.

Each view has the same windows and the same coarse view, mirrored or turned. The model sees each window as it appears in
the transformed picture.
"""

from collections.abc import Mapping
from typing import Literal

from backend.contracts.geometry import CellBox
from backend.contracts.graph import FlipSpec, GraphSpec, ObservableSpec, OperatorSpec, RotateSpec
from backend.contracts.layout import Illusion, IllusionView, Transform
from backend.contracts.model import Model
from backend.contracts.sampling import Sampling
from backend.graph import prompts, views, windows
from backend.graph.errors import LayoutError
from backend.graph.grid import Grid

_AXES: dict[Transform, Literal["x", "y"]] = {"flip_x": "x", "flip_y": "y"}
_TURNS: dict[Transform, Literal[1, 2, 3]] = {"rotate_90": 1, "rotate_180": 2, "rotate_270": 3}


def graph(layout: Illusion, sampling: Sampling, models: Mapping[str, Model], grid: Grid) -> GraphSpec:
    """Return the graph: one control, and the windows and the coarse view of every view under that view's prompt. Raises
    LayoutError for a view with its own seed, or for a job with its own prompt for the coarse view."""
    if sampling.coarse is not None and sampling.coarse.prompt is not None:
        raise LayoutError(
            "each coarse view of an illusion takes the prompt of its own view; leave this prompt out",
            ["sampling", "coarse", "prompt"],
        )
    observables = [
        observable
        for index, view in enumerate(layout.views)
        for observable in _observed(view, index, sampling, models, grid)
    ]
    return GraphSpec(
        controls=[views.control("x", models[sampling.model].description.channels, grid)],
        observables=views.numbered(observables),
        outputs=[views.picture("x", grid)],
        shift=windows.shift(grid),
    )


def _observed(
    view: IllusionView, index: int, sampling: Sampling, models: Mapping[str, Model], grid: Grid
) -> list[ObservableSpec]:
    location: list[str | int] = ["layout", "views", index]
    if view.seed is not None:
        raise LayoutError(
            "the views share one picture and its noise; set the seed of the job instead", [*location, "seed"]
        )
    prompted = prompts.own(view, "", sampling, models, location)
    name, plain = f"view{index + 1}", views.of_control("x", grid.shifts)

    def look(box: CellBox | None) -> OperatorSpec:
        return transformed(plain(box), view.transform)

    timing = prompts.timing(view)
    return [
        *views.through_windows(look, lambda _: prompted, sampling, grid, group=name, timing=timing),
        *views.coarse(look, prompted, sampling, models, grid, name=f"coarse{index + 1}", timing=timing),
    ]


def transformed(view: OperatorSpec, transform: Transform) -> OperatorSpec:
    """Return the view, mirrored or turned."""
    if transform in _AXES:
        return FlipSpec(kind="flip", of=view, axis=_AXES[transform])
    if transform in _TURNS:
        return RotateSpec(kind="rotate", of=view, turns=_TURNS[transform])
    return view
