"""The places of the model's views: native windows over a canvas or over a drawn box, in latent cells."""

from itertools import pairwise, product
from typing import NamedTuple

from backend.contracts.geometry import CellBox
from backend.contracts.graph import Shift
from backend.graph.errors import LayoutError
from backend.graph.grid import Grid

SIDE_UNIT = 4  # cells; a UNet that halves its input twice takes sides that are multiples of this


class Counted(NamedTuple):
    """A window and its counting number."""

    box: CellBox
    number: int


class _Span(NamedTuple):
    start: int
    length: int
    number: int


def over_canvas(grid: Grid) -> list[CellBox]:
    """Return the windows over the whole canvas, row by row, `stride` cells apart. The last window of a row ends at the
    edge, or wraps over it. For windows that shift, these are the places at offset 0; a row and a column may then have
    one window more."""
    columns, rows = _starts(grid, "x"), _starts(grid, "y")
    return [CellBox(x=x, y=y, width=grid.window, height=grid.window) for y, x in product(rows, columns)]


def number_over_canvas(grid: Grid, counting: bool = False) -> int:
    """Return the number of windows that `over_canvas` (or `counted_over_canvas`) would return, without making them."""
    along = _chain if counting else _starts
    return len(along(grid, "x")) * len(along(grid, "y"))


def shift(grid: Grid) -> Shift | None:
    """Return the number of offsets that the windows over the canvas take on each axis, or None if they do not shift."""
    return Shift(x=_range(grid, "x"), y=_range(grid, "y")) if grid.shifts else None


def swept(window: CellBox, grid: Grid) -> CellBox:
    """Return the box that contains a window over the canvas at all of its offsets."""
    moved = shift(grid)
    if moved is None:
        return window
    return CellBox(
        x=window.x - (moved.x - 1),
        y=window.y - (moved.y - 1),
        width=window.width + moved.x - 1,
        height=window.height + moved.y - 1,
    )


def counted_over_canvas(grid: Grid) -> list[Counted]:
    """Return the windows over the canvas with counting number 1, then the overlaps of neighbours with -1, and the
    corners where two such overlaps cross with 1, so that the numbers on every cell sum to 1. Raises LayoutError for an
    overlap whose size the model cannot take."""
    columns, rows = _chain(grid, "x"), _chain(grid, "y")
    counted = [
        Counted(CellBox(x=x.start, y=y.start, width=x.length, height=y.length), x.number * y.number)
        for y, x in product(rows, columns)
    ]
    native = grid.window * grid.window
    return sorted(counted, key=lambda one: one.box.width * one.box.height < native)


def over_box(box: CellBox, grid: Grid) -> list[CellBox]:
    """Return windows that together see a box: one window around a box that fits into it, and several inside a larger
    one. They never shift. If the windows over the canvas shift, these are at most half a window apart."""
    columns = _starts_over(box.x, box.width, grid, "x")
    rows = _starts_over(box.y, box.height, grid, "y")
    return [CellBox(x=x, y=y, width=grid.window, height=grid.window) for y, x in product(rows, columns)]


def number_over_box(box: CellBox, grid: Grid) -> int:
    """Return the number of windows that `over_box` would return, without making them."""
    return len(_starts_over(box.x, box.width, grid, "x")) * len(_starts_over(box.y, box.height, grid, "y"))


def _starts(grid: Grid, axis: str) -> list[int]:
    """Return the first cells of the windows along one axis of the whole canvas."""
    length = grid.length(axis)
    if grid.wraps(axis):
        return list(range(0, length, grid.stride))
    if not grid.shifts:
        return _tiles(0, length, grid.window, grid.stride)
    # A window moves left by up to range - 1 cells, and stops at the edges. The last one must always reach the end.
    last = length - grid.window + _range(grid, axis) - 1
    return [*range(0, last, grid.stride), last]


def _range(grid: Grid, axis: str) -> int:
    """Return the number of offsets along an axis, which is 1 if a single window sees the whole axis."""
    return grid.stride if grid.wraps(axis) or grid.length(axis) > grid.window else 1


def _tiles(first: int, length: int, window: int, stride: int) -> list[int]:
    """Return the first cells of the windows inside [first, first + length). The last window ends where the
    range ends."""
    last = first + length - window
    return [*range(first, last, stride), last]


def _starts_over(first: int, length: int, grid: Grid, axis: str) -> list[int]:
    """Return the first cells of the windows along one side of a box. A window around a small box stays inside the
    canvas, unless the canvas wraps."""
    if length > grid.window:
        stride = min(grid.stride, max(grid.window // 2, 1)) if grid.shifts else grid.stride
        return _tiles(first, length, grid.window, stride)
    centred = first - (grid.window - length) // 2
    if grid.wraps(axis):
        return [centred]
    return [min(max(centred, 0), grid.length(axis) - grid.window)]


def _chain(grid: Grid, axis: str) -> list[_Span]:
    """Return the windows along an axis, and the overlaps of neighbours. A cell in m windows is in m - 1 overlaps. This
    is also true across an edge that wraps, because no window is longer than the axis."""
    starts, length = _starts(grid, axis), grid.length(axis)
    pairs = [*pairwise(starts)]
    if grid.wraps(axis):
        pairs.append((starts[-1], starts[0] + length))
    overlaps = [_Span(after % length, before + grid.window - after, -1) for before, after in pairs]
    overlaps = [overlap for overlap in overlaps if overlap.length > 0]
    for overlap in overlaps:
        _check_overlap(overlap.length, grid, axis)
    return [_Span(start, grid.window, 1) for start in starts] + overlaps


def _check_overlap(length: int, grid: Grid, axis: str) -> None:
    if length % SIDE_UNIT == 0:
        return
    unit = SIDE_UNIT * grid.cell
    legal = [stride for stride in range(SIDE_UNIT, grid.window + 1, SIDE_UNIT) if _overlaps_fit(stride, grid)]
    if legal:
        nearest = min(legal, key=lambda stride: (abs(stride - grid.stride), -stride)) * grid.cell
        remedy, location = f"the nearest stride that fits is {nearest} pixels", ["sampling", "windows", "stride"]
    else:
        remedy = f"make the canvas longer than one window of {grid.window * grid.cell} pixels by a multiple of {unit}"
        location = ["layout", "canvas", "width" if axis == "x" else "height"]
    raise LayoutError(
        f"the counting solver also denoises the overlaps of windows, and one is {length * grid.cell} pixels long; the "
        f"model takes multiples of {unit} pixels; {remedy}",
        [*location],
    )


def _overlaps_fit(stride: int, grid: Grid) -> bool:
    """Tell whether windows with this stride have overlaps that are multiples of SIDE_UNIT, on both axes."""
    return (
        all(
            (grid.length(axis) if grid.wraps(axis) else grid.length(axis) - grid.window) % SIDE_UNIT == 0
            for axis in ("x", "y")
        )
        and (grid.window - stride) % SIDE_UNIT == 0
    )
