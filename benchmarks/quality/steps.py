"""Measure what fewer steps cost: python -m benchmarks.quality.steps --json FILE [--resume] [--tasks a,b]

Inlay's default method makes every task's pictures with each scheduler at several numbers of steps, placed at even
timesteps or at even log-SNR. All rows get the
same cases and seeds. The rows are those of `benchmarks.quality`, with the crop distance by features that were trained
elsewhere beside the judge's. The command rewrites the JSON after each row and saves a strip of the row's pictures
beside it. `--resume` continues an interrupted run.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from backend.contracts.sampling import Scheduler, Spacing
from backend.graph import LayoutError
from benchmarks.judge import JudgeError
from benchmarks.judge.independent import independent_features
from benchmarks.judge.judge import BUNDLED, load_judge
from benchmarks.quality import QualityError
from benchmarks.quality.cases import Case
from benchmarks.quality.landscapes import neutral
from benchmarks.quality.methods import Studio
from benchmarks.quality.rows import Bench
from benchmarks.quality.shown import Shown
from benchmarks.quality.table import Table
from benchmarks.quality.tasks import READ_BY, TASKS, cases

PICTURES, SHOWN = 32, 4
"""The number of pictures in a row, and in its strip."""
SEED = 601
"""A seed whose cases no setting was chosen by."""
EVEN: tuple[Spacing, Spacing] = ("timesteps", "log-snr")
TRIED: tuple[tuple[Scheduler, int, Spacing], ...] = (
    ("ddim", 30, "timesteps"),
    *(("dpmsolver++", steps, "log-snr") for steps in (8, 4, 6, 5, 10)),
    *(("dpmsolver++", steps, "timesteps") for steps in (10, 6, 8, 12, 5)),
    ("ddim", 10, "timesteps"),
    *(("dpmsolver++", steps, spacing) for steps in (30, 20, 15) for spacing in EVEN),
    *(("ddim", steps, "timesteps") for steps in (20, 15, 12, 8, 6)),
)
"""The schedulers, numbers of steps and spacings, the most telling first."""


def shown_with(studio: Studio, sampling: dict[str, Any], asked: Sequence[Case], free: Sequence[Case]) -> Shown:
    """Make the pictures of every case with these fields of a job's sampling."""
    compiled = [
        studio.compile(case.layout, {**sampling, "seed": SEED + number}, case.outputs)
        for number, case in enumerate(asked)
    ]
    painted = [studio.paint(one) for one in compiled]
    far = [
        studio.paint(studio.compile(case.layout, {**sampling, "seed": SEED + number}, case.outputs)).pictures[0]
        for number, case in enumerate(free)
    ]
    return Shown(
        np.stack([one.pictures for one in painted]),
        [case.checks for case in asked],
        sum(one.cost for one in compiled) / len(asked),
        sum(one.seconds for one in painted) / len(asked),
        np.stack(far) if far else None,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--tasks", type=lambda text: text.split(","), default=[*TASKS], help=", ".join(TASKS))
    parser.add_argument("--rows", type=int, default=len(TRIED), help="the first so many rows of a task only")
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--resume", action="store_true", help="keep the rows that the file has from a run that was cut")
    parser.add_argument("--model", default="papercut")
    parser.add_argument("--models", type=Path, default=Path("models"))
    arguments = parser.parse_args()
    if unknown := set(arguments.tasks) - set(TASKS):
        parser.error(f"there is no task {', '.join(sorted(unknown))}; there are {', '.join(TASKS)}")
    try:
        _run(arguments)
    except (QualityError, JudgeError, LayoutError) as error:
        sys.exit(str(error))


def _run(arguments: argparse.Namespace) -> None:
    judge = load_judge(BUNDLED, {name for task in arguments.tasks for name in READ_BY[task]})
    independent = independent_features()
    studio = Studio.of(arguments.models, arguments.model)
    settings = {"pictures": arguments.pictures, "seed": SEED, "model": studio.pin}
    table = (Table.resumed if arguments.resume else Table)(arguments.json, settings)
    for task in arguments.tasks:
        asked = cases(task, SEED, arguments.pictures)
        free = [neutral()] * len(asked) if task == "panorama-1" else []
        bench = Bench.of(judge, task, asked, SEED, independent)
        for scheduler, steps, spacing in TRIED[: arguments.rows]:
            method = f"{scheduler} {steps}" if spacing == "timesteps" else f"{scheduler} {steps} {spacing}"
            if not table.has(task, method):
                sampling = {"scheduler": scheduler, "steps": steps, "spacing": spacing}
                shown = shown_with(studio, sampling, asked, free)
                table.add(bench.row(method, shown), np.concatenate(shown.pictures[:SHOWN]))
                studio.painted.clear()
                sys.stdout.write(f"{table.rows[-1]}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
