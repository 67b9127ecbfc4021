"""Measure the distance between crops of pictures and crops of real drawings: an unbiased kernel distance of judge
features."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.judge import JudgeError
from benchmarks.judge.questions import SIDE

Features = Callable[[np.ndarray], np.ndarray]
"""A function from pictures, bytes of shape (count, SIDE, SIDE, 3), to their features, of shape (count, d)."""

FEWEST = 3
"""The fewest requests for which the distance has an error."""
SPREAD = 1e-3
"""Features with a smaller spread over real drawings than this are not scaled up further."""


@dataclass(frozen=True)
class Distance:
    """A distance and its standard error. The estimate is unbiased, so it may be below 0."""

    value: float
    error: float


@dataclass(frozen=True)
class Scale:
    """The shift and scale that bring features to mean 0 and spread 1 over real drawings. It is computed from drawings
    that no distance is measured to: a scale from the same drawings would bias the distance."""

    middle: np.ndarray
    spread: np.ndarray

    @classmethod
    def common(cls, features: np.ndarray) -> "Scale":
        """Compute one scale for all features of shape (pictures, crops, d), where many features are nearly always 0 and
        would be scaled up most."""
        flat = features.reshape(-1, features.shape[-1]).astype(np.float64)
        return cls(flat.mean(0), np.full(flat.shape[1], np.sqrt(flat.var(0).mean())))

    @classmethod
    def of(cls, features: np.ndarray) -> "Scale":
        """Compute the scale from features of shape (pictures, crops, d)."""
        flat = features.reshape(-1, features.shape[-1]).astype(np.float64)
        return cls(flat.mean(0), np.maximum(flat.std(0), SPREAD))

    def __call__(self, features: np.ndarray) -> np.ndarray:
        return (features - self.middle) / self.spread


def crop_features(features: Features, pictures: np.ndarray, each: int, seed: int) -> np.ndarray:
    """Compute the features of `each` crops of SIDE x SIDE at random offsets of every picture. Returns shape (pictures,
    each, d).

    `pictures` are bytes of shape (pictures, height, width, 3). One crop is enough for a picture of that size. The
    offsets depend only on the seed and the picture's number.
    """
    height, width = pictures.shape[1:3]
    if min(height, width) < SIDE:
        raise JudgeError(f"crops are {SIDE} pixels wide and high, and the pictures only {width} x {height}")
    count = each if (height, width) != (SIDE, SIDE) else 1
    crops = []
    for number, picture in enumerate(pictures):
        stream = np.random.default_rng([seed, number])
        for top, left in zip(
            stream.integers(height - SIDE + 1, size=count), stream.integers(width - SIDE + 1, size=count), strict=True
        ):
            crops.append(picture[top : top + SIDE, left : left + SIDE])
    return features(np.stack(crops)).reshape(len(pictures), count, -1)


def kernel_distance(shown: np.ndarray, real: np.ndarray, scale: Scale) -> Distance:
    """Compute the squared maximum mean discrepancy under the kernel (x.y / d + 1)^3 (Binkowski et al. 2018, KID).

    Both arguments are features of shape (requests, crops, d), on one scale; row i of the pictures and row i of the
    drawings belong to the same request. Crops of one request are alike, so only pairs of crops of different requests
    are compared, which keeps the estimate unbiased (the U-statistic of Gretton et al. 2012, Lemma 6). The error is the
    jackknife's over requests. Where there is no difference at all, the error is up to twice too large, never too small.
    Raises JudgeError for fewer than three requests, or if the requests differ.
    """
    if len(shown) != len(real) or len(shown) < FEWEST:
        raise JudgeError(
            f"a distance is between pictures and drawings of the same requests, {FEWEST} at least, not of "
            f"{len(shown)} and {len(real)}"
        )
    ours, theirs = scale(shown), scale(real)
    across = _blocks(ours, theirs)
    pairs = _blocks(ours, ours) + _blocks(theirs, theirs) - across - across.T
    return Distance(_pairs(pairs), float(np.sqrt(_jackknife(_pairs_without(pairs)))))


def _blocks(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Compute the mean kernel between the crops of each two requests. Returns shape (requests, requests)."""
    depth = ours.shape[-1]
    flat = (ours.reshape(-1, depth) @ theirs.reshape(-1, depth).T / depth + 1) ** 3
    return flat.reshape(len(ours), ours.shape[1], len(theirs), theirs.shape[1]).mean((1, 3))


def _pairs(blocks: np.ndarray) -> float:
    """Compute the mean over pairs of different requests."""
    count = len(blocks)
    return float((blocks.sum() - np.trace(blocks)) / (count * (count - 1)))


def _pairs_without(blocks: np.ndarray) -> np.ndarray:
    """Compute `_pairs` once for each request, with that request left out."""
    count = len(blocks)
    others = blocks.sum(1) - np.diag(blocks)
    return (others.sum() - 2 * others) / ((count - 1) * (count - 2))


def _jackknife(values: np.ndarray) -> float:
    """Compute the variance of an estimate from its values with one request left out."""
    return float((len(values) - 1) * np.var(values))
