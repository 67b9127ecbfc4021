"""Models with a known answer. For Gaussian data, the posterior mean and the sampled distribution have closed forms. For
mixtures of Gaussians, the posterior mean has one."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

from inlay_engine.clock import Instant, Schedule
from inlay_engine.fresh import Fresh
from inlay_engine.operators import ObservationOperator
from inlay_engine.variables import Latent, Shape

NONE = Fresh()


@dataclass(frozen=True, eq=False)
class Gaussian:
    """A normal distribution over latents of `shape`, flattened."""

    shape: Shape
    mean: Float[Tensor, " cells"]
    covariance: Float[Tensor, "cells cells"]

    @cached_property
    def _spectrum(self) -> tuple[Tensor, Tensor]:
        values, vectors = torch.linalg.eigh(self.covariance)
        return values.clamp(min=0), vectors

    def posterior_mean(self, noisy: Latent, at: Instant) -> Latent:
        """Return E[x0 | y] = m + a S (a^2 S + s^2 I)^-1 (y - a m), for y = a x0 + s eps."""
        return self._scale(noisy, at.alpha, lambda v: at.alpha * v / (at.alpha**2 * v + at.sigma**2), 1.0)

    def flow(self, noisy: Latent, t: Instant, s: Instant) -> Latent:
        """Return the exact probability flow from t to s, which is the limit of DDIM at eta 0 for many steps. Each
        principal axis is scaled by the ratio of its standard deviations sqrt(a^2 v + s^2) at s and at t."""
        return self._scale(
            noisy,
            t.alpha,
            lambda v: ((s.alpha**2 * v + s.sigma**2) / (t.alpha**2 * v + t.sigma**2)).sqrt(),
            s.alpha,
        )

    def ddim_covariance(
        self, schedule: Schedule, eta: float = 0.0, fresh: Fresh = NONE
    ) -> Float[Tensor, "cells cells"]:
        """Return the exact covariance of DDIM samples along `schedule`, from unit white noise. DDIM of a Gaussian is
        affine on each principal axis."""
        values, vectors = self._spectrum
        variance = torch.ones_like(values)
        for k, (t, s) in enumerate(zip(schedule.instants, schedule.instants[1:], strict=False)):
            langevin = (eta * s.sigma / t.sigma) ** 2 * (1 - (t.alpha / s.alpha) ** 2)
            fresh_variance = max(langevin, (fresh.at(*schedule.places[k]) * s.sigma) ** 2)
            shrink = t.alpha * values / (t.alpha**2 * values + t.sigma**2)
            along = math.sqrt(max(0.0, s.sigma**2 - fresh_variance)) / t.sigma
            variance = variance * (s.alpha * shrink + along * (1 - t.alpha * shrink)) ** 2 + fresh_variance
        return vectors @ torch.diag(variance) @ vectors.T

    def _scale(self, noisy: Latent, offset: float, factor: Callable[[Tensor], Tensor], level: float) -> Latent:
        values, vectors = self._spectrum
        centred = noisy.flatten(-3) - offset * self.mean
        moved = (centred @ vectors * factor(values)) @ vectors.T
        return (level * self.mean + moved).unflatten(-1, self.shape)


@dataclass(frozen=True)
class GaussianModel:
    """The ideal diffusion model of Gaussian data. The conditioning is the `Gaussian` that a view is drawn from."""

    channels: int

    def predict_clean(self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Gaussian]) -> list[Latent]:
        return [gaussian.posterior_mean(y, at) for y, gaussian in zip(noisy, conditionings, strict=True)]


@dataclass(frozen=True, eq=False)
class Mixture:
    """A mixture of equally likely normal distributions over latents of `shape`, flattened. They differ only in their
    means."""

    shape: Shape
    means: Float[Tensor, "modes cells"]
    covariance: Float[Tensor, "cells cells"]

    @cached_property
    def _spectrum(self) -> tuple[Tensor, Tensor]:
        values, vectors = torch.linalg.eigh(self.covariance)
        return values.clamp(min=0), vectors

    def seen_by(self, operator: ObservationOperator) -> "Mixture":
        """Return the exact distribution of a view f(x) of this data, for a linear operator on one control of this
        shape."""
        (control,) = operator.parents
        units = torch.eye(self.shape.width * self.shape.height * self.shape.channels, dtype=self.covariance.dtype)
        matrix = operator.forward({control.name: units.unflatten(-1, self.shape)}).flatten(1)
        return Mixture(operator.shape, self.means @ matrix, matrix.T @ self.covariance @ matrix)

    def draw(self, count: int, seed: int) -> Latent:
        """Return `count` independent samples of the data, in float32."""
        generator = torch.Generator().manual_seed(seed)
        values, vectors = self._spectrum
        white = torch.randn(count, len(values), generator=generator, dtype=values.dtype)
        mode = torch.randint(len(self.means), (count,), generator=generator)
        samples = self.means[mode] + white * values.sqrt() @ vectors.T
        return samples.float().unflatten(-1, self.shape)

    def posterior_mean(self, noisy: Latent, at: Instant) -> Latent:
        """Return E[x0 | y] = sum_k p(k | y) E[x0 | y, k], for y = a x0 + s eps.

        Every mode has the same covariance C = a^2 S + s^2 I of y. So the modes' log-likelihoods differ by terms that
        are linear in y, and their posterior means A y + (I - a A) m_k, with A = a S C^-1, differ by constants. A whole
        batch thus takes two products with small matrices.
        """
        values, vectors = self._spectrum
        spread = at.alpha**2 * values + at.sigma**2
        shrink = (vectors * (at.alpha * values / spread)) @ vectors.T
        towards = (self.means @ vectors / spread) @ vectors.T
        bias = -(at.alpha**2) / 2 * (towards * self.means).sum(1)
        rest = self.means - at.alpha * self.means @ shrink
        flat = noisy.flatten(-3)
        shrink, towards, bias, rest = (tensor.to(flat) for tensor in (shrink, towards, bias, rest))
        odds = torch.softmax(at.alpha * flat @ towards.T + bias, dim=-1)
        return (flat @ shrink + odds @ rest).unflatten(-1, self.shape)


@dataclass(frozen=True)
class MixtureModel:
    """The ideal diffusion model of mixture data. The conditioning is the `Mixture` that a view is drawn from. Views of
    the same mixture are answered together."""

    channels: int

    def predict_clean(self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Mixture]) -> list[Latent]:
        clean: list[Latent] = list(noisy)
        for law in dict.fromkeys(conditionings):
            own = [index for index, conditioning in enumerate(conditionings) if conditioning is law]
            answers = law.posterior_mean(torch.stack([noisy[index] for index in own]), at)
            for index, answer in zip(own, answers, strict=True):
                clean[index] = answer
        return clean
