"""The distance, the seam score and the coherence, each on pictures or features with a known result."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from benchmarks.judge import JudgeError
from benchmarks.judge.coherence import far_coherence
from benchmarks.judge.distance import Scale, crop_features, kernel_distance
from benchmarks.judge.independent import independent_features
from benchmarks.judge.judge import Judge, features_of
from benchmarks.judge.lights import count_lights, lit_cells, one_light
from benchmarks.judge.questions import GRID, OBJECTS
from benchmarks.judge.readers import FEATURES, landscape_reader
from benchmarks.judge.seams import seam_score
from benchmarks.judge.sharpness import edge_energy, sharpness
from training.papercut.drawing import Box, draw_panorama

STUDIO = Path(__file__).parents[3] / "frontend" / "src"
PLAIN = Scale(np.full(12, 0.2), np.full(12, 1.1))


def grouped(stream: np.random.Generator, pictures: int, crops: int, shift: float = 0.0) -> np.ndarray:
    """Return features whose largest part is common to all crops of a picture."""
    own = stream.standard_normal((pictures, 1, 12))
    return shift + own + 0.5 * stream.standard_normal((pictures, crops, 12))


def distances(shift: float) -> tuple[np.ndarray, float]:
    """Return the distances of 200 pairs of draws, and the mean of the errors that they report."""
    stream = np.random.default_rng(3)
    drawn = [kernel_distance(grouped(stream, 16, 4, shift), grouped(stream, 16, 6), PLAIN) for _ in range(200)]
    return np.array([one.value for one in drawn]), float(np.mean([one.error for one in drawn]))


def test_the_distance_is_unbiased_and_its_error_is_no_smaller_than_it_should_be():
    values, error = distances(0.0)
    assert abs(values.mean()) < 3 * values.std() / np.sqrt(len(values))
    assert values.std() < error < 2 * values.std()


def test_a_blurred_drawing_is_softer_and_a_flat_one_has_no_edge():
    drawings = np.stack([draw_panorama(seed).pixels for seed in range(4)])
    blurred = np.stack([cv2.GaussianBlur(one, (0, 0), 1.0) for one in drawings])
    assert sharpness(drawings, drawings) == 1
    assert sharpness(blurred, drawings) < 0.3
    assert edge_energy(np.full((1, 8, 8, 3), 90, np.uint8)) == 0
    dot = np.zeros((1, 3, 3, 3), np.uint8)
    dot[0, 1, 1] = 100
    assert edge_energy(dot) == pytest.approx(400**2)


def test_the_error_of_a_real_difference_is_right():
    values, error = distances(0.8)
    assert values.mean() > 2 * error
    assert error == pytest.approx(values.std(), rel=0.3)


def test_pictures_of_the_same_requests_have_no_smaller_distance():
    stream, values = np.random.default_rng(4), []
    for _ in range(200):
        asked = 2 * stream.standard_normal((10, 1, 12))
        shown, real = (asked + 0.5 * stream.standard_normal((10, crops, 12)) for crops in (4, 8))
        values.append(kernel_distance(shown, real, PLAIN).value)
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(len(values))


def test_the_distance_compares_pairs_of_different_requests_only():
    stream = np.random.default_rng(5)
    shown, real = grouped(stream, 4, 2, 0.3), grouped(stream, 4, 3)
    shown_n, real_n = ((one - 0.2) / 1.1 for one in (shown, real))

    def kernel(a: np.ndarray, b: np.ndarray) -> float:
        return float((a @ b / 12 + 1) ** 3)

    def mean(one: np.ndarray, other: np.ndarray) -> float:
        pairs = [
            kernel(a, b)
            for i, first in enumerate(one)
            for j, second in enumerate(other)
            if i != j
            for a in first
            for b in second
        ]
        return float(np.mean(pairs))

    wanted = mean(shown_n, shown_n) + mean(real_n, real_n) - 2 * mean(shown_n, real_n)
    assert kernel_distance(shown, real, PLAIN).value == pytest.approx(wanted)


def test_a_scale_evens_features_out():
    features = 3 + 5 * np.random.default_rng(6).standard_normal((30, 4, 12))
    even = Scale.of(features)(features).reshape(-1, 12)
    np.testing.assert_allclose(even.mean(0), 0, atol=1e-9)
    np.testing.assert_allclose(even.std(0), 1)


@pytest.mark.parametrize("requests", [(2, 2), (4, 5)])
def test_too_few_requests_and_different_ones_are_refused(requests: tuple[int, int]):
    first, second = (np.zeros((count, 1, 12)) for count in requests)
    with pytest.raises(JudgeError, match="same requests, 3 at least"):
        kernel_distance(first, second, PLAIN)


def test_crops_are_cut_at_the_same_places_whatever_the_pictures_show():
    torch.manual_seed(0)
    own = features_of(landscape_reader().eval())
    pixels = np.stack([draw_panorama(seed).pixels for seed in (1, 2)])
    features = crop_features(own, pixels, 3, seed=7)
    assert features.shape == (2, 3, FEATURES)
    np.testing.assert_allclose(crop_features(own, pixels[:1], 3, seed=7), features[:1], rtol=1e-3, atol=1e-5)
    with pytest.raises(JudgeError, match="128 pixels"):
        crop_features(own, pixels[:, :100], 3, seed=7)


def test_a_jump_at_a_border_is_a_seam_and_elsewhere_is_not():
    stream = np.random.default_rng(0)
    picture = stream.integers(100, 110, (64, 128, 3)).astype(np.uint8)
    windows = [Box(0, 0, 64, 64), Box(64, 0, 128, 64)]
    assert seam_score(picture, windows) == pytest.approx(1, abs=0.2)
    stepped = picture.copy()
    stepped[:, 64:] += 60
    assert seam_score(stepped, windows) > 10
    assert seam_score(stepped, [Box(0, 0, 96, 64)]) < 1
    assert seam_score(stepped.swapaxes(0, 1).copy(), [Box(0, 0, 64, 64)]) > 10


def _drawn(width: int, height: int) -> np.ndarray:
    """Draw the picture that seams.test.ts of the studio measures as well."""
    x, y, channel = np.meshgrid(np.arange(width), np.arange(height), np.arange(3))
    return ((x * x * 7 + y * 13 + channel * 29 + x // 16 * 40 + y // 8 * 17) % 256).astype(np.uint8)


@pytest.mark.parametrize("case", json.loads((STUDIO / "features" / "compare" / "seams.json").read_text()))
def test_the_studio_measures_the_same_seams(case: dict[str, Any]):
    boxes = [Box(*corners) for corners in case["boxes"]]
    assert seam_score(_drawn(case["width"], case["height"]), boxes) == pytest.approx(case["score"], abs=1e-5)


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


def maps_with(*lit: tuple[int, str, int, int]) -> np.ndarray:
    """Return the maps of three windows, with things at (window, kind, row, column)."""
    maps = np.zeros((3, len(OBJECTS), GRID, GRID))
    for window, kind, row, column in lit:
        maps[window, OBJECTS.index(kind), row, column] = 0.9
    return maps


@pytest.mark.parametrize(
    ("lit", "count"),
    [
        ([], 0),
        ([(0, "boat", 1, 1)], 0),
        ([(0, "sun", 1, 6), (1, "sun", 1, 2)], 1),
        ([(0, "sun", 1, 6), (1, "moon", 2, 4)], 1),
        ([(0, "sun", 1, 1), (0, "sun", 1, 6)], 2),
        ([(0, "sun", 1, 1), (0, "sun", 3, 3), (0, "sun", 5, 5)], 1),
        ([(0, "sun", 1, 1), (1, "sun", 1, 1), (2, "moon", 1, 7)], 3),
    ],
)
def test_lights_are_counted_once_whichever_windows_show_them(lit: list[tuple[int, str, int, int]], count: int):
    cells = lit_cells(maps_with(*lit), (0, 64, 128))
    assert cells.shape == (GRID, 16)
    assert count_lights(cells) == count


def test_skies_with_one_light_are_those_in_which_one_is_read():
    torch.manual_seed(0)
    reader = landscape_reader().eval()
    panorama = draw_panorama(1, width=256).pixels[None]
    assert reader.objects is not None
    for bias, share in ((-50.0, 0.0), (50.0, 1.0)):
        torch.nn.init.constant_(reader.objects.bias, bias)  # pyright: ignore
        assert one_light(Judge({"landscapes": reader}), panorama) == share


def test_independent_features_tell_drawings_from_their_blurred_copies():
    features = independent_features()
    drawings = np.stack([draw_panorama(seed).pixels[:, :128] for seed in range(24)])
    blurred = np.stack([cv2.GaussianBlur(one, (0, 0), 2) for one in drawings])
    shown, other, soft, spread = (
        features(pixels)[:, None] for pixels in (drawings[:8], drawings[8:16], blurred[:8], drawings[16:])
    )
    scale = Scale.common(spread)
    near, far = (kernel_distance(one, other, scale) for one in (shown, soft))
    assert abs(near.value) < 3 * near.error
    assert far.value > near.value + 3 * near.error
