"""Every transition against diffusers' own scheduler, over whole runs of the same model."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler
from torch import Tensor

from inlay_engine.clock import Instant, Schedule
from inlay_engine.parametrization import CLEAN_FROM, Prediction
from inlay_engine.transitions import ddim, dpm_solver_pp_2m, flow_euler, langevin, langevin_scale, renoise

PURE, MIDDLE, CLEAN = Instant(-math.inf), Instant(0.3), Instant(math.inf)


def white(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def answer(noisy: Tensor, step: int) -> Tensor:
    """A made-up model. It is bounded and nonlinear, differs at every step, and depends on a cell's neighbours."""
    return torch.tanh(noisy.roll(1, -1) - 0.6 * noisy.roll(1, -3) + 0.4 * math.sin(step)) + 0.2 * noisy


def steps_of(schedule: Schedule) -> list[tuple[int, Instant, Instant]]:
    return [(step, *instants) for step, instants in enumerate(pairwise(schedule.instants))]


def start() -> Tensor:
    return white(2, 4, 3, 5)


def their_run(reference: Any, **options: Callable[[int], Any]) -> Tensor:
    """Run diffusers' loop. `options` gives the arguments of each step."""
    noisy = start()
    for step, timestep in enumerate(reference.timesteps):
        given = {key: value(step) for key, value in options.items()}
        noisy = reference.step(answer(noisy, step), timestep, noisy, return_dict=False, **given)[0]
    return noisy


def assert_same(ours: Tensor, theirs: Tensor) -> None:
    """Assert equality to 1e-5 of the largest value. The schedulers of diffusers keep their clock, and some also their
    state, in float32."""
    assert (ours - theirs).abs().max() < 1e-5 * theirs.abs().max()
    assert theirs.std() > 0.1


def fresh(step: int) -> Tensor:
    return white(2, 4, 3, 5, seed=100 + step)


@pytest.mark.parametrize("eta", [0.0, 0.4, 1.0])
@pytest.mark.parametrize(
    ("prediction", "options"),
    [
        ("epsilon", {"set_alpha_to_one": True, "steps_offset": 1}),
        ("epsilon", {"set_alpha_to_one": False, "steps_offset": 1}),
        ("epsilon", {"timestep_spacing": "trailing"}),
        ("v_prediction", {"set_alpha_to_one": False, "steps_offset": 1}),
        ("v_prediction", {"timestep_spacing": "trailing", "rescale_betas_zero_snr": True}),
    ],
)
def test_ddim_runs_as_that_of_diffusers(eta: float, prediction: Prediction, options: dict[str, Any]) -> None:
    reference: Any = DDIMScheduler.from_config({"clip_sample": False, "prediction_type": prediction, **options})
    reference.set_timesteps(20)
    theirs = their_run(reference, eta=lambda step: eta, variance_noise=fresh)

    visited = [float(reference.alphas_cumprod[timestep]) for timestep in reference.timesteps]
    schedule = Schedule.of_alphas_squared([*visited, float(reference.final_alpha_cumprod)])
    assert (schedule.instants[0].alpha == 0) == ("rescale_betas_zero_snr" in options)
    noisy = start()
    for step, t, s in steps_of(schedule):
        clean = CLEAN_FROM[prediction](noisy, answer(noisy, step), t)
        noisy = ddim(noisy, clean, t, s, langevin_scale(t, s, eta), fresh(step))
    assert_same(noisy, theirs)


@pytest.mark.parametrize("steps", [5, 20])
@pytest.mark.parametrize(
    ("prediction", "options"),
    [
        ("epsilon", {}),
        ("epsilon", {"use_karras_sigmas": True}),
        ("v_prediction", {}),
        ("v_prediction", {"rescale_betas_zero_snr": True}),
        ("v_prediction", {"final_sigmas_type": "sigma_min", "lower_order_final": False}),
    ],
)
def test_dpm_solver_runs_as_that_of_diffusers(steps: int, prediction: Prediction, options: dict[str, Any]) -> None:
    """With zero terminal SNR, diffusers starts from a signal with 2^-24 of the variance. So does this run."""
    settings = {
        "algorithm_type": "dpmsolver++",
        "solver_order": 2,
        "solver_type": "midpoint",
        "timestep_spacing": "trailing",
        "final_sigmas_type": "zero",
        "prediction_type": prediction,
    }
    reference: Any = DPMSolverMultistepScheduler.from_config(settings | options)
    reference.set_timesteps(steps)
    theirs = their_run(reference)

    noise_to_signal = [float(sigma) for sigma in reference.sigmas]
    schedule = Schedule.of_alphas_squared([1 / (1 + sigma**2) for sigma in noise_to_signal])
    ours = dpm_run(schedule, prediction)
    assert_same(ours, theirs)
    first_order = start()
    for step, t, s in steps_of(schedule):
        first_order = ddim(first_order, CLEAN_FROM[prediction](first_order, answer(first_order, step), t), t, s)
    assert (first_order - ours).abs().max() > 1e-3, "the second order made no difference"


def dpm_run(schedule: Schedule, prediction: Prediction) -> Tensor:
    noisy, previous = start(), None
    for step, t, s in steps_of(schedule):
        clean = CLEAN_FROM[prediction](noisy, answer(noisy, step), t)
        noisy, previous = dpm_solver_pp_2m(noisy, clean, t, s, previous), (t, clean)
    return noisy


def test_dpm_solver_from_pure_noise_is_the_limit_of_starting_with_ever_less_signal() -> None:
    rest = [0.1, 0.3, 0.6, 0.9, 1.0]
    exact = dpm_run(Schedule.of_alphas_squared([0.0, *rest]), "v_prediction")
    apart = [
        float((dpm_run(Schedule.of_alphas_squared([signal, *rest]), "v_prediction") - exact).abs().max())
        for signal in (1e-50, 1e-100, 1e-200)
    ]
    assert exact.isfinite().all()
    assert apart[0] > 1.9 * apart[1] > 3.6 * apart[2], "the step before weighs as 1 over its log-SNR"


@pytest.mark.parametrize("shift", [1.0, 3.0])
def test_flow_euler_runs_as_that_of_diffusers(shift: float) -> None:
    """The state of diffusers lies on the path (1 - t) x0 + t eps, and ours has variance 1. Both ask the model on
    diffusers' path."""
    times = torch.linspace(1, 0.05, 12).tolist()
    reference = FlowMatchEulerDiscreteScheduler(shift=shift)
    reference.set_timesteps(sigmas=times)
    theirs = their_run(reference)

    noisy = start()
    for step, t, s in steps_of(Schedule.of_flow_times([*times, 0.0], shift)):
        clean = CLEAN_FROM["flow"](noisy, answer(noisy / t.flow_scale, step), t)
        noisy = flow_euler(noisy, clean, t, s)
    assert_same(noisy, theirs)


@pytest.mark.parametrize(("t", "s"), [(PURE, MIDDLE), (Instant(-4.0), MIDDLE), (MIDDLE, CLEAN), (PURE, CLEAN)])
def test_flow_euler_is_ddim_without_fresh_noise(t: Instant, s: Instant) -> None:
    noisy, clean = white(2, 3, 4, 4).unbind(0)
    torch.testing.assert_close(flow_euler(noisy, clean, t, s), ddim(noisy, clean, t, s), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("move", [ddim, flow_euler, lambda *args: dpm_solver_pp_2m(*args, previous=None)])
def test_every_transition_starts_from_pure_noise_and_ends_clean(move: Callable[..., Tensor]) -> None:
    noise, picture = white(2, 1, 2, 2).unbind(0)
    torch.testing.assert_close(move(noise, picture, PURE, MIDDLE), MIDDLE.alpha * picture + MIDDLE.sigma * noise)
    torch.testing.assert_close(move(noise, picture, MIDDLE, CLEAN), picture)
    torch.testing.assert_close(move(noise, picture, MIDDLE, MIDDLE), noise)


def test_fresh_noise_fits_in_at_both_ends() -> None:
    assert langevin_scale(MIDDLE, CLEAN, 1.0) == 0
    assert langevin_scale(PURE, MIDDLE, 1.0) == pytest.approx(MIDDLE.sigma)


def test_dpm_solver_needs_a_step_before_that_moved() -> None:
    """After pure noise or a step of length zero there is no slope. In a step to the clean picture there is
    no midpoint."""
    noisy, clean, other = white(3, 1, 2, 2).unbind(0)
    later = Instant(1.0)
    first_order = ddim(noisy, clean, MIDDLE, later)
    for before in (PURE, MIDDLE):
        torch.testing.assert_close(dpm_solver_pp_2m(noisy, clean, MIDDLE, later, (before, other)), first_order)
    torch.testing.assert_close(dpm_solver_pp_2m(noisy, clean, MIDDLE, CLEAN, (Instant(-1.0), other)), clean)


def test_dpm_solver_is_of_second_order_on_data_with_a_known_flow() -> None:
    """The data have variance 4. E[x0 | y] is linear, and the exact flow scales y by the ratio of the standard
    deviations."""

    def error(steps: int) -> float:
        instants = [Instant(log_snr) for log_snr in torch.linspace(-3, 3, steps + 1).tolist()]
        first, last = instants[0], instants[-1]
        noisy, previous = white(1, 4, 4), None
        exact = noisy * math.sqrt((4 * last.alpha**2 + last.sigma**2) / (4 * first.alpha**2 + first.sigma**2))
        for t, s in pairwise(instants):
            clean = 4 * t.alpha * noisy / (4 * t.alpha**2 + t.sigma**2)
            noisy, previous = dpm_solver_pp_2m(noisy, clean, t, s, previous), (t, clean)
        return float((noisy - exact).abs().max())

    assert error(40) / error(80) == pytest.approx(4, rel=0.1)


def test_renoising_keeps_the_distribution_at_the_noisier_level() -> None:
    t, s = Instant(-1.0), Instant(1.5)
    picture, n1, n2 = white(3, 1, 300, 300).unbind(0)
    again = renoise(s.alpha * picture + s.sigma * n1, s, t, n2)
    noise = again - t.alpha * picture
    assert float(noise.std()) == pytest.approx(t.sigma, rel=0.01)
    assert float((noise * picture).mean()) == pytest.approx(0, abs=0.01)
    torch.testing.assert_close(renoise(picture, s, PURE, n2), n2)
    torch.testing.assert_close(renoise(picture, PURE, PURE, n2), picture)
    torch.testing.assert_close(renoise(picture, CLEAN, t, n2), t.alpha * picture + t.sigma * n2)


@pytest.mark.parametrize("snr", [0.05, 0.16, 0.4])
def test_a_corrector_step_is_that_of_song(snr: float) -> None:
    """The reference is `LangevinCorrector.update_fn` of the authors' score_sde for one sample, which uses the score and
    not eps."""
    noisy, clean, noise = white(3, 2, 6, 6).unbind(0)
    score = -(noisy - MIDDLE.alpha * clean) / MIDDLE.sigma**2
    step_size = (snr * noise.flatten().norm() / score.flatten().norm()) ** 2 * 2
    expected = noisy + step_size * score + torch.sqrt(step_size * 2) * noise
    torch.testing.assert_close(langevin(noisy, clean, MIDDLE, noise, snr), expected)


def test_every_sample_of_a_batch_has_its_own_corrector_step() -> None:
    noisy, clean, noise = white(3, 4, 2, 5, 5).unbind(0)
    noisy = noisy * torch.tensor([0.1, 1.0, 3.0, 10.0])[:, None, None, None]
    together = langevin(noisy, clean, MIDDLE, noise, 0.2)
    alone = [langevin(y, d, MIDDLE, n, 0.2) for y, d, n in zip(noisy, clean, noise, strict=True)]
    torch.testing.assert_close(together, torch.stack(alone))


def test_corrector_steps_lead_to_the_noisy_distribution_and_stay() -> None:
    """The data have variance 0.25 and independent cells. 20,000 samples start with a much too small variance and must
    reach alpha^2 / 4 + sigma^2, within the bias of steps of this size."""
    variance = 0.25 * MIDDLE.alpha**2 + MIDDLE.sigma**2
    noisy = 0.1 * white(1, 100, 200)
    for step in range(300):
        posterior = 0.25 * MIDDLE.alpha * noisy / variance
        noisy = langevin(noisy, posterior, MIDDLE, white(1, 100, 200, seed=step + 1), 0.1)
    assert float(noisy.var()) == pytest.approx(variance, rel=0.05)


def test_a_corrector_step_is_bounded_and_idle_at_the_clean_end() -> None:
    noisy, noise = white(2, 1, 4, 4).unbind(0)
    torch.testing.assert_close(langevin(noisy, noisy / 2, CLEAN, noise, 0.2), noisy)
    settled = langevin(noisy, noisy / MIDDLE.alpha, MIDDLE, noise, 0.2)
    torch.testing.assert_close(settled, noisy + math.sqrt(2) * MIDDLE.sigma * noise)
