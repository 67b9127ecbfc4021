"""The bars of the rows with fresh noise, most of them relative to the row of MultiDiffusion. Each bar names one row,
which is the same in every case."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from benchmarks.analytic.rows import Row
from benchmarks.analytic.toy import Case

PLAIN = "MultiDiffusion (lambda 1, eta 0)"
ALONE = "counting, fresh 1 until 0.25"
LONG = "fresh 1 until 1, 250 steps"
COARSE = "coarse 6, fresh 0.6, filled noise 0.5"


@dataclass(frozen=True)
class Bar:
    """A value of a row, and the range in which it must be."""

    row: str
    value: str
    found: float
    least: float
    most: float

    @property
    def met(self) -> bool:
        return self.least <= self.found <= self.most

    def told(self) -> dict[str, Any]:
        return asdict(self) | {"met": self.met}


def bars(case: Case, rows: Iterable[Row]) -> list[Bar]:
    """Return what the rows are held to in this case. The bar of long runs is that of the default case alone."""
    by_name = {row.sampler: row for row in rows}
    plain, alone, long, coarse = (by_name[name] for name in (PLAIN, ALONE, LONG, COARSE))
    ratio = "covariance error, of MultiDiffusion's"
    held = [
        Bar(ALONE, ratio, alone.cov_error / plain.cov_error, 0.0, 0.5),
        Bar(ALONE, "Mahalanobis", alone.mahalanobis, 0.75, 1.25),
        Bar(COARSE, ratio, coarse.cov_error / plain.cov_error, 0.0, 0.13),
        Bar(COARSE, "Mahalanobis", coarse.mahalanobis, 0.88, 1.15),
        Bar(COARSE, "far ends", coarse.far_agreement, 0.98, 1.0),
    ]
    if replace(case, seed=0, samples=Case.samples) == Case():
        held.append(Bar(LONG, "far ends", long.far_agreement, 0.85, 1.0))
    return held
