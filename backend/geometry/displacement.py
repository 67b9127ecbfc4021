"""Windows that shift: they have another offset at each step (SpotDiffusion)."""

from collections.abc import Mapping, Sequence
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from backend.contracts.graph import (
    BackgroundSpec,
    CompositeSpec,
    ControlSpec,
    CropSpec,
    FlipSpec,
    GraphSpec,
    IdentitySpec,
    LawSpec,
    ObservableSpec,
    OperatorSpec,
    ResizeSpec,
    RollSpec,
    RotateSpec,
)
from backend.geometry.canvases import canvas_of


def start_of(start: int, length: int, size: int, wraps: bool) -> int:
    """Return the first cell of a displaced window of `length` cells on an axis of `size` cells. The window wraps around
    an edge that wraps, and stops at an edge that does not."""
    return start % size if wraps else min(max(start, 0), size - length)


def window(start: int, length: int, size: int, wraps: bool, shifts: bool) -> NDArray[np.intp]:
    """Return the cells of a window along one axis, in order. Only a window that shifts stops at the edges."""
    first = start_of(start, length, size, wraps) if shifts else start
    return np.arange(first, first + length) % size if wraps else np.arange(first, first + length)


def swept(start: int, length: int, size: int, wraps: bool, offsets: int) -> NDArray[np.intp]:
    """Return the cells of an axis that a window sees at any of the offsets from 0 to `offsets` - 1."""
    if wraps:
        return np.arange(start - offsets + 1, start - offsets + 1 + min(length + offsets - 1, size)) % size
    return np.arange(start_of(start - offsets + 1, length, size, wraps), start_of(start, length, size, wraps) + length)


def displaced(graph: GraphSpec, x: int, y: int) -> GraphSpec:
    """Return the graph with its shifting windows moved by `x` cells to the left and `y` cells up."""
    controls = {control.name: control for control in graph.controls}

    def moved(views: Sequence[ObservableSpec | LawSpec]) -> list[ObservableSpec | LawSpec]:
        return [one.model_copy(update={"operator": _moved(one.operator, x, y, controls)}) for one in views]

    return graph.model_copy(update={"observables": moved(graph.observables), "laws": moved(graph.laws)})


def _moved(spec: OperatorSpec, x: int, y: int, controls: Mapping[str, ControlSpec]) -> OperatorSpec:
    match spec:
        case IdentitySpec():
            return spec
        case CropSpec() | CompositeSpec():
            if not spec.shifts or spec.box is None:
                return spec
            control = canvas_of(spec, controls)
            left = start_of(spec.box.x - x, spec.box.width, control.width, control.wrap in ("x", "both"))
            top = start_of(spec.box.y - y, spec.box.height, control.height, control.wrap in ("y", "both"))
            return spec.model_copy(update={"box": spec.box.model_copy(update={"x": left, "y": top})})
        case BackgroundSpec() | ResizeSpec() | FlipSpec() | RotateSpec() | RollSpec():
            return spec.model_copy(update={"of": _moved(spec.of, x, y, controls)})
        case _:
            assert_never(spec)
