"""A job's lease, kept alive from a thread for as long as its sampler advances."""

import os
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import structlog

from backend.store.errors import LeaseLost
from backend.store.jobs import Claim, Jobs

EXIT_STUCK = 70  # the process ended itself because a step would not end
_log = structlog.get_logger("worker")


class LeaseKeeper:
    """While inside the block, renews `claim` three times a lease, unless the sampler has been silent for longer than it
    announced: a hung sampler loses its lease. Where a cancel request or a lost lease has had no effect for
    `patience` seconds, the process ends, since nothing else stops a forward pass; its supervisor starts another.
    """

    def __init__(self, jobs: Jobs, claim: Claim, patience: float, leave: Callable[[int], None] = os._exit) -> None:
        self.cancel_requested = False
        self.lost = False
        self._jobs, self._claim, self._patience, self._leave = jobs, claim, patience, leave
        self._silent_until = time.monotonic()
        self._unheeded_since: float | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease_keeper", daemon=True)

    def expect(self, seconds: float) -> None:
        """The sampler has advanced, and will again within `seconds`."""
        self._silent_until = time.monotonic() + seconds

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        pause = min(self._claim.lease_seconds / 3, self._patience / 3)
        renewed = time.monotonic()
        while not self._over.wait(pause):
            now = time.monotonic()
            if now - renewed >= self._claim.lease_seconds / 3 and now < self._silent_until:
                self._renew()
                renewed = now
            self._end_if_unheeded(now)

    def _renew(self) -> None:
        try:
            self.cancel_requested = self._jobs.renew(self._claim) or self.cancel_requested
        except LeaseLost:
            self.lost = True
        except Exception as error:  # the database is away: the lease runs out, or the next renewal works
            _log.warning("renewal_failed", job=str(self._claim.id), error=str(error))

    def _end_if_unheeded(self, now: float) -> None:
        if not (self.cancel_requested or self.lost):
            return
        self._unheeded_since = self._unheeded_since or now
        if now - self._unheeded_since < self._patience:
            return
        _log.error("step_would_not_end", job=str(self._claim.id), cancelled=self.cancel_requested, lost=self.lost)
        if self.cancel_requested and not self.lost:
            try:
                self._jobs.cancelled(self._claim)
            except Exception as error:
                _log.warning("cancel_not_recorded", job=str(self._claim.id), error=str(error))
        self._leave(EXIT_STUCK)
