"""The part of the job store for queued jobs: their order, their priority, and pauses (docs/protocol.md, Claims)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from backend.contracts.job import JobResource
from backend.store import estimates
from backend.store.errors import Conflict
from backend.store.estimates import QueueStatus, all_shown, shown
from backend.store.gallery import Gallery
from backend.store.own_order import go_before, move, waiting_job, waiting_jobs
from backend.store.pauses import set_pause
from backend.store.rows import RESOURCE, AnyRow, find_job
from backend.store.shares import Account, rest
from backend.store.tables import CLAIM_ORDER, EVERYBODY, jobs


class Waiting(Gallery):
    """The job store's methods for queued jobs."""

    def queue(self, owner: str) -> QueueStatus:
        """Count the queued and running jobs of all owners and of this one, and estimate how long they take."""
        with self.database.read() as connection:
            return estimates.queue_status(connection, owner)

    def waiting(self, owner: str, limit: int) -> list[JobResource]:
        """Return an owner's queued jobs in the order in which they will run, at most `limit`."""
        mine = select(*RESOURCE).where(jobs.c.owner == owner, jobs.c.state == "queued")
        with self.database.read() as connection:
            rows: Sequence[AnyRow] = connection.execute(mine.order_by(*CLAIM_ORDER).limit(limit)).all()
        return all_shown(self.database, rows)

    def pause_all(self, paused: bool) -> None:
        """Pause or resume the whole queue. Running jobs go on."""
        with self.database.begin() as connection:
            set_pause(connection, EVERYBODY, paused)

    def pause_owner(self, owner: str, paused: bool) -> None:
        """Pause or resume an owner's queued jobs, also those that are queued later. Running jobs go on."""
        with self.database.begin() as connection:
            set_pause(connection, owner, paused)

    def put_first(self, owner: str | None, id: UUID) -> JobResource:
        """Move a queued job before all other queued jobs of its owner. Raises Conflict if it is not queued."""
        return self.arrange(owner, id, place=0)

    def arrange(
        self,
        owner: str | None,
        id: UUID,
        *,
        place: int | None = None,
        before: UUID | None = None,
        priority: int | None = None,
        paused: bool | None = None,
    ) -> JobResource:
        """Change how a queued job waits: its `priority`, its place among its owner's queued jobs, counted from 0, or
        directly `before` one of them, and if it is `paused`. None leaves it. An admin, whose `owner` is None, may put
        it before a job of another owner too; it gets that job's priority. If the job `before` has started, the job goes
        first among its owner's. Raises Conflict if the job is not queued.
        """
        with self.database.begin() as connection:
            account = Account.open(connection, find_job(connection, owner, id).owner)
            waiting = waiting_jobs(connection, account.owner)
            job = next((one for one in waiting if one.id == id), None)
            if job is None:
                raise Conflict("Only a job that waits in the queue can be moved or paused, and this one does not wait.")
            mine = [one.id for one in waiting if one.id != id]
            other = (
                waiting_job(connection, before) if owner is None and before is not None and before not in mine else None
            )
            if other is not None:
                priority, before = other.priority, None
            if priority is not None:
                _set_priority(account, job, priority)
            if other is not None:
                go_before(connection, job, other)
            if before is not None:
                mine = [one.id for one in waiting_jobs(connection, account.owner) if one.id != id]
                place = mine.index(before) if before in mine else 0
            if place is not None:
                move(connection, account.owner, id, place)
            if paused is not None:
                connection.execute(update(jobs).where(jobs.c.id == id).values(paused=paused))
            row = find_job(connection, owner, id)
        return shown(self.database, row)


def _set_priority(account: Account, job: AnyRow, priority: int) -> None:
    """Give a queued job a priority. A job that becomes or ceases to be a background job is charged anew, and goes to
    the end of its owner's jobs."""
    if priority == job.priority:
        return
    values: dict[str, Any] = {"priority": priority}
    if (priority < 0) != (job.priority < 0):
        account.withdraw(job)
        values["virtual_start"] = account.charge(rest(job.cost, job.step, job.steps), priority < 0)
    account.connection.execute(update(jobs).where(jobs.c.id == job.id).values(**values))
