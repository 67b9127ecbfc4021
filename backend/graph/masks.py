"""Drawn masks on the latent grid: how much of each cell the mask covers."""

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
"""A picture of height x width pixels: 255 where the mask is, 0 where it is not."""
Masks = Callable[[str], Grey | None]
"""An upload's picture by its id; None for one that is not there."""


def none(_: str) -> None:
    """The masks of a server without uploads."""


def snap(id: str, masks: Masks, grid: Grid, location: list[str | int]) -> tuple[CellBox, Mask]:
    """The bounding box of a mask on the latent grid, and what it covers of each cell there, by area. LayoutError for a
    mask that is not there, has another size than the canvas, or is empty."""
    picture = masks(id)
    if picture is None:
        raise LayoutError(f"there is no upload {id[:12]}… here; upload the mask first", location)
    height, width = picture.shape
    if (width, height) != (grid.canvas.width, grid.canvas.height):
        raise LayoutError(
            f"the mask has {width} x {height} pixels and the canvas {grid.canvas.width} x {grid.canvas.height}; "
            "draw the mask at the canvas's size",
            location,
        )
    covered = pool(picture, grid.height, grid.width, grid.cell, "mean", beyond="nothing")
    cells = np.rint(covered).astype(np.uint8)
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    if not rows.size:
        raise LayoutError("the mask is black or transparent all over; paint what the patch shall cover white", location)
    top, left, bottom, right = int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
    box = CellBox(x=left, y=top, width=right - left, height=bottom - top)
    if box.width * box.height > MAX_MASK_CELLS:
        raise LayoutError(
            f"the mask reaches over {box.width * box.height:,} latent cells, and one mask has at most "
            f"{MAX_MASK_CELLS:,}; draw a smaller one, or a box instead",
            location,
        )
    return box, Mask(width=box.width, height=box.height, cells=cells[top:bottom, left:right].tobytes().hex())
