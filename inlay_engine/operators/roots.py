"""The square root of I - K for an operator K that is known only by its products with vectors."""

import math
from collections.abc import Callable
from functools import cache

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
    """Return the coefficients of sqrt(1 - x) on 0..LARGEST, by the discrete cosine sum over Chebyshev's nodes."""
    angles = [math.pi * (node + 0.5) / TERMS for node in range(TERMS)]
    values = [math.sqrt(1 - LARGEST * (math.cos(angle) + 1) / 2) for angle in angles]
    series = [
        2 / TERMS * sum(value * math.cos(term * angle) for value, angle in zip(values, angles, strict=True))
        for term in range(TERMS)
    ]
    return (series[0] / 2, *series[1:])
