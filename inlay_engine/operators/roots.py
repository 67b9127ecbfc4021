"""The square root of I - K for an operator K that is known only by its products with vectors."""

from collections.abc import Callable
from functools import cache

import numpy as np

from inlay_engine.variables import Latent

LARGEST = 0.9  # the largest eigenvalue that K may have; nearer to 1, the series converges more slowly
TERMS = 36  # of the series, whose error is then 1e-10


def root_of_rest(K: Callable[[Latent], Latent], noise: Latent) -> Latent:
    """Return (I - K)^(1/2) applied to `noise`, for a symmetric K with eigenvalues in 0..LARGEST. It is a Chebyshev
    series, evaluated by Clenshaw's recurrence, so that K is never made as a matrix."""
    coefficients = _coefficients()

    def mapped(vector: Latent) -> Latent:
        return (2 / LARGEST) * K(vector) - vector  # eigenvalues in -1..1

    after = beyond = 0 * noise
    for coefficient in reversed(coefficients[1:]):
        after, beyond = coefficient * noise + 2 * mapped(after) - beyond, after
    return coefficients[0] * noise + mapped(after) - beyond


@cache
def _coefficients() -> tuple[float, ...]:
    """Return the coefficients of sqrt(1 - x) on 0..LARGEST."""
    nodes = np.polynomial.chebyshev.chebpts1(TERMS + 1)
    series = np.polynomial.chebyshev.chebfit(nodes, np.sqrt(1 - LARGEST * (nodes + 1) / 2), TERMS)
    return tuple(series.tolist())
