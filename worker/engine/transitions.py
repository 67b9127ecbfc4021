"""Transitions X^t, X0 -> X^s: stateless, one function a sampler family."""

import math

from worker.engine.clock import Instant
from worker.engine.variables import Latent


def langevin_scale(t: Instant, s: Instant, eta: float) -> float:
    """The standard deviation of the fresh noise in a DDIM step: eta times that of DDPM (arXiv 2010.02502, Eq. 16)."""
    kept = t.alpha / s.alpha if t.alpha > 0 else 0.0
    return eta * s.sigma / t.sigma * math.sqrt(max(0.0, 1 - kept**2))


def ddim(
    noisy: Latent, clean: Latent, t: Instant, s: Instant, scale: float = 0.0, white: Latent | None = None
) -> Latent:
    """alpha_s * X0 + sqrt(sigma_s^2 - scale^2) * eps + scale * white, with eps = (X^t - alpha_t * X0) / sigma_t
    (paper, Eq. 2; at scale 0, Eq. 15). `white` may be left out where `scale` is 0."""
    predicted = (noisy - t.alpha * clean) / t.sigma
    moved = s.alpha * clean + math.sqrt(max(0.0, s.sigma**2 - scale**2)) * predicted
    return moved if white is None else moved + scale * white
