"""Where the model's views lie: native windows over a canvas or over a drawn box, in latent cells."""

from itertools import product

from backend.contracts.geometry import CellBox
from backend.graph.grid import Grid


def over_canvas(grid: Grid) -> list[CellBox]:
    """Windows over the whole canvas, row by row, `stride` apart; a row's last ends at the edge, or wraps over it."""
    columns = _starts(0, grid.width, grid, "x")
    rows = _starts(0, grid.height, grid, "y")
    return [_window(x, y, grid) for y, x in product(rows, columns)]


def number_over_canvas(grid: Grid) -> int:
    """How many windows `over_canvas` lays, without laying them."""
    return len(_starts(0, grid.width, grid, "x")) * len(_starts(0, grid.height, grid, "y"))


def over_box(box: CellBox, grid: Grid) -> list[CellBox]:
    """Windows that together see a box: one around it where it is no larger than a window, else tiles inside it."""
    columns = _starts_over(box.x, box.width, grid, "x")
    rows = _starts_over(box.y, box.height, grid, "y")
    return [_window(x, y, grid) for y, x in product(rows, columns)]


def number_over_box(box: CellBox, grid: Grid) -> int:
    """How many windows `over_box` lays, without laying them."""
    return len(_starts_over(box.x, box.width, grid, "x")) * len(_starts_over(box.y, box.height, grid, "y"))


def _window(x: int, y: int, grid: Grid) -> CellBox:
    return CellBox(x=x, y=y, width=grid.window, height=grid.window)


def _starts(first: int, length: int, grid: Grid, axis: str) -> list[int]:
    """Starts of windows along a whole canvas axis."""
    if grid.wraps(axis):
        return list(range(first, first + length, grid.stride))
    return _tiles(first, length, grid)


def _tiles(first: int, length: int, grid: Grid) -> list[int]:
    """Starts of windows inside [first, first + length); the last ends with it."""
    last = first + length - grid.window
    return [*range(first, last, grid.stride), last]


def _starts_over(first: int, length: int, grid: Grid, axis: str) -> list[int]:
    """Starts of windows along one side of a box: a window around it, kept inside a canvas that does not wrap."""
    if length > grid.window:
        return _tiles(first, length, grid)
    centred = first - (grid.window - length) // 2
    if grid.wraps(axis):
        return [centred]
    return [min(max(centred, 0), grid.length(axis) - grid.window)]
