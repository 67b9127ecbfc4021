"""Counts that only rise, also when jobs are deleted: the numbers behind the counters for Prometheus.

Whatever changes a job adds its tallies in the same transaction, as new rows. So nobody waits for a row that others
count in, and what was rolled back does not count. `fold` makes one row of all rows of a kind from time to time. The sum
over all rows is read in one statement, which sees either the rows before or the one after.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from sqlalchemy import Connection, delete, func, insert, select

from backend.store.database import Database
from backend.store.tables import tallies

Name = Literal["wait", "ended", "requeued", "lost", "job", "post", "round", "step", "decode", "preview", "forwards"]

JobClass = Literal["normal", "background", "raised"]
"""The class of a job: `background` runs only when nothing else waits, and `raised` has a priority above 0."""

CLASSES: tuple[JobClass, ...] = get_args(JobClass)

Why = Literal["worker-lost", "handed-back", "fault", "retried"]
"""The reason why a job is queued again: its worker was lost, a worker that stops handed it back, an attempt met a
fault, or its owner retries it."""

Outcome = Literal["delivered", "failed", "dead"]
"""The outcome of a post to a webhook: the receiver has it, it is repeated later, or it was the last one."""

BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)
"""The upper bounds of the classes that seconds are counted in. The last class, after them, has none."""


class Tally(NamedTuple):
    """A row: `amount` things of a kind, with the sum of their values. `bound` is the index of their class in BOUNDS."""

    name: Name
    label: str = ""
    bound: int = 0
    amount: int = 1
    total: float = 0.0


def class_of(priority: int) -> JobClass:
    """Return the class of a job by its priority."""
    return "background" if priority < 0 else "raised" if priority > 0 else "normal"


_TALLY = tuple(tallies.c[name] for name in Tally._fields)


def seconds_of(name: Name, label: str, taken: float) -> Tally:
    """Return the tally of one thing that took some seconds."""
    return Tally(name, label, bisect_left(BOUNDS, taken), 1, taken)


def tally(connection: Connection, *counted: Tally) -> None:
    """Count in the transaction of the change that is counted."""
    if counted:
        connection.execute(insert(tallies), [one._asdict() for one in counted])


@dataclass
class Sum:
    """The number of things of a kind in each class of BOUNDS, and the sum of their values."""

    counts: dict[int, int] = field(default_factory=dict)
    total: float = 0.0

    @property
    def count(self) -> int:
        return sum(self.counts.values())

    def buckets(self) -> list[tuple[str, float]]:
        """Return the number of things up to each bound, as a histogram of Prometheus has them."""
        found, below = list[tuple[str, float]](), 0
        for index, bound in enumerate((*map(str, BOUNDS), "+Inf")):
            below += self.counts.get(index, 0)
            found.append((bound, below))
        return found


Sums = Mapping[str, Mapping[str, Sum]]
"""The sums of each kind, by label."""


def sums(connection: Connection) -> Sums:
    """Return all sums."""
    kind = (tallies.c.name, tallies.c.label, tallies.c.bound)
    added = (func.sum(tallies.c.amount).label("number"), func.sum(tallies.c.total).label("total"))
    found: dict[str, dict[str, Sum]] = {}
    for row in connection.execute(select(*kind, *added).group_by(*kind)):
        one = found.setdefault(row.name, {}).setdefault(row.label, Sum())
        one.counts[row.bound] = int(row.number)
        one.total += row.total
    return found


def fold(database: Database, *counted: Tally) -> None:
    """Make one row of all rows of a kind, and count these tallies as well. The sums stay the same otherwise."""
    with database.begin() as connection:
        rows = connection.execute(delete(tallies).returning(*_TALLY)).all()
        tally(connection, *_added([*counted, *(Tally(*row) for row in rows)]))


def _added(counted: Iterable[Tally]) -> list[Tally]:
    """Return one tally of each kind."""
    found: dict[tuple[Name, str, int], Tally] = {}
    for one in counted:
        before = found.get(one[:3], one._replace(amount=0, total=0.0))
        found[one[:3]] = one._replace(amount=before.amount + one.amount, total=before.total + one.total)
    return list(found.values())


class Measures:
    """Holds the measurements of a process since its last heartbeat. Any thread may add to it."""

    def __init__(self) -> None:
        self._lock, self._counted = threading.Lock(), list[Tally]()

    def add(self, *counted: Tally) -> None:
        with self._lock:
            self._counted = _added([*self._counted, *counted])

    def take(self) -> list[Tally]:
        """Return what was added, and forget it."""
        with self._lock:
            taken, self._counted = self._counted, []
        return taken
