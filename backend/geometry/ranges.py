"""Ranges of a run, as `contracts.document.RunRange` defines them.

Step k (from 0) of n is in the range [first, last) if first <= k / n < last. So a range that ends at 1 includes the last
step, and two ranges that meet have no step in common and leave no step out. If a run takes finer
steps than planned, k is the place in the plan at which a step begins, and it may have a fraction.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

FAINTEST = 1e-3  # the least strength of an active weight, so that what it observes is never unobserved


class Timed(Protocol):
    """A weight with a range of the run, and a fade (contracts/graph.py, PrecisionSpec)."""

    @property
    def active(self) -> list[float]: ...
    @property
    def fade(self) -> list[float] | None: ...
    @property
    def span(self) -> list[float] | None: ...


class Timing(NamedTuple):
    """The range in which a weight acts, and its fade, [in, out]. The fade refers to `span`, if that is not None."""

    active: tuple[float, ...] = (0.0, 1.0)
    fade: tuple[float, ...] = (0.0, 0.0)
    span: tuple[float, ...] | None = None

    @classmethod
    def of(cls, timed: Timed) -> "Timing":
        return cls.drawn(timed.active, timed.fade)._replace(span=None if timed.span is None else tuple(timed.span))

    @classmethod
    def drawn(cls, active: Sequence[float], fade: Sequence[float] | None) -> "Timing":
        """Return the timing of a prompt or guide, which has no span. A fade of None stands for none."""
        return cls(tuple(active), tuple(fade or (0.0, 0.0)))

    @property
    def fields(self) -> dict[str, Any]:
        """The timing as the fields of a PrecisionSpec or a Yield."""
        fades = any(self.fade)
        return {
            "active": [*self.active],
            "fade": [*self.fade] if fades else None,
            "span": [*self.span] if fades and self.span else None,
        }

    def during(self, active: Sequence[float]) -> "Timing | None":
        """Return the part of this timing that is within a range, with the strength unchanged. None if there is none."""
        both = common(self.active, active)
        return None if both is None else Timing(tuple(both), self.fade, self.span or self.active)

    def together(self, other: "Timing") -> "Timing | None":
        """Return the range in which both act, or None if there is none. It fades in with the one that begins later, and
        out with the one that ends earlier; of two that do so together, with the longer fade."""
        both = common(self.active, other.active)
        if both is None:
            return None
        fade_in = max((one.active[0], one.fade[0]) for one in (self, other))[1]
        fade_out = max((-one.active[1], one.fade[1]) for one in (self, other))[1]
        return Timing(tuple(both), (fade_in, fade_out))

    def strength(self, step: float, of: int) -> float:
        """Return the factor of the weight at step `step` (from 0) of `of`: 0 outside the range, and 1 inside it where
        nothing fades."""
        if not is_active(self.active, step, of):
            return 0.0
        first, last = self.span or self.active
        rising, falling = ((step + 1) / of - first, self.fade[0]), (last - step / of, self.fade[1])
        return min([1.0, *(max(done / length, FAINTEST) for done, length in (rising, falling) if length > 0)])


def is_active(active: Sequence[float], step: float, of: int) -> bool:
    """Tell whether step `step` (from 0) of `of` is in the range."""
    return active[0] <= step / of < active[1]


def common(one: Sequence[float], other: Sequence[float]) -> list[float] | None:
    """Return the range in which both ranges are active, or None if there is none."""
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return [first, last] if first < last else None
