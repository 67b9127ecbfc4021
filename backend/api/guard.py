"""The guard of open streams: it ends a stream soon after the key that opened it has been revoked or has expired, or
after a server that asked nobody for a key has got its first user."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager

import structlog
from starlette.concurrency import run_in_threadpool

from backend.store.credentials import Credential

LOOK_SECONDS = 1.0
log = structlog.get_logger(__name__)


class Guard:
    """Asks the database once a second for all streams of this process. `valid` returns those credentials that would
    still be accepted."""

    def __init__(self, valid: Callable[[Collection[Credential]], set[Credential]]) -> None:
        self._valid = valid
        self._open: dict[asyncio.Event, tuple[Credential, Callable[[], None] | None]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look at the open streams for the length of the block."""
        looking = asyncio.create_task(self._keep_looking())
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    @contextmanager
    def watching(self, caller: Credential, wake: Callable[[], None] | None = None) -> Iterator[asyncio.Event]:
        """Watch a stream for the length of the block. The event is set once its credential is not accepted any more;
        then `wake` is called."""
        refused = asyncio.Event()
        self._open[refused] = caller, wake
        try:
            yield refused
        finally:
            with contextlib.suppress(KeyError):
                del self._open[refused]

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            shown = {caller for caller, _ in self._open.values()}
            if not shown:
                continue
            try:
                refused = shown - await run_in_threadpool(self._valid, shown)
            except Exception as error:  # the streams stay open while the database is away; they get no events then
                log.warning("streams_not_checked", error=type(error).__name__)
                continue
            for event, (caller, wake) in [*self._open.items()]:
                if caller in refused:
                    event.set()
                    if wake is not None:
                        wake()
