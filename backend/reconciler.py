"""The reconciler requeues jobs whose lease has run out, rings again for lost doorbells, and deletes what is not needed
any more: jobs by the rules of retention, and files that no job names (docs/protocol.md, Claims).

It is one loop beside the API. Several reconcilers may run: on Postgres only one works at a time, and every action is
safe to repeat.
"""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import TypeVar

import structlog

from backend.store.audit import Audit
from backend.store.bus import ApiBus
from backend.store.credentials import expire_sign_ins
from backend.store.database import is_away
from backend.store.deleted import forget_deleted_jobs
from backend.store.errors import NotFound
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.processes import Processes
from backend.store.retention import Going, Retention, Rules
from backend.store.shared_links import SharedLinks
from backend.store.tallies import Tally, fold
from backend.store.tickets import Tickets
from backend.store.uploads import Uploads

LOCK = 0x1A7A_0002  # the advisory lock by which one reconciler works at a time
FOLD_SECONDS = 60.0  # time between two foldings of the counts
SWEEP_SECONDS = 600.0  # time between two searches for unnamed files and old events
THIN_AFTER_SECONDS = 7 * 24 * 3600.0  # all progress events of a job stay for this time after its end
USUAL = Rules()
_MARK = "deployment"  # the object with the id of the database that a picture store belongs to

Result = TypeVar("Result")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Done:
    """The result of one round. `requeued` counts the jobs that were taken from lost workers, including those that
    failed or were cancelled. `retired` counts the jobs that went to the trash because they were too old or too many,
    and `retired_bytes` their bytes. `trashed` counts the jobs that were deleted from the trash, and `forgotten` the
    jobs deleted long ago whose ids may be used again."""

    requeued: int = 0
    retired: int = 0
    retired_bytes: int = 0
    trashed: int = 0
    files: int = 0
    events: int = 0
    tickets: int = 0
    sign_ins: int = 0
    links: int = 0
    forgotten: int = 0
    audited: int = 0


class Reconciler:
    """Makes a round every `every_seconds`. A queued job whose doorbell was lost waits at most twice that time."""

    def __init__(
        self,
        jobs: Jobs,
        images: Images,
        bus: ApiBus,
        every_seconds: float = 5.0,
        audit_days: float = 365.0,
        rules: Rules = USUAL,
    ) -> None:
        self._jobs = jobs
        self._images = images
        self._bus = bus
        self._tickets = Tickets(jobs.database)
        self._audit, self._audit_days = Audit(jobs.database), audit_days
        self._processes = Processes(jobs.database)
        self._uploads = Uploads(jobs.database, images)
        self._retention = Retention(jobs.database, rules)
        self._every_seconds = every_seconds
        self._swept: float | None = None
        self._folded: float | None = None
        self._rounds = 0
        self._away = False
        self._lenient_until = 0.0

    def run(self, stopping: threading.Event) -> None:
        """Make rounds until `stopping` is set. If a round fails, for example because the database is away, log the
        error and try again."""
        structlog.contextvars.bind_contextvars(process="reconciler")
        while not stopping.wait(self._every_seconds):
            try:
                done = self.run_once()
            except Exception as error:
                self._away = is_away(error)
                log.warning("reconciler_failed", error=f"{type(error).__name__}: {error}")
                continue
            if done.requeued or done.retired or done.trashed or done.files or done.events:
                log.info("reconciled", **asdict(done))

    def run_once(self) -> Done:
        """Make one round, unless another process is making one."""
        with self._jobs.database.alone(LOCK) as alone:
            if not alone:
                return Done()
            self._count_round()
            requeued = 0 if self._is_lenient() else len(self._jobs.requeue_expired())
            waiting = self._jobs.unwoken(self._every_seconds) > 0
            if requeued or waiting:
                self._bus.ring()
            if self._swept is not None and time.monotonic() - self._swept < SWEEP_SECONDS:
                return Done(requeued=requeued)
            self._swept = time.monotonic()
            return self._clean(requeued)

    def _clean(self, requeued: int) -> Done:
        """Delete what is not needed any more, and files last, as a store may refuse to delete them."""
        database = self._jobs.database
        self._try("processes", self._processes.forget, None)
        retired, trashed = self._try("retention", self._retain, ([], []))
        return Done(
            requeued=requeued,
            retired=len(retired),
            retired_bytes=sum(job.bytes for job in retired),
            trashed=len(trashed),
            events=self._try("events", partial(self._jobs.thin_events, THIN_AFTER_SECONDS), 0),
            tickets=self._try("tickets", self._tickets.expire, 0),
            audited=self._try("audit", partial(self._audit.expire, self._audit_days), 0),
            sign_ins=self._try("sign_ins", partial(expire_sign_ins, database), 0),
            links=self._try("links", SharedLinks(database).expire, 0),
            forgotten=self._try("deleted_jobs", partial(forget_deleted_jobs, database), 0),
            files=self.sweep(),
        )

    def _try(self, part: str, clean: Callable[[], Result], nothing: Result) -> Result:
        """Do one part of the clean-up. If it fails, log which one, and return `nothing`, so that the others go on."""
        try:
            return clean()
        except Exception as error:
            self._away = self._away or is_away(error)
            log.warning("cleanup_failed", part=part, error=f"{type(error).__name__}: {error}")
            return nothing

    def _retain(self) -> tuple[list[Going], list[Going]]:
        """Apply the rules of retention, and note it in the audit log. Returns the jobs that went to the trash, and
        those that were deleted from it."""
        retired, trashed = self._retention.retire(), self._retention.empty_trash()
        for why, action in (("age", "retireJob"), ("bytes", "retireJob"), ("trash", "deleteJob")):
            ids = [str(job.id) for job in (*retired, *trashed) if job.why == why]
            self._audit.record("system", f"retention by {why}", socket.gethostname(), action, ids)
        return retired, trashed

    def _count_round(self) -> None:
        """Count this round. Each minute, the rounds are written, and the rows of all counts are made fewer."""
        self._rounds += 1
        if self._folded is not None and time.monotonic() - self._folded < FOLD_SECONDS:
            return
        fold(self._jobs.database, Tally("round", amount=self._rounds))
        self._folded, self._rounds = time.monotonic(), 0

    def _is_lenient(self) -> bool:
        """Return True for a while after the database was away. Expired leases are then left alone, as no worker could
        renew them."""
        now = time.monotonic()
        if self._away:
            self._away = False
            self._lenient_until = now + self._jobs.lease_seconds / 2
        return now < self._lenient_until

    def sweep(self) -> int:
        """Delete pictures, frames and checkpoints that no job names and no running claim may still write, and uploads
        that nothing has named for a day. Returns the number of deleted files.

        If the store belongs to another database, nothing is deleted, because this database does not know its jobs.
        """
        if not self._try("owner_of_the_store", self._owns_the_store, False):
            return 0
        return self._try("files", self._sweep_jobs, 0) + self._try("uploads", self._uploads.sweep, 0)

    def _sweep_jobs(self) -> int:
        deleted = 0
        for page in self._images.list_pages("jobs/"):
            garbage = self._jobs.unnamed(page)
            self._images.delete(garbage)
            deleted += len(garbage)
        return deleted

    def _owns_the_store(self) -> bool:
        """Return True if the picture store belongs to this database. The first sweep writes the database's id into the
        store."""
        mine = str(self._jobs.deployment())
        try:
            marked = self._images.get(_MARK).decode()
        except NotFound:
            self._images.put(_MARK, mine.encode())
            return True
        if marked != mine:
            log.error("store_of_another_database", hint="check INLAY_DATABASE_URL and INLAY_IMAGES_URL", database=mine)
        return marked == mine
