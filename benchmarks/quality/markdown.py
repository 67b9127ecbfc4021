"""Print the rows of a table as Markdown, for docs/quality.md: python -m benchmarks.quality.markdown FILE"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.quality.bars import bars
from benchmarks.quality.rows import Row

ERRORS = {
    "crop_distance": "crop_distance_se",
    "independent_distance": "independent_distance_se",
    "prompt_accuracy": "prompt_accuracy_se",
}
"""The figures that are printed with their standard error."""
COLUMNS = {
    "crop_distance": "crop distance",
    "independent_distance": "independent distance",
    "prompt_accuracy": "as prompted",
    "sharpness": "sharpness",
    "seam": "seam",
    "far_coherence": "far coherence",
    "one_light": "one sun or moon",
    "place_mix": "mix of places",
    "time_mix": "mix of times",
    "things": "things in place",
    "y1": "y1",
    "y2": "y2",
    "y3": "y3",
    "head_accuracy": "heads right",
    "pose_error": "pose error, px",
    "figure_distance": "figure distance",
    "view_forwards": "view-forwards",
    "seconds": "seconds",
}
PLACES = {"view_forwards": 0, "pose_error": 1, "seconds": 1}
"""The number of decimals, where it is not two."""


def tables(rows: Sequence[Row]) -> Iterator[str]:
    """Return a heading and a table for each task, with the columns that have figures, and the bars."""
    for task in dict.fromkeys(row.task for row in rows):
        own = [row for row in rows if row.task == task]
        columns = [name for name in COLUMNS if any(_figure(row, name) is not None for row in own)]
        yield f"### {task}\n"
        yield f"| | {' | '.join(COLUMNS[name] for name in columns)} |"
        yield f"|---|{'---:|' * len(columns)}"
        for row in own:
            yield f"| {row.method} | {' | '.join(_cell(row, name) for name in columns)} |"
        yield ""
        for bar in bars(own):
            verdict = "not asked" if bar.met is None else "met" if bar.met else "**missed**"
            asked = f"{'at most' if bar.below else 'at least'} {bar.bar:.2f}"
            yield f"- {bar.name}: {bar.figure:.2f}, {asked}: {verdict}{bar.note and f' ({bar.note})'}"
        yield ""


def _figure(row: Row, name: str) -> float | None:
    return row.more.get(name) if name in row.more or not hasattr(row, name) else getattr(row, name)


def _cell(row: Row, name: str) -> str:
    figure = _figure(row, name)
    if figure is None:
        return ""
    shown = f"{figure:.{PLACES.get(name, 2)}f}"
    return f"{shown} ± {_figure(row, ERRORS[name]):.2f}" if name in ERRORS else shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    saved = json.loads(parser.parse_args().file.read_text())
    for line in tables([Row(**row) for row in saved["rows"]]):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
