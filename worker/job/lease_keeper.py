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
RETRY_SECONDS = 0.5  # between two renewals while the database is away
_log = structlog.get_logger("worker")


class LeaseKeeper:
    """While inside the block, renews `claim` three times a lease, unless the sampler has been silent for longer than it
    announced: a hung sampler loses its lease. Where a cancel request or a lost lease has had no effect for
    `patience` seconds, the process ends, since nothing else stops a forward pass; its supervisor starts another.

    While the database is away, the keeper tries again and again, and the job goes on. `gone` says when to stop.
    """

    def __init__(self, jobs: Jobs, claim: Claim, patience: float, leave: Callable[[int], None] = os._exit) -> None:
        self.cancel_requested = False
        self.lost = False
        self._jobs, self._claim, self._patience, self._leave = jobs, claim, patience, leave
        self._silent_until = self._confirmed_at = time.monotonic()
        self._unheeded_since: float | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease_keeper", daemon=True)

    @property
    def gone(self) -> bool:
        """Whether to stop work on the job: the database said that it is no longer ours, or has said nothing for half
        as long again as the lease lasts.

        Half as long again, because a renewal may be a third of a lease old when the database goes away; while it is
        away nobody can take the job, and afterwards the reconciler leaves workers half a lease to renew. Should
        somebody take it all the same, the fence refuses whatever this worker writes.
        """
        return self.lost or time.monotonic() - self._confirmed_at > 1.5 * self._claim.lease_seconds

    def confirm(self) -> None:
        """The database has just taken something for this claim, which renews the lease."""
        self._confirmed_at = time.monotonic()

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
        third = self._claim.lease_seconds / 3
        usual = pause = min(third, self._patience / 3)
        due = time.monotonic() + third
        while not self._over.wait(pause):
            now = time.monotonic()
            if due <= now < self._silent_until:
                due = now + (third if self._renew() else RETRY_SECONDS)
            self._end_if_unheeded(now)
            left = due - time.monotonic()
            pause = min(usual, left) if left > 0 else usual

    def _renew(self) -> bool:
        """Whether the database answered."""
        try:
            self.cancel_requested = self._jobs.renew(self._claim) or self.cancel_requested
            self.confirm()
        except LeaseLost:
            self.lost = True
        except Exception as error:  # the database is away
            _log.warning("renewal_failed", job=str(self._claim.id), error=str(error))
            return False
        return True

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
