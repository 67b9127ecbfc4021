import json
import math
from pathlib import Path
from typing import Any

import pytest
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler
from diffusers.schedulers.scheduling_pndm import PNDMScheduler

from inlay_engine.clock import Instant
from worker.diffusion.clock import FlowClock, TrainingClock
from worker.diffusion.errors import DiffusionError


def saved(folder: Path, scheduler: Any) -> Path:
    scheduler.save_pretrained(folder)
    return folder / "scheduler_config.json"


@pytest.mark.parametrize("spacing", ["leading", "trailing", "linspace"])
@pytest.mark.parametrize("steps", [2, 7, 30, 50, 999])
def test_timesteps_are_those_of_diffusers(tmp_path: Path, spacing: Any, steps: int) -> None:
    scheduler = DDIMScheduler(timestep_spacing=spacing, steps_offset=1)
    clock = TrainingClock.read(saved(tmp_path, scheduler))
    scheduler.set_timesteps(steps)
    assert clock.timesteps(steps) == scheduler.timesteps.tolist()


@pytest.mark.parametrize("spacing", ["leading", "trailing", "linspace"])
def test_a_run_of_one_step_begins_at_the_end_of_the_training(tmp_path: Path, spacing: Any) -> None:
    """It begins with pure noise. At the timestep of diffusers, the model would return the noise as a picture."""
    scheduler = DDIMScheduler(timestep_spacing=spacing, steps_offset=1)
    clock = TrainingClock.read(saved(tmp_path, scheduler))
    assert clock.timesteps(1) == [999]
    begun, ended = clock.schedule(1).instants
    assert begun.alpha**2 == pytest.approx(float(scheduler.alphas_cumprod[999]))
    assert ended.sigma < 0.03
    assert clock.timestep(begun) == 999


def test_a_schedule_holds_the_noise_levels_of_its_timesteps(tmp_path: Path) -> None:
    scheduler = DDIMScheduler(beta_schedule="scaled_linear", set_alpha_to_one=False, steps_offset=1)
    clock = TrainingClock.read(saved(tmp_path, scheduler))
    instants = clock.schedule(10).instants
    expected = [float(scheduler.alphas_cumprod[t]) for t in clock.timesteps(10)]
    assert [instant.alpha**2 for instant in instants[:-1]] == pytest.approx(expected, rel=1e-12)
    assert instants[-1].alpha ** 2 == pytest.approx(float(scheduler.alphas_cumprod[0]), rel=1e-12)
    assert (
        TrainingClock.read(saved(tmp_path, DDIMScheduler(set_alpha_to_one=True))).schedule(10).instants[-1].sigma == 0
    )


def test_every_step_of_the_clock_s_own_schedule_is_a_whole_timestep(tmp_path: Path) -> None:
    clock = TrainingClock.read(saved(tmp_path, DDIMScheduler(steps_offset=1)))
    for steps in (3, 30, 1000):
        asked = [clock.timestep(instant) for instant in clock.schedule(steps).instants[:-1]]
        assert asked == clock.timesteps(steps)


def test_another_model_s_noise_level_falls_between_two_timesteps(tmp_path: Path) -> None:
    clock = TrainingClock.read(saved(tmp_path, DDIMScheduler()))
    levels = [Instant.of_alpha_squared(clock.alphas_squared[t]).log_snr for t in (400, 401)]
    assert clock.timestep(Instant(0.75 * levels[0] + 0.25 * levels[1])) == pytest.approx(400.25)
    assert clock.timestep(Instant(math.inf)) == 0
    assert clock.timestep(Instant(-math.inf)) == 999


def test_the_noisiest_level_that_a_clock_knows_is_that_of_its_training(tmp_path: Path) -> None:
    clock = TrainingClock.read(saved(tmp_path, DDIMScheduler()))
    noisiest, level = (Instant.of_alpha_squared(clock.alphas_squared[t]) for t in (999, 400))
    assert clock.known(Instant(-math.inf)) == clock.known(noisiest.weaker(0.5)) == clock.known(noisiest) == noisiest
    assert clock.known(level) == level
    assert FlowClock(3.0).known(Instant(-math.inf)) == Instant(-math.inf)


def test_a_clock_may_start_from_pure_noise(tmp_path: Path) -> None:
    scheduler = DDIMScheduler(rescale_betas_zero_snr=True, timestep_spacing="trailing", prediction_type="v_prediction")
    clock = TrainingClock.read(saved(tmp_path, scheduler))
    first = clock.schedule(4).instants[0]
    assert (first.alpha, first.sigma) == (0, 1)
    assert clock.timestep(first) == 999
    just_below = Instant(Instant.of_alpha_squared(clock.alphas_squared[998]).log_snr - 1)
    assert clock.timestep(just_below) == 998
    scheduler.register_to_config(prediction_type="epsilon")
    with pytest.raises(DiffusionError, match=r"scheduler_config.json: the last timestep is pure noise"):
        TrainingClock.read(saved(tmp_path, scheduler))


def test_the_configuration_of_another_scheduler_is_read(tmp_path: Path) -> None:
    """Stable Diffusion 1.5 ships the configuration of PNDM."""
    scheduler = PNDMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", skip_prk_steps=True, steps_offset=1
    )
    clock = TrainingClock.read(saved(tmp_path, scheduler))
    assert clock.timesteps(50)[:2] == [981, 961]
    assert clock.alphas_squared[500] == pytest.approx(float(scheduler.alphas_cumprod[500]))
    assert clock.final == clock.alphas_squared[0]


def test_what_cannot_be_read_is_refused_with_the_file(tmp_path: Path) -> None:
    file = saved(tmp_path, DDIMScheduler(prediction_type="sample"))
    with pytest.raises(DiffusionError, match=r"scheduler_config.json: prediction_type is 'sample'"):
        TrainingClock.read(file)
    file.write_text("{")
    with pytest.raises(DiffusionError, match=r"scheduler_config.json cannot be read"):
        TrainingClock.read(file)
    file.write_text(json.dumps({"beta_schedule": "steep"}))
    with pytest.raises(DiffusionError, match="steep is not implemented"):
        TrainingClock.read(file)


def test_a_run_has_no_more_steps_than_the_clock(tmp_path: Path) -> None:
    clock = TrainingClock.read(saved(tmp_path, DDIMScheduler(num_train_timesteps=100)))
    with pytest.raises(DiffusionError, match="trained on 100 timesteps; a run of 101 steps needs more"):
        clock.timesteps(101)


@pytest.mark.parametrize("shift", [1.0, 3.0, 6.0])
@pytest.mark.parametrize("steps", [1, 2, 28])
def test_flow_s_times_are_those_of_diffusers(tmp_path: Path, shift: float, steps: int) -> None:
    scheduler: Any = FlowMatchEulerDiscreteScheduler(shift=shift)
    clock = FlowClock.read(saved(tmp_path, scheduler))
    scheduler.set_timesteps(steps)
    schedule = clock.schedule(steps)
    assert [at.flow_time for at in schedule.instants] == pytest.approx(scheduler.sigmas.tolist(), abs=1e-6)
    asked = [clock.timestep(at) for at in schedule.instants[:-1]]
    assert asked == pytest.approx(scheduler.timesteps.tolist(), abs=1e-3)


def test_a_flow_network_takes_views_on_the_straight_path() -> None:
    clock, at = FlowClock(shift=3.0), Instant.of_flow_time(0.25)
    picture, noise = 0.7, -1.3
    noisy = at.alpha * picture + at.sigma * noise
    assert noisy * clock.input_scale(at) == pytest.approx(0.75 * picture + 0.25 * noise)
    assert clock.prediction == "flow"
