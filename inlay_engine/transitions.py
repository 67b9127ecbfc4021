"""Transitions X^t, X0 -> X^s: one stateless function for each family of samplers, in variance preserving coordinates.

Each function works on one latent, which may have batch axes before it. The caller passes the noise.
"""

import math

import torch

from inlay_engine.clock import Instant
from inlay_engine.variables import Latent


def langevin_scale(t: Instant, s: Instant, eta: float) -> float:
    """Return the standard deviation of the fresh noise in a DDIM step: eta times that of DDPM (arXiv 2010.02502, Eq.
    16)."""
    kept = t.alpha / s.alpha if t.alpha > 0 else 0.0
    return eta * s.sigma / t.sigma * math.sqrt(max(0.0, 1 - kept**2))


def ddim(
    noisy: Latent, clean: Latent, t: Instant, s: Instant, scale: float = 0.0, white: Latent | None = None
) -> Latent:
    """Return alpha_s * X0 + sqrt(sigma_s^2 - scale^2) * eps + scale * white, with eps = (X^t - alpha_t * X0) / sigma_t
    (paper, Eq. 2; Eq. 15 at scale 0). `white` may be None if `scale` is 0."""
    moved = s.alpha * clean + math.sqrt(max(0.0, s.sigma**2 - scale**2)) * _epsilon(noisy, clean, t)
    return moved if white is None else moved + scale * white


def dpm_solver_pp_2m(
    noisy: Latent, clean: Latent, t: Instant, s: Instant, previous: tuple[Instant, Latent] | None
) -> Latent:
    """Take a step of DPM-Solver++(2M) (arXiv 2211.01095, Algorithm 2). This is a DDIM step towards X0 extrapolated to
    the middle of the step, D = X0 + (h / 2 h') * (X0 - X0'), where this step gains h of log-SNR and the step before
    gained h'.

    `previous` is the instant at which the step before started, and its X0'. It is None for a step of first order, such
    as the first step of a run, and its last. A step to the clean picture returns X0. After a step from pure noise, h'
    is infinite, so the step is of first order as well.
    """
    if previous is None or s.sigma == 0 or previous[0] == t:
        return ddim(noisy, clean, t, s)
    before, clean_before = previous
    ratio = (s.log_snr - t.log_snr) / (t.log_snr - before.log_snr)
    return ddim(noisy, clean + ratio / 2 * (clean - clean_before), t, s)


def flow_euler(noisy: Latent, clean: Latent, t: Instant, s: Instant) -> Latent:
    """Take an Euler step of dy' / dtau = u on rectified flow's straight path y' = (1 - tau) * x0 + tau * eps, where u =
    (y' - X0) / tau (arXiv 2403.03206, Eqs. 1 and 13). Euler is exact along a straight line, so this equals DDIM at eta
    0, written in flow's coordinates."""
    path = noisy / t.flow_scale
    velocity = (path - clean) / t.flow_time
    return s.flow_scale * (path + (s.flow_time - t.flow_time) * velocity)


def renoise(noisy: Latent, s: Instant, t: Instant, white: Latent) -> Latent:
    """Return X^t, computed from X^s with the forward kernel (alpha_t / alpha_s) * X^s + sqrt(1 - (alpha_t / alpha_s)^2)
    * white (RePaint's resampling, arXiv 2201.09865, Algorithm 1). t must not be cleaner than s."""
    kept = 1.0 if t == s else t.alpha / s.alpha
    return kept * noisy + math.sqrt(1 - kept**2) * white


def langevin(noisy: Latent, clean: Latent, at: Instant, white: Latent, snr: float) -> Latent:
    """Take one corrector step at a fixed noise level: X + delta * score + sqrt(2 * delta) * white, with score = -eps /
    sigma.

    delta = 2 * (snr * |white| / |score|)^2 = 2 * (snr * sigma * |white| / |eps|)^2 (arXiv 2011.13456, Algorithm 4;
    Algorithm 5 multiplies it by alpha_i, the signal that one of DDPM's thousand steps keeps, which is at least 0.98).
    Each norm is over one latent, so every sample of a batch has its own delta. delta is limited to sigma^2, at which a
    step forgets its noise completely; above twice that, Langevin dynamics diverges. At the clean end, the step changes
    nothing.
    """
    if at.sigma == 0:
        return noisy
    epsilon = _epsilon(noisy, clean, at)
    delta = 2 * (snr * at.sigma * _norm(white) / _norm(epsilon)) ** 2
    delta = delta.clamp(max=at.sigma**2)
    return noisy - delta / at.sigma * epsilon + (2 * delta).sqrt() * white


def _epsilon(noisy: Latent, clean: Latent, at: Instant) -> Latent:
    return (noisy - at.alpha * clean) / at.sigma


def _norm(latent: Latent) -> Latent:
    return torch.linalg.vector_norm(latent, dim=(-3, -2, -1), keepdim=True)
