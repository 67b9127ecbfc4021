"""Ranges of a run, as `contracts.document.RunRange` defines them.

Step k (from 0) of n is in the range [first, last) if first <= k / n < last. So a range that ends at 1 includes the last
step, and two ranges that meet have no step in common and leave no step out.
"""

from collections.abc import Sequence


def is_active(active: Sequence[float], step: int, of: int) -> bool:
    """Tell whether step `step` (from 0) of `of` is in the range."""
    return active[0] <= step / of < active[1]


def common(one: Sequence[float], other: Sequence[float]) -> list[float] | None:
    """Return the range in which both ranges are active, or None if there is none."""
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return [first, last] if first < last else None
