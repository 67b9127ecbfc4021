"""The conversion of pixels to cells: means, maxima, cells beyond the picture, and rounded edges."""

import numpy as np
import pytest

from backend.geometry.cells import nearest, pool

PIXELS = np.arange(24, dtype=np.uint8).reshape(4, 6) * 10


@pytest.mark.parametrize("beyond", ["edge", "nothing"])
def test_a_cell_is_the_mean_or_the_maximum_of_its_pixels(beyond: str) -> None:
    assert pool(PIXELS, 2, 3, 2, "mean", beyond=beyond).tolist() == [[35, 55, 75], [155, 175, 195]]  # pyright: ignore
    assert pool(PIXELS, 2, 3, 2, "max", beyond=beyond).tolist() == [[70, 90, 110], [190, 210, 230]]  # pyright: ignore


def test_beyond_the_picture_its_edge_goes_on_or_nothing_counts() -> None:
    white = np.full((3, 3), 255, np.uint8)
    assert pool(white, 2, 3, 2, "mean", beyond="edge").tolist() == [[255] * 3] * 2
    assert pool(white, 2, 3, 2, "max", beyond="edge").tolist() == [[255] * 3] * 2
    assert pool(white, 2, 3, 2, "mean", beyond="nothing").tolist() == [[255, 255, 0]] * 2
    assert pool(white, 2, 3, 2, "max", beyond="nothing").tolist() == [[255, 255, 0]] * 2


@pytest.mark.parametrize(
    ("pixels", "cells"),
    [((0, 16), (0, 2)), ((3, 13), (0, 2)), ((4, 12), (1, 2)), ((5, 6), (0, 1)), ((4, 5), (0, 1)), ((-12, 4), (-1, 1))],
)
def test_edges_go_to_the_nearest_cell_and_no_span_vanishes(pixels: tuple[int, int], cells: tuple[int, int]) -> None:
    assert nearest(*pixels, cell=8) == cells
