"""Drawn masks on the latent grid: the share of each cell that the mask covers."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from backend.contracts.geometry import CellBox
from backend.contracts.graph import Mask
from backend.contracts.limits import MAX_MASK_CELLS
from backend.geometry.cells import pool
from backend.graph.errors import LayoutError
from backend.graph.grid import Grid

Grey = NDArray[np.uint8]
"""A grey picture of height x width pixels: 255 inside the mask and 0 outside it."""
Masks = Callable[[str], Grey | None]
"""Returns the grey picture of an upload by its id, or None if there is no such upload."""


def none(_: str) -> None:
    """Stand in for `Masks` and `Sizes` on a server without uploads."""


def snap(id: str, masks: Masks, grid: Grid, location: list[str | int]) -> tuple[CellBox, Mask]:
    """Return the bounding box of a mask on the latent grid, and the share of each cell in it that the mask covers, by
    area. Raises LayoutError for a mask that does not exist, differs from the canvas in size, is empty, or has too many
    cells."""
    picture = masks(id)
    if picture is None:
        raise LayoutError(f"there is no upload {id[:12]}… here; upload the mask first", location)
    height, width = picture.shape
    if (width, height) != (grid.canvas.width, grid.canvas.height):
        raise LayoutError(
            f"the mask has {width} x {height} pixels and the canvas {grid.canvas.width} x {grid.canvas.height}; "
            "draw the mask at the size of the canvas",
            location,
        )
    covered = pool(picture, grid.height, grid.width, grid.cell, "mean", beyond="nothing")
    cells = np.rint(covered).astype(np.uint8)
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    if not rows.size:
        raise LayoutError("the mask is black or transparent everywhere; paint the area of the patch white", location)
    top, left, bottom, right = int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
    box = CellBox(x=left, y=top, width=right - left, height=bottom - top)
    if box.width * box.height > MAX_MASK_CELLS:
        raise LayoutError(
            f"the box around the mask has {box.width * box.height:,} latent cells, and a mask may have at most "
            f"{MAX_MASK_CELLS:,}; draw a smaller mask, or a box instead",
            location,
        )
    return box, Mask(width=box.width, height=box.height, cells=cells[top:bottom, left:right].tobytes().hex())
