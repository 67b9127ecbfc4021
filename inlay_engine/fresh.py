"""Noise that is drawn anew at every step, beyond the share of DDPM."""

from collections.abc import Sequence
from dataclasses import dataclass

from inlay_engine.clock import Count, Place
from inlay_engine.errors import EngineError


@dataclass(frozen=True)
class Fresh:
    """Fresh noise of a DDIM step. In the steps k (from 0) of n with `first` <= k / n < `last`, the fresh noise of the
    controls has at least the standard deviation `share` * sigma_s. Share 1 draws all noise anew: X^s = alpha_s * X0 +
    sigma_s * z, so a step forgets the noise before it. In the other steps, only eta gives fresh noise.

    Where an operator loses noise (a coarse view, a soft mask), the engine fills its view up with noise n of the view's
    own. After each step, n becomes sqrt(1 - m^2) * n + m * z, with a new draw z. `filled` is m at all steps. If it is
    None, m is the share of the step, and 0 in steps without a share.

    Raises EngineError if `share` or `filled` is not in 0..1, or if the range is empty or leaves 0..1.
    """

    share: float = 0.0
    first: float = 0.0
    last: float = 1.0
    filled: float | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.share <= 1 and 0 <= (self.filled or 0.0) <= 1 and 0 <= self.first < self.last <= 1):
            raise EngineError(
                f"Shares of fresh noise must be from 0 to 1, and the range of steps must run forwards within 0 to 1; "
                f"share is {self.share}, filled is {self.filled}, and the range goes from {self.first} to {self.last}."
            )

    @property
    def off(self) -> bool:
        """Tell whether this setting changes nothing."""
        return not self.share and not self.filled

    def at(self, step: Count, of: int) -> float:
        """Return the share of sigma_s that the step of the place `step` of `of` draws anew."""
        return self.share if self.first <= step / of < self.last else 0.0

    def moves(self, places: Sequence[Place]) -> tuple[float, ...]:
        """Return m for the step of each place: the share of the filled noise (of its amplitude) that is drawn anew
        after the step."""
        return tuple(self.at(*place) if self.filled is None else self.filled for place in places)
