"""Limits on how often a key, or an address that shows wrong keys, may ask.

All processes count together in Redis if the settings name one. Otherwise each process counts for itself.
"""

import math
import time

import structlog
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import SlidingWindowCounterRateLimiter

from backend.api.errors import ApiError
from backend.api.settings import Settings
from backend.store.credentials import Credential

log = structlog.get_logger(__name__)


class Rates:
    """Counts requests by key, and wrong keys by address."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(_storage(settings))
        self._of_key = parse_many(settings.rate_limit) if settings.rate_limit else []
        self._of_wrong_keys = parse_many(settings.wrong_key_limit) if settings.wrong_key_limit else []

    def count(self, caller: Credential) -> None:
        """Count a request of a key, or a message. Raises ApiError 429 if the key has asked too often. Whoever needed
        no key is not counted."""
        if (name := caller.counted_as) is not None:
            self._hit(self._of_key, f"key:{name}", "This key has sent too many requests.")

    def count_wrong(self, address: str) -> None:
        """Count a wrong key from an address. Raises ApiError 429 if too many came from there."""
        self._hit(self._of_wrong_keys, f"wrong:{address}", "Too many wrong keys came from your address.")

    def check_wrong(self, address: str) -> None:
        """Raise ApiError 429 if too many wrong keys came from an address."""
        for limit in self._of_wrong_keys:
            if not self._asked(limit, f"wrong:{address}", hit=False):
                raise self._refusal(limit, f"wrong:{address}", "Too many wrong keys came from your address.")

    def _hit(self, limits: list[RateLimitItem], name: str, sentence: str) -> None:
        for limit in limits:
            if not self._asked(limit, name, hit=True):
                raise self._refusal(limit, name, sentence)

    def _asked(self, limit: RateLimitItem, name: str, *, hit: bool) -> bool:
        """Return True if a request is within the limit; `hit` counts it. While Redis is away, every request is."""
        try:
            return self._limiter.hit(limit, name) if hit else self._limiter.test(limit, name)
        except Exception as error:
            log.warning("rates_not_counted", error=type(error).__name__)
            return True

    def _refusal(self, limit: RateLimitItem, name: str, sentence: str) -> ApiError:
        try:
            seconds = math.ceil(self._limiter.get_window_stats(limit, name).reset_time - time.time())
        except Exception:  # Redis went away meanwhile
            seconds = 1
        seconds = min(max(seconds, 1), limit.get_expiry())
        return ApiError(
            429,
            "rate-limit",
            f"{sentence} Try again in {seconds:,} seconds. The limit is {limit.amount:,} in {limit.get_expiry():,} "
            "seconds.",
            headers={"Retry-After": str(seconds)},
        )


def _storage(settings: Settings) -> Storage:
    return MemoryStorage() if settings.redis is None else RedisStorage(settings.redis[0])
