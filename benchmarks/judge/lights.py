"""Count the suns and moons of a picture. A drawing always has exactly one, clear of the land and of the clouds."""

from collections.abc import Sequence

import numpy as np

from benchmarks.judge.judge import PRESENT, Judge
from benchmarks.judge.questions import GRID, OBJECTS, SIDE

LIGHTS = [OBJECTS.index("sun"), OBJECTS.index("moon")]
APART = 2
"""The largest distance between cells of one light, along either axis: 32 pixels, about the width of a light."""


def one_light(judge: Judge, panoramas: np.ndarray) -> float:
    """Return the share of panoramas with exactly one sun or moon: bytes of shape (count, SIDE, width, 3)."""
    lefts = range(0, panoramas.shape[2] - SIDE + 1, SIDE // 2)
    counts = []
    for panorama in panoramas:
        maps = judge.read("landscapes", np.stack([panorama[:, left : left + SIDE] for left in lefts])).maps
        assert maps is not None
        counts.append(count_lights(lit_cells(maps, lefts)))
    return float(np.mean(np.array(counts) == 1))


def lit_cells(maps: np.ndarray, lefts: Sequence[int]) -> np.ndarray:
    """Return the cells of a picture in which the judge reads a sun or a moon: booleans of shape (GRID, cells along the
    width).

    `maps` are probabilities in windows, of shape (windows, OBJECTS, GRID, GRID). `lefts` are the left edges of the
    windows in pixels, whole cells apart.
    """
    firsts = [left * GRID // SIDE for left in lefts]
    lit = np.zeros((GRID, firsts[-1] + GRID), bool)
    for first, seen in zip(firsts, maps[:, LIGHTS].max(1) > PRESENT, strict=True):
        lit[:, first : first + GRID] |= seen
    return lit


def count_lights(lit: np.ndarray) -> int:
    """Count the groups of lit cells. Cells close to each other belong to one light."""
    rest = {(int(row), int(column)) for row, column in np.argwhere(lit)}
    count = 0
    while rest:
        count, front = count + 1, [rest.pop()]
        while front:
            row, column = front.pop()
            near = {one for one in rest if max(abs(one[0] - row), abs(one[1] - column)) <= APART}
            rest -= near
            front += near
    return count
