"""Ranges of a run, as `contracts.document.RunRange` has them.

A step k (from 0) of n lies in the range [first, last) where first <= k / n < last. So a range that ends at 1 includes
the last step, and two ranges that meet share no step and leave none out.
"""

from collections.abc import Sequence


def is_active(active: Sequence[float], step: int, of: int) -> bool:
    """Tell whether step `step` (from 0) of `of` lies in the range."""
    return active[0] <= step / of < active[1]


def common(one: Sequence[float], other: Sequence[float]) -> list[float] | None:
    """Return the range in which both ranges are active, or None where there is none."""
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return [first, last] if first < last else None
