"""The worker's and the reconciler's side of the job store, one step at a time, on both databases."""

import time
from collections.abc import Callable
from uuid import UUID

import pytest

from backend.contracts.events import JobFailed, JobNotice, JobQueued
from backend.contracts.job import Problem
from backend.store.database import Database
from backend.store.errors import LeaseLost, NotFound
from backend.store.jobs import Claim, Jobs, StoredOutput
from backend.store.leases import SKIPS
from tests.integration.store.samples import (
    GRAPH,
    claimed,
    job,
    kinds,
    let_lease_run_out,
    picture,
    step,
    submit,
)

PROBLEM = Problem(title="Too late", detail="This must never be stored.")
WRITES: list[Callable[[Jobs, Claim], object]] = [
    lambda store, claim: store.renew(claim),
    lambda store, claim: step(store, claim),
    lambda store, claim: store.notice(claim, 1, "Never told."),
    lambda store, claim: store.checkpoint(claim, f"{claim.prefix}checkpoint-1.safetensors"),
    lambda store, claim: store.finish(claim, [picture(claim)], 1.0),
    lambda store, claim: store.fail(claim, PROBLEM),
    lambda store, claim: store.cancelled(claim),
    lambda store, claim: store.release(claim, "late"),
]


def assert_powerless(store: Jobs, claim: Claim) -> None:
    for write in WRITES:
        with pytest.raises(LeaseLost):
            write(store, claim)


def test_a_claim_carries_what_the_worker_needs(store: Jobs):
    id = submit(store).id
    claim = claimed(store, "gpu-1")
    assert (claim.id, claim.fence, claim.attempt, claim.checkpoint, claim.lease_seconds) == (id, 1, 1, None, 30)
    assert (claim.spec, claim.graph) == (job(), GRAPH)
    assert claim.prefix == f"jobs/{id}/1/"
    assert store.get("ann", id).state == "running"
    assert store.claim("gpu-2") is None


def test_an_expired_lease_is_requeued_and_its_worker_can_change_nothing(store: Jobs, database: Database):
    id = submit(store).id
    late = claimed(store, "w1")
    assert store.requeue_expired() == []
    let_lease_run_out(database, id)
    assert store.requeue_expired() == [id]
    waiting = store.get("ann", id)
    assert (waiting.state, waiting.started_at, waiting.position) == ("queued", None, 0)
    requeued = store.events("ann", id, 0)[-1]
    assert isinstance(requeued, JobQueued)
    assert "w1" in (requeued.reason or "")
    assert_powerless(store, late)

    now_running = claimed(store, "w2")
    assert now_running.fence == late.fence + 2, "one for the requeue, one for the claim"
    assert now_running.attempt == 2
    assert_powerless(store, late)
    store.finish(now_running, [picture(now_running)], 1.0)
    assert_powerless(store, late)
    assert store.output_key("ann", id, "x").startswith(now_running.prefix)
    assert kinds(store, id) == ["queued", "started", "queued", "started", "succeeded"]


def test_a_renewal_keeps_the_lease_for_real_time(database: Database):
    store = Jobs(database, lease_seconds=1.5)
    id = submit(store).id
    claim = claimed(store)
    for _ in range(3):
        time.sleep(0.6)
        store.renew(claim)
        assert store.requeue_expired() == []
    time.sleep(1.6)
    assert store.requeue_expired() == [id]


def test_progress_and_checkpoints_also_keep_the_lease(store: Jobs, database: Database):
    id = submit(store).id
    claim = claimed(store)
    for keep in (lambda: step(store, claim), lambda: store.checkpoint(claim, f"{claim.prefix}c-1")):
        let_lease_run_out(database, id)
        keep()
        assert store.requeue_expired() == []


def test_the_last_attempt_that_is_lost_fails_the_job(store: Jobs, database: Database):
    id = submit(store).id
    for attempt in (1, 2, 3):
        assert claimed(store).attempt == attempt
        let_lease_run_out(database, id)
        assert store.requeue_expired() == [id]
    failed = store.get("ann", id)
    assert failed.state == "failed"
    assert failed.error is not None
    assert "attempt 3 of 3" in failed.error.detail
    last = store.events("ann", id, 0)[-1]
    assert isinstance(last, JobFailed)
    assert last.error == failed.error
    assert store.claim("w1") is None
    assert store.retry("ann", id).attempt == 0


def test_a_cancelled_job_whose_worker_is_lost_is_cancelled(store: Jobs, database: Database):
    id = submit(store).id
    claim = claimed(store)
    store.cancel("ann", id)
    let_lease_run_out(database, id)
    assert store.requeue_expired() == [id]
    assert store.get("ann", id).state == "cancelled"
    assert kinds(store, id) == ["queued", "started", "cancelled"]
    assert_powerless(store, claim)


def test_a_job_handed_back_loses_neither_its_place_nor_an_attempt(store: Jobs):
    id, later = submit(store).id, submit(store).id
    for _ in range(5):
        claim = claimed(store)
        assert (claim.id, claim.attempt) == (id, 1)
        store.release(claim, "the worker that ran it was stopped")
        assert_powerless(store, claim)
    assert store.get("ann", id).position == 0
    assert store.get("ann", later).position == 1
    assert kinds(store, id).count("queued") == 6


def test_handing_back_a_job_that_was_to_be_cancelled_cancels_it(store: Jobs):
    id = submit(store).id
    claim = claimed(store)
    store.cancel("ann", id)
    store.release(claim, "the worker that ran it was stopped")
    assert store.get("ann", id).state == "cancelled"
    assert kinds(store, id) == ["queued", "started", "cancelled"]


def test_a_checkpoint_passes_to_the_next_claim_and_goes_at_the_end(store: Jobs):
    id = submit(store).id
    first = claimed(store)
    key = f"{first.prefix}checkpoint-2.safetensors"
    store.checkpoint(first, key)
    store.release(first, "stopped")
    second = claimed(store)
    assert second.checkpoint == key
    assert store.kept([id]).covers(key)
    store.finish(second, [picture(second)], 1.0)
    assert not store.kept([id]).covers(key)


def test_nothing_outside_the_claims_own_folder_can_be_named(store: Jobs):
    submit(store)
    claim = claimed(store)
    stray = StoredOutput(name="x", key=f"jobs/{claim.id}/2/x.png", width=1, height=1)
    with pytest.raises(ValueError, match="claim's folder"):
        store.finish(claim, [stray], 1.0)
    with pytest.raises(ValueError, match="claim's folder"):
        store.checkpoint(claim, f"jobs/{claim.id}/10/c")
    store.renew(claim)


def test_a_job_deleted_while_it_runs_stops_its_worker(store: Jobs):
    id = submit(store).id
    claim = claimed(store)
    store.delete("ann", id)
    assert_powerless(store, claim)
    with pytest.raises(NotFound):
        store.get("ann", id)
    assert store.kept([id]).covers(f"{claim.prefix}x.png") is False


def test_long_runs_tell_of_some_steps_only_but_always_of_the_last(store: Jobs):
    id = submit(store).id
    claim = claimed(store)
    for number in range(1, 1001):
        step(store, claim, number, of=1000)
    told = [event.step for event in store.events("ann", id, 0) if event.type == "job_progress"]
    assert told == sorted(told)
    assert told[-1] == 1000
    assert 200 <= len(told) <= 260
    assert store.get("ann", id).progress.step == 1000


def test_what_the_image_store_must_keep(store: Jobs, database: Database):
    done, running, waiting = (submit(store).id for _ in range(3))
    first = claimed(store)
    store.finish(first, [picture(first)], 1.0)
    second = claimed(store)
    third = claimed(store)
    store.checkpoint(third, f"{third.prefix}c-1")
    store.release(third, "stopped")
    kept = store.kept([done, running, waiting])
    assert kept.covers(f"jobs/{done}/1/x.png")
    assert not kept.covers(f"jobs/{done}/1/c-1")
    assert not kept.covers(f"jobs/{done}/2/x.png")
    assert kept.covers(f"{second.prefix}anything")
    assert kept.covers(f"{third.prefix}c-1")
    assert not kept.covers(f"{third.prefix}x.png")


def drain(store: Jobs) -> list[UUID]:
    """Claim and finish until nothing is queued; the jobs in the order in which they were taken."""
    order: list[UUID] = []
    while (claim := store.claim("w1")) is not None:
        order.append(claim.id)
        store.finish(claim, [picture(claim)], 1.0)
    return order


def test_an_owner_who_queues_many_jobs_does_not_delay_another(store: Jobs):
    many = [submit(store, "ann", cost=100).id for _ in range(6)]
    one = submit(store, "bob", cost=100).id
    assert drain(store) == [many[0], one, *many[1:]]


def test_two_owners_take_turns_by_cost(store: Jobs):
    ann = [submit(store, "ann", cost=10).id for _ in range(6)]
    bob = [submit(store, "bob", cost=30).id for _ in range(2)]
    # Starts in virtual time: ann 0 10 20 30 40 50, bob 0 30; of two equal ones the older job goes first.
    assert drain(store) == [ann[0], bob[0], ann[1], ann[2], ann[3], bob[1], ann[4], ann[5]]


def test_nobody_saves_up_credit_while_idle(store: Jobs):
    for _ in range(10):
        submit(store, "ann", cost=100)
    drain(store)
    bob = [submit(store, "bob", cost=100).id for _ in range(5)]
    ann = [submit(store, "ann", cost=100).id for _ in range(2)]
    order = drain(store)
    assert order.index(ann[0]) <= 2
    assert order.index(ann[1]) <= 4
    assert set(order) == {*bob, *ann}


def test_priority_goes_before_fair_share(store: Jobs):
    ordinary = submit(store, "ann").id
    urgent = submit(store, "ann", priority=1).id
    assert drain(store) == [urgent, ordinary]


def test_a_loaded_model_goes_first_but_the_head_is_skipped_three_times_only(store: Jobs):
    head = submit(store, model="cold").id
    warm = [submit(store, model="warm").id for _ in range(6)]
    loaded = frozenset({"warm"})
    taken: list[UUID] = []
    for _ in range(SKIPS + 2):
        claim = store.claim("w1", loaded)
        assert claim is not None
        taken.append(claim.id)
    assert taken == [*warm[:SKIPS], head, warm[SKIPS]]


def test_a_worker_takes_the_head_when_nothing_loaded_is_near(store: Jobs):
    head = submit(store, model="cold").id
    for _ in range(8):
        submit(store, model="cold")
    submit(store, model="warm")
    claim = store.claim("w1", frozenset({"warm"}))
    assert claim is not None
    assert claim.id == head


def test_old_progress_is_thinned_and_stays_in_order(store: Jobs):
    id = submit(store).id
    claim = claimed(store)
    for number in range(1, 101):
        step(store, claim, number, of=100)
    assert store.thin_events(-1) == 0
    store.finish(claim, [picture(claim)], 1.0)
    assert store.thin_events(3600) == 0
    gone = store.thin_events(-1)
    events = store.events("ann", id, 0)
    assert gone == 90
    assert [event.type for event in events[:2] + events[-1:]] == ["job_queued", "job_started", "job_succeeded"]
    assert [event.seq for event in events] == sorted(event.seq for event in events)
    assert len(events) == 13


def test_a_notice_is_an_event_in_its_place_and_renews_the_lease(store: Jobs, database: Database):
    id = submit(store).id
    claim = claimed(store)
    step(store, claim)
    let_lease_run_out(database, id)
    store.notice(claim, 1, "The conjugate solver did not converge; gradient descent took over.")
    assert store.requeue_expired() == []
    step(store, claim, 2)
    assert kinds(store, id) == ["queued", "started", "progress", "notice", "progress"]
    notice = store.events("ann", id, 3)[0]
    assert isinstance(notice, JobNotice)
    assert (notice.step, notice.detail[:20]) == (1, "The conjugate solver")


def test_progress_counts_the_steps_of_all_images(store: Jobs):
    several = job().model_copy(update={"images": 3})
    id = store.submit("ann", several, GRAPH, 30)[0].id
    assert store.get("ann", id).progress.of == 12
    claim = claimed(store)
    step(store, claim, 7, of=12)
    assert store.get("ann", id).progress.model_dump() == {"step": 7, "of": 12}
