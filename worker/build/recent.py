"""A memory of the last two values."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class LastTwo(Generic[Key, Value]):
    """The two values that were made last, by key. A run asks for the graphs of the step that it takes and of the step
    before, which is previewed."""

    _kept: dict[Key, Value] = field(default_factory=dict)

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value of a key, and make it if it is not kept."""
        if key not in self._kept:
            self._kept[key] = make()
            if len(self._kept) > 2:
                del self._kept[next(iter(self._kept))]
        return self._kept[key]
