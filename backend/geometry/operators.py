"""What operators read, without a tensor: shapes, and weights seen through them forwards and back (numpy).

It mirrors the engine's operators as far as the question goes which cells are seen, and how much: enough to validate a
graph before a worker loads a model for it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

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
    Mask,
    OperatorSpec,
    Region,
    ResizeSpec,
    RollSpec,
    RotateSpec,
)

Cells = NDArray[np.floating]
"""One number a cell: (height, width)."""
Rows = NDArray[np.intp]
"""Rows or columns of a control, by index."""


class Size(NamedTuple):
    width: int
    height: int


Source = IdentitySpec | CropSpec | CompositeSpec


def source(spec: OperatorSpec) -> Source:
    """The operator at the bottom of a nest, which reads controls."""
    while not isinstance(spec, Source):
        spec = spec.of
    return spec


def nest(spec: OperatorSpec) -> list[OperatorSpec]:
    """An operator and all those inside it, the innermost first."""
    layers = [spec]
    while not isinstance(spec, Source):
        spec = spec.of
        layers.append(spec)
    return layers[::-1]


def controls_of(spec: OperatorSpec) -> list[str]:
    """The controls that a view reads, each once."""
    bottom = source(spec)
    if isinstance(bottom, CompositeSpec):
        return [*dict.fromkeys(part.control for part in bottom.parts)]
    return [bottom.control]


def regions_of(spec: OperatorSpec) -> Iterator[Region]:
    """The regions of all operators of a nest."""
    for one in nest(spec):
        if isinstance(one, CompositeSpec):
            yield from (part.region for part in one.parts)
        elif isinstance(one, BackgroundSpec):
            yield one.region


@dataclass(frozen=True)
class GraphGeometry:
    """The operators of a graph over its controls, at one offset of those that shift. `counted`: count which cells take
    part in which, in whole numbers, instead of weighing them."""

    graph: GraphSpec
    controls: Mapping[str, ControlSpec]
    offset: tuple[int, int] = (0, 0)
    counted: bool = False

    @classmethod
    def of(cls, graph: GraphSpec, offset: tuple[int, int] = (0, 0), *, counted: bool = False) -> "GraphGeometry":
        return cls(graph, {control.name: control for control in graph.controls}, offset, counted)

    def size(self, spec: OperatorSpec) -> Size:
        """The shape of a view."""
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
            case RotateSpec() if spec.turns != 2:
                width, height = self.size(spec.of)
                return Size(height, width)
            case _:
                return self.size(spec.of)

    def selects(self, spec: OperatorSpec) -> bool:
        """Whether every cell of the view reads one cell of one control, unscaled, or none."""
        match spec:
            case IdentitySpec() | CropSpec():
                return True
            case CompositeSpec():
                rows, columns = self._window(spec)
                return all(_is_hard(self.profile(part.region, part.control, rows, columns)) for part in spec.parts)
            case BackgroundSpec():
                return _is_hard(self._seen_region(spec)) and self.selects(spec.of)
            case ResizeSpec():
                return self.size(spec) == self.size(spec.of) and self.selects(spec.of)
            case _:
                return self.selects(spec.of)

    def forward(self, spec: OperatorSpec, field: Callable[[str, Rows, Rows], Cells]) -> Cells:
        """What the view sees of a field over the controls, which `field` gives for a control at rows and columns; only
        the linear part."""
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
            case FlipSpec():
                return np.flip(self.forward(spec.of, field), 1 if spec.axis == "x" else 0)
            case RotateSpec():
                return np.rot90(self.forward(spec.of, field), spec.turns)
            case RollSpec():
                return np.roll(self.forward(spec.of, field), (spec.y, spec.x), (0, 1))

    def adjoint(self, spec: OperatorSpec, view: Cells, onto: Mapping[str, Cells]) -> None:
        """Add what the view's cells are, seen back, to the fields `onto` of the controls."""
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

    def shares(self, spec: CompositeSpec) -> list[Cells]:
        """The mask of each part of a composite, on its view."""
        rows, columns = self._window(spec)
        profiles = [self.profile(part.region, part.control, rows, columns) for part in spec.parts]
        shares = [1 - one if part.inverse else one for part, one in zip(spec.parts, profiles, strict=True)]
        return [self._weigh(share) for share in shares]

    def profile(self, region: Region, control: str, rows: Rows, columns: Rows) -> Cells:
        """A region at these rows and columns of its control."""
        spec, box = self.controls[control], region.box
        down = ramp(box.y, box.height, region.feather, spec.height, spec.wrap in ("y", "both"))
        across = ramp(box.x, box.width, region.feather, spec.width, spec.wrap in ("x", "both"))
        cells = np.minimum(down[rows][:, None], across[columns][None, :])
        if region.mask is None:
            return cells
        drawn = _drawn(self.graph.masks[region.mask])
        below, right = (rows - box.y) % spec.height, (columns - box.x) % spec.width
        inside = (below < box.height)[:, None] & (right < box.width)[None, :]
        return cells * np.where(inside, drawn[np.ix_(below % box.height, right % box.width)], 0.0)

    def _seen_region(self, spec: BackgroundSpec) -> Cells:
        """A background's region, as its view sees the control that the region lies on."""
        return self.forward(
            spec.of, lambda control, rows, columns: self._weigh(self.profile(spec.region, control, rows, columns))
        )

    def _window(self, spec: Source) -> tuple[Rows, Rows]:
        """The rows and columns of its controls that a view reads."""
        control = self.controls[spec.control if not isinstance(spec, CompositeSpec) else spec.parts[0].control]
        if isinstance(spec, IdentitySpec) or spec.box is None:
            return np.arange(control.height), np.arange(control.width)
        right, down = self.offset if spec.shifts else (0, 0)
        box, wrap = spec.box, control.wrap
        rows = _along(box.y - down, box.height, control.height, wrap in ("y", "both"), spec.shifts)
        return rows, _along(box.x - right, box.width, control.width, wrap in ("x", "both"), spec.shifts)

    def _averages(self, spec: ResizeSpec) -> tuple[Cells, Cells]:
        width, height = self.size(spec.of)
        return self._weigh(_averages(height, spec.height)), self._weigh(_averages(width, spec.width))

    def _weigh(self, shares: Cells) -> Cells:
        return (shares > 0).astype(float) if self.counted else shares


@lru_cache(maxsize=4096)
def ramp(start: int, length: int, feather: float, size: int, wraps: bool) -> Cells:
    """A region's profile along one axis of `size` cells: 1 inside, falling linearly to 0 at its ends over `feather`
    cells, measured from the middles of cells; an end on the control's own edge does not fall, unless that wraps."""
    axis = np.zeros(size)
    shown = min(length, size) if wraps else length
    inward = np.arange(shown) + 0.5
    edge = np.full(shown, np.inf)
    if not (wraps and length >= size):
        if wraps or start > 0:
            edge = np.minimum(edge, inward)
        if wraps or start + length < size:
            edge = np.minimum(edge, inward[::-1])
    cells = np.arange(start, start + shown)
    on_axis = np.ones(shown, bool) if wraps else (cells >= 0) & (cells < size)
    axis[cells[on_axis] % size] = (np.minimum(edge / feather, 1) if feather > 0 else np.ones(shown))[on_axis]
    return axis


def _along(start: int, length: int, size: int, wraps: bool, shifts: bool) -> Rows:
    """The cells of a window along one axis, around an edge that wraps; one that shifts stops at an edge that does
    not."""
    if wraps:
        return np.arange(start, start + length) % size
    return np.arange(length) + (min(max(start, 0), size - length) if shifts else start)


def _averages(size: int, onto: int) -> Cells:
    """The rows by which `size` cells become `onto`, each the mean of what it covers (area)."""
    scale = size / onto
    starts, cells = np.arange(onto)[:, None] * scale, np.arange(size)
    shares = (np.minimum(starts + scale, cells + 1) - np.maximum(starts, cells)).clip(min=0)
    return (shares / shares.sum(axis=1, keepdims=True)).astype(float)


def _drawn(mask: Mask) -> Cells:
    return (np.frombuffer(bytes.fromhex(mask.cells), np.uint8).reshape(mask.height, mask.width) / 255).astype(float)


def _is_hard(cells: Cells) -> bool:
    return bool(((cells == 0) | (cells == 1)).all())
