"""Observables whose distribution is known (the paper, Section 4): a normal law takes the place of a model."""

from collections.abc import Sequence
from dataclasses import dataclass

from inlay_engine.clock import Instant
from inlay_engine.variables import Latent


@dataclass(frozen=True, eq=False)
class NormalLaw:
    """A view whose clean values are independent and normal about `mean`, with the standard deviation `deviation`. With
    a deviation of 0, the view is the mean."""

    mean: Latent
    deviation: float = 0.0

    def posterior_mean(self, noisy: Latent, at: Instant) -> Latent:
        """Return E[x0 | y] = m + a d^2 (y - a m) / (a^2 d^2 + s^2), for y = a x0 + s eps."""
        if self.deviation == 0:
            return self.mean
        variance = self.deviation**2
        gain = at.alpha * variance / (at.alpha**2 * variance + at.sigma**2)
        return self.mean + gain * (noisy - at.alpha * self.mean)


@dataclass(frozen=True)
class NormalModel:
    """The exact denoiser of normal laws, which asks no network. The conditioning is the `NormalLaw` of the view."""

    channels: int

    def predict_clean(self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[NormalLaw]) -> list[Latent]:
        return [law.posterior_mean(y, at) for y, law in zip(noisy, conditionings, strict=True)]
