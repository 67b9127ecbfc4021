"""The bars name rows of the table, and can be missed."""

from dataclasses import replace

from benchmarks.analytic.bars import ALONE, COARSE, LONG, PLAIN, Bar, bars
from benchmarks.analytic.rows import SAMPLERS, Row
from benchmarks.analytic.toy import Case


def row(name: str, mahalanobis: float = 1.0, cov_error: float = 0.1, far_agreement: float = 0.99) -> Row:
    return Row(name, "windows", mahalanobis, cov_error, far_agreement, 1.0, 50, 250, 1.0)


ROWS = [row(PLAIN, 1.5, 1.0, 0.5), row(ALONE), row(LONG), row(COARSE)]


def test_every_bar_names_a_row_of_the_table() -> None:
    assert {PLAIN, ALONE, LONG, COARSE} <= {sampler.name for sampler in SAMPLERS}


def test_the_bar_of_long_runs_is_that_of_the_default_case() -> None:
    default, other = bars(Case(seed=3, samples=64), ROWS), bars(Case(length=160), ROWS)
    assert {bar.row for bar in default} == {ALONE, COARSE, LONG}
    assert {bar.row for bar in other} == {ALONE, COARSE}
    assert all(bar.met for bar in (*default, *other))


def test_a_value_beyond_its_bar_misses_it() -> None:
    worse = [replace(one, cov_error=2.0) if one.sampler == ALONE else one for one in ROWS]
    missed: list[Bar] = [bar for bar in bars(Case(), worse) if not bar.met]
    assert [(bar.row, bar.found, bar.most) for bar in missed] == [(ALONE, 2.0, 0.5)]
    assert missed[0].told()["met"] is False
