"""Times of several things that are done in turns, and their ratios."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import torch

Series = Mapping[str, Sequence[float]]
"""Seconds of each thing, one number for each turn."""


class Figure(NamedTuple):
    """A ratio of medians, and the range of the ratios of single turns."""

    value: float
    low: float
    high: float


def in_turns(
    choices: Mapping[str, Callable[[], float | None]], runs: int, device: torch.device
) -> dict[str, list[float]]:
    """Do each of the things once in each of `runs` turns, after one turn that is not counted. Returns the seconds that
    each took: those that it returns itself, or else those that passed."""
    taken: dict[str, list[float]] = {name: [] for name in choices}
    for turn in range(runs + 1):
        for name, choice in choices.items():
            seconds = timed(choice, device)
            if turn:
                taken[name].append(seconds)
    return taken


def timed(call: Callable[[], float | None], device: torch.device) -> float:
    """Return the seconds that the call returns, or else those that passed until the device was done."""
    finish(device)
    began = time.perf_counter()
    own = call()
    finish(device)
    return time.perf_counter() - began if own is None else own


def finish(device: torch.device) -> None:
    """Wait until the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def ratio(above: Sequence[float], below: Sequence[float]) -> Figure:
    """Return the ratio of two series of the same turns."""
    single = [one / other for one, other in zip(above, below, strict=True)]
    return Figure(statistics.median(above) / statistics.median(below), min(single), max(single))


def summary(seconds: Sequence[float]) -> dict[str, Any]:
    """Return the median and the range of a series, as a row has them."""
    return {
        "seconds": round(statistics.median(seconds), 4),
        "range": [round(min(seconds), 4), round(max(seconds), 4)],
        "runs": len(seconds),
    }
