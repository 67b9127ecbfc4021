"""The reconciler requeues jobs whose lease has run out, rings again for lost doorbells, and deletes files that no job
names (docs/protocol.md, Claims).

It is one loop beside the API. Several reconcilers may run: on Postgres only one works at a time, and every action is
safe to repeat.
"""

import threading
import time
from dataclasses import asdict, dataclass
from uuid import UUID

import structlog

from backend.store.bus import ApiBus
from backend.store.database import is_away
from backend.store.errors import NotFound
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.tickets import Tickets
from backend.store.uploads import Uploads

LOCK = 0x1A7A_0002  # the advisory lock by which one reconciler works at a time
SWEEP_SECONDS = 600.0  # time between two searches for unnamed files and old events
THIN_AFTER_SECONDS = 7 * 24 * 3600.0  # all progress events of a job stay for this time after its end
TRASH_SECONDS = 24 * 3600.0  # jobs stay in the trash for this time
_MARK = "deployment"  # the object with the id of the database that a picture store belongs to

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Done:
    """The result of one round. `requeued` counts the jobs that were taken from lost workers, including those that
    failed or were cancelled. `trashed` counts the jobs that were deleted from the trash."""

    requeued: int = 0
    trashed: int = 0
    files: int = 0
    events: int = 0
    tickets: int = 0


class Reconciler:
    """Makes a round every `every_seconds`. A queued job whose doorbell was lost waits at most twice that time."""

    def __init__(self, jobs: Jobs, images: Images, bus: ApiBus, every_seconds: float = 5.0) -> None:
        self._jobs = jobs
        self._images = images
        self._bus = bus
        self._tickets = Tickets(jobs.database)
        self._uploads = Uploads(jobs.database, images)
        self._every_seconds = every_seconds
        self._swept: float | None = None
        self._away = False
        self._lenient_until = 0.0

    def run(self, stopping: threading.Event) -> None:
        """Make rounds until `stopping` is set. If a round fails, for example because the database is away, log the
        error and try again."""
        while not stopping.wait(self._every_seconds):
            try:
                done = self.run_once()
            except Exception as error:
                self._away = is_away(error)
                log.warning("reconciler_failed", error=f"{type(error).__name__}: {error}")
                continue
            if done.requeued or done.trashed or done.files or done.events:
                log.info("reconciled", **asdict(done))

    def run_once(self) -> Done:
        """Make one round, unless another process is making one."""
        with self._jobs.database.alone(LOCK) as alone:
            if not alone:
                return Done()
            requeued = 0 if self._is_lenient() else len(self._jobs.requeue_expired())
            waiting = self._jobs.unwoken(self._every_seconds) > 0
            if requeued or waiting:
                self._bus.ring()
            if self._swept is not None and time.monotonic() - self._swept < SWEEP_SECONDS:
                return Done(requeued=requeued)
            self._swept = time.monotonic()
            trashed = self._jobs.empty_trash(TRASH_SECONDS)
            return Done(
                requeued=requeued,
                trashed=trashed,
                files=self.sweep(),
                events=self._jobs.thin_events(THIN_AFTER_SECONDS),
                tickets=self._tickets.expire(),
            )

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
        if not self._owns_the_store():
            return 0
        deleted = 0
        for page in self._images.list_pages("jobs/"):
            owned = {key: id for key in page if (id := _job_of(key)) is not None}
            kept = self._jobs.kept(set(owned.values()))
            garbage = [key for key in owned if not kept.covers(key)]
            self._images.delete(garbage)
            deleted += len(garbage)
        return deleted + self._uploads.sweep()

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


def _job_of(key: str) -> UUID | None:
    """Return the job that a key belongs to, or None if the store did not write the object."""
    parts = key.split("/")
    try:
        return UUID(parts[1]) if len(parts) >= 4 else None
    except ValueError:
        return None
