"""The reconciler requeues jobs whose lease ran out, rings lost doorbells, and deletes files that no job names
(docs/protocol.md, Claims).

It is one loop beside the API. Any number of reconcilers may run: on Postgres only one works at a time, and every action
is safe to repeat.
"""

import threading
import time
from dataclasses import dataclass
from uuid import UUID

import structlog

from backend.store.bus import ApiBus
from backend.store.database import is_away
from backend.store.errors import NotFound
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.tickets import Tickets
from backend.store.uploads import Uploads

LOCK = 0x1A7A_0002  # the advisory lock that makes it one at a time
SWEEP_SECONDS = 600.0  # between two searches for files that no job names, and for old events
THIN_AFTER_SECONDS = 7 * 24 * 3600.0  # a job's full progress is kept this long after its end
_MARK = "deployment"  # the object that says which database a picture store belongs to

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Done:
    """The actions of one round. `requeued` counts the jobs taken from lost workers, whatever became of them."""

    requeued: int = 0
    files: int = 0
    events: int = 0
    tickets: int = 0


class Reconciler:
    """Works once every `every_seconds`. A queued job whose doorbell was lost waits at most twice that."""

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
        """Work in rounds until `stopping` is set. A round that fails, say because the database is away, is logged, and
        the next one tries again."""
        while not stopping.wait(self._every_seconds):
            try:
                done = self.run_once()
            except Exception as error:
                self._away = is_away(error)
                log.warning("reconciler_failed", error=f"{type(error).__name__}: {error}")
                continue
            if done.requeued or done.files or done.events:
                log.info("reconciled", requeued=done.requeued, files=done.files, events=done.events)

    def run_once(self) -> Done:
        """Do one round, unless another process is doing one."""
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
            return Done(
                requeued=requeued,
                files=self.sweep(),
                events=self._jobs.thin_events(THIN_AFTER_SECONDS),
                tickets=self._tickets.expire(),
            )

    def _is_lenient(self) -> bool:
        """Return true if expired leases must be left alone, because the database was away until just now and no worker
        could renew its lease."""
        now = time.monotonic()
        if self._away:
            self._away = False
            self._lenient_until = now + self._jobs.lease_seconds / 2
        return now < self._lenient_until

    def sweep(self) -> int:
        """Delete pictures and checkpoints that no running claim may still write and no job names, and uploads that
        nothing has named for a day. Returns the number of files.

        If the store belongs to another database, whose jobs this one does not know, nothing is deleted.
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
        """Return true if the picture store belongs to this database. The first sweep writes the database's
        id into it."""
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
    """Return the job whose folder holds a key. None for a key that the store did not make."""
    parts = key.split("/")
    try:
        return UUID(parts[1]) if len(parts) == 4 else None
    except ValueError:
        return None
