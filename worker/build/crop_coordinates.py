"""The place of a view on its canvas, which is an input of Stable Diffusion XL (arXiv 2307.01952)."""

from collections.abc import Mapping
from typing import NamedTuple, assert_never

from backend.contracts.graph import (
    BackgroundSpec,
    CompositeSpec,
    ControlSpec,
    CropSpec,
    FlipSpec,
    IdentitySpec,
    OperatorSpec,
    ResizeSpec,
    RollSpec,
    RotateSpec,
)
from backend.geometry.canvases import canvas_of
from worker.diffusion.kind import CropCoordinates


class _Size(NamedTuple):
    width: int
    height: int

    @property
    def turned(self) -> "_Size":
        return _Size(self.height, self.width)


class _PlacedView(NamedTuple):
    """A view in latent cells: its upper left corner on the canvas, the part of the canvas that it shows, the canvas,
    and its own size."""

    left: int
    top: int
    shown: _Size
    canvas: _Size
    size: _Size


def crop_coordinates(spec: OperatorSpec, controls: Mapping[str, ControlSpec], cell: int) -> CropCoordinates:
    """Return the crop coordinates, in pixels, of the view that this operator makes. `cell` is the number of pixels per
    latent cell.

    A view of a flipped or rotated canvas has its place on the flipped or rotated canvas. A rolled view keeps its place.
    A view of a composite has its place on the composite.
    """
    seen = _seen(spec, controls)
    return CropCoordinates(
        left=round(seen.left * cell * seen.size.width / seen.shown.width),
        top=round(seen.top * cell * seen.size.height / seen.shown.height),
        width=seen.size.width * cell,
        height=seen.size.height * cell,
        canvas_width=seen.canvas.width * cell,
        canvas_height=seen.canvas.height * cell,
    )


def _seen(spec: OperatorSpec, controls: Mapping[str, ControlSpec]) -> _PlacedView:
    match spec:
        case IdentitySpec() | CropSpec() | CompositeSpec():
            return _source(spec, controls)
        case BackgroundSpec() | RollSpec():
            return _seen(spec.of, controls)
        case ResizeSpec():
            return _seen(spec.of, controls)._replace(size=_Size(spec.width, spec.height))
        case FlipSpec():
            return _flipped(_seen(spec.of, controls), spec.axis)
        case RotateSpec():
            seen = _seen(spec.of, controls)
            for _ in range(spec.turns):
                seen = _turned(seen)
            return seen
        case _:
            assert_never(spec)


def _source(spec: IdentitySpec | CropSpec | CompositeSpec, controls: Mapping[str, ControlSpec]) -> _PlacedView:
    read = canvas_of(spec, controls)
    canvas = _Size(read.width, read.height)
    box = None if isinstance(spec, IdentitySpec) else spec.box
    if box is None:
        return _PlacedView(0, 0, canvas, canvas, canvas)
    shown = _Size(box.width, box.height)
    return _PlacedView(box.x, box.y, shown, canvas, shown)


def _flipped(seen: _PlacedView, axis: str) -> _PlacedView:
    if axis == "x":
        return seen._replace(left=_from_far_edge(seen.left, seen.shown.width, seen.canvas.width))
    return seen._replace(top=_from_far_edge(seen.top, seen.shown.height, seen.canvas.height))


def _turned(seen: _PlacedView) -> _PlacedView:
    """Return the view after a quarter turn counter-clockwise, which moves the right edge to the top."""
    top = _from_far_edge(seen.left, seen.shown.width, seen.canvas.width)
    return _PlacedView(seen.top, top, seen.shown.turned, seen.canvas.turned, seen.size.turned)


def _from_far_edge(start: int, length: int, size: int) -> int:
    """Return the start of a range of cells after its axis is mirrored. A range across an edge that wraps stays
    contiguous."""
    return (size - start - length) % size
