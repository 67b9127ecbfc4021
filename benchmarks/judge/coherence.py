"""Measure whether the far parts of a panorama show one place at one time, and how evenly places and times occur."""

from dataclasses import dataclass

import numpy as np

from benchmarks.judge import JudgeError
from benchmarks.judge.judge import Judge
from benchmarks.judge.questions import LANDSCAPE, SIDE

QUARTERS = 4
ASKED = ("biome", "time")


@dataclass(frozen=True)
class Coherence:
    """Measures over panoramas: the share whose four quarters agree in place and time, in place, and in time; and how
    far the mix of places and of times over all quarters is from the even mix of real drawings, as total variation (0 to
    1)."""

    agree: float
    agree_in_place: float
    agree_in_time: float
    place_mix: float
    time_mix: float


def far_coherence(judge: Judge, panoramas: np.ndarray) -> Coherence:
    """Measure panoramas whose prompt names neither place nor time: bytes of shape (count, SIDE, QUARTERS * SIDE, 3)."""
    if panoramas.shape[1:] != (SIDE, QUARTERS * SIDE, 3):
        raise JudgeError(
            f"far coherence is of panoramas of {QUARTERS * SIDE} x {SIDE} pixels, not of shape {panoramas.shape}"
        )
    quarters = panoramas.reshape(len(panoramas), SIDE, QUARTERS, SIDE, 3).swapaxes(1, 2).reshape(-1, SIDE, SIDE, 3)
    reading = judge.read("landscapes", quarters)
    place, time = (reading.choices[name].reshape(-1, QUARTERS) for name in ASKED)
    same_place, same_time = ((read == read[:, :1]).all(1) for read in (place, time))
    return Coherence(
        agree=float((same_place & same_time).mean()),
        agree_in_place=float(same_place.mean()),
        agree_in_time=float(same_time.mean()),
        place_mix=_from_even(place, len(LANDSCAPE["biome"])),
        time_mix=_from_even(time, len(LANDSCAPE["time"])),
    )


def _from_even(answers: np.ndarray, options: int) -> float:
    """Return the total variation distance between the answers' shares and even shares."""
    shares = np.bincount(answers.ravel(), minlength=options) / answers.size
    return float(np.abs(shares - 1 / options).sum() / 2)
