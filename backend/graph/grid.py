"""The latent grid of a canvas: its size in cells, and the cells of boxes."""

from dataclasses import dataclass

from backend.contracts.geometry import Box, Canvas, CellBox
from backend.contracts.graph import Region
from backend.contracts.model import ModelDescription
from backend.contracts.sampling import Windows
from backend.geometry.cells import nearest
from backend.graph.errors import LayoutError

LEAST_WINDOW = 2  # cells; a transformer reads patches of 2 x 2


@dataclass(frozen=True)
class Grid:
    """A canvas in latent cells. `cell` is the side of a cell in pixels; `window` and `stride` are the model's views, in
    cells; `shifts` says whether the windows over the canvas move at each step. The grid is padded on the right and
    below to a multiple of `unit` cells and to at least one window. Outputs are cropped back."""

    canvas: Canvas
    cell: int
    window: int
    stride: int
    shifts: bool = False
    unit: int = 1

    @classmethod
    def of(cls, canvas: Canvas, windows: Windows, model: ModelDescription) -> "Grid":
        """Return the grid of a canvas for resolved `windows`. Raises LayoutError if they do not fit the model's cell
        or are too small for a model, or if a canvas that wraps does not fit them."""
        size, stride = windows.size or model.defaults.window, windows.stride or model.defaults.stride
        for name, value in (("size", size), ("stride", stride)):
            if value % model.cell:
                raise LayoutError(
                    f"a window {name} of {value} is not a multiple of the model's cell of {model.cell} pixels; "
                    f"the nearest is {_nearest_multiple(value, model.cell)}",
                    ["sampling", "windows", name],
                )
        if size < LEAST_WINDOW * model.cell:
            raise LayoutError(
                f"a window of {size} pixels is one latent cell of {model.id!r}, and a view has at least {LEAST_WINDOW} "
                f"along a side; take at least {LEAST_WINDOW * model.cell}",
                ["sampling", "windows", "size"],
            )
        if stride > size:
            raise LayoutError(
                f"a stride of {stride} would leave gaps between windows of {size}; take at most {size}",
                ["sampling", "windows", "stride"],
            )
        grid = cls(canvas, model.cell, size // model.cell, stride // model.cell, windows.shift)
        for axis, side, pixels in (("x", "width", canvas.width), ("y", "height", canvas.height)):
            if grid.wraps(axis) and (pixels % model.cell or pixels < size):
                legal = max(_nearest_multiple(pixels, model.cell), size)
                raise LayoutError(
                    f"a canvas that wraps along {axis} needs a {side} that is a multiple of {model.cell} pixels and at "
                    f"least one window of {size}; the nearest to {pixels} is {legal}",
                    ["layout", "canvas", side],
                )
        return grid

    @property
    def width(self) -> int:
        return max(self._padded(self.canvas.width), self.window)

    @property
    def height(self) -> int:
        return max(self._padded(self.canvas.height), self.window)

    def _padded(self, pixels: int) -> int:
        return -(-pixels // (self.cell * self.unit)) * self.unit

    @property
    def exceeds_window(self) -> bool:
        """Tell whether the grid is larger than one window."""
        return self.width > self.window or self.height > self.window

    @property
    def whole(self) -> CellBox:
        return CellBox(x=0, y=0, width=self.width, height=self.height)

    def wraps(self, axis: str) -> bool:
        return self.canvas.wrap in (axis, "both")

    def length(self, axis: str) -> int:
        return self.width if axis == "x" else self.height

    def snap(self, box: Box, location: list[str | int]) -> CellBox:
        """Return the cells nearest to a box of pixels. Raises LayoutError for a box that leaves the canvas or is
        smaller than one cell."""
        for side, extent in (("width", box.width), ("height", box.height)):
            if extent < self.cell:
                raise LayoutError(
                    f"the box has a {side} of {extent} pixels, less than one latent cell; "
                    f"make it at least {self.cell} pixels",
                    [*location, side],
                )
        check_inside(box, self.canvas, location)
        left, right = self._cells(box.x, box.right, self.width, "x")
        top, bottom = self._cells(box.y, box.bottom, self.height, "y")
        return CellBox(x=left, y=top, width=right - left, height=bottom - top)

    def _cells(self, start: int, end: int, cells: int, axis: str) -> tuple[int, int]:
        first, last = nearest(start, end, self.cell)
        return first, last if self.wraps(axis) else min(last, cells)

    def pixels(self, box: CellBox) -> Box:
        """Return a box of cells in canvas pixels, cut at the edge of the canvas if the grid is padded."""
        right = (box.x + box.width) * self.cell
        bottom = (box.y + box.height) * self.cell
        return Box(
            x=box.x * self.cell,
            y=box.y * self.cell,
            width=(right if self.wraps("x") else min(right, self.canvas.width)) - box.x * self.cell,
            height=(bottom if self.wraps("y") else min(bottom, self.canvas.height)) - box.y * self.cell,
        )

    def region(self, box: CellBox, feather_pixels: int = 0, mask: str | None = None) -> Region:
        return Region(box=box, feather=feather_pixels / self.cell, mask=mask)


def check_inside(box: Box, canvas: Canvas, location: list[str | int]) -> None:
    """Raises LayoutError for a box that leaves the canvas. On an axis that wraps, a box may cross the far edge."""
    for axis, start, extent, pixels in (
        ("x", box.x, box.width, canvas.width),
        ("y", box.y, box.height, canvas.height),
    ):
        around = canvas.wrap in (axis, "both") and 0 <= start < pixels and extent <= pixels
        if not around and (start < 0 or start + extent > pixels):
            raise LayoutError(
                f"the box reaches from {axis} = {start} to {start + extent}, outside the canvas, "
                f"which ends at {pixels}; keep it between 0 and {pixels}",
                location,
            )


def _nearest_multiple(value: int, unit: int) -> int:
    return max(unit, round(value / unit) * unit)
