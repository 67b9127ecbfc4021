"""The places of jobs in the queue, and estimates of how long they wait and run, from their costs and the times of jobs
that finished.

The number of workers is taken to be that of the running jobs, and 1 if none runs: a worker without a job would have
taken one from the queue.

Nothing here reads the whole queue, however long it is. Jobs are counted up to COUNTED. The first PLANNED jobs are
planned one by one; the work before a job behind them is taken to be spread evenly over the workers.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import Connection, Select, func, select

from backend.contracts.job import JobResource, Paused
from backend.contracts.limits import COUNTED
from backend.store.database import Database
from backend.store.pauses import paused_among
from backend.store.rows import AnyRow, Place, resource
from backend.store.tables import CLAIM_ORDER, EVERYBODY, KEEPS_BYTES, jobs, now

MEASURED = 20  # an estimate uses at most this many finished jobs
PLANNED = 100  # jobs

LEFT = jobs.c.cost * (1.0 - jobs.c.step * 1.0 / jobs.c.steps)
"""The cost of the steps that a job has not done yet. A queued job resumes from a checkpoint near its last step."""


@dataclass(frozen=True)
class QueueStatus:
    """The number of queued and running jobs of all owners, and of one owner (`mine_...`), each counted up to COUNTED.
    `seconds` is the estimated time until all of them are done, or None if it is not known. `paused` and `mine_paused`
    say that no worker takes a queued job, or one of this owner."""

    queued: int
    running: int
    mine_queued: int
    mine_running: int
    seconds: float | None
    paused: bool
    mine_paused: bool


def shown(database: Database, row: AnyRow) -> JobResource:
    """Return the API's view of a row of RESOURCE, with the place of a queued job."""
    return all_shown(database, [row])[0]


def all_shown(database: Database, rows: Sequence[AnyRow]) -> list[JobResource]:
    """Return the API's view of rows of RESOURCE, with the places of queued jobs."""
    queued = [row for row in rows if row.state == "queued"]
    found: dict[int, Place] = {}
    if queued:
        with database.read() as connection:
            found = places(connection, queued)
    return [resource(row, found.get(row.number)) for row in rows]


def queue_status(connection: Connection, owner: str) -> QueueStatus:
    """Count the queued and running jobs, and estimate how long they take with the present number of workers."""
    kinds = {}
    for state, some in (("queued", _queued()), ("running", _active("running"))):
        one = some.subquery()
        columns = (one.c.model, func.count().label("number"), func.sum(one.c.cost).label("cost"))
        kinds[state] = connection.execute(select(*columns).group_by(one.c.model)).all()
    queued, running = (sum(row.number for row in rows) for rows in kinds.values())
    rows = [row for of_state in kinds.values() for row in of_state]
    pace = _paces(connection, rows)
    seconds = [_seconds(row, pace) for row in rows]
    known = [one for one in seconds if one is not None]
    paused = paused_among(connection, {owner})
    return QueueStatus(
        queued=queued,
        running=running,
        mine_queued=_counted(connection, jobs.c.owner == owner, jobs.c.state == "queued"),
        mine_running=_counted(connection, jobs.c.owner == owner, jobs.c.state == "running"),
        seconds=sum(known) / max(1, running) if len(known) == len(rows) and queued < COUNTED else None,
        paused=EVERYBODY in paused,
        mine_paused=owner in paused,
    )


def places(connection: Connection, shown: Collection[AnyRow]) -> dict[int, Place]:
    """Return the places of queued jobs, by their number. `shown` are their rows of RESOURCE."""
    running = connection.execute(_active("running")).all()
    near = connection.execute(_active("queued").limit(PLANNED)).all()
    paused = paused_among(connection, {row.owner for row in (*near, *shown)})
    pace = _paces(connection, [*running, *near])
    free = [_seconds(row, pace) for row in running] or [0.0]
    known = [seconds for seconds in free if seconds is not None]
    runnable = [row for row in near if _pause(row, paused) is None]
    starts = _scheduled(runnable, pace, known) if len(known) == len(free) else {}
    found = {row.number: (index, starts.get(row.number)) for index, row in enumerate(near)}
    behind = [row for row in shown if row.number not in found]
    if behind and len(near) == PLANNED:
        found |= _far(connection, behind, pace, known if len(known) == len(free) else [])
    return {row.number: _place(row, found, _pause(row, paused)) for row in shown}


def _place(row: AnyRow, found: Mapping[int, tuple[int, float | None]], pause: Paused | None) -> Place:
    position, start = found.get(row.number, (COUNTED, None))
    return Place(position, None if pause else start, pause)


def _pause(row: AnyRow, paused: Collection[str]) -> Paused | None:
    """Return what is paused, so that no worker takes a queued job: the job itself before all others."""
    if row.paused:
        return "job"
    return "queue" if EVERYBODY in paused else "owner" if row.owner in paused else None


def _active(state: str) -> Select[*tuple[Any, ...]]:
    """Return the query of the first COUNTED jobs in a state, in the order of claims."""
    wait = (jobs.c.not_before, now().label("now"))
    columns = (jobs.c.number, jobs.c.owner, jobs.c.model, jobs.c.paused, LEFT.label("cost"), *wait)
    return select(*columns).where(jobs.c.state == state).order_by(*CLAIM_ORDER).limit(COUNTED)


def _queued() -> Select[*tuple[Any, ...]]:
    """Return the query of the first COUNTED queued jobs, in the order of claims, which reads no row of the table. The
    steps that a job did before it was queued again count as not done."""
    order = (jobs.c.priority, jobs.c.virtual_start, jobs.c.number)
    columns = (jobs.c.model, (jobs.c.cost * (1.0 - jobs.c.first_step * 1.0 / jobs.c.steps)).label("cost"))
    return select(*order, *columns).where(jobs.c.state == "queued").order_by(*CLAIM_ORDER).limit(COUNTED)


def _counted(connection: Connection, *conditions: Any) -> int:
    """Count the jobs that fulfil the conditions, up to COUNTED."""
    some = select(jobs.c.number).where(*conditions).limit(COUNTED).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0


def _far(
    connection: Connection, behind: Collection[AnyRow], pace: Mapping[str, float | None], free: Sequence[float]
) -> dict[int, tuple[int, float | None]]:
    """Return the positions and expected starts of queued jobs behind the first PLANNED. Jobs behind the first COUNTED
    are left out. `free` has the seconds until each worker is free, and is empty if they are not known. Starts behind a
    job whose model is not in `pace` are not known either."""
    last = connection.execute(_queued().offset(COUNTED - 1).limit(1)).one_or_none()
    wanted = {row.number for row in behind if last is None or _rank(row) <= _rank(last)}
    found: dict[int, tuple[int, float | None]] = {}
    before: float | None = sum(free) if free else None
    for index, row in enumerate(connection.execute(_queued()) if wanted else ()):
        if row.number in wanted:
            found[row.number] = (index, None if before is None else before / len(free))
        seconds = pace.get(row.model)
        before = None if before is None or seconds is None else before + row.cost * seconds
    return found


def _rank(row: AnyRow) -> tuple[int, int, int]:
    """Return what CLAIM_ORDER compares."""
    return -row.priority, row.virtual_start, row.number


def _scheduled(
    queued: Iterable[AnyRow], pace: Mapping[str, float | None], workers: Iterable[float]
) -> dict[int, float]:
    """Give each queued job in turn to the worker that is free first. `workers` has the seconds until each worker is
    free. A job that is not due yet holds no worker until then. Returns the seconds until the start of each job, by its
    number; the jobs behind one whose time is not known are left out."""
    free = sorted(workers)
    found: dict[int, float] = {}
    for row in queued:
        wait = 0.0 if row.not_before is None else (row.not_before - row.now).total_seconds()
        found[row.number] = max(free[0], wait)
        seconds = _seconds(row, pace)
        if seconds is None:
            break
        if wait <= free[0]:
            heapq.heapreplace(free, free[0] + seconds)
    return found


def seconds_per_cost(connection: Connection, model: str) -> float | None:
    """Return the median of seconds per view-forward over a model's last MEASURED succeeded jobs, or None if there are
    none. The loading of models is not counted."""
    rows = connection.execute(
        select(func.coalesce(jobs.c.steady_seconds, jobs.c.seconds).label("seconds"), jobs.c.cost)
        .where(jobs.c.state == "succeeded", jobs.c.model == model)
        .order_by(jobs.c.finished_at.desc())
        .limit(MEASURED)
    ).all()
    return median(row.seconds / row.cost for row in rows) if rows else None


def expected_bytes(connection: Connection, owner: str) -> int:
    """Estimate the bytes that an owner's queued and running jobs will keep, beyond what they keep already. A model none
    of whose jobs keeps anything counts as nothing."""
    cost = jobs.c.cost * (1.0 - jobs.c.first_step * 1.0 / jobs.c.steps)
    sums = (func.sum(cost).label("cost"), func.sum(jobs.c.bytes).label("bytes"))
    mine = (jobs.c.owner == owner, jobs.c.state.in_(("queued", "running")))
    rows = connection.execute(select(jobs.c.model, *sums).where(*mine).group_by(jobs.c.model)).all()
    each = [float(row.cost) * _bytes_per_cost(connection, row.model, owner) - int(row.bytes) for row in rows]
    return round(sum(max(0.0, one) for one in each))


def _bytes_per_cost(connection: Connection, model: str, owner: str) -> float:
    """Return the median of bytes per view-forward over an owner's last MEASURED succeeded jobs of a model; if there are
    none, over those of all owners, and 0 if there are none either."""
    kept = select(jobs.c.bytes, jobs.c.cost).where(jobs.c.state == "succeeded", jobs.c.model == model, KEEPS_BYTES)
    mine = kept.where(jobs.c.owner == owner).order_by(jobs.c.number.desc())
    for newest in (mine, kept.order_by(jobs.c.finished_at.desc())):
        if rows := connection.execute(newest.limit(MEASURED)).all():
            return median(row.bytes / row.cost for row in rows)
    return 0.0


def _paces(connection: Connection, rows: Iterable[AnyRow]) -> dict[str, float | None]:
    return {model: seconds_per_cost(connection, model) for model in {row.model for row in rows}}


def _seconds(row: AnyRow, pace: Mapping[str, float | None]) -> float | None:
    """Return the seconds that the rest of a job takes, or None if no job of its model has finished."""
    known = pace[row.model]
    return None if known is None else float(row.cost) * known
