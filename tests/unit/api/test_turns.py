"""Requests that change an owner's queue wait for each other outside of the database."""

import asyncio
import threading
from collections import Counter
from typing import Any

from backend.api.turns import OWNERS_AT_ONCE, OwnerTurns


class Work:
    """Work that notes how many of its kind run at the same time, for each owner and in all."""

    def __init__(self) -> None:
        self.most: Counter[str] = Counter()
        self._running: Counter[str] = Counter()
        self._lock = threading.Lock()

    def of(self, owner: str) -> Any:
        def run() -> str:
            for name, change in ((owner, 1), ("", 1), (owner, -1), ("", -1)):
                with self._lock:
                    self._running[name] += change
                    self.most[name] = max(self.most[name], self._running[name])
                threading.Event().wait(0.002)
            return owner

        return run


def test_one_request_of_an_owner_runs_at_a_time_and_a_bounded_number_of_all() -> None:
    work, owners = Work(), [f"owner-{number % 30}" for number in range(90)]

    async def all_at_once() -> list[str]:
        turns = OwnerTurns()
        return await asyncio.gather(*[turns.take(owner, work.of(owner)) for owner in owners])

    assert asyncio.run(all_at_once()) == owners
    assert all(work.most[owner] == 1 for owner in owners)
    assert 1 < work.most[""] <= OWNERS_AT_ONCE


def test_an_error_leaves_the_turn_to_the_next() -> None:
    def fail() -> None:
        raise ValueError("refused")

    async def after_an_error() -> str:
        turns = OwnerTurns()
        results = await asyncio.gather(
            turns.take("ann", fail), turns.take("ann", lambda: "next"), return_exceptions=True
        )
        assert isinstance(results[0], ValueError)
        return str(results[1])

    assert asyncio.run(after_an_error()) == "next"
