"""Long panoramas: windows, the similarity of their colours, and the place that most of them show."""

import numpy as np
import pytest

from benchmarks.judge.judge import load_judge
from benchmarks.quality.long import METHODS, colours, one_place, similarity, windows_of
from benchmarks.quality.methods import SAMPLINGS
from training.papercut.drawing import draw_panorama
from training.papercut.groups import HELD_OUT

WIDTH = 128 * 5 + 64


def drawings() -> list[np.ndarray]:
    first = draw_panorama(HELD_OUT, width=WIDTH, biome="sea", time="night").pixels
    return [first, draw_panorama(HELD_OUT + 1, width=WIDTH, biome="desert", time="day").pixels]


def test_windows_lie_side_by_side_and_a_rest_is_left_out() -> None:
    panorama = np.arange(WIDTH, dtype=np.uint16)[None, :, None].repeat(128, 0).repeat(3, 2)
    assert [int(window[0, 0, 0]) for window in windows_of(panorama)] == [0, 128, 256, 384, 512]


def test_a_histogram_sums_to_one() -> None:
    assert colours(drawings()[0][:, :128]).sum() == pytest.approx(1)


def test_windows_of_one_drawing_are_alike_and_those_of_two_places_are_not() -> None:
    within, between = similarity(drawings())
    assert within > 0.6 > 0.3 > between


@pytest.mark.slow
def test_a_drawing_shows_one_place_and_two_halves_show_two() -> None:
    judge, (sea, desert) = load_judge(names=["landscapes"]), drawings()
    assert one_place(judge, [sea, desert]) == 1
    assert one_place(judge, [np.concatenate([sea[:, :512], desert[:, :384]], 1)]) == pytest.approx(4 / 7)


def test_every_method_has_its_settings() -> None:
    assert set(METHODS) <= set(SAMPLINGS)
