"""The expected starts of queued jobs, and the caller's part of the queue, on both databases."""

import pytest
from sqlalchemy import update

from backend.store.jobs import Jobs, Wanted
from backend.store.tables import jobs, now
from tests.integration.store.samples import claimed, picture, step, submit


def measured(store: Jobs, model: str = "papercut") -> None:
    """Let one job succeed, which took 0.2 seconds for each view-forward."""
    submit(store, cost=10, model=model)
    claim = claimed(store)
    store.finish(claim, [picture(claim)], 2.0)


def starts(store: Jobs) -> list[float | None]:
    """Return the expected starts of the queued jobs, in the order of submission."""
    return [job.starts_in for job in reversed(store.search("ann", Wanted(state="queued"), None, 100))]


def test_a_job_starts_once_the_jobs_before_it_are_done(store: Jobs):
    measured(store)
    assert submit(store, cost=40).starts_in == 0.0
    assert submit(store, cost=5).starts_in == pytest.approx(8.0)
    assert submit(store).starts_in == pytest.approx(9.0)
    claim = claimed(store)
    assert store.get("ann", claim.id).starts_in is None, "it runs"
    assert starts(store) == pytest.approx([8.0, 9.0])
    step(store, claim, 3)
    assert starts(store) == pytest.approx([2.0, 3.0])


def test_each_worker_takes_the_next_job_when_it_is_free(store: Jobs):
    measured(store)
    for cost in (50, 10, 20, 10, 10):
        submit(store, cost=cost)
    claimed(store, "w1")
    claimed(store, "w2")
    assert starts(store) == pytest.approx([2.0, 6.0, 8.0]), "the long job on w1 delays none of them"


def test_the_start_behind_a_job_of_unknown_length_is_not_known(store: Jobs):
    submit(store)
    submit(store, model="other")
    submit(store)
    assert starts(store) == [0.0, None, None]
    claim = claimed(store)
    assert starts(store) == [None, None]
    store.finish(claim, [picture(claim)], 2.0)
    assert starts(store) == [0.0, None]


def test_a_job_that_waits_after_a_fault_starts_no_sooner_than_it_is_due(store: Jobs):
    measured(store)
    late, other = submit(store), submit(store)
    with store.database.begin() as connection:
        connection.execute(update(jobs).where(jobs.c.id == late.id).values(not_before=now(60)))
    first, second = starts(store)
    assert first == pytest.approx(60, abs=5)
    assert second == 0.0
    assert store.get("ann", other.id).position == 1


def test_a_job_that_continues_another_takes_only_the_rest_of_its_time(store: Jobs):
    measured(store)
    id = submit(store, cost=40).id
    claim = claimed(store)
    step(store, claim, 3)
    store.checkpoint(claim, f"{claim.prefix}checkpoint-0-3.safetensors")
    store.finish(claim, [picture(claim)], 6.0, steady_seconds=8.0, stopped="Stopped as asked.")
    store.resume("ann", id)
    assert submit(store).starts_in == pytest.approx(40 / 4 * 0.2)


def test_the_queue_counts_the_callers_jobs_apart(store: Jobs):
    measured(store)
    for owner in ("ann", "bob", "bob", "bob"):
        submit(store, owner)
    claimed(store)
    claimed(store)
    bobs, anns = store.queue("bob"), store.queue("ann")
    assert (bobs.queued, bobs.running) == (anns.queued, anns.running) == (2, 2)
    assert (anns.mine_queued, anns.mine_running) == (0, 1)
    assert (bobs.mine_queued, bobs.mine_running) == (2, 1)
    assert store.queue("eve").mine_queued == 0
    assert bobs.seconds == anns.seconds == pytest.approx(4 * 10 * 0.2 / 2)
