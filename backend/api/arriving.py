"""The quota of uploads while they arrive. `backend.api.spooled` keeps them on disk."""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import contextmanager

import structlog

from backend.api.spooled import no_room

log = structlog.get_logger(__name__)


class Arriving:
    """Counts the bytes of the bodies that arrive, of all owners and of each. `most` is their limit; 0 is none."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._all = 0
        self._of: Counter[str] = Counter()

    @contextmanager
    def counting(self, owner: str) -> Iterator[Callable[[int], None]]:
        """Count the bytes of a body of an owner. Yields what takes the size of each part and raises ApiError 503 if
        there is no room for it. The room is free again at the end of the block."""
        taken = 0

        def take(size: int) -> None:
            nonlocal taken
            if self._most and (self._all + size > self._most or self._of[owner] + size > self._most // 2):
                log.warning("uploads_over_quota", owner=owner, arriving=self._all, most=self._most)
                raise no_room()
            taken += size
            self._all += size
            self._of[owner] += size

        try:
            yield take
        finally:
            self._all -= taken
            self._of[owner] -= taken
            if not self._of[owner]:
                del self._of[owner]


async def counted(parts: AsyncIterator[bytes], take: Callable[[int], None]) -> AsyncGenerator[bytes]:
    """Yield the parts of a body, each after it was counted."""
    async for part in parts:
        take(len(part))
        yield part
