"""The table of quality: python -m benchmarks.quality --json FILE [--quick] [--tasks a,b] [--seed N]

Every method gets the same cases, seeds and view-forwards. The judge comes from `python -m benchmarks.judge train`. A
strip of pictures of every row is saved beside the JSON, which is written anew after each row.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.judge.judge import load_judge
from benchmarks.quality.methods import COMPOSERS, Studio, composed, native
from benchmarks.quality.rows import Bench, Row, Shown, narrowed, real_drawings
from benchmarks.quality.tasks import READ_BY, TASKS, Case, cases, neutral

FULL, QUICK = 32, 12
"""Pictures a row."""
QUICK_TASKS = ("panorama-1", "portrait")
SHOWN = 4
"""Pictures a strip."""


def shown_by(studio: Studio, method: str, asked: Sequence[Case], free: Sequence[Case], seed: int) -> Shown:
    """Every case by a method that composes."""
    compiled = [composed(studio, method, case, seed + number) for number, case in enumerate(asked)]
    began = time.perf_counter()
    pictures = np.stack([studio.paint(one) for one in compiled])
    seconds = (time.perf_counter() - began) / len(asked)
    forwards = sum(one.cost for one in compiled) / len(asked)
    far = [studio.paint(composed(studio, method, case, seed + number)) for number, case in enumerate(free)]
    return Shown(pictures, [case.checks for case in asked], forwards, seconds, np.stack(far) if far else None)


def shown_natively(studio: Studio, asked: Sequence[Case], seed: int) -> Shown:
    """A prompt of every case, sampled by itself."""
    prompts, checks = zip(*(narrowed(case, number) for number, case in enumerate(asked)), strict=True)
    compiled = [native(studio, prompt, seed + number) for number, prompt in enumerate(prompts)]
    began = time.perf_counter()
    pictures = np.stack([studio.paint(one) for one in compiled])
    return Shown(pictures, checks, float(compiled[0].cost), (time.perf_counter() - began) / len(asked))


def rows_of(studio: Studio, bench: Bench, only: Sequence[str]) -> Iterator[tuple[Row, np.ndarray]]:
    """Each row of a task, with its pictures."""
    asked, seed = bench.cases, bench.seed
    free = [neutral()] * len(asked) if bench.task == "panorama-1" else []
    for method in ("real", "native", *COMPOSERS[bench.task]):
        if only and method not in only:
            continue
        if method == "real":
            shown = real_drawings(asked, free)
        elif method == "native":
            shown = shown_natively(studio, asked, seed)
        else:
            shown = shown_by(studio, method, asked, free, seed)
        yield bench.row(method, shown), shown.pictures


def _save_strip(folder: Path, row: Row, pictures: np.ndarray) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(pictures[:SHOWN], 1)).save(folder / f"{row.task}-{row.method}.webp", quality=85)


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
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", default="papercut")
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--judge", type=Path, default=Path("runs/judge"))
    return parser


def main() -> None:
    parser = _parser()
    arguments = parser.parse_args()
    tasks = arguments.tasks or (QUICK_TASKS if arguments.quick else [*TASKS])
    if unknown := set(tasks) - set(TASKS):
        parser.error(f"there is no task {', '.join(sorted(unknown))}; there are {', '.join(TASKS)}")
    count = arguments.pictures or (QUICK if arguments.quick else FULL)
    judge = load_judge(arguments.judge, {name for task in tasks for name in READ_BY[task]})
    studio = Studio.of(arguments.models, arguments.model)
    strips, rows = arguments.json.with_suffix(""), []
    for task in tasks:
        bench = Bench.of(judge, task, cases(task, arguments.seed, count), arguments.seed)
        for row, pictures in rows_of(studio, bench, arguments.methods):
            sys.stdout.write(f"{_line(row)}\n")
            sys.stdout.flush()
            _save_strip(strips, row, pictures)
            rows.append(asdict(row))
            arguments.json.write_text(json.dumps({"rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
