"""Metrics of samples. Each metric has an ideal value, which samples of the true distribution reach."""

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

from inlay_engine.testing import Mixture


@dataclass(frozen=True)
class Scores:
    """The metrics of a set of samples. `mahalanobis`: ideal 1. `cov_error`: ideal 0. `far_agreement`: 0.5 by chance."""

    mahalanobis: float
    cov_error: float
    far_agreement: float


@dataclass(frozen=True, eq=False)
class Judge:
    """Judges signals by their patches of one width, at every offset, so that seams count.

    `law` is the truth of such a patch: modes at +m and -m, covariance S. A patch belongs to its likelier mode, the one
    nearer to it in the metric of S, and deviates by e from that mode's mean.

    - `mahalanobis`: the mean of e^T S^-1 e over the number of cells. In truth 1; less by at most 1 / cells where the
      modes overlap, since a patch beyond the middle counts to the other mode.
    - `cov_error`: |C - C*| / |C*| by Frobenius, C the mean of e e^T over all patches, C* its expectation in truth.
    - `far_agreement`: the share of signals whose first and last patches belong to one mode.
    """

    law: Mixture

    def __call__(self, signals: Float[Tensor, "samples cells"]) -> Scores:
        patches = signals.unfold(1, self.law.shape.width, 1)
        positive = patches @ self._direction.to(signals) > 0
        sign = torch.where(positive, 1.0, -1.0).to(signals)[..., None]
        deviations = (patches - sign * self._mean.to(signals)).flatten(0, 1)
        mahalanobis = (deviations @ self._whitening.to(signals)).square().mean()
        moment = (deviations.T @ deviations).double() / len(deviations)
        error = torch.linalg.norm(moment - self.deviation) / torch.linalg.norm(self.deviation)
        far = (positive[:, 0] == positive[:, -1]).double().mean()
        return Scores(float(mahalanobis), float(error), float(far))

    @property
    def _mean(self) -> Tensor:
        return self.law.means[0]

    @cached_property
    def _whitening(self) -> Float[Tensor, "cells cells"]:
        """The matrix L^-T for S = L L^T, so that |e^T L^-T|^2 = e^T S^-1 e."""
        return torch.linalg.inv(torch.linalg.cholesky(self.law.covariance)).T

    @cached_property
    def _direction(self) -> Float[Tensor, " cells"]:
        """The vector S^-1 m. Its product with a patch is half the patch's log-odds of the mode at +m."""
        return torch.linalg.solve(self.law.covariance, self._mean)

    @cached_property
    def deviation(self) -> Float[Tensor, "cells cells"]:
        """The true E[e e^T] = S + (k - 1) m m^T / r^2 with r^2 = m^T S^-1 m.

        Along S^-1/2 m, whitened, a signal is +-r plus standard noise, and e is |t| - r for t ~ N(r, 1), a folded
        normal: k = E(|t| - r)^2.
        """
        r = math.sqrt(float(self._mean @ self._direction))
        folded = math.sqrt(2 / math.pi) * math.exp(-(r**2) / 2) + r * math.erf(r / math.sqrt(2))
        k = 1 + 2 * r**2 - 2 * r * folded
        return self.law.covariance + (k - 1) * torch.outer(self._mean, self._mean) / r**2
