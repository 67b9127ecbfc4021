import math

import pytest
import torch

from inlay_engine.clock import Instant
from inlay_engine.operators import Compose, Crop, Identity, Resize, Window
from inlay_engine.testing import Gaussian, Mixture, MixtureModel
from inlay_engine.variables import ControlVariable, Shape

LINE = Shape(1, 1, 6)


def mixture(distance: float = 1.0) -> Mixture:
    """Three modes on a line of correlated cells."""
    places = torch.arange(6, dtype=torch.float64)
    covariance = 0.8 * torch.exp(-(places[:, None] - places[None]).abs() / 3) + 0.05 * torch.eye(6)
    return Mixture(LINE, distance * torch.stack([places.cos(), -places.sin(), torch.ones(6)]), covariance)


def log_density(law: Mixture, noisy: torch.Tensor, at: Instant) -> torch.Tensor:
    """Return log p_t(y), from torch's own distributions."""
    covariance = at.alpha**2 * law.covariance + at.sigma**2 * torch.eye(len(law.covariance), dtype=torch.float64)
    modes = torch.distributions.MultivariateNormal(at.alpha * law.means.double(), covariance)
    parts = torch.distributions.Categorical(torch.ones(len(law.means), dtype=torch.float64))
    return torch.distributions.MixtureSameFamily(parts, modes).log_prob(noisy.flatten(-3))


@pytest.mark.parametrize("log_snr", [-6.0, -1.0, 0.0, 2.0, 6.0])
def test_the_posterior_mean_of_a_mixture_is_tweedies(log_snr: float) -> None:
    """E[x0 | y] = (y + s^2 grad log p_t(y)) / a holds for every mixture."""
    law, at = mixture(), Instant(log_snr)
    y = torch.randn(40, *LINE, generator=torch.Generator().manual_seed(1), dtype=torch.float64, requires_grad=True)
    (score,) = torch.autograd.grad(log_density(law, y, at).sum(), y)
    expected = (y + at.sigma**2 * score) / at.alpha
    torch.testing.assert_close(law.posterior_mean(y, at), expected, rtol=1e-8, atol=1e-8)


def test_a_mixture_of_one_mode_is_a_gaussian() -> None:
    law = mixture()
    alone, gaussian = Mixture(LINE, law.means[:1], law.covariance), Gaussian(LINE, law.means[0], law.covariance)
    y = torch.randn(7, *LINE, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    torch.testing.assert_close(alone.posterior_mean(y, Instant(0.3)), gaussian.posterior_mean(y, Instant(0.3)))


def test_far_modes_do_not_overflow() -> None:
    law = mixture(distance=1e4)
    y = law.draw(50, seed=2)
    near = law.posterior_mean(y, Instant(20.0))
    torch.testing.assert_close(near, y, rtol=1e-3, atol=1e-2)
    assert law.posterior_mean(y, Instant(-math.inf)).isfinite().all()


def test_draws_have_the_moments_of_the_mixture() -> None:
    law = mixture()
    samples = law.draw(60_000, seed=3).flatten(1).double()
    second = law.covariance + law.means.T @ law.means / 3
    torch.testing.assert_close(samples.mean(0), law.means.mean(0), rtol=0, atol=0.02)
    torch.testing.assert_close(samples.T @ samples / len(samples), second, rtol=0, atol=0.03)


def test_a_view_has_the_law_of_its_samples() -> None:
    """The views are a crop and a fractional resize. Samples and moments both show their distribution."""
    law, x = mixture(), ControlVariable("x", LINE)
    for operator in (Crop(x, Window(1, 0, 4, 1)), Compose(Identity(x), Resize(LINE, 4, 1, "area"))):
        seen = law.seen_by(operator)
        views = operator.forward({"x": law.draw(60_000, seed=4)}).flatten(1).double()
        second = seen.covariance + seen.means.T @ seen.means / 3
        assert seen.shape == operator.shape
        torch.testing.assert_close(views.mean(0), seen.means.mean(0), rtol=0, atol=0.02)
        torch.testing.assert_close(views.T @ views / len(views), second, rtol=0, atol=0.03)


def test_the_model_answers_views_of_several_laws_in_order() -> None:
    law, x = mixture(), ControlVariable("x", LINE)
    part = law.seen_by(Crop(x, Window(0, 0, 4, 1)))
    generator, at = torch.Generator().manual_seed(5), Instant(0.0)
    laws = [part, law, part]
    noisy = [torch.randn(3, *each.shape, generator=generator, dtype=torch.float64) for each in laws]
    answers = MixtureModel(1).predict_clean(noisy, at, laws)
    for answer, y, each in zip(answers, noisy, laws, strict=True):
        torch.testing.assert_close(answer, each.posterior_mean(y, at))
