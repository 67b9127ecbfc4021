"""Each owner's account: fair share, and the allowance of the hour.

The queue is fair between owners, by start-time fair queueing. Each owner has a position in virtual time. It advances by
the cost of the owner's jobs, and never falls behind the virtual clock, which is the start of the newest claimed job. So
an owner who queues a hundred jobs does not delay another owner's single job. Background jobs have a virtual time of
their own, so they do not delay their owner's other jobs.

`Account.open` locks the row until the transaction ends. Whatever changes an owner's queued jobs, but not a worker, does
so first, and locks rows of jobs after it, in the order of claims. So no two of them wait for each other.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backend.store.limits import OwnerLimits
from backend.store.rows import AnyRow, lock_jobs
from backend.store.tables import jobs, now, shares, virtual_clock

CHARGED = (
    jobs.c.id,
    jobs.c.number,
    jobs.c.priority,
    jobs.c.virtual_start,
    jobs.c.cost,
    jobs.c.step,
    jobs.c.steps,
)
"""The columns of a job that its charge depends on."""


def rest(cost: int, first_step: int, steps: int) -> int:
    """Return the cost of a job's steps from `first_step` on, rounded up."""
    return -(-cost * (steps - first_step) // steps)


@dataclass
class Account:
    """An owner's account, whose row this transaction has locked. The positions in virtual time and the clocks are those
    of jobs and of background jobs."""

    connection: Connection
    owner: str
    finish: dict[bool, int]
    clock: dict[bool, int]
    spent: float
    seconds: float

    @classmethod
    def open(cls, connection: Connection, owner: str) -> "Account":
        """Lock an owner's account, and make it if there is none."""
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        made = {"owner": owner, "virtual_finish": 0, "background_finish": 0, "spent": 0.0, "spent_at": now()}
        clocks = (_clock(virtual_clock.c.now).label("clock"), _clock(virtual_clock.c.background).label("background"))
        row = connection.execute(
            insert(shares)
            .values(**made)
            .on_conflict_do_update(index_elements=[shares.c.owner], set_={"owner": owner})
            .returning(shares, *clocks, now().label("now"))
        ).one()
        seconds = 0.0 if row.spent_at is None else (row.now - row.spent_at).total_seconds()
        return cls(
            connection,
            owner,
            {False: row.virtual_finish, True: row.background_finish},
            {False: row.clock, True: row.background},
            row.spent,
            max(0.0, seconds),
        )

    def admit(self, cost: int, limits: OwnerLimits) -> None:
        """Take a new job of `cost` from the hour's allowance. Raises LimitReached if the owner may not queue it."""
        limits.check_queued(self.connection, self.owner)
        limits.check_bytes_of_jobs(self.connection, self.owner)
        if limits.cost_per_hour is not None:
            self._write(spent=limits.spend(self.spent, self.seconds, cost), spent_at=now())

    def charge(self, cost: int, background: bool) -> int:
        """Charge a job of `cost` in virtual time, and return its start: behind all queued jobs of its owner, also
        behind one that an admin has put far back."""
        start = max(self.finish[background], self.clock[background])
        last = self._last_start(background)
        if last is not None and last >= start:
            start = last + 1
        self._set_finish(background, start + cost)
        return start

    def refund(self, job: AnyRow) -> None:
        """Give back what a queued job was charged that will not run: for the steps that it has not done. `job` has the
        columns CHARGED."""
        cost = rest(job.cost, job.step, job.steps)
        self._write(spent=case((shares.c.spent > cost, shares.c.spent - cost), else_=0.0))
        self.withdraw(job)

    def withdraw(self, job: AnyRow) -> None:
        """Give back what a queued job was charged in virtual time, as if it had not been queued. `job` has the columns
        CHARGED.

        The owner's later jobs move up, all by the same amount. None gets before the clock, so no owner gets ahead of
        others by it.
        """
        cost, background = rest(job.cost, job.step, job.steps), job.priority < 0
        finish, clock = self.finish[background], self.clock[background]
        later = self._later(job, clock, background)
        moved = self.connection.execute(
            select(jobs.c.number, jobs.c.virtual_start).where(*later).order_by(jobs.c.virtual_start, jobs.c.number)
        ).first()
        if moved is None:
            finish = max(finish - cost, min(finish, clock))
        else:
            amount = min(cost, self._room(moved, max(clock, job.virtual_start)))
            if amount > 0:
                lock_jobs(self.connection, *later)
                self.connection.execute(update(jobs).where(*later).values(virtual_start=jobs.c.virtual_start - amount))
            finish -= max(0, amount)
        self._set_finish(background, finish)

    def _later(self, job: AnyRow, clock: int, background: bool) -> tuple[Any, ...]:
        """Return the condition for the owner's queued jobs that a refund of `job` moves."""
        start, number = jobs.c.virtual_start, jobs.c.number
        behind = or_(start > job.virtual_start, and_(start == job.virtual_start, number > job.number))
        return *self._queued(background), jobs.c.id != job.id, behind, start > clock

    def _queued(self, background: bool) -> tuple[Any, ...]:
        """Return the condition for the owner's queued jobs, or queued background jobs."""
        same = jobs.c.priority < 0 if background else jobs.c.priority >= 0
        return jobs.c.owner == self.owner, jobs.c.state == "queued", same

    def _last_start(self, background: bool) -> int | None:
        return self.connection.scalar(select(func.max(jobs.c.virtual_start)).where(*self._queued(background)))

    def _room(self, first: AnyRow, floor: int) -> int:
        """Return how far a job may move up, to `floor` or just behind an own job that stands there and is younger."""
        mine = (jobs.c.owner == self.owner, jobs.c.state == "queued")
        younger = (jobs.c.virtual_start == floor, jobs.c.number > first.number)
        taken = self.connection.scalar(select(func.count()).select_from(jobs).where(*mine, *younger))
        return first.virtual_start - floor - (1 if taken else 0)

    def _set_finish(self, background: bool, finish: int) -> None:
        self.finish[background] = finish
        self._write(**{"background_finish" if background else "virtual_finish": finish})

    def _write(self, **values: Any) -> None:
        self.connection.execute(update(shares).where(shares.c.owner == self.owner).values(**values))


def _clock(column: Any) -> Any:
    return select(func.max(column)).scalar_subquery()


def advance_clock(connection: Connection, start: int, background: bool) -> None:
    """Advance the virtual clock to the start of a claimed job.

    On Postgres, it is written into a row that no other claim is writing. If all rows are being written, it waits.
    """
    column = virtual_clock.c.background if background else virtual_clock.c.now
    free = select(virtual_clock.c.id).order_by(virtual_clock.c.id).limit(1).with_for_update(skip_locked=True)
    first = select(func.min(virtual_clock.c.id))
    later = {column.name: case((column > start, column), else_=start)}
    for row in (free, first):
        if connection.execute(
            update(virtual_clock).where(virtual_clock.c.id == row.scalar_subquery()).values(later)
        ).rowcount:
            return
