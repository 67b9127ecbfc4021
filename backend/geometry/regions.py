"""Regions as maps of their canvas, with one number for each cell: 1 inside the region and 0 outside it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backend.contracts.geometry import CellBox
from backend.contracts.graph import Mask, PrecisionSpec, Region
from backend.geometry.canvases import Canvas

Cells = NDArray[np.floating]
"""One number for each cell: (height, width)."""
Rows = NDArray[np.intp]
"""Rows or columns of a canvas, by index."""


def region_profile(
    region: Region,
    canvas: Canvas,
    masks: Mapping[str, Mask],
    rows: Rows | None = None,
    columns: Rows | None = None,
) -> Cells:
    """Return the region's profile on its canvas, or on the given rows and columns of it.

    The profile is 1 inside and falls linearly to 0 at the box's edge over `feather` cells, measured from the middles of
    cells. It does not fall at the canvas's own edge, unless that edge wraps. If the region has a mask, the mask covers
    the box and multiplies the profile.
    """
    box = region.box
    down = _ramp(box.y, box.height, region.feather, canvas.height, canvas.wrap in ("y", "both"))
    across = _ramp(box.x, box.width, region.feather, canvas.width, canvas.wrap in ("x", "both"))
    rows = np.arange(canvas.height) if rows is None else rows
    columns = np.arange(canvas.width) if columns is None else columns
    cells = np.minimum(down[rows][:, None], across[columns][None, :])
    return cells if region.mask is None else cells * _laid(masks[region.mask], box, canvas, rows, columns)


def trust(
    precision: PrecisionSpec,
    canvas: Canvas,
    masks: Mapping[str, Mask],
    yields: Sequence[float],
    rows: Rows | None = None,
    columns: Rows | None = None,
) -> Cells:
    """Return a precision on its canvas, before it is divided among its group. `yields` has the strength of
    each region of `outside`: 0 if it is not active, and 1 if it is and does not fade.

    The precision is weight * profile(inside) * the product over `outside` of 1 - strength * min(1, weight) * profile.
    """
    where = (canvas, masks, rows, columns)
    height = canvas.height if rows is None else len(rows)
    width = canvas.width if columns is None else len(columns)
    cells = np.full((height, width), precision.weight)
    if precision.inside is not None:
        cells = cells * region_profile(precision.inside, *where)
    for other, strength in zip(precision.outside, yields, strict=True):
        if strength > 0:
            cells = cells * (1 - strength * min(1.0, other.weight) * region_profile(other.region, *where))
    return cells


def _laid(mask: Mask, box: CellBox, canvas: Canvas, rows: Rows, columns: Rows) -> Cells:
    """Return the mask at these rows and columns. The mask starts at the box's upper left corner and continues across
    edges that wrap."""
    drawn = np.frombuffer(bytes.fromhex(mask.cells), np.uint8).reshape(mask.height, mask.width) / 255
    below, right = (rows - box.y) % canvas.height, (columns - box.x) % canvas.width
    inside = (below < box.height)[:, None] & (right < box.width)[None, :]
    return np.where(inside, drawn[np.ix_(below % box.height, right % box.width)], 0.0)


@lru_cache(maxsize=4096)
def _ramp(start: int, length: int, feather: float, size: int, wraps: bool) -> Cells:
    """Return a region's profile along one axis of `size` cells."""
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
    axis.flags.writeable = False
    return axis
