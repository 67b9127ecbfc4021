"""Repeat calls to a database or a picture store that may be away for a while."""

import time
from collections.abc import Callable
from typing import TypeVar

import structlog

from backend.store.database import is_away
from backend.store.errors import ImageStoreError

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 2.0
_log = structlog.get_logger("worker")

Answer = TypeVar("Answer")


def is_transient(error: BaseException) -> bool:
    """Return true if the error says that the database or the picture store cannot be reached now."""
    return isinstance(error, ImageStoreError) or is_away(error)


def persist(call: Callable[[], Answer], hopeless: Callable[[], bool]) -> Answer:
    """Return the answer of `call`. While the call fails because the database or the picture store is away, repeat it
    with growing pauses. Once `hopeless()` is true, raise the call's error."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return call()
        except Exception as error:
            if not is_transient(error) or hopeless():
                raise
            _log.warning("waits_for_a_store", error=_first_line(error), seconds=pause)
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _first_line(error: BaseException) -> str:
    return str(error).split("\n", 1)[0]
