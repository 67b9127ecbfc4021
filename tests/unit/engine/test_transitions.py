import math

import pytest
import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler

from worker.engine.clock import Instant, Schedule
from worker.engine.errors import EngineError
from worker.engine.transitions import ddim, langevin_scale


@pytest.mark.parametrize("eta", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("set_alpha_to_one", [True, False])
def test_ddim_takes_the_steps_of_diffusers(eta: float, set_alpha_to_one: bool) -> None:
    reference = DDIMScheduler(set_alpha_to_one=set_alpha_to_one, clip_sample=False, steps_offset=1)
    reference.set_timesteps(10)
    timesteps = reference.timesteps.tolist()
    alphas = [float(reference.alphas_cumprod[t]) for t in timesteps] + [float(reference.final_alpha_cumprod)]
    schedule = Schedule.of_alphas_squared(alphas)
    generator = torch.Generator().manual_seed(0)
    ours = theirs = torch.randn(1, 4, 3, 5, generator=generator)
    for timestep, t, s in zip(timesteps, schedule.instants, schedule.instants[1:], strict=False):
        predicted, fresh = torch.randn(2, 1, 4, 3, 5, generator=generator).unbind(0)
        stepped = reference.step(predicted, timestep, theirs, eta=eta, variance_noise=fresh, return_dict=False)
        clean = (ours - t.sigma * predicted) / t.alpha
        ours, theirs = ddim(ours, clean, t, s, langevin_scale(t, s, eta), fresh), stepped[0]
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


def test_ddim_starts_from_pure_noise_and_ends_clean() -> None:
    pure, clean = Instant(-math.inf), Instant(math.inf)
    middle = Instant(0.0)
    noise, picture = torch.randn(2, 1, 2, 2, generator=torch.Generator().manual_seed(1)).unbind(0)
    torch.testing.assert_close(ddim(noise, picture, pure, middle), math.sqrt(0.5) * (picture + noise))
    torch.testing.assert_close(ddim(noise, picture, middle, clean), picture)
    assert langevin_scale(middle, clean, 1.0) == 0
    assert langevin_scale(pure, middle, 1.0) == pytest.approx(math.sqrt(0.5))


@pytest.mark.parametrize("alpha_squared", [0.0, 1e-6, 0.3, 0.9999, 1.0])
def test_an_instant_keeps_its_alpha(alpha_squared: float) -> None:
    instant = Instant.of_alpha_squared(alpha_squared)
    assert instant.alpha**2 == pytest.approx(alpha_squared, abs=1e-15)
    assert instant.alpha**2 + instant.sigma**2 == pytest.approx(1, abs=1e-15)


def test_a_schedule_does_not_go_back() -> None:
    with pytest.raises(EngineError, match="must not fall"):
        Schedule.of_alphas_squared([0.5, 0.4])
    with pytest.raises(EngineError, match="at least one step"):
        Schedule.of_alphas_squared([0.5])
