"""Rows of tables, and the figures that bars are set for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.speed.timing import Figure, Series, summary

Row = dict[str, Any]


class Part(NamedTuple):
    """Rows that were measured in the same turns, and the figures that follow from them."""

    rows: list[Row]
    figures: Mapping[str, Figure] = {}


def rows_of(series: Series, **more: Any) -> list[Row]:
    """Return a row for each of several series. `more`: what all rows have in common."""
    return [{**more, "name": name, **summary(seconds)} for name, seconds in series.items()]


@dataclass
class Results:
    """All results of a run, which are written to `file` after each part. `about` describes the machine."""

    file: Path | None
    about: dict[str, Any]
    parts: dict[str, list[Row]] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path, about: dict[str, Any]) -> "Results":
        """Return the results of an earlier run, as far as it came."""
        saved = json.loads(file.read_text())
        figures = {name: Figure(saved[name], *limits) for name, limits in saved["ranges"].items()}
        return cls(file, about, saved["parts"], figures)

    def add(self, name: str, part: Part) -> None:
        self.parts.setdefault(name, []).extend(part.rows)
        self.figures |= part.figures
        if self.file:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text(json.dumps(self.saved, indent=1) + "\n")

    @property
    def saved(self) -> dict[str, Any]:
        """The content of the file: each figure by its name, their ranges, the machine, and the rows of each part."""
        values = {name: round(figure.value, 3) for name, figure in self.figures.items()}
        ranges = {name: [round(figure.low, 3), round(figure.high, 3)] for name, figure in self.figures.items()}
        return {**values, "ranges": ranges, **self.about, "parts": self.parts}
