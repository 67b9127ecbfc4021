"""Conversion of pixels to latent cells. No other module does this."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray


def pool(
    pixels: NDArray[np.generic],
    rows: int,
    columns: int,
    cell: int,
    how: Literal["mean", "max"],
    *,
    beyond: Literal["edge", "nothing"],
) -> NDArray[np.float64]:
    """Return one number for each cell: the mean or the maximum of the picture's pixels in that cell.

    The grid has `rows` x `columns` cells of `cell` pixels each, and may extend beyond the picture on the right and
    below. `beyond` says how the pixels outside the picture count: "edge" repeats the picture's last pixels, and
    "nothing" leaves those pixels out, so that a cell without a pixel of the picture is 0.
    """
    height, width = pixels.shape
    around = (0, rows * cell - height), (0, columns * cell - width)
    whole = np.pad(pixels, around, mode="edge") if beyond == "edge" else np.pad(pixels, around)
    blocks = whole.reshape(rows, cell, columns, cell)
    if how == "max":
        return blocks.max(axis=(1, 3)).astype(np.float64)
    down, across = (
        np.full(count, cell) if beyond == "edge" else (side - np.arange(count) * cell).clip(0, cell)
        for side, count in ((height, rows), (width, columns))
    )
    return blocks.sum(axis=(1, 3), dtype=np.float64) / np.maximum(np.outer(down, across), 1)


def nearest(start: int, end: int, cell: int) -> tuple[int, int]:
    """Return the first cell and the cell after the last that are nearest to the pixels from `start` up to `end`.

    Each edge is rounded to the nearest edge of a cell, and a half is rounded up. If both edges are rounded to the same
    place, return the single cell that contains `start`.
    """
    first, last = ((2 * edge + cell) // (2 * cell) for edge in (start, end))
    return (first, last) if last > first else (start // cell, start // cell + 1)
