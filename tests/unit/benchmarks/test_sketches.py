"""The benchmark of sketches, and its bar on a few jobs of the bundled model."""

import numpy as np
import pytest
from PIL import Image

from benchmarks.bundled import MODELS
from benchmarks.sketches import HEIGHT, SQUARE, WIDTH, Studio, asked, averaged, correlation, roughly
from worker.diffusion.loading import Models

BAR = 0.9


def noise(seed: int) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3))
    return Image.fromarray(values.astype(np.uint8))


def test_a_picture_correlates_with_its_own_rough_painting_and_not_with_another() -> None:
    picture, other = noise(1), noise(2)
    assert correlation(picture, roughly(np.asarray(picture), SQUARE)) > 0.9
    assert abs(correlation(picture, other)) < 0.4


def test_a_rough_painting_has_no_detail() -> None:
    pixels = np.asarray(noise(3))
    rough = np.asarray(roughly(pixels, SQUARE)).astype(float)
    assert rough.shape == pixels.shape
    assert rough.std() < pixels.std() / 10


def test_averages_are_over_squares() -> None:
    halves = Image.fromarray(np.repeat(np.array([[[0] * 3, [200] * 3]], np.uint8), SQUARE, 1).repeat(SQUARE, 0))
    assert np.asarray(averaged(halves, SQUARE)).tolist() == [[[0] * 3, [200] * 3]]


def test_jobs_repeat_with_their_seed() -> None:
    one, again, other = asked(2, seed=0), asked(2, seed=0), asked(2, seed=1)
    assert [each.setting for each in one] == [each.setting for each in again]
    assert one[0].sketch.tobytes() == again[0].sketch.tobytes()
    assert one[0].sketch.tobytes() != other[0].sketch.tobytes()


@pytest.mark.slow
def test_the_bundled_model_follows_a_sketch() -> None:
    studio = Studio(Models(MODELS), steps=20)
    for job in asked(2, seed=0):
        free, sketched = (correlation(studio.paint(job, sketch), job.sketch) for sketch in (None, {}))
        assert sketched >= BAR
        assert sketched > free
