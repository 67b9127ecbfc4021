"""The operators of a graph in numpy: the shapes of views, and maps of one number per cell between controls and views.

They mirror the engine's operators, so that the server can check a graph when the job is sent, before a worker loads a
model. `tests/unit/geometry/test_twin.py` compares every kind and every mode of the two.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from backend.contracts.graph import (
    BackgroundSpec,
    CompositeSpec,
    ControlSpec,
    CropSpec,
    FlipSpec,
    GraphSpec,
    IdentitySpec,
    OperatorSpec,
    Region,
    ResizeSpec,
    RollSpec,
    RotateSpec,
)
from backend.geometry.averages import averages
from backend.geometry.canvases import Canvas, Size, Source, canvas_of, frame, shows_whole, size_of, source
from backend.geometry.displacement import swept, window
from backend.geometry.regions import Cells, Rows, region_profile


@dataclass(frozen=True)
class GraphGeometry:
    """The operators of a graph over its controls, at one offset of the windows that shift. If `counted` is set, every
    weight above 0 counts as 1."""

    graph: GraphSpec
    controls: Mapping[str, ControlSpec]
    offset: tuple[int, int] = (0, 0)
    counted: bool = False

    @classmethod
    def of(cls, graph: GraphSpec, offset: tuple[int, int] = (0, 0), *, counted: bool = False) -> "GraphGeometry":
        return cls(graph, {control.name: control for control in graph.controls}, offset, counted)

    def size(self, spec: OperatorSpec) -> Size:
        """Return the size of a view in cells."""
        return size_of(spec, self.controls)

    def selects(self, spec: OperatorSpec) -> bool:
        """Tell whether every cell of the view reads at most one cell of one control, and reads it unscaled. For a
        window that shifts, this must be true at every offset."""
        match spec:
            case IdentitySpec() | CropSpec():
                return True
            case CompositeSpec():
                hard = all(_is_hard(share) for share in self._shares(spec, *self._swept(spec)))
                return hard and all(self.selects(part.view) for part in spec.parts)
            case BackgroundSpec():
                bottom = source(spec)
                canvas = canvas_of(spec, self.controls)
                return self.selects(spec.of) and _is_hard(self.profile(spec.region, canvas, *self._swept(bottom)))
            case ResizeSpec():
                return all(_is_hard(shares) for shares in self._averages(spec)) and self.selects(spec.of)
            case FlipSpec() | RotateSpec() | RollSpec():
                return self.selects(spec.of)
            case _:
                assert_never(spec)

    def gain(self, spec: OperatorSpec) -> Cells:
        """Return the engine's gain for every cell: the row sums of f f^T."""
        once = {name: np.zeros((one.height, one.width)) for name, one in self.controls.items()}
        self.adjoint(spec, np.ones(self.size(spec)[::-1]), once)
        return self.forward(spec, lambda name, rows, columns: once[name][np.ix_(rows, columns)])

    def forward(self, spec: OperatorSpec, field: Callable[[str, Rows, Rows], Cells]) -> Cells:
        """Return the view of a field over the controls, without the operator's constant. `field` returns a control's
        values at the given rows and columns."""
        match spec:
            case IdentitySpec() | CropSpec():
                return field(spec.control, *self._window(spec))
            case CompositeSpec():
                rows, columns = self._window(spec)
                shares = self._shares(spec, rows, columns)
                seen = [self._part(spec, index, field, rows, columns) for index in range(len(shares))]
                return np.sum([self._weigh(share) * one for share, one in zip(shares, seen, strict=True)], axis=0)
            case _:
                return self._mapped(spec, self.forward(spec.of, field))

    def seen(self, spec: OperatorSpec, field: Callable[[Canvas, Rows, Rows], Cells]) -> Cells:
        """Return the view of a field over the canvas that the view reads. A composite shows the field as it lies on
        its frame. `field` returns the values at the given rows and columns."""
        if isinstance(spec, Source):
            return field(canvas_of(spec, self.controls), *self._window(spec))
        return self._mapped(spec, self.seen(spec.of, field))

    def _mapped(self, spec: BackgroundSpec | ResizeSpec | FlipSpec | RotateSpec | RollSpec, view: Cells) -> Cells:
        match spec:
            case BackgroundSpec():
                return self._seen_region(spec) * view
            case ResizeSpec():
                down, across = self._averages(spec)
                return down @ view @ across.T
            case _:
                return _rearranged(spec, view)

    def _part(
        self,
        spec: CompositeSpec,
        index: int,
        field: Callable[[str, Rows, Rows], Cells],
        rows: Rows,
        columns: Rows,
    ) -> Cells:
        """Return the view of a part at these rows and columns of the composite's frame."""
        part = spec.parts[index]
        if isinstance(part.view, IdentitySpec) and shows_whole(spec, index, self.controls):
            return field(part.view.control, rows, columns)
        (to_rows, from_rows), (to_columns, from_columns) = self._places(spec, index, rows, columns)
        shown = np.zeros((len(rows), len(columns)))
        shown[np.ix_(to_rows, to_columns)] = self.forward(part.view, field)[np.ix_(from_rows, from_columns)]
        return shown

    def _places(
        self, spec: CompositeSpec, index: int, rows: Rows, columns: Rows
    ) -> tuple[tuple[Rows, Rows], tuple[Rows, Rows]]:
        """For rows, then for columns: the indices at which a part lies in the window, and the indices in its view."""
        part, on = spec.parts[index], frame(spec, self.controls)
        width, height = self.size(part.view)
        down = _shown(rows, part.y, height, on.height if on.wrap in ("y", "both") else None)
        return down, _shown(columns, part.x, width, on.width if on.wrap in ("x", "both") else None)

    def adjoint(self, spec: OperatorSpec, view: Cells, onto: Mapping[str, Cells]) -> None:
        """Apply the operator's adjoint to `view`, and add the result to the fields `onto` of the controls, in place."""
        match spec:
            case IdentitySpec() | CropSpec():
                onto[spec.control][np.ix_(*self._window(spec))] += view
            case CompositeSpec():
                rows, columns = self._window(spec)
                for index, share in enumerate(self._shares(spec, rows, columns)):
                    self._return_part(spec, index, self._weigh(share) * view, onto, rows, columns)
            case BackgroundSpec():
                self.adjoint(spec.of, self._seen_region(spec) * view, onto)
            case ResizeSpec():
                down, across = self._averages(spec)
                self.adjoint(spec.of, down.T @ view @ across, onto)
            case FlipSpec():
                self.adjoint(spec.of, np.flip(view, 1 if spec.axis == "x" else 0), onto)
            case RotateSpec():
                self.adjoint(spec.of, np.rot90(view, -spec.turns), onto)
            case RollSpec():
                self.adjoint(spec.of, np.roll(view, (-spec.y, -spec.x), (0, 1)), onto)
            case _:
                assert_never(spec)

    def _return_part(
        self, spec: CompositeSpec, index: int, view: Cells, onto: Mapping[str, Cells], rows: Rows, columns: Rows
    ) -> None:
        """Apply the adjoint of `_part`, and add the result to `onto`."""
        part = spec.parts[index]
        if isinstance(part.view, IdentitySpec) and shows_whole(spec, index, self.controls):
            onto[part.view.control][np.ix_(rows, columns)] += view
            return
        (to_rows, from_rows), (to_columns, from_columns) = self._places(spec, index, rows, columns)
        own = np.zeros(self.size(part.view)[::-1])
        own[np.ix_(from_rows, from_columns)] = view[np.ix_(to_rows, to_columns)]
        self.adjoint(part.view, own, onto)

    def shares(self, spec: CompositeSpec) -> list[Cells]:
        """Return the mask of each part of a composite, on its view."""
        return self._shares(spec, *self._window(spec))

    def _shares(self, spec: CompositeSpec, rows: Rows, columns: Rows) -> list[Cells]:
        """Return the mask of each part at these rows and columns of the composite's frame."""
        on = frame(spec, self.controls)
        shares = []
        for index, part in enumerate(spec.parts):
            covered = np.zeros((len(rows), len(columns)))
            (to_rows, _), (to_columns, _) = self._places(spec, index, rows, columns)
            covered[np.ix_(to_rows, to_columns)] = 1
            profile = covered if part.region is None else self.profile(part.region, on, rows, columns)
            shares.append(covered * (1 - profile if part.inverse else profile))
        return _layered(shares) if spec.layers else shares

    def profile(self, region: Region, canvas: Canvas, rows: Rows, columns: Rows) -> Cells:
        """Return a region's profile at these rows and columns of its canvas."""
        return region_profile(region, canvas, self.graph.masks, rows, columns)

    def _seen_region(self, spec: BackgroundSpec) -> Cells:
        """Return the profile of a background's region, seen through the operator inside the background."""
        return self.seen(
            spec.of, lambda canvas, rows, columns: self._weigh(self.profile(spec.region, canvas, rows, columns))
        )

    def _window(self, spec: Source) -> tuple[Rows, Rows]:
        """Return the rows and columns of its canvas that a view reads."""
        control = canvas_of(spec, self.controls)
        if isinstance(spec, IdentitySpec) or spec.box is None:
            return np.arange(control.height), np.arange(control.width)
        left, up = self.offset if spec.shifts else (0, 0)
        box, wrap = spec.box, control.wrap
        rows = window(box.y - up, box.height, control.height, wrap in ("y", "both"), spec.shifts)
        return rows, window(box.x - left, box.width, control.width, wrap in ("x", "both"), spec.shifts)

    def _swept(self, spec: Source) -> tuple[Rows, Rows]:
        """Return the rows and columns that a view reads at any of its offsets."""
        shift = self.graph.shift
        if isinstance(spec, IdentitySpec) or spec.box is None or not spec.shifts or shift is None:
            return self._window(spec)
        control = canvas_of(spec, self.controls)
        box, wrap = spec.box, control.wrap
        rows = swept(box.y, box.height, control.height, wrap in ("y", "both"), shift.y)
        return rows, swept(box.x, box.width, control.width, wrap in ("x", "both"), shift.x)

    def _averages(self, spec: ResizeSpec) -> tuple[Cells, Cells]:
        width, height = self.size(spec.of)
        rows, columns = averages(spec.mode, height, spec.height), averages(spec.mode, width, spec.width)
        return self._weigh(rows), self._weigh(columns)

    def _weigh(self, shares: Cells) -> Cells:
        return (shares > 0).astype(float) if self.counted else shares


def _rearranged(spec: FlipSpec | RotateSpec | RollSpec, view: Cells) -> Cells:
    match spec:
        case FlipSpec():
            return np.flip(view, 1 if spec.axis == "x" else 0)
        case RotateSpec():
            return np.rot90(view, spec.turns)
        case RollSpec():
            return np.roll(view, (spec.y, spec.x), (0, 1))
        case _:
            assert_never(spec)


def _shown(cells: Rows, start: int, length: int, period: int | None) -> tuple[Rows, Rows]:
    """Return the indices in `cells` at which a view of `length` cells from `start` lies, and the indices in that view.
    On an axis with a period, places are counted around."""
    inside = cells - start if period is None else (cells - start) % period
    (to,) = np.nonzero((inside >= 0) & (inside < length))
    return to, inside[to]


def _layered(profiles: Sequence[Cells]) -> list[Cells]:
    """Return the share of each layer that the layers after it leave visible."""
    shares, left = [], np.ones_like(profiles[0])
    for profile in reversed(profiles):
        shares.append(profile * left)
        left = left * (1 - profile)
    return shares[::-1]


def _is_hard(cells: Cells) -> bool:
    return bool(((cells == 0) | (cells == 1)).all())
