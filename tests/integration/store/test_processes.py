"""Heartbeats: each process is seen, and one that was killed is seen as gone."""

import time
from pathlib import Path
from uuid import uuid4

from sqlalchemy import delete, select, text, update
from structlog.testing import capture_logs

from backend.reconciler import Reconciler
from backend.store import heartbeat, processes
from backend.store.bus_local import LocalApiBus
from backend.store.database import Database, connect
from backend.store.heartbeat import Heartbeat
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.processes import GONE_SECONDS, Identity, Processes, State
from backend.store.tables import now
from backend.store.tables import processes as table
from backend.version import VERSION
from tests.integration.worker.conftest import soon


def _silent_for(database: Database, seconds: float) -> None:
    """Let the last heartbeats lie so far back."""
    with database.begin() as connection:
        connection.execute(update(table).values(seen_at=now(-seconds)))


def test_a_heartbeat_says_what_a_process_is_and_does(database: Database) -> None:
    listed, who, job = Processes(database), Identity.mine("worker"), uuid4()
    listed.beat(who, State("cuda:0 (H100)", 5, 9, ("papercut", "sd"), job))
    (seen,) = listed.all()
    assert (seen.kind, seen.name, seen.version, seen.alive) == ("worker", processes.process_name(), VERSION, True)
    assert (seen.device, seen.memory_free, seen.memory_total) == ("cuda:0 (H100)", 5, 9)
    assert (seen.models, seen.job, seen.stopping) == (["papercut", "sd"], job, False)
    assert seen.resident > 2**20
    listed.beat(who, State(stopping=True))
    (again,) = listed.all()
    assert (again.models, again.job, again.stopping, again.started_at) == ([], None, True, seen.started_at)


def test_a_killed_process_is_gone_after_its_bound_and_forgotten_after_an_hour(database: Database) -> None:
    listed = Processes(database)
    listed.beat(Identity.mine("worker"), State())
    _silent_for(database, GONE_SECONDS - 2)
    assert listed.workers() == 1
    _silent_for(database, GONE_SECONDS + 1)
    assert listed.workers() == 0
    assert [one.alive for one in listed.all()] == [False]
    assert listed.forget() == 0
    _silent_for(database, processes.FORGET_SECONDS + 1)
    assert listed.forget() == 1
    assert listed.all() == []


def test_only_workers_that_can_take_a_job_count(database: Database) -> None:
    listed = Processes(database)
    for kind in ("worker", "worker", "reconciler", "api"):
        listed.beat(Identity.mine(kind), State())
    listed.beat(Identity.mine("worker"), State(stopping=True))
    assert listed.workers() == 2
    assert [one.kind for one in listed.all()] == ["worker", "worker", "worker", "reconciler", "api"]


def test_a_process_that_was_forgotten_while_it_hung_comes_back_with_its_start(database: Database) -> None:
    listed, who = Processes(database), Identity.mine("worker")._replace(began=time.monotonic() - 7200)
    listed.beat(who, State())
    (before,) = listed.all()
    with database.begin() as connection:
        connection.execute(delete(table))
    listed.beat(who, State())
    (after,) = listed.all()
    assert abs((after.started_at - before.started_at).total_seconds()) < 1
    assert (after.seen_at - after.started_at).total_seconds() > 7000


def test_a_process_beats_while_it_runs_and_leaves_at_its_end(database: Database) -> None:
    listed, job = Processes(database), uuid4()
    doing: list[State] = [State()]
    with Heartbeat(database, "worker", lambda: doing[0], every_seconds=0.05):
        soon(lambda: listed.workers() == 1)
        doing[0] = State(job=job)
        soon(lambda: [one.job for one in listed.all()] == [job])
    assert listed.all() == []


def test_a_heartbeat_outlives_a_database_that_refuses_it_and_says_so_once(database: Database) -> None:
    rename(database, "processes", "elsewhere")
    with capture_logs() as logged, Heartbeat(database, "worker", every_seconds=0.02):
        soon(lambda: bool(logged))
        time.sleep(0.3)  # several heartbeats
        rename(database, "elsewhere", "processes")
        soon(lambda: Processes(database).workers() == 1)
    assert [line["event"] for line in logged] == ["heartbeat_failed"]


def rename(database: Database, table: str, to: str) -> None:
    with database.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {to}"))


def test_a_heartbeat_is_due_several_times_before_its_process_counts_as_gone() -> None:
    assert 4 * heartbeat.BEAT_SECONDS < GONE_SECONDS


def test_the_reconciler_forgets_processes_that_are_long_gone(database: Database, store: Jobs, tmp_path: Path) -> None:
    images = Images((tmp_path / "images").as_uri())
    Processes(database).beat(Identity.mine("worker"), State())
    _silent_for(database, processes.FORGET_SECONDS + 1)
    Reconciler(store, images, LocalApiBus()).run_once()
    with database.read() as connection:
        assert connection.execute(select(table.c.id)).all() == []


def test_heartbeats_of_many_processes_do_not_disturb_each_other(database_url: str) -> None:
    databases = [connect(database_url) for _ in range(6)]
    beats = [Heartbeat(one, "worker", every_seconds=0.01) for one in databases]
    for one in beats:
        one.__enter__()
    listed = Processes(databases[0])
    soon(lambda: listed.workers() == 6)
    time.sleep(0.3)
    for one in beats:
        one.__exit__()
    assert listed.all() == []
    for one in databases:
        one.close()
