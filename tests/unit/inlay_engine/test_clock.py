import math
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler

from inlay_engine.clock import Instant, Schedule
from inlay_engine.errors import EngineError


@pytest.mark.parametrize("alpha_squared", [0.0, 1e-6, 0.3, 0.9999, 1.0])
def test_an_instant_keeps_its_alpha(alpha_squared: float) -> None:
    instant = Instant.of_alpha_squared(alpha_squared)
    assert instant.alpha**2 == pytest.approx(alpha_squared, abs=1e-15)
    assert instant.alpha**2 + instant.sigma**2 == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("time", [1.0, 0.999, 0.4, 1e-9, 0.0])
def test_an_instant_keeps_its_flow_time(time: float) -> None:
    """A flow model's path (1 - t) x0 + t eps, scaled to variance 1, has the instant's alpha and sigma."""
    instant = Instant.of_flow_time(time)
    assert instant.flow_time == pytest.approx(time, rel=1e-12, abs=1e-15)
    assert instant.flow_scale * (1 - time) == pytest.approx(instant.alpha, abs=1e-12)
    assert instant.flow_scale * time == pytest.approx(instant.sigma, abs=1e-12)


@pytest.mark.parametrize("shift", [1.0, 3.0, 0.5])
def test_flow_times_shift_as_those_of_diffusers(shift: float) -> None:
    times = torch.linspace(1, 0.02, 30).tolist()
    reference: Any = FlowMatchEulerDiscreteScheduler(shift=shift)
    reference.set_timesteps(sigmas=times)
    ours = [instant.flow_time for instant in Schedule.of_flow_times([*times, 0.0], shift).instants]
    assert ours == pytest.approx(reference.sigmas.tolist(), rel=1e-6)
    assert ours[0] == 1
    assert ours[-1] == 0


def test_a_schedule_may_run_from_pure_noise_to_the_clean_picture() -> None:
    first, *_, last = Schedule.of_alphas_squared([0.0, 0.5, 1.0]).instants
    assert (first.log_snr, first.alpha, first.sigma) == (-math.inf, 0, 1)
    assert (last.log_snr, last.alpha, last.sigma) == (math.inf, 1, 0)


def test_a_schedule_does_not_go_back() -> None:
    with pytest.raises(EngineError, match="must not fall"):
        Schedule.of_alphas_squared([0.5, 0.4])
    with pytest.raises(EngineError, match="at least one step"):
        Schedule.of_alphas_squared([0.5])
    with pytest.raises(EngineError, match="may only end at the clean picture"):
        Schedule.of_flow_times([0.5, 0.0, 0.0])


@pytest.mark.parametrize(("first", "last"), [(0.0, 1.0), (0.0, 0.5), (0.25, 0.75), (0.3, 0.31), (0.9, 1.0), (0.3, 0.6)])
def test_levels_hold_the_steps_of_a_share_of_the_run(first: float, last: float) -> None:
    for schedule in (
        Schedule.of_flow_times([1.0, 0.8, 0.5, 0.1, 0.0]),
        Schedule.of_alphas_squared([0.1, 0.2, 0.4, 0.9]),
    ):
        levels = schedule.levels(first, last)
        held = [instant in levels for instant in schedule.instants[:-1]]
        assert held == [first <= step / schedule.steps < last for step in range(schedule.steps)]


def test_a_share_to_the_end_holds_whatever_comes_after_its_last_step() -> None:
    schedule = Schedule.of_alphas_squared([0.1, 0.2, 0.4, 0.9])
    assert schedule.instants[-1] in schedule.levels(0.5, 1.0)
    assert schedule.instants[-1] not in schedule.levels(0.0, 0.5)


def test_even_log_snr_keeps_the_ends_and_evens_the_differences() -> None:
    schedule = Schedule.of_alphas_squared([0.01, 0.1, 0.2, 0.5, 0.9, 1.0])
    levels = [one.log_snr for one in schedule.even_in_log_snr().instants]
    assert (levels[0], levels[-2]) == (schedule.instants[0].log_snr, schedule.instants[-2].log_snr)
    assert np.diff(levels[:-1]) == pytest.approx((levels[-2] - levels[0]) / 4)
    assert levels[-1] == math.inf
    later = [one.log_snr for one in schedule.even_in_log_snr(2).instants]
    assert later[:3] == [one.log_snr for one in schedule.instants[:3]]
    assert later[3] == pytest.approx((later[2] + later[4]) / 2)
    assert schedule.even_in_log_snr().places == schedule.places


def test_even_log_snr_leaves_pure_noise_and_short_runs_alone() -> None:
    pure = Schedule.of_alphas_squared([0.0, 0.1, 0.3, 0.8, 1.0])
    levels = [one.log_snr for one in pure.even_in_log_snr().instants]
    assert levels[0] == -math.inf
    assert levels[2] == pytest.approx((levels[1] + levels[3]) / 2)
    for alphas in ([0.1, 1.0], [0.1, 0.5, 1.0], [0.0, 1.0], [0.0, 0.4, 1.0]):
        short = Schedule.of_alphas_squared(alphas)
        assert short.even_in_log_snr() == short
