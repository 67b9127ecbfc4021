"""The distance, the seam score and the coherence, each on pictures or features whose answer is known."""

import numpy as np
import pytest
import torch

from benchmarks.judge import JudgeError
from benchmarks.judge.coherence import far_coherence
from benchmarks.judge.distance import Scale, crop_features, kernel_distance
from benchmarks.judge.judge import Judge
from benchmarks.judge.readers import FEATURES, landscape_reader
from benchmarks.judge.seams import seam_score
from worker.training.drawing import Box, draw_panorama

PLAIN = Scale(np.full(12, 0.2), np.full(12, 1.1))


def grouped(stream: np.random.Generator, pictures: int, crops: int, shift: float = 0.0) -> np.ndarray:
    """Features whose crops share most of what their picture is."""
    own = stream.standard_normal((pictures, 1, 12))
    return shift + own + 0.5 * stream.standard_normal((pictures, crops, 12))


def distances(shift: float) -> tuple[np.ndarray, float]:
    """Of 200 pairs of draws, and the mean error that they claim."""
    stream = np.random.default_rng(3)
    drawn = [kernel_distance(grouped(stream, 16, 4, shift), grouped(stream, 24, 4), PLAIN) for _ in range(200)]
    return np.array([one.value for one in drawn]), float(np.mean([one.error for one in drawn]))


def test_the_distance_is_unbiased_and_its_error_is_no_smaller_than_it_should_be():
    values, error = distances(0.0)
    assert abs(values.mean()) < 3 * values.std() / np.sqrt(len(values))
    assert values.std() < error < 2 * values.std()


def test_the_error_of_a_real_difference_is_right():
    values, error = distances(0.8)
    assert values.mean() > 2 * error
    assert error == pytest.approx(values.std(), rel=0.3)


def test_the_pairs_are_those_of_different_pictures():
    stream = np.random.default_rng(5)
    shown, real = grouped(stream, 4, 2, 0.3), grouped(stream, 5, 3)
    shown_n, real_n = ((one - 0.2) / 1.1 for one in (shown, real))

    def kernel(a: np.ndarray, b: np.ndarray) -> float:
        return float((a @ b / 12 + 1) ** 3)

    def mean(one: np.ndarray, other: np.ndarray, same: bool) -> float:
        pairs = [
            kernel(a, b)
            for i, first in enumerate(one)
            for j, second in enumerate(other)
            if not (same and i == j)
            for a in first
            for b in second
        ]
        return float(np.mean(pairs))

    wanted = mean(shown_n, shown_n, True) + mean(real_n, real_n, True) - 2 * mean(shown_n, real_n, False)
    assert kernel_distance(shown, real, PLAIN).value == pytest.approx(wanted)


def test_a_scale_evens_features_out():
    features = 3 + 5 * np.random.default_rng(6).standard_normal((30, 4, 12))
    even = Scale.of(features)(features).reshape(-1, 12)
    np.testing.assert_allclose(even.mean(0), 0, atol=1e-9)
    np.testing.assert_allclose(even.std(0), 1)


def test_too_few_pictures_are_refused():
    with pytest.raises(JudgeError, match="at least 3 pictures"):
        kernel_distance(np.zeros((2, 1, 12)), np.zeros((5, 1, 12)), PLAIN)


def test_crops_are_cut_at_the_same_places_whatever_the_pictures_show():
    torch.manual_seed(0)
    reader = landscape_reader().eval()
    pixels = np.stack([draw_panorama(seed).pixels for seed in (1, 2)])
    features = crop_features(reader, pixels, 3, seed=7)
    assert features.shape == (2, 3, FEATURES)
    np.testing.assert_allclose(crop_features(reader, pixels[:1], 3, seed=7), features[:1], rtol=1e-3, atol=1e-5)
    with pytest.raises(JudgeError, match="128 pixels"):
        crop_features(reader, pixels[:, :100], 3, seed=7)


def test_a_step_at_a_border_is_a_seam_and_elsewhere_is_none():
    stream = np.random.default_rng(0)
    picture = stream.integers(100, 110, (64, 128, 3)).astype(np.uint8)
    windows = [Box(0, 0, 64, 64), Box(64, 0, 128, 64)]
    assert seam_score(picture, windows) == pytest.approx(1, abs=0.2)
    stepped = picture.copy()
    stepped[:, 64:] += 60
    assert seam_score(stepped, windows) > 10
    assert seam_score(stepped, [Box(0, 0, 96, 64)]) < 1
    assert seam_score(stepped.swapaxes(0, 1).copy(), [Box(0, 0, 64, 64)]) > 10


def test_a_seam_needs_a_border():
    with pytest.raises(JudgeError, match="border"):
        seam_score(np.zeros((64, 64, 3), np.uint8), [Box(0, 0, 64, 64)])


def test_coherence_reads_whole_panoramas():
    torch.manual_seed(0)
    judge = Judge({"landscapes": landscape_reader()})
    with pytest.raises(JudgeError, match="512 x 128"):
        far_coherence(judge, np.zeros((2, 128, 256, 3), np.uint8))
    panorama = np.tile(draw_panorama(1, width=128).pixels, (1, 4, 1))
    coherence = far_coherence(judge, panorama[None])
    assert coherence.agree == 1
    assert coherence.place_mix == pytest.approx(6 / 7)
    assert coherence.time_mix == pytest.approx(2 / 3)
