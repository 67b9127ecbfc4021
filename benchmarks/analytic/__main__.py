"""Run every sampler of the engine on a toy whose answer is known.

    python -m benchmarks.analytic --json FILE [--length 96 --window 32 --stride 16 --mean 2 --seed 0]

The command prints a table and writes {"case", "truth", "rows", "checks", "bars"}. `metrics.py` explains the numbers.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from benchmarks.analytic.bars import Bar, bars
from benchmarks.analytic.checks import checks
from benchmarks.analytic.metrics import Scores
from benchmarks.analytic.rows import Row, rows, truth
from benchmarks.analytic.share import solve_share
from benchmarks.analytic.toy import Case

BARS = {
    "lasso_kkt": 1e-6,
    "exact_vs_gradient": 1e-5,
    "adjoint_max": 1e-5,
    "multidiffusion_equal": 1e-5,
    "solve_share": 0.03,
}


def main() -> None:
    arguments = _parser().parse_args()
    torch.set_num_threads(1)  # as the rows have it, and steadier than two where other work shares the cores
    case = Case(**{field.name: getattr(arguments, field.name) for field in fields(Case)})
    began = time.perf_counter()
    checked = checks(case) | {"solve_share": solve_share()}
    ideal, done = truth(case), list(rows(case))
    console = Console(width=None if sys.stdout.isatty() else 130)
    held = bars(case, done)
    console.print(_table(case, ideal, done), _checks(checked), _bars(held))
    console.print(f"{time.perf_counter() - began:.0f} s")
    if arguments.json:
        result = {
            "case": asdict(case),
            "truth": asdict(ideal),
            "rows": [asdict(row) for row in done],
            "checks": checked,
            "bars": [bar.told() for bar in held],
        }
        arguments.json.write_text(json.dumps(result, indent=2) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.analytic", description="Every sampler on a known toy.")
    parser.add_argument("--json", type=Path, help="write the rows and checks here as well")
    for field in fields(Case):
        parser.add_argument(f"--{field.name}", type=type(field.default), default=field.default)
    return parser


def _table(case: Case, ideal: Scores, done: Iterable[Row]) -> Table:
    title = f"{case.length} cells, windows of {case.window} at stride {case.stride}, modes at +-{case.mean:g}"
    table = Table(title=f"{title}; {case.samples} samples, seed {case.seed}", title_justify="left")
    table.add_column("sampler")
    for name in ("Mahalanobis", "cov. error", "far ends", "lambda", "passes", "forwards", "seconds"):
        table.add_column(name, justify="right")
    table.add_row("truth, drawn", *_told(ideal), "", "", "", "", end_section=True)
    last = None
    for row in done:
        if last not in (None, row.views):
            table.add_section()
        last = row.views
        size = f"{row.step_size:.3f}"
        costs = (str(row.passes), str(row.view_forwards), f"{row.seconds:.1f}")
        table.add_row(row.sampler, *_told(row), size, *costs)
    return table


def _told(scores: Scores | Row) -> tuple[str, str, str]:
    return f"{scores.mahalanobis:.3f}", f"{scores.cov_error:.3f}", f"{scores.far_agreement:.3f}"


def _checks(checked: dict[str, float]) -> Table:
    table = Table("check", "found", "bar", title="Checks", title_justify="left")
    for name, value in checked.items():
        table.add_row(name, f"{value:.2g}", f"{BARS[name]:g}")
    return table


def _bars(held: Iterable[Bar]) -> Table:
    table = Table("row", "value", "found", "bar", "", title="Bars", title_justify="left")
    for bar in held:
        within = f"{bar.least:g} to {bar.most:g}"
        table.add_row(bar.row, bar.value, f"{bar.found:.3f}", within, "met" if bar.met else "missed")
    return table


if __name__ == "__main__":
    main()
