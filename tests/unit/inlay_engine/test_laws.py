"""A normal law is the exact denoiser of a view whose distribution is known, and one observable among others."""

import math

import pytest
import torch

from inlay_engine.clock import Instant, Schedule
from inlay_engine.graph import Denoiser, Graph, Observable, constant
from inlay_engine.laws import NormalLaw, NormalModel
from inlay_engine.noise import Noise
from inlay_engine.operators import Compose, Crop, Identity, Resize, Window
from inlay_engine.sampler import Method, Step, sample
from inlay_engine.testing import Gaussian, GaussianModel
from inlay_engine.variables import ControlVariable, Shape

SHAPE = Shape(2, 4, 8)
CELLS = 2 * 4 * 8
X = ControlVariable("x", SHAPE)
SCHEDULE = Schedule.of_alphas_squared([0.001, *(step / 40 for step in range(1, 40)), 1.0])


def mean(shape: Shape = SHAPE) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(3))


def law(name: str, deviation: float, operator: Identity | Crop | Compose, weight: float = 1.0) -> Observable:
    denoiser = Denoiser(NormalModel(operator.shape.channels), NormalLaw(mean(operator.shape), deviation))
    return Observable(name, operator, denoiser, constant(weight))


def standard() -> Observable:
    """Return the observable of a model whose data is white noise of deviation 1."""
    data = Gaussian(SHAPE, torch.zeros(CELLS), torch.eye(CELLS))
    return Observable("y", Identity(X), Denoiser(GaussianModel(2), data))


def last(*observables: Observable, seed: int = 1) -> Step:
    *_, end = sample(Graph((X,), observables), SCHEDULE, Noise(seed), Method())
    return end


@pytest.mark.parametrize("log_snr", [-math.inf, -6.0, 0.0, 4.0, 20.0])
@pytest.mark.parametrize("deviation", [1e-4, 0.3, 2.0])
def test_the_posterior_mean_is_that_of_a_gaussian_of_independent_cells(log_snr: float, deviation: float) -> None:
    at, y = Instant(log_snr), torch.randn(*SHAPE, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    exact = Gaussian(SHAPE, mean().double().flatten(), deviation**2 * torch.eye(CELLS, dtype=torch.float64))
    own = NormalLaw(mean().double(), deviation).posterior_mean(y, at)
    torch.testing.assert_close(own, exact.posterior_mean(y, at), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("log_snr", [-math.inf, 0.0, math.inf])
def test_a_law_without_deviation_answers_its_mean(log_snr: float) -> None:
    torch.testing.assert_close(NormalLaw(mean()).posterior_mean(torch.randn(*SHAPE), Instant(log_snr)), mean())


@pytest.mark.parametrize("deviation", [0.0, 0.2])
def test_a_law_alone_is_sampled_as_its_gaussian_is(deviation: float) -> None:
    """DDIM at eta 0 is affine, so the last step is that of a Gaussian model of the same law."""
    exact = Gaussian(SHAPE, mean().flatten(), deviation**2 * torch.eye(CELLS))
    twin = Observable("z", Identity(X), Denoiser(GaussianModel(2), exact))
    own = last(law("z", deviation, Identity(X))).controls["x"]
    torch.testing.assert_close(own, last(twin).controls["x"], rtol=1e-4, atol=1e-4)
    assert float((own - mean()).std()) == pytest.approx(deviation, abs=0.05)


def test_a_law_for_a_crop_fixes_the_crop_and_leaves_the_rest_to_the_model() -> None:
    crop = Crop(X, Window(0, 0, 4, 4))
    free = last(standard()).controls["x"]
    end = last(standard(), law("left", 0.0, crop, weight=1e5)).controls["x"]
    torch.testing.assert_close(end[..., :4], mean(crop.shape), rtol=0, atol=1e-3)
    torch.testing.assert_close(end[..., 4:], free[..., 4:])


def test_a_law_for_averages_fixes_them_and_leaves_the_detail_free() -> None:
    coarse = Compose(Identity(X), Resize(SHAPE, 2, 1))
    end = last(standard(), law("coarse", 0.0, coarse, weight=1e5)).controls["x"]
    torch.testing.assert_close(coarse.forward({"x": end}), mean(coarse.shape), rtol=0, atol=1e-3)
    within = end - coarse.forward({"x": end}).repeat_interleave(4, -1).repeat_interleave(4, -2)
    assert float(within.std()) == pytest.approx(1.0, abs=0.15)
