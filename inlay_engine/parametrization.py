"""Convert the predictions of models to E[x0 | y], on one clock.

y = alpha * x0 + sigma * eps preserves variance, also for a model that was trained in other coordinates. A flow model
takes y / flow_scale as its input and `flow_time` as its time. The maps are affine in the prediction, so guidance may
mix predictions before the conversion.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from inlay_engine.clock import Instant
from inlay_engine.errors import EngineError
from inlay_engine.variables import Latent

Prediction = Literal["epsilon", "v_prediction", "flow"]
"""The quantity that a model predicts."""


def clean_from_epsilon(noisy: Latent, epsilon: Latent, at: Instant) -> Latent:
    """Return x0 = (y - sigma * eps) / alpha (arXiv 2006.11239, Eq. 15). Raises EngineError for pure noise, where eps
    equals y and has no information about x0."""
    if at.alpha == 0:
        raise EngineError(
            "From pure noise a model that predicts epsilon cannot predict the picture; use a model that predicts v or "
            "flow, or convert its answer at the noisiest level of its training."
        )
    return (noisy - at.sigma * epsilon) / at.alpha


def clean_from_v(noisy: Latent, v: Latent, at: Instant) -> Latent:
    """Return x0 = alpha * y - sigma * v, where v = alpha * eps - sigma * x0 (arXiv 2202.00512, Appendix D)."""
    return at.alpha * noisy - at.sigma * v


def clean_from_flow(noisy: Latent, velocity: Latent, at: Instant) -> Latent:
    """Return x0 = y' - tau * u, where u = eps - x0 and y' = y / flow_scale on the straight path (arXiv 2403.03206, Eq.
    13)."""
    return (noisy - at.sigma * velocity) / at.flow_scale


CLEAN_FROM: Mapping[Prediction, Callable[[Latent, Latent, Instant], Latent]] = {
    "epsilon": clean_from_epsilon,
    "v_prediction": clean_from_v,
    "flow": clean_from_flow,
}
