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
    """Return one number a cell for a picture of one number a pixel: the mean or the maximum over the cell's pixels.

    The grid of `rows` x `columns` cells, `cell` pixels each, may reach further right and down than the picture.
    `beyond` says what lies there: "edge" repeats the picture's last pixels; under "nothing" a cell counts only the
    pixels that lie on the picture, and is 0 if it has none.
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
    """Return the first cell, and the one after the last, that are nearest to the pixels from `start` up to `end`.

    Each edge is rounded to the nearest edge of a cell, halves upwards. A span that would vanish takes the cell in
    which it starts.
    """
    first, last = ((2 * edge + cell) // (2 * cell) for edge in (start, end))
    return (first, last) if last > first else (start // cell, start // cell + 1)
