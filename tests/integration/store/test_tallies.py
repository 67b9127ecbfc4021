"""Counts for Prometheus: they count every change once, and never fall."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Connection

from backend.contracts.job import Problem
from backend.store import processes
from backend.store.database import Database, connect
from backend.store.heartbeat import Heartbeat
from backend.store.jobs import Jobs
from backend.store.statistics import Waiting, statistics
from backend.store.tables import tallies
from backend.store.tallies import BOUNDS, Measures, Sum, Tally, fold, seconds_of, sums, tally
from tests.integration.store.samples import claimed, let_lease_run_out, picture, step, submit
from tests.integration.worker.conftest import soon


def counts(database: Database) -> dict[tuple[str, str], int]:
    with database.read() as connection:
        found = sums(connection)
    return {(name, label): one.count for name, labels in found.items() for label, one in labels.items()}


def test_every_change_of_a_job_is_counted_once(database: Database, store: Jobs) -> None:
    for _ in range(2):
        submit(store)
    done = claimed(store)
    store.finish(done, [picture(done)], 2.5)
    broken = claimed(store)
    store.retry_later(broken, Problem(title="Broken", detail="It broke."), 0)
    again = claimed(store)
    store.release(again, "stopped")
    lost = claimed(store)
    let_lease_run_out(database, lost.id)
    store.requeue_expired()
    last = claimed(store)
    store.fail(last, Problem(title="Broken", detail="It broke."))
    store.retry("ann", last.id)
    store.cancel("ann", last.id)
    submit(store, priority=-1)
    store.cancelled(claimed(store))
    assert counts(database) == {
        ("wait", "normal"): 5,
        ("wait", "background"): 1,
        ("ended", "succeeded"): 1,
        ("ended", "failed"): 1,
        ("ended", "cancelled"): 2,
        ("requeued", "fault"): 1,
        ("requeued", "handed-back"): 1,
        ("requeued", "worker-lost"): 1,
        ("requeued", "retried"): 1,
        ("lost", ""): 1,
        ("job", "papercut"): 1,
        ("forwards", "papercut"): 1,
    }


def test_counts_do_not_fall_when_jobs_are_deleted_or_rows_are_folded(database: Database, store: Jobs) -> None:
    ids = list[UUID]()
    for _ in range(3):
        submit(store, cost=10)
        claim = claimed(store)
        store.finish(claim, [picture(claim)], 2.0)
        ids.append(claim.id)
    before = statistics(database).tallies
    assert (before["job"]["papercut"].count, before["job"]["papercut"].total) == (3, 6.0)
    assert before["forwards"]["papercut"].total == 30.0
    for id in ids:
        store.delete("ann", id)
    fold(database)
    fold(database, Tally("round", amount=4))
    found = statistics(database).tallies
    assert found["round"][""].count == 4
    assert {name: found[name] for name in before} == before
    with database.read() as connection:
        assert len(connection.execute(tallies.select()).all()) == 1 + sum(
            len(one.counts) for labels in before.values() for one in labels.values()
        )


def test_what_is_rolled_back_does_not_count(database: Database) -> None:
    connection = database.engine.connect()
    tally(connection, Tally("lost"))
    connection.close()
    assert counts(database) == {}


def test_readers_see_counts_rise_only_while_others_count_and_fold(database_url: str) -> None:
    databases = [connect(database_url) for _ in range(5)]
    over, seen = threading.Event(), list[int]()

    def count(database: Database) -> None:
        for _ in range(60):
            with database.begin() as connection:
                tally(connection, Tally("lost"), Tally("ended", "failed"))

    def keep_folding() -> None:
        while not over.is_set():
            fold(databases[3])

    def keep_reading() -> None:
        while not over.is_set():
            seen.append(counts(databases[4]).get(("lost", ""), 0))

    with ThreadPoolExecutor(5) as pool:
        others = [pool.submit(keep_folding), pool.submit(keep_reading)]
        for one in [pool.submit(count, one) for one in databases[:3]]:
            one.result()
        over.set()
        for one in others:
            one.result()
    assert seen == sorted(seen)
    assert counts(databases[0]) == {("lost", ""): 180, ("ended", "failed"): 180}
    for one in databases:
        one.close()


def test_seconds_are_counted_in_classes(database: Database) -> None:
    with database.begin() as connection:
        tally(connection, *(seconds_of("step", "papercut", taken) for taken in (0.05, 0.06, 9000.0)))
    with database.read() as connection:
        one = sums(connection)["step"]["papercut"]
    buckets = dict(one.buckets())
    assert (buckets["0.05"], buckets["0.1"], buckets[str(BOUNDS[-1])], buckets["+Inf"]) == (1, 2, 2, 3)
    assert one.total == pytest.approx(9000.11)


def test_measurements_travel_with_heartbeats_and_none_is_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, away = list[int](), threading.Event()
    measures, written = Measures(), processes.tally

    def sometimes(connection: Connection, *counted: Tally) -> None:
        tried.append(len(counted))
        if away.is_set():
            raise ConnectionError("away")
        written(connection, *counted)

    monkeypatch.setattr(processes, "tally", sometimes)
    away.set()
    with Heartbeat(database, "worker", measures=measures, every_seconds=0.02):
        measures.add(seconds_of("decode", "papercut", 0.2))
        soon(lambda: len(tried) > 3)
        away.clear()
        soon(lambda: counts(database) == {("decode", "papercut"): 1})
        measures.add(*(seconds_of("step", "papercut", 0.2) for _ in range(5)))
    assert counts(database) == {("decode", "papercut"): 1, ("step", "papercut"): 5}


def test_waiting_jobs_are_counted_by_class(database: Database, store: Jobs) -> None:
    for priority in (0, 0, -1, 3):
        submit(store, priority=priority)
    waiting = statistics(database).waiting
    assert {kind: one.jobs for kind, one in waiting.items()} == {"normal": 2, "background": 1, "raised": 1}
    assert all(0 <= one.oldest_seconds < 60 for one in waiting.values())
    assert Waiting().jobs == Sum().count == 0


def test_a_step_is_not_counted_by_the_database(database: Database, store: Jobs) -> None:
    """Workers measure steps themselves, so that a step costs no further row."""
    submit(store)
    step(store, claimed(store))
    assert set(counts(database)) == {("wait", "normal")}
