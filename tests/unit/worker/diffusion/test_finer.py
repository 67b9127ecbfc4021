"""More steps for the rest of a run that was stopped: they follow the noise levels that are left, and lead to the same
distribution, more exactly."""

import itertools
from collections.abc import Mapping
from typing import Any

import pytest
import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler

from inlay_engine.clock import Schedule
from inlay_engine.graph import Denoiser, Graph, Observable
from inlay_engine.noise import Noise
from inlay_engine.operators import Identity
from inlay_engine.sampler import Method, State, Step, sample
from inlay_engine.testing import Gaussian, GaussianModel
from inlay_engine.variables import Shape
from tests.unit.inlay_engine.graphs import control
from worker.diffusion.clock import Clock, FlowClock, TrainingClock

PLANNED, AFTER, MORE = 12, 5, 120


def trained(spacing: Any, offset: int = 0) -> TrainingClock:
    alphas = DDIMScheduler(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012).alphas_cumprod
    return TrainingClock(tuple(alphas.double().tolist()), 1.0, "epsilon", spacing, offset)


CLOCKS: Mapping[str, Clock] = {
    "leading": trained("leading", 1),
    "trailing": trained("trailing"),
    "linspace": trained("linspace"),
    "flow": FlowClock(3.0),
}
every_clock = pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS)

PLACES = torch.arange(6, dtype=torch.float64)
DATA = Gaussian(
    Shape(1, 1, 6),
    torch.linspace(-1, 1, 6, dtype=torch.float64),
    0.7 * torch.exp(-(PLACES[:, None] - PLACES[None]).abs() / 3) + 0.05 * torch.eye(6, dtype=torch.float64),
)
X = control("x", *DATA.shape)
GRAPH = Graph((X,), (Observable("y", Identity(X), Denoiser(GaussianModel(1), DATA)),))
NOISE = Noise(4, batch=(20_000,), dtype=torch.float64)


def ran(schedule: Schedule, start: State | None = None, until: int | None = None, eta: float = 0.0) -> Step:
    """Return the last step of a run, or step `until`."""
    for step in sample(GRAPH, schedule, NOISE, Method(eta=eta), start):
        if step.index == (until or schedule.steps):
            return step
    raise AssertionError("the run has no such step")


@every_clock
def test_the_levels_that_are_left_are_divided_from_where_the_run_stopped(clock: Clock) -> None:
    schedule = clock.schedule(PLANNED)
    finer = clock.finer(schedule, AFTER, MORE)
    assert finer.steps == AFTER + MORE
    assert finer.instants[: AFTER + 1] == schedule.instants[: AFTER + 1]
    assert finer.instants[-1] == schedule.instants[-1]
    levels = [instant.log_snr for instant in finer.instants]
    assert all(after > before for before, after in itertools.pairwise(levels)), "no step is for nothing"
    gaps = [b - a for a, b in zip(levels[AFTER:-2], levels[AFTER + 1 : -1], strict=True)]
    planned = schedule.instants[AFTER + 1].log_snr - schedule.instants[AFTER].log_snr
    assert gaps[0] < planned / 10, "each step is finer than the planned one"


@every_clock
def test_as_many_steps_as_are_left_are_the_planned_ones(clock: Clock) -> None:
    schedule = clock.schedule(PLANNED)
    same = clock.finer(schedule, AFTER, PLANNED - AFTER)
    timesteps = [[clock.timestep(at) for at in one.instants[:-1]] for one in (schedule, same)]
    assert timesteps[1] == pytest.approx(timesteps[0], abs=1.0), "planned timesteps are rounded to whole ones"


@every_clock
def test_they_divide_what_is_left_again(clock: Clock) -> None:
    once = clock.finer(clock.schedule(PLANNED), AFTER, 10)
    twice = clock.finer(once, AFTER + 8, 30)
    assert twice.instants[: AFTER + 9] == once.instants[: AFTER + 9]
    assert twice.steps == AFTER + 38


@every_clock
def test_more_steps_on_a_stopped_run_come_closer_to_the_exact_flow_from_there(clock: Clock) -> None:
    schedule = clock.schedule(PLANNED)
    stopped = ran(schedule, until=AFTER).state
    exact = DATA.flow(stopped.controls["x"], schedule.instants[AFTER], schedule.instants[-1])
    errors = [
        float((ran(one, stopped).controls["x"] - exact).abs().mean())
        for one in (schedule, clock.finer(schedule, AFTER, MORE))
    ]
    assert errors[1] < 0.35 * errors[0]


@every_clock
@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_more_steps_on_a_stopped_run_reach_the_law_of_the_data(clock: Clock, eta: float) -> None:
    schedule = clock.schedule(PLANNED)
    finer = clock.finer(schedule, AFTER, MORE)
    stopped = ran(schedule, until=AFTER, eta=eta).state
    plain, more = (ran(one, stopped, eta=eta).controls["x"].flatten(1) for one in (schedule, finer))
    torch.testing.assert_close(more.T.cov(), DATA.ddim_covariance(finer, eta), rtol=0, atol=0.04)
    torch.testing.assert_close(more.mean(0), DATA.mean, rtol=0, atol=0.12)  # the first level is not quite pure noise
    off = [float((each.T.cov() - DATA.covariance).norm()) for each in (plain, more)]
    assert off[1] < off[0], "nearer to the law of the data than the planned steps"


@every_clock
def test_a_stopped_run_with_more_steps_is_the_run_of_that_schedule_bit_for_bit(clock: Clock) -> None:
    finer = clock.finer(clock.schedule(PLANNED), AFTER, 20)
    stopped = ran(clock.schedule(PLANNED), until=AFTER, eta=1.0).state
    assert torch.equal(ran(finer, stopped, eta=1.0).controls["x"], ran(finer, eta=1.0).controls["x"])
