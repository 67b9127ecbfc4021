"""Models with a known answer: Gaussian data, whose posterior mean and whose sampled distribution are closed forms."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

from worker.engine.clock import Instant, Schedule
from worker.engine.variables import Latent, Shape


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
        """E[x0 | y] = m + a S (a^2 S + s^2 I)^-1 (y - a m), for y = a x0 + s eps."""
        return self._scale(noisy, at.alpha, lambda v: at.alpha * v / (at.alpha**2 * v + at.sigma**2), 1.0)

    def flow(self, noisy: Latent, t: Instant, s: Instant) -> Latent:
        """The exact probability flow from t to s, the limit of DDIM at eta 0 for many steps: each principal axis is
        scaled by the ratio of its standard deviations a^2 v + s^2 at s and t."""
        return self._scale(
            noisy,
            t.alpha,
            lambda v: ((s.alpha**2 * v + s.sigma**2) / (t.alpha**2 * v + t.sigma**2)).sqrt(),
            s.alpha,
        )

    def ddim_covariance(self, schedule: Schedule, eta: float = 0.0) -> Float[Tensor, "cells cells"]:
        """The exact covariance of DDIM samples along `schedule` from unit white noise: DDIM of a Gaussian is affine on
        each principal axis."""
        values, vectors = self._spectrum
        variance = torch.ones_like(values)
        for t, s in zip(schedule.instants, schedule.instants[1:], strict=False):
            fresh = (eta * s.sigma / t.sigma) ** 2 * (1 - (t.alpha / s.alpha) ** 2)
            shrink = t.alpha * values / (t.alpha**2 * values + t.sigma**2)
            along = math.sqrt(max(0.0, s.sigma**2 - fresh)) / t.sigma
            variance = variance * (s.alpha * shrink + along * (1 - t.alpha * shrink)) ** 2 + fresh
        return vectors @ torch.diag(variance) @ vectors.T

    def _scale(self, noisy: Latent, offset: float, factor: Callable[[Tensor], Tensor], level: float) -> Latent:
        values, vectors = self._spectrum
        centred = noisy.flatten(-3) - offset * self.mean
        moved = (centred @ vectors * factor(values)) @ vectors.T
        return (level * self.mean + moved).unflatten(-1, self.shape)


@dataclass(frozen=True)
class GaussianModel:
    """The ideal diffusion model of Gaussian data; the conditioning is the `Gaussian` that a view is drawn from."""

    channels: int

    def predict_clean(self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Gaussian]) -> list[Latent]:
        return [gaussian.posterior_mean(y, at) for y, gaussian in zip(noisy, conditionings, strict=True)]
