"""Measure long panoramas: python -m benchmarks.quality.long [--methods multidiffusion,fresh,inlay] [--pictures 6]

The panoramas are as wide as 36 windows at half a window's stride, as 512 x 4608 pixels are to Stable Diffusion, and
their prompt is "a landscape". The features are colour histograms, which nobody trained. The command prints a row for
each method, and one for drawings of that width:

- *within*: the mean similarity of two native windows of one panorama that do not overlap;
- *between*: the same for windows of two panoramas, which a method that only mixes everything reaches as well;
- *one place*: the share of the native windows that show the most frequent place and time of their panorama, as the
  judge reads them.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np

from benchmarks.judge.judge import BUNDLED, Judge, load_judge
from benchmarks.judge.questions import SIDE
from benchmarks.quality.landscapes import NEUTRAL
from benchmarks.quality.methods import SAMPLINGS, STEPS, Studio
from benchmarks.quality.rows import STRIDE
from training.papercut.drawing import draw_panorama
from training.papercut.groups import HELD_OUT

METHODS = ("tiles", "multidiffusion", "shifted", "gaussian", "counting", "noisy", "fresh", "coarse", "inlay")
WINDOWS, BINS = 36, 6
"""The number of windows of a panorama, and the bins of each of the three channels of Lab."""


def windows_of(panorama: np.ndarray) -> np.ndarray:
    """Cut a panorama, bytes of shape (SIDE, width, 3), into native windows side by side."""
    count = panorama.shape[1] // SIDE
    return panorama[:, : count * SIDE].reshape(SIDE, count, SIDE, 3).swapaxes(0, 1)


def colours(window: np.ndarray) -> np.ndarray:
    """Return the histogram of a window's colours. It sums to 1."""
    lab = cv2.cvtColor(window, cv2.COLOR_RGB2LAB)
    return cv2.calcHist([lab], [0, 1, 2], None, [BINS] * 3, [0, 256] * 3).ravel() / window[..., 0].size


def similarity(panoramas: Sequence[np.ndarray]) -> tuple[float, float]:
    """Return the mean similarity within and between panoramas: the share of two histograms that is the same."""
    known = [np.stack([colours(window) for window in windows_of(one)]) for one in panoramas]
    within = [np.minimum(a, b).sum() for one in known for a, b in combinations(one, 2)]
    between = [np.minimum(a, b).sum() for one, other in combinations(known, 2) for a in one for b in other]
    return float(np.mean(within)), float(np.mean(between))


def one_place(judge: Judge, panoramas: Sequence[np.ndarray]) -> float:
    """Return the share of native windows that show their panorama's most frequent place and time."""
    shares = []
    for one in panoramas:
        choices = judge.read("landscapes", np.ascontiguousarray(windows_of(one))).choices
        seen = Counter(zip(choices["biome"].tolist(), choices["time"].tolist(), strict=True))
        shares.append(seen.most_common(1)[0][1] / seen.total())
    return float(np.mean(shares))


def make(studio: Studio, method: str, width: int, seeds: range) -> list[np.ndarray]:
    """Make a panorama of this width for each seed."""
    layout = {"kind": "panorama", "canvas": {"width": width, "height": SIDE}, "prompt": NEUTRAL}
    jobs = [studio.compile(layout, {"steps": STEPS, "seed": seed, **SAMPLINGS[method]}) for seed in seeds]
    return [studio.paint(job).pictures[0] for job in jobs]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--methods", type=lambda text: text.split(","), default=["multidiffusion", "fresh", "inlay"])
    parser.add_argument("--windows", type=int, default=WINDOWS)
    parser.add_argument("--pictures", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", default="papercut")
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--judge", type=Path, default=BUNDLED)
    parser.add_argument("--strips", type=Path, help="a folder to save a panorama of each method to")
    arguments = parser.parse_args()
    if unknown := set(arguments.methods) - set(METHODS):
        parser.error(f"there is no method {', '.join(sorted(unknown))} here; there are {', '.join(METHODS)}")
    if arguments.pictures < 2 or arguments.windows < 3:
        parser.error("pairs need at least 2 pictures, and panoramas of at least 3 windows")
    _run(arguments)


def _run(arguments: argparse.Namespace) -> None:
    judge = load_judge(arguments.judge, ["landscapes"])
    studio = Studio.of(arguments.models, arguments.model)
    width, seeds = SIDE + (arguments.windows - 1) * STRIDE, range(arguments.seed, arguments.seed + arguments.pictures)
    sys.stdout.write("| | within | between | one place |\n|---|---:|---:|---:|\n")
    for method in ("real", *arguments.methods):
        if method == "real":
            shown = [draw_panorama(HELD_OUT + seed, width=width).pixels for seed in seeds]
        else:
            shown = make(studio, method, width, seeds)
        within, between = similarity(shown)
        sys.stdout.write(f"| {method} | {within:.2f} | {between:.2f} | {one_place(judge, shown):.2f} |\n")
        sys.stdout.flush()
        if arguments.strips:
            arguments.strips.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(arguments.strips / f"long-{method}.webp"), cv2.cvtColor(shown[0], cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
