"""Cut the views of a graph out of its finished pictures: an observable's operator, applied to pixels."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from backend.contracts.graph import (
    BackgroundSpec,
    CompositeSpec,
    FlipSpec,
    GraphSpec,
    IdentitySpec,
    OperatorSpec,
    ResizeSpec,
    RollSpec,
    RotateSpec,
)
from backend.geometry.canvases import Source, canvas_of, controls_of, frame, source
from backend.geometry.displacement import window
from backend.geometry.operators import GraphGeometry
from backend.geometry.regions import Cells, Rows

Number = TypeVar("Number", bound=np.generic)
Pixels = NDArray[np.uint8]
"""A picture in RGB, (height, width, 3), or a mask, (height, width)."""


def enlarged(cells: Cells, cell: int) -> Pixels:
    """Return a map of one number from 0 to 1 for each cell as a map of pixels from 0 to 255."""
    return _repeated(np.rint(np.clip(cells, 0, 1) * 255).astype(np.uint8), cell)


@dataclass(frozen=True, eq=False)
class Cuts:
    """The views of a graph in pixels. `pictures` holds finished pictures by the name of their node; a picture may be
    smaller than its node's grid, whose last pixels it then repeats. `cell` is the number of pixels per latent cell."""

    graph: GraphSpec
    cell: int
    pictures: Mapping[str, Pixels]
    _composed: dict[str, Pixels] = field(default_factory=dict)

    def origin(self, spec: OperatorSpec) -> list[str]:
        """Return the nodes whose pictures a view is cut from. The list is empty if one of them has no picture."""
        bottom = source(spec)
        if isinstance(bottom, CompositeSpec):
            whole = self._saved(bottom)
            if whole is not None:
                return [whole]
        names = controls_of(spec)
        return names if all(name in self.pictures for name in names) else []

    def view(self, spec: OperatorSpec) -> Pixels:
        """Return a view that has an origin."""
        if isinstance(spec, Source):
            return self._taken(spec)
        view = self.view(spec.of)
        match spec:
            case BackgroundSpec():
                share = _repeated(self._seen_region(spec).astype(np.float32), self.cell)[..., None]
                ground = 255 * np.array(spec.colour, np.float32)
                return np.rint(share * view + (1 - share) * ground).astype(np.uint8)
            case ResizeSpec():
                how = Image.Resampling.BOX if spec.mode == "area" else Image.Resampling.BILINEAR
                size = (spec.width * self.cell, spec.height * self.cell)
                return np.asarray(Image.fromarray(view).resize(size, how))
            case FlipSpec():
                return np.flip(view, 1 if spec.axis == "x" else 0)
            case RotateSpec():
                return np.rot90(view, spec.turns)
            case RollSpec():
                return np.roll(view, (spec.y * self.cell, spec.x * self.cell), (0, 1))

    def _taken(self, spec: Source) -> Pixels:
        if isinstance(spec, CompositeSpec):
            whole = self._saved(spec)
            picture = self.pictures[whole] if whole is not None else self._composite(spec)
        else:
            picture = self.pictures[spec.control]
        canvas = canvas_of(spec, self._geometry.controls)
        rows, columns = np.arange(canvas.height), np.arange(canvas.width)
        if not isinstance(spec, IdentitySpec) and spec.box is not None:
            box, wrap = spec.box, canvas.wrap
            rows = window(box.y, box.height, canvas.height, wrap in ("y", "both"), spec.shifts)
            columns = window(box.x, box.width, canvas.width, wrap in ("x", "both"), spec.shifts)
        down, across = self._pixels(rows, picture.shape[0]), self._pixels(columns, picture.shape[1])
        return picture[np.ix_(down, across)]

    def _pixels(self, cells: Rows, size: int) -> Rows:
        """Return the pixels of these rows or columns of cells, in a picture of `size` pixels."""
        return np.minimum((cells[:, None] * self.cell + np.arange(self.cell)).ravel(), size - 1)

    def _saved(self, spec: CompositeSpec) -> str | None:
        """Return the name of the finished picture that shows this composite, or None if there is none."""
        whole = _whole(spec)
        return next((name for name, of in self._composites() if _whole(of) == whole and name in self.pictures), None)

    def _composites(self) -> Iterator[tuple[str, CompositeSpec]]:
        for output in self.graph.outputs:
            if isinstance(output.operator, CompositeSpec) and output.operator.box is None:
                yield output.node, output.operator

    def _composite(self, spec: CompositeSpec) -> Pixels:
        """Return a whole composite, blended from its parts by their masks."""
        whole = _whole(spec)
        key = whole.model_dump_json()
        if key not in self._composed:
            self._composed[key] = self._blended(whole)
        return self._composed[key]

    def _blended(self, whole: CompositeSpec) -> Pixels:
        on = frame(whole, self._geometry.controls)
        height, width = on.height * self.cell, on.width * self.cell
        blended = np.zeros((height, width, 3), np.float32)
        for part, share in zip(whole.parts, self._geometry.shares(whole), strict=True):
            view, mask = self.view(part.view), _repeated(share.astype(np.float32), self.cell)
            rows, kept_rows = _placed(part.y * self.cell, view.shape[0], height, on.wrap in ("y", "both"))
            columns, kept_columns = _placed(part.x * self.cell, view.shape[1], width, on.wrap in ("x", "both"))
            place, kept = np.ix_(rows, columns), np.ix_(kept_rows, kept_columns)
            blended[place] += mask[place][..., None] * view[kept]
        return np.rint(blended.clip(0, 255)).astype(np.uint8)

    def _seen_region(self, spec: BackgroundSpec) -> Cells:
        geometry = self._geometry
        return geometry.seen(spec.of, lambda on, rows, columns: geometry.profile(spec.region, on, rows, columns))

    @cached_property
    def _geometry(self) -> GraphGeometry:
        return GraphGeometry.of(self.graph)


def _repeated(cells: NDArray[Number], cell: int) -> NDArray[Number]:
    return cells.repeat(cell, 0).repeat(cell, 1)


def _whole(spec: CompositeSpec) -> CompositeSpec:
    return spec.model_copy(update={"box": None, "shifts": False})


def _placed(start: int, length: int, size: int, wraps: bool) -> tuple[Rows, Rows]:
    """Return the pixels of an axis of `size` that a picture of `length` pixels from `start` lies on, and the pixels of
    the picture that lie there."""
    there = np.arange(start, start + length)
    if wraps:
        there %= size
    (kept,) = np.nonzero((there >= 0) & (there < size))
    return there[kept], kept
