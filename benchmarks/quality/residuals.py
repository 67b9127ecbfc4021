"""Measure whether the residual of a run tells a better picture: python -m benchmarks.quality.residuals [--method inlay]

The command makes panoramas of "a landscape" that differ only in their seeds, and sorts them by the residual of their
runs: the root mean square of d_i - f_i(X0) over the views, summed over the second half of the steps. It prints the
judge's figures for the quarters and halves of that order, and what keeping the best of several pictures would give.
`--strip` saves the pictures of the first and the last quarter, side by side.
"""

import argparse
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from benchmarks.judge.coherence import far_coherence
from benchmarks.judge.distance import Distance
from benchmarks.judge.judge import BUNDLED, Judge, load_judge
from benchmarks.quality.landscapes import neutral
from benchmarks.quality.methods import SAMPLINGS, STEPS, Studio
from benchmarks.quality.rows import Bench
from inlay_engine.run_residual import added_residual
from worker.build.prepare import prepare

TASK = "panorama-1"
SHOWN = 6
"""The most pictures of a column of the strip."""


def make(studio: Studio, method: str, seeds: range) -> tuple[np.ndarray, np.ndarray]:
    """Return a panorama for each seed, bytes of shape (count, height, width, 3), and the residual of each run."""
    pictures, residuals = [], []
    for seed in seeds:
        compiled = studio.compile(neutral().layout, {"steps": STEPS, "seed": seed, **SAMPLINGS[method]})
        prepared = prepare(compiled.graph, compiled.job, studio.models)
        with torch.inference_mode():
            steps = [*prepared.sample()]
            pictures.append(np.asarray(prepared.decode(steps[-1], compiled.graph.outputs[0])))
        residuals.append(sum(map(added_residual, steps)))
    return np.stack(pictures), np.array(residuals)


def best_of(members: int, values: np.ndarray) -> float:
    """Return the mean value of the best of `members` pictures, over all choices of them. `values` are in the order of
    the residual: the first one is the best."""
    count = len(values)
    chances = [math.comb(count - 1 - rank, members - 1) / math.comb(count, members) for rank in range(count)]
    return float(np.dot(chances, values))


def told(judge: Judge, pictures: np.ndarray, residuals: np.ndarray, seed: int) -> Iterator[str]:
    """Yield the lines to print."""
    ordered = pictures[np.argsort(residuals)]
    agree = np.array([far_coherence(judge, one[None]).agree for one in ordered])
    quarters = [f"{part.mean():.2f}" for part in np.array_split(agree, 4)]
    yield f"far coherence, from the quarter with the least residual to the one with the most: {', '.join(quarters)}"
    yield "far coherence of all, and of the best of 2, 4 and 8: " + ", ".join(
        f"{best_of(members, agree):.2f}" for members in (1, 2, 4, 8)
    )
    halves = [_distance(judge, half, seed) for half in np.array_split(ordered, 2)]
    yield "crop distance of the half with less residual, and of the half with more: " + ", ".join(
        f"{one.value:.2f} ± {one.error:.2f}" for one in halves
    )


def strip(ordered: np.ndarray) -> np.ndarray:
    """Return one picture of the first quarter (left) and the last (right), at most `SHOWN` each."""
    each = min(SHOWN, len(ordered) // 4)
    return np.concatenate([np.concatenate(part) for part in (ordered[:each], ordered[-each:])], 1)


def _distance(judge: Judge, pictures: np.ndarray, seed: int) -> Distance:
    return Bench.of(judge, TASK, [neutral()] * len(pictures), seed).crop_distances(pictures)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--method", choices=["multidiffusion", "noisy", "fresh", "inlay"], default="inlay")
    parser.add_argument("--pictures", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--strip", type=Path, help="a file to save pictures to")
    parser.add_argument("--model", default="papercut")
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--judge", type=Path, default=BUNDLED)
    arguments = parser.parse_args()
    if arguments.pictures < 8:
        parser.error(f"the quarters need at least 8 pictures, not {arguments.pictures}")
    judge = load_judge(arguments.judge, ["landscapes"])
    seeds = range(arguments.seed, arguments.seed + arguments.pictures)
    pictures, residuals = make(Studio.of(arguments.models, arguments.model), arguments.method, seeds)
    if arguments.strip:
        Image.fromarray(strip(pictures[np.argsort(residuals)])).save(arguments.strip, quality=85)
    for line in told(judge, pictures, residuals, arguments.seed):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
