"""The places of the model's views: native windows over a canvas or over a drawn box, in latent cells."""

from itertools import pairwise, product
from typing import NamedTuple

from backend.contracts.geometry import CellBox
from backend.contracts.graph import Shift
from backend.graph.errors import LayoutError
from backend.graph.grid import Grid

SIDE_UNIT = 4  # cells: a UNet that halves twice takes sides that are multiples of this


class Counted(NamedTuple):
    """A window and its counting number."""

    box: CellBox
    number: int


class _Span(NamedTuple):
    start: int
    length: int
    number: int


def over_canvas(grid: Grid) -> list[CellBox]:
    """Windows over the whole canvas, row by row, `stride` apart; a row's last ends at the edge, or wraps over it. Of
    windows that shift, these are the places at offset 0, with one more a row and a column than stand still."""
    columns, rows = _starts(grid, "x"), _starts(grid, "y")
    return [CellBox(x=x, y=y, width=grid.window, height=grid.window) for y, x in product(rows, columns)]


def number_over_canvas(grid: Grid, counting: bool = False) -> int:
    """Return how many windows `over_canvas` (or `counted_over_canvas`) lays, without laying them."""
    along = _chain if counting else _starts
    return len(along(grid, "x")) * len(along(grid, "y"))


def shift(grid: Grid) -> Shift | None:
    """Return how far the windows over the canvas are displaced; None where they stand still."""
    return Shift(x=_range(grid, "x"), y=_range(grid, "y")) if grid.shifts else None


def swept(window: CellBox, grid: Grid) -> CellBox:
    """All that a window over the canvas sees at one offset or another."""
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
    """The windows over the canvas, each counting 1, then what makes every cell count 1 in all: the overlaps of
    neighbours count -1, the corners where two such overlaps cross 1. LayoutError for an overlap that no model takes."""
    columns, rows = _chain(grid, "x"), _chain(grid, "y")
    counted = [
        Counted(CellBox(x=x.start, y=y.start, width=x.length, height=y.length), x.number * y.number)
        for y, x in product(rows, columns)
    ]
    native = grid.window * grid.window
    return sorted(counted, key=lambda one: one.box.width * one.box.height < native)


def over_box(box: CellBox, grid: Grid) -> list[CellBox]:
    """Windows that together see a box: one around it where it is no larger than a window, else tiles inside it. They
    always stand still, at most half a window apart where those over the canvas shift."""
    columns = _starts_over(box.x, box.width, grid, "x")
    rows = _starts_over(box.y, box.height, grid, "y")
    return [CellBox(x=x, y=y, width=grid.window, height=grid.window) for y, x in product(rows, columns)]


def number_over_box(box: CellBox, grid: Grid) -> int:
    """Return how many windows `over_box` lays, without laying them."""
    return len(_starts_over(box.x, box.width, grid, "x")) * len(_starts_over(box.y, box.height, grid, "y"))


def _starts(grid: Grid, axis: str) -> list[int]:
    """Starts of windows along a whole canvas axis."""
    length = grid.length(axis)
    if grid.wraps(axis):
        return list(range(0, length, grid.stride))
    if not grid.shifts:
        return _tiles(0, length, grid.window, grid.stride)
    # Moved left by up to range - 1, and held at the edges: the last must then still reach the end.
    last = length - grid.window + _range(grid, axis) - 1
    return [*range(0, last, grid.stride), last]


def _range(grid: Grid, axis: str) -> int:
    """Return how many offsets there are along an axis; one where a single window sees all of it."""
    return grid.stride if grid.wraps(axis) or grid.length(axis) > grid.window else 1


def _tiles(first: int, length: int, window: int, stride: int) -> list[int]:
    """Starts of windows inside [first, first + length); the last ends with it."""
    last = first + length - window
    return [*range(first, last, stride), last]


def _starts_over(first: int, length: int, grid: Grid, axis: str) -> list[int]:
    """Starts of windows along one side of a box: a window around it, kept inside a canvas that does not wrap."""
    if length > grid.window:
        stride = min(grid.stride, max(grid.window // 2, 1)) if grid.shifts else grid.stride
        return _tiles(first, length, grid.window, stride)
    centred = first - (grid.window - length) // 2
    if grid.wraps(axis):
        return [centred]
    return [min(max(centred, 0), grid.length(axis) - grid.window)]


def _chain(grid: Grid, axis: str) -> list[_Span]:
    """Windows along an axis, and the overlaps of neighbours. A cell in m windows lies in m - 1 overlaps: also around an
    edge that wraps, since no window is longer than the axis."""
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
        remedy = f"make the canvas one window of {grid.window * grid.cell} pixels and a multiple of {unit} longer"
        location = ["layout", "canvas", "width" if axis == "x" else "height"]
    raise LayoutError(
        f"counting also denoises the overlaps of windows, and one is {length * grid.cell} pixels long, where the model "
        f"takes multiples of {unit}; {remedy}",
        [*location],
    )


def _overlaps_fit(stride: int, grid: Grid) -> bool:
    """Tell whether all overlaps of windows this far apart are multiples of SIDE_UNIT, on both axes."""
    return (
        all(
            (grid.length(axis) if grid.wraps(axis) else grid.length(axis) - grid.window) % SIDE_UNIT == 0
            for axis in ("x", "y")
        )
        and (grid.window - stride) % SIDE_UNIT == 0
    )
