"""How far crops of pictures are from crops of real drawings: an unbiased kernel distance between judge features."""

from dataclasses import dataclass

import numpy as np

from benchmarks.judge import JudgeError
from benchmarks.judge.judge import read
from benchmarks.judge.questions import SIDE
from benchmarks.judge.readers import Reader

SPREAD = 1e-3
"""Features that vary less than this over real drawings are not enlarged further."""


@dataclass(frozen=True)
class Distance:
    """A distance and its standard error; being unbiased it may fall below 0."""

    value: float
    error: float


@dataclass(frozen=True)
class Scale:
    """What brings features to mean 0 and spread 1 over real drawings. It is taken from drawings that no distance is
    measured to: a scale from the same ones would bias the distance."""

    middle: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(cls, features: np.ndarray) -> "Scale":
        """From features of shape (pictures, crops, d)."""
        flat = features.reshape(-1, features.shape[-1]).astype(np.float64)
        return cls(flat.mean(0), np.maximum(flat.std(0), SPREAD))

    def __call__(self, features: np.ndarray) -> np.ndarray:
        return (features - self.middle) / self.spread


def crop_features(reader: Reader, pictures: np.ndarray, each: int, seed: int) -> np.ndarray:
    """Features of `each` crops of SIDE x SIDE at any offset of every picture, of shape (pictures, each, features).

    `pictures`: bytes of shape (pictures, height, width, 3). One crop is enough where a picture is no larger. The
    offsets follow from the seed and the picture's number alone."""
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
    return read(reader, np.stack(crops)).features.reshape(len(pictures), count, -1)


def kernel_distance(shown: np.ndarray, real: np.ndarray, scale: Scale) -> Distance:
    """The squared maximum mean discrepancy under the kernel (x.y / d + 1)^3 (Binkowski et al. 2018, KID).

    Both are features of shape (pictures, crops, d), brought to one scale. Crops of one picture are alike, so only pairs
    of crops of different pictures are compared, which keeps the estimate unbiased. Its error is the jackknife's
    over whole pictures of either side; where there is no difference at all it is up to twice too large, never too
    small. JudgeError for fewer than three pictures.
    """
    if min(len(shown), len(real)) < 3:
        raise JudgeError(f"a distance needs at least 3 pictures a side, not {len(shown)} and {len(real)}")
    ours, theirs = scale(shown), scale(real)
    within, among, across = _blocks(ours, ours), _blocks(theirs, theirs), _blocks(ours, theirs)
    value = _pairs(within) + _pairs(among) - 2 * float(across.mean())
    variance = _jackknife(_pairs_without(within) - 2 * _mean_without(across))
    variance += _jackknife(_pairs_without(among) - 2 * _mean_without(across.T))
    return Distance(value, float(np.sqrt(variance)))


def _blocks(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """The mean kernel between the crops of two pictures, of shape (our pictures, their pictures)."""
    depth = ours.shape[-1]
    flat = (ours.reshape(-1, depth) @ theirs.reshape(-1, depth).T / depth + 1) ** 3
    return flat.reshape(len(ours), ours.shape[1], len(theirs), theirs.shape[1]).mean((1, 3))


def _pairs(blocks: np.ndarray) -> float:
    """The mean over pairs of different pictures."""
    count = len(blocks)
    return float((blocks.sum() - np.trace(blocks)) / (count * (count - 1)))


def _pairs_without(blocks: np.ndarray) -> np.ndarray:
    """`_pairs` with each picture left out in turn."""
    count = len(blocks)
    others = blocks.sum(1) - np.diag(blocks)
    return (others.sum() - 2 * others) / ((count - 1) * (count - 2))


def _mean_without(blocks: np.ndarray) -> np.ndarray:
    """The mean with each row left out in turn."""
    return (blocks.sum() - blocks.sum(1)) / (blocks.size - blocks.shape[1])


def _jackknife(values: np.ndarray) -> float:
    """The variance of an estimate, from its values with one picture left out."""
    return float((len(values) - 1) * np.var(values))
