"""Turns for work of which little may happen at the same time. Requests that wait for their turn hold no thread and no
connection to the database."""

import asyncio
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakValueDictionary

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

AT_ONCE = 2  # pieces of work that take whole pictures into memory
OWNERS_AT_ONCE = 12  # owners whose queues change; the database has 30 connections for all requests of a process
Result = TypeVar("Result")


class Turns:
    """Lets AT_ONCE pieces of work run at the same time, each in a thread."""

    def __init__(self) -> None:
        self._limiter = CapacityLimiter(AT_ONCE)

    async def take(self, work: Callable[[], Result]) -> Result:
        """Do a piece of work when it is its turn, and return its result."""
        return await run_sync(work, limiter=self._limiter)


class OwnerTurns:
    """Lets one request of each owner change their waiting jobs at a time, each in a thread.

    Such requests lock the owner's account in the database (`backend.store.shares`). If many of one owner waited there,
    they would hold the connections that all other requests and the stream need.
    """

    def __init__(self) -> None:
        self._limiter = CapacityLimiter(OWNERS_AT_ONCE)
        self._locks: WeakValueDictionary[str | None, asyncio.Lock] = WeakValueDictionary()

    async def take(self, owner: str | None, work: Callable[[], Result]) -> Result:
        """Do a piece of work when it is this owner's turn, and return its result. None is an admin's reach."""
        lock = self._locks.setdefault(owner, asyncio.Lock())
        async with lock:
            return await run_sync(work, limiter=self._limiter)
