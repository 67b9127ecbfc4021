"""Make the table of quality: python -m benchmarks.quality --json FILE [--quick] [--tasks a,b] [--seed N]

Every method gets the same cases, the same seeds and the same number of view-forwards. The judge's weights are in
benchmarks/judge/weights. The command rewrites the JSON after each row and saves a strip of the row's pictures beside
it. The JSON holds "rows", and "bars": the values to reach, and whether they are reached. `--resume` continues an
interrupted run.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from backend.graph import LayoutError
from benchmarks.judge import JudgeError
from benchmarks.judge.distance import FEWEST
from benchmarks.judge.judge import BUNDLED, load_judge
from benchmarks.quality import QualityError
from benchmarks.quality.bars import bars
from benchmarks.quality.cases import Case
from benchmarks.quality.landscapes import neutral
from benchmarks.quality.methods import BESIDE, COMPOSERS, NATIVES, STEPS, Studio, composed, native
from benchmarks.quality.rows import Bench, Row
from benchmarks.quality.shown import Shown, narrowed, real_drawings
from benchmarks.quality.table import Table
from benchmarks.quality.tasks import READ_BY, TASKS, cases

FULL, QUICK = 32, 12
"""The number of pictures in a row."""
QUICK_TASKS = ("panorama-1", "portrait")
SHOWN = 4
"""The number of cases in a strip."""


def shown_by(studio: Studio, method: str, asked: Sequence[Case], free: Sequence[Case], seed: int) -> Shown:
    """Make the pictures of every case by a composing method."""
    compiled = [composed(studio, method, case, seed + number) for number, case in enumerate(asked)]
    painted = [studio.paint(one) for one in compiled]
    forwards = sum(one.cost for one in compiled) / len(asked)
    far = [studio.paint(composed(studio, method, case, seed + number)).pictures[0] for number, case in enumerate(free)]
    return Shown(
        np.stack([one.pictures for one in painted]),
        [case.checks for case in asked],
        forwards,
        sum(one.seconds for one in painted) / len(asked),
        np.stack(far) if far else None,
    )


def shown_natively(studio: Studio, method: str, asked: Sequence[Case], seed: int) -> Shown:
    """Make the native pictures: sample the prompts of every case, each by itself, by a method of NATIVES."""
    alone = [narrowed(case, number) for number, case in enumerate(asked)]
    compiled = [
        [native(studio, prompt, seed + number, method) for prompt, _ in prompts] for number, prompts in enumerate(alone)
    ]
    painted = [[studio.paint(one) for one in each] for each in compiled]
    pictures = np.stack([np.concatenate([one.pictures for one in each]) for each in painted])
    seconds = sum(one.seconds for each in painted for one in each) / len(asked)
    checks = [[check for _, check in prompts] for prompts in alone]
    return Shown(pictures, checks, float(sum(one.cost for one in compiled[0])), seconds)


def rows_of(studio: Studio, bench: Bench, methods: Iterable[str]) -> Iterator[tuple[Row, np.ndarray]]:
    """Make the row of each method, with the pictures of its strip."""
    asked, seed = bench.cases, bench.seed
    free = [neutral()] * len(asked) if bench.task == "panorama-1" else []
    for method in methods:
        if method == "real":
            shown = real_drawings(asked, free)
        elif method in NATIVES:
            shown = shown_natively(studio, method, asked, seed)
        else:
            shown = shown_by(studio, method, asked, free, seed)
        yield bench.row(method, shown), np.concatenate(shown.pictures[:SHOWN])


def rows_asked(task: str, named: Sequence[str], quick: bool) -> list[str]:
    """Return the methods of a task that the command names, or all of them. `--quick` leaves out those in BESIDE."""
    methods = ("real", *NATIVES, *COMPOSERS[task])
    return [one for one in methods if one in named or not (named or (quick and one in BESIDE))]


def _line(row: Row) -> str:
    figures = {name: value for name, value in (asdict(row) | row.more).items() if isinstance(value, float)}
    return f"{row.task:<11} {row.method:<15}" + "".join(f"  {name} {value:.3f}" for name, value in figures.items())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} pictures a row, and {', '.join(QUICK_TASKS)}")
    parser.add_argument("--tasks", type=lambda text: text.split(","), help=", ".join(TASKS))
    parser.add_argument("--methods", type=lambda text: text.split(","), default=[], help="these rows only")
    parser.add_argument("--pictures", type=int, help=f"a row; {FULL}, and {QUICK} where it is quick")
    parser.add_argument("--resume", action="store_true", help="keep the rows that the file has from a run that was cut")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", default="papercut")
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--judge", type=Path, default=BUNDLED)
    return parser


def main() -> None:
    parser = _parser()
    arguments = parser.parse_args()
    tasks = arguments.tasks or (QUICK_TASKS if arguments.quick else [*TASKS])
    if unknown := set(tasks) - set(TASKS):
        parser.error(f"there is no task {', '.join(sorted(unknown))}; there are {', '.join(TASKS)}")
    count = arguments.pictures or (QUICK if arguments.quick else FULL)
    if count < FEWEST:
        parser.error(f"a distance needs at least {FEWEST} pictures a row, not {count}")
    try:
        _run(arguments, tasks, count)
    except (QualityError, JudgeError, LayoutError) as error:
        sys.exit(str(error))


def _run(arguments: argparse.Namespace, tasks: Sequence[str], count: int) -> None:
    judge = load_judge(arguments.judge, {name for task in tasks for name in READ_BY[task]})
    studio = Studio.of(arguments.models, arguments.model)
    settings = {"pictures": count, "seed": arguments.seed, "steps": STEPS, "model": studio.pin}
    table = (Table.resumed if arguments.resume else Table)(arguments.json, settings)
    for task in tasks:
        methods = rows_asked(task, arguments.methods, arguments.quick)
        missing = [one for one in methods if not table.has(task, one)]
        if not missing:
            continue
        bench = Bench.of(judge, task, cases(task, arguments.seed, count), arguments.seed)
        for row, pictures in rows_of(studio, bench, missing):
            table.add(row, pictures)
            sys.stdout.write(f"{_line(row)}\n")
            sys.stdout.flush()
    sys.stdout.write("".join(f"{bar}\n" for bar in bars(table.rows)))


if __name__ == "__main__":
    main()
