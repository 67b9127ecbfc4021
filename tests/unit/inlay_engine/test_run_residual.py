"""The residual of a run: the second half of the steps, and only observables with weight."""

import math
from dataclasses import replace

import pytest

from inlay_engine.graph import constant
from inlay_engine.noise import Noise
from inlay_engine.run_residual import added_residual
from inlay_engine.sampler import Step, sample
from tests.unit.inlay_engine.graphs import SHORT
from tests.unit.inlay_engine.test_watching import Recorder, coarse, windows


def steps(*precisions: float) -> list[Step]:
    model = Recorder()
    return [*sample(windows(model, *(coarse(model, constant(precision)) for precision in precisions)), SHORT, Noise(2))]


def test_a_step_adds_the_root_mean_square_over_its_observables() -> None:
    last = steps()[-1]
    assert set(last.residual) == {"w0", "w4", "w6"}
    expected = math.sqrt(sum(value**2 for value in last.residual.values()) / 3)
    assert added_residual(last) == pytest.approx(expected)
    assert added_residual(last) > 0


def test_an_observable_that_watches_does_not_count() -> None:
    for alone, watched, seen in zip(steps(), steps(0.0), steps(1.0), strict=True):
        assert "coarse" in watched.residual
        assert added_residual(alone) == added_residual(watched)
        assert alone.index <= alone.of // 2 or added_residual(seen) != added_residual(watched)


@pytest.mark.parametrize(("of", "counted"), [(1, [1]), (2, [2]), (5, [3, 4, 5]), (6, [4, 5, 6])])
def test_only_the_second_half_of_the_steps_counts(of: int, counted: list[int]) -> None:
    step = steps()[-1]
    indices = range(1, of + 1)
    at = {index: replace(step, index=index, of=of, place=(index - 1, of)) for index in indices}
    assert [index for index in indices if added_residual(at[index])] == counted
