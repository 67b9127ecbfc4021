"""The clock of a run: the log-SNR at every boundary of a step, in variance preserving coordinates."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from inlay_engine.errors import EngineError


@dataclass(frozen=True)
class Instant:
    """A noise level: y = alpha * x0 + sigma * eps, alpha^2 + sigma^2 = 1, log_snr = log(alpha^2 / sigma^2).

    `log_snr` may be -inf (pure noise) or +inf (clean).
    """

    log_snr: float

    @classmethod
    def of_alpha_squared(cls, alpha_squared: float) -> "Instant":
        """Return the instant at which the signal has the share `alpha_squared` of the variance (DDPM's cumulative
        alpha)."""
        if alpha_squared <= 0:
            return cls(-math.inf)
        if alpha_squared >= 1:
            return cls(math.inf)
        return cls(math.log(alpha_squared) - math.log1p(-alpha_squared))

    @classmethod
    def of_flow_time(cls, time: float) -> "Instant":
        """Return the instant at time tau on rectified flow's straight path y' = (1 - tau) * x0 + tau * eps. The time
        goes from 1 (pure noise) to 0 (clean): alpha / sigma = (1 - tau) / tau (arXiv 2403.03206, Eq. 13)."""
        if time >= 1:
            return cls(-math.inf)
        if time <= 0:
            return cls(math.inf)
        return cls(2 * (math.log1p(-time) - math.log(time)))

    def weaker(self, scale: float) -> "Instant":
        """Return the instant at which the signal is `scale` times as strong, relative to the noise."""
        return Instant(self.log_snr + 2 * math.log(scale))

    @property
    def flow_time(self) -> float:
        return self.sigma / self.flow_scale

    @property
    def flow_scale(self) -> float:
        """The factor from the straight path to variance preserving coordinates: y = flow_scale * y'."""
        return self.alpha + self.sigma

    @property
    def alpha(self) -> float:
        return math.sqrt(_sigmoid(self.log_snr))

    @property
    def sigma(self) -> float:
        return math.sqrt(_sigmoid(-self.log_snr))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= -700 else 0.0


@dataclass(frozen=True)
class Levels:
    """The noise levels from log-SNR `noisiest` (included) up to `cleanest` (not included)."""

    noisiest: float = -math.inf
    cleanest: float = math.inf

    def weaker(self, scale: float) -> "Levels":
        """Return the levels of the same steps for a view whose signal is `scale` times as strong (`Instant.weaker`)."""
        by = 2 * math.log(scale)
        return Levels(self.noisiest + by, self.cleanest + by)

    def __contains__(self, at: Instant) -> bool:
        return self.noisiest <= at.log_snr < self.cleanest


ALWAYS = Levels()
"""All levels at which a model is called."""


Count = int | float
"""A number of planned steps, which has a fraction if it ends within a step."""
Place = tuple[Count, int]
"""The place of a step in the planned run: step k (from 0) of n. k has a fraction if the step begins within a planned
step."""


def evenly(steps: int) -> tuple[Place, ...]:
    """Return the places of the steps of a run that goes as planned."""
    return tuple((step, steps) for step in range(steps))


@dataclass(frozen=True)
class Schedule:
    """The boundaries of the steps, from noise to picture: step k (from 0) goes from `instants[k]` to `instants[k + 1]`.

    The first instant may be pure noise (zero terminal SNR, arXiv 2305.08891), for models that predict v or flow.
    `places` has the place of every step in the planned run; left out, the run goes as planned. Raises EngineError if
    there is no step, if the log-SNR falls, if a step starts from the clean picture, or if there are not as many places
    as steps.
    """

    instants: tuple[Instant, ...]
    places: tuple[Place, ...] = ()

    def __post_init__(self) -> None:
        if len(self.instants) < 2:
            raise EngineError("A schedule needs at least one step: two instants.")
        for before, after in zip(self.instants, self.instants[1:], strict=False):
            if not after.log_snr >= before.log_snr:
                raise EngineError(
                    f"The schedule's log-SNR must not fall, but goes from {before.log_snr} to {after.log_snr}."
                )
        if self.instants[-2].sigma == 0:
            raise EngineError("A schedule may only end at the clean picture, but a step starts from it.")
        if not self.places:
            object.__setattr__(self, "places", evenly(self.steps))
        if len(self.places) != self.steps:
            raise EngineError(f"A schedule of {self.steps} steps needs as many places, not {len(self.places)}.")

    def even_in_log_snr(self, first: int = 0) -> "Schedule":
        """Return the schedule with other noise levels from step `first` on: even differences of the log-SNR between the
        level at which that step begins and the one at which the last step begins (arXiv 2206.00927). Pure
        noise, whose log-SNR is infinite, stays as it is."""
        instants = [*self.instants]
        while first < self.steps and math.isinf(instants[first].log_snr):
            first += 1
        if self.steps - first > 2:
            begin, end, count = instants[first].log_snr, instants[-2].log_snr, self.steps - first - 1
            instants[first + 1 : -2] = [Instant(begin + (end - begin) * k / count) for k in range(1, count)]
        return Schedule(tuple(instants), self.places)

    @classmethod
    def of_alphas_squared(cls, alphas_squared: Iterable[float]) -> "Schedule":
        """Make a schedule from the signal's share of the variance at each boundary. The first may be 0, and
        the last 1."""
        return cls(tuple(Instant.of_alpha_squared(value) for value in alphas_squared))

    @classmethod
    def of_flow_times(cls, times: Iterable[float], shift: float = 1.0) -> "Schedule":
        """Make a schedule from rectified flow's times, which fall from 1 to 0. Each time is moved to shift * tau / (1 +
        (shift - 1) * tau). A shift above 1 puts more of the steps at high noise levels, for pictures of more cells
        (arXiv 2403.03206, Eq. 23; SD3 takes 3)."""
        return cls(tuple(Instant.of_flow_time(shift * time / (1 + (shift - 1) * time)) for time in times))

    def levels(self, first: float, last: float) -> Levels:
        """Return the levels at which the steps of the places k of n with first <= k / n < last start, and all levels
        between them. Returns empty levels if there is no such step."""
        shares = [step / of for step, of in self.places]
        begun = sum(share < first for share in shares)
        ended = sum(share < last for share in shares)
        if begun >= ended:
            return Levels(math.inf, math.inf)
        cleanest = self.instants[ended].log_snr if ended < self.steps else math.inf
        return Levels(self.instants[begun].log_snr, cleanest)

    @property
    def steps(self) -> int:
        return len(self.instants) - 1
