"""The matrices that resize a view. The engine's `Resize` has the same matrices in torch, and a test compares the
two."""

from functools import lru_cache
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from backend.contracts.graph import ResizeMode


@lru_cache(maxsize=256)
def averages(mode: ResizeMode, size: int, onto: int) -> NDArray[np.float64]:
    """Return the (onto, size) matrix that resizes `size` cells of one axis to `onto`. Every row sums to 1.

    In mode "area", each new cell is the mean of the old cells that it covers. In mode "bilinear", it is their mean
    weighted by a triangle with the same middle, twice as wide as the larger of a new and an old cell, as in torch's
    antialiased interpolation.
    """
    scale = size / onto
    starts, cells = np.arange(onto)[:, None] * scale, np.arange(size)
    match mode:
        case "area":
            shares = (np.minimum(starts + scale, cells + 1) - np.maximum(starts, cells)).clip(min=0)
        case "bilinear":
            shares = (1 - np.abs(cells + 0.5 - starts - scale / 2) / max(scale, 1)).clip(min=0)
        case _:
            assert_never(mode)
    matrix = shares / shares.sum(axis=1, keepdims=True)
    matrix.flags.writeable = False
    return matrix
