"""The operators of a graph in numpy: the shapes of views, and maps of one number per cell between controls and views.

They mirror the engine's operators, so that the server can check a graph when the job is sent, before a worker loads a
model. `tests/unit/geometry/test_twin.py` compares every kind and every mode of the two.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, assert_never

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
from backend.geometry.displacement import swept, window
from backend.geometry.regions import Cells, Rows, region_profile


class Size(NamedTuple):
    width: int
    height: int


Source = IdentitySpec | CropSpec | CompositeSpec


def source(spec: OperatorSpec) -> Source:
    """Return the innermost operator of a nest, which reads the controls."""
    while not isinstance(spec, Source):
        spec = spec.of
    return spec


def nest(spec: OperatorSpec) -> list[OperatorSpec]:
    """Return an operator and all operators inside it, the innermost first."""
    layers = [spec]
    while not isinstance(spec, Source):
        spec = spec.of
        layers.append(spec)
    return layers[::-1]


def controls_of(spec: OperatorSpec) -> list[str]:
    """Return the controls that a view reads, each once."""
    bottom = source(spec)
    if isinstance(bottom, CompositeSpec):
        return [*dict.fromkeys(part.control for part in bottom.parts)]
    return [bottom.control]


def regions_of(spec: OperatorSpec) -> Iterator[Region]:
    """Yield the regions of all operators of a nest."""
    for one in nest(spec):
        if isinstance(one, CompositeSpec):
            yield from (part.region for part in one.parts)
        elif isinstance(one, BackgroundSpec):
            yield one.region


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
        match spec:
            case IdentitySpec():
                return Size(self.controls[spec.control].width, self.controls[spec.control].height)
            case CropSpec():
                return Size(spec.box.width, spec.box.height)
            case CompositeSpec():
                first = self.controls[spec.parts[0].control]
                return Size(spec.box.width, spec.box.height) if spec.box else Size(first.width, first.height)
            case ResizeSpec():
                return Size(spec.width, spec.height)
            case RotateSpec():
                width, height = self.size(spec.of)
                return Size(width, height) if spec.turns == 2 else Size(height, width)
            case BackgroundSpec() | FlipSpec() | RollSpec():
                return self.size(spec.of)
            case _:
                assert_never(spec)

    def selects(self, spec: OperatorSpec) -> bool:
        """Tell whether every cell of the view reads at most one cell of one control, and reads it unscaled. For a
        window that shifts, this must be true at every offset."""
        match spec:
            case IdentitySpec() | CropSpec():
                return True
            case CompositeSpec():
                cells = self._swept(spec)
                return all(_is_hard(self.profile(part.region, part.control, *cells)) for part in spec.parts)
            case BackgroundSpec():
                cells = self._swept(source(spec))
                regions = (self.profile(spec.region, control, *cells) for control in controls_of(spec))
                return self.selects(spec.of) and all(_is_hard(region) for region in regions)
            case ResizeSpec():
                return self.size(spec) == self.size(spec.of) and self.selects(spec.of)
            case FlipSpec() | RotateSpec() | RollSpec():
                return self.selects(spec.of)
            case _:
                assert_never(spec)

    def least_gain(self, spec: OperatorSpec) -> Cells:
        """Return a lower bound of the engine's gain for every cell. The gain is the variance of a view of white noise.
        The bound is the gain itself, unless a map averages cells whose noise is correlated, which increases the gain.
        """
        match spec:
            case IdentitySpec() | CropSpec():
                return np.ones(self.size(spec)[::-1])
            case CompositeSpec():
                return np.sum([share**2 for share in self.shares(spec)], axis=0)
            case BackgroundSpec():
                return self._seen_region(spec) ** 2 * self.least_gain(spec.of)
            case ResizeSpec():
                down, across = self._averages(spec)
                return down**2 @ self.least_gain(spec.of) @ across.T**2
            case FlipSpec() | RotateSpec() | RollSpec():
                return _rearranged(spec, self.least_gain(spec.of))
            case _:
                assert_never(spec)

    def forward(self, spec: OperatorSpec, field: Callable[[str, Rows, Rows], Cells]) -> Cells:
        """Return the view of a field over the controls, without the operator's constant. `field` returns a control's
        values at the given rows and columns."""
        match spec:
            case IdentitySpec() | CropSpec():
                return field(spec.control, *self._window(spec))
            case CompositeSpec():
                rows, columns = self._window(spec)
                shares = self.shares(spec)
                seen = [field(part.control, rows, columns) for part in spec.parts]
                return np.sum([share * one for share, one in zip(shares, seen, strict=True)], axis=0)
            case BackgroundSpec():
                return self._seen_region(spec) * self.forward(spec.of, field)
            case ResizeSpec():
                down, across = self._averages(spec)
                return down @ self.forward(spec.of, field) @ across.T
            case FlipSpec() | RotateSpec() | RollSpec():
                return _rearranged(spec, self.forward(spec.of, field))
            case _:
                assert_never(spec)

    def adjoint(self, spec: OperatorSpec, view: Cells, onto: Mapping[str, Cells]) -> None:
        """Apply the operator's adjoint to `view`, and add the result to the fields `onto` of the controls, in place."""
        match spec:
            case IdentitySpec() | CropSpec():
                onto[spec.control][np.ix_(*self._window(spec))] += view
            case CompositeSpec():
                for part, share in zip(spec.parts, self.shares(spec), strict=True):
                    onto[part.control][np.ix_(*self._window(spec))] += share * view
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

    def shares(self, spec: CompositeSpec) -> list[Cells]:
        """Return the mask of each part of a composite, on its view."""
        rows, columns = self._window(spec)
        profiles = [self.profile(part.region, part.control, rows, columns) for part in spec.parts]
        shares = [1 - one if part.inverse else one for part, one in zip(spec.parts, profiles, strict=True)]
        return [self._weigh(share) for share in shares]

    def profile(self, region: Region, control: str, rows: Rows, columns: Rows) -> Cells:
        """Return a region's profile at these rows and columns of its control."""
        return region_profile(region, self.controls[control], self.graph.masks, rows, columns)

    def _seen_region(self, spec: BackgroundSpec) -> Cells:
        """Return the profile of a background's region, seen through the operator inside the background."""
        return self.forward(
            spec.of, lambda control, rows, columns: self._weigh(self.profile(spec.region, control, rows, columns))
        )

    def _window(self, spec: Source) -> tuple[Rows, Rows]:
        """Return the rows and columns of the controls that a view reads."""
        control = self.controls[spec.control if not isinstance(spec, CompositeSpec) else spec.parts[0].control]
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
        control = self.controls[controls_of(spec)[0]]
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


def _is_hard(cells: Cells) -> bool:
    return bool(((cells == 0) | (cells == 1)).all())
