"""The residual of a run as a sign of a better picture: the order of the pictures, and the best of several."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from benchmarks.judge.judge import load_judge
from benchmarks.quality.landscapes import neutral
from benchmarks.quality.methods import Studio
from benchmarks.quality.residuals import best_of, make, strip, told
from benchmarks.quality.shown import drawn


def test_the_best_of_several_is_the_mean_over_all_choices() -> None:
    values = np.array([1.0, 0.0, 1.0, 0.5, 0.0])
    every = [values[min(chosen)] for chosen in combinations(range(5), 3)]
    assert best_of(3, values) == pytest.approx(np.mean(every))
    assert best_of(1, values) == pytest.approx(values.mean())


def test_the_strip_shows_the_least_residuals_left_and_the_most_right() -> None:
    ordered = np.arange(8, dtype=np.uint8)[:, None, None, None] * np.ones((8, 2, 3, 3), np.uint8)
    assert strip(ordered)[::2, ::3, 0].tolist() == [[0, 6], [1, 7]]


@pytest.mark.slow
def test_drawings_with_less_residual_than_mixed_pictures_are_told_apart() -> None:
    """The right half of each mixed picture is from another drawing."""
    whole = np.stack([one.pixels for one in drawn([neutral()] * 24, 1, 1)])
    mixed = whole.copy()
    mixed[:, :, 256:] = np.roll(whole, 1, 0)[:, :, 256:]
    residuals = np.array([*range(24), *range(100, 124)])
    shuffled = np.random.default_rng(0).permutation(48)
    pictures = np.concatenate([whole, mixed])[shuffled]
    coherence, best, distance = told(load_judge(names=["landscapes"]), pictures, residuals[shuffled], 0)
    first, *_, last = (float(share) for share in coherence.split(": ")[1].split(", "))
    assert first > 0.9 > 0.5 > last
    every, *_, of_eight = (float(share) for share in best.split(": ")[1].split(", "))
    assert of_eight > every + 0.3
    assert float(distance.split(": ")[1].split(" ")[0]) < 0.3


@pytest.mark.slow
def test_a_run_has_a_picture_and_a_residual() -> None:
    pictures, residuals = make(Studio.of(Path("models"), "papercut"), "multidiffusion", range(1, 2))
    assert pictures.shape == (1, 128, 512, 3)
    assert residuals.shape == (1,)
    assert residuals[0] > 0
