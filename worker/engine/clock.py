"""The clock of a run: log-SNR at every boundary of a step, in variance preserving coordinates."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from worker.engine.errors import EngineError


@dataclass(frozen=True)
class Instant:
    """A noise level: y = alpha * x0 + sigma * eps, alpha^2 + sigma^2 = 1, log_snr = log(alpha^2 / sigma^2).

    `log_snr` may be -inf (pure noise) or +inf (clean).
    """

    log_snr: float

    @classmethod
    def of_alpha_squared(cls, alpha_squared: float) -> "Instant":
        """The instant at which the signal's variance share is `alpha_squared` (DDPM's cumulative alpha)."""
        if alpha_squared <= 0:
            return cls(-math.inf)
        if alpha_squared >= 1:
            return cls(math.inf)
        return cls(math.log(alpha_squared) - math.log1p(-alpha_squared))

    @property
    def alpha(self) -> float:
        return math.sqrt(_sigmoid(self.log_snr))

    @property
    def sigma(self) -> float:
        return math.sqrt(_sigmoid(-self.log_snr))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= -700 else 0.0


@dataclass(frozen=True)
class Schedule:
    """The boundaries of the steps, from noise to picture: step k (from 0) goes from `instants[k]` to `instants[k + 1]`.

    Raises EngineError where there is no step, or the log-SNR falls.
    """

    instants: tuple[Instant, ...]

    def __post_init__(self) -> None:
        if len(self.instants) < 2:
            raise EngineError("A schedule needs at least one step: two instants.")
        for before, after in zip(self.instants, self.instants[1:], strict=False):
            if not after.log_snr >= before.log_snr:
                raise EngineError(
                    f"The schedule's log-SNR must not fall, but goes from {before.log_snr} to {after.log_snr}."
                )

    @classmethod
    def of_alphas_squared(cls, alphas_squared: Iterable[float]) -> "Schedule":
        return cls(tuple(Instant.of_alpha_squared(value) for value in alphas_squared))

    @property
    def steps(self) -> int:
        return len(self.instants) - 1
