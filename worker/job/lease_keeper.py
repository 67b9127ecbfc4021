"""Renew a job's lease from a thread, for as long as its sampler advances."""

import os
import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from types import TracebackType
from typing import Self

import structlog

from backend.store.errors import LeaseLost
from backend.store.jobs import Claim, Jobs
from backend.store.leases import Asked

EXIT_STUCK = 70  # the process ended itself because a step would not end
RETRY_SECONDS = 0.5  # between two renewals while the database is away
_log = structlog.get_logger("worker")


class LeaseKeeper:
    """Renews `claim` three times a lease during the block. It stops if the sampler is silent for longer than it
    announced, so that a hung sampler loses its lease. If a cancel request or a lost lease has no effect for `patience`
    seconds, it ends the process, since nothing else stops a forward pass; the supervisor starts another process. A
    request to stop and keep the pictures has no such limit, because the pictures would be lost.

    While the database is away, the keeper keeps trying and the job goes on. `gone` says when to stop.
    """

    def __init__(self, jobs: Jobs, claim: Claim, patience: float, leave: Callable[[int], None] = os._exit) -> None:
        self.cancel_requested = self.stop_requested = False
        self.heed(claim.asked)
        self.lost = False
        self._jobs, self._claim, self._patience, self._leave = jobs, claim, patience, leave
        self._silent_until = self._confirmed_at = time.monotonic()
        self._unheeded_since: float | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=copy_context().run, args=[self._run], name="lease_keeper", daemon=True)

    @property
    def gone(self) -> bool:
        """True if this worker has to stop work on the job: the database said that it no longer holds the job, or has
        not answered for one and a half leases.

        One and a half, because a renewal may be a third of a lease old when the database goes away. While it is away
        nobody can take the job; afterwards the reconciler gives workers half a lease to renew. If somebody takes the
        job all the same, the fence refuses whatever this worker writes.
        """
        return self.lost or time.monotonic() - self._confirmed_at > 1.5 * self._claim.lease_seconds

    def confirm(self) -> None:
        """Note that the database has just accepted a write of this claim, which renews the lease."""
        self._confirmed_at = time.monotonic()

    def heed(self, asked: Asked | None) -> None:
        """Note what the user asked for. A request is never taken back."""
        self.cancel_requested |= asked == "cancel"
        self.stop_requested |= asked == "stop"

    def expect(self, seconds: float) -> None:
        """Note that the sampler advanced, and will advance again within `seconds`."""
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
        """Renew the lease. Returns true if the database answered."""
        try:
            self.heed(self._jobs.renew(self._claim))
            self.confirm()
        except LeaseLost:
            self.lost = True
        except Exception as error:  # the database is away
            _log.warning("renewal_failed", error=str(error))
            return False
        return True

    def _end_if_unheeded(self, now: float) -> None:
        if not (self.cancel_requested or self.lost):
            return
        self._unheeded_since = self._unheeded_since or now
        if now - self._unheeded_since < self._patience:
            return
        _log.error("step_would_not_end", cancelled=self.cancel_requested, lost=self.lost)
        if self.cancel_requested and not self.lost:
            try:
                self._jobs.cancelled(self._claim)
            except Exception as error:
                _log.warning("cancel_not_recorded", error=str(error))
        self._leave(EXIT_STUCK)
