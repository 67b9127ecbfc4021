"""From what a model predicts to E[x0 | y], on one clock.

y = alpha * x0 + sigma * eps preserves variance, whatever coordinates the model was trained in: a flow model takes
y / flow_scale as its input and `flow_time` as its time. The maps are affine in the prediction, so guidance may mix
predictions before them.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from inlay_engine.clock import Instant
from inlay_engine.errors import EngineError
from inlay_engine.variables import Latent

Prediction = Literal["epsilon", "v_prediction", "flow"]
"""The quantity that a model predicts."""


def clean_from_epsilon(noisy: Latent, epsilon: Latent, at: Instant) -> Latent:
    """x0 = (y - sigma * eps) / alpha (arXiv 2006.11239, Eq. 15). EngineError from pure noise, where eps is y and says
    nothing of x0."""
    if at.alpha == 0:
        raise EngineError(
            "The schedule starts from pure noise, from which a model that predicts epsilon cannot tell the picture; "
            "use a model that predicts v or flow, or a schedule that starts with some signal."
        )
    return (noisy - at.sigma * epsilon) / at.alpha


def clean_from_v(noisy: Latent, v: Latent, at: Instant) -> Latent:
    """x0 = alpha * y - sigma * v, with v = alpha * eps - sigma * x0 (arXiv 2202.00512, Appendix D)."""
    return at.alpha * noisy - at.sigma * v


def clean_from_flow(noisy: Latent, velocity: Latent, at: Instant) -> Latent:
    """x0 = y' - tau * u, with u = eps - x0 and y' = y / flow_scale on the straight path (arXiv 2403.03206, Eq. 13)."""
    return (noisy - at.sigma * velocity) / at.flow_scale


CLEAN_FROM: Mapping[Prediction, Callable[[Latent, Latent, Instant], Latent]] = {
    "epsilon": clean_from_epsilon,
    "v_prediction": clean_from_v,
    "flow": clean_from_flow,
}
