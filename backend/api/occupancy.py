"""Limits on the connections of an address, and on the requests and streams of a key, that are open at the same time.

A limit of rates (`backend.api.rates`) does not see a request that never ends. Each process counts for itself.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.api.addresses import address_of, counted_as
from backend.api.errors import ApiError, refuse
from backend.api.settings import Settings
from backend.store.credentials import Credential

RETRY_SECONDS = 5
_CONNECTIONS = "Your address has too many connections open."


class Occupancy:
    """Counts what is open in this process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: Counter[str] = Counter()

    def connection(self, address: str) -> Callable[[], None]:
        """Count a connection. Returns what ends it. Raises ApiError 429 if its address has too many."""
        return self._take(f"connection:{counted_as(address)}", self._settings.max_address_connections, _CONNECTIONS)

    def of_address(self, address: str) -> AbstractContextManager[None]:
        """Count a request or a stream of an address for the length of the block."""
        return self._held(f"address:{counted_as(address)}", self._settings.max_address_connections, _CONNECTIONS)

    def of_key(self, caller: Credential) -> AbstractContextManager[None]:
        """Count a request or a stream of a key, or of a sign-in with it, for the length of the block."""
        if (name := caller.counted_as) is None:
            return nullcontext()
        return self._held(f"key:{name}", self._settings.max_key_connections, "This key has too many requests open.")

    def without_ticket(self, address: str) -> AbstractContextManager[None]:
        """Count a websocket that has not shown a ticket yet for the length of the block."""
        sentence = "Too many websockets of your address have not shown a ticket yet."
        return self._held(f"new:{counted_as(address)}", self._settings.max_new_streams, sentence)

    def _take(self, name: str, most: int, sentence: str) -> Callable[[], None]:
        if most and self._open[name] >= most:
            raise ApiError(
                429,
                "connections",
                f"{sentence} The limit is {most:,} at the same time. Try again in {RETRY_SECONDS} seconds.",
                headers={"Retry-After": str(RETRY_SECONDS)},
            )
        self._open[name] += 1

        def end() -> None:
            self._open[name] -= 1
            if self._open[name] <= 0:
                del self._open[name]

        return end

    @contextmanager
    def _held(self, name: str, most: int, sentence: str) -> Iterator[None]:
        end = self._take(name, most, sentence)
        try:
            yield
        finally:
            end()


class OpenRequests:
    """Counts the requests and websockets of each address. An endpoint that learns the caller's key enters what else it
    counts into `scope["state"]["held"]`, which ends with the request."""

    def __init__(self, app: ASGIApp, occupancy: Occupancy) -> None:
        self._app, self._occupancy = app, occupancy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        with ExitStack() as held:
            try:
                held.enter_context(self._occupancy.of_address(address_of(HTTPConnection(scope))))
            except ApiError as refused:
                await refuse(refused, scope, receive, send)
                return
            scope.setdefault("state", {})["held"] = held
            await self._app(scope, receive, send)
