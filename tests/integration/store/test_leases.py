"""The worker's and the reconciler's side of the job store, one step at a time, on both databases."""

import time
from collections.abc import Callable
from uuid import UUID

import pytest

from backend.contracts.events import JobFailed, JobNotice, JobQueued
from backend.contracts.job import Problem
from backend.store.claims import SKIPS
from backend.store.database import Database
from backend.store.errors import LeaseLost, NotFound
from backend.store.jobs import Claim, Jobs, StoredOutput
from tests.integration.store.samples import (
    GRAPH,
    claimed,
    job,
    kinds,
    let_its_time_come,
    let_lease_run_out,
    picture,
    step,
    submit,
)

PROBLEM = Problem(title="Too late", detail="This must never be stored.")
WRITES: list[Callable[[Jobs, Claim], object]] = [
    lambda store, claim: store.renew(claim),
    lambda store, claim: step(store, claim),
    lambda store, claim: store.checkpoint(claim, f"{claim.prefix}checkpoint-1.safetensors"),
    lambda store, claim: store.finish(claim, [picture(claim)], 1.0),
    lambda store, claim: store.fail(claim, PROBLEM),
    lambda store, claim: store.cancelled(claim),
    lambda store, claim: store.release(claim, "late"),
    lambda store, claim: store.retry_later(claim, PROBLEM, 0),
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
    """Claim and finish jobs until none is queued. Returns the jobs in the order of their claims."""
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
    notices = ["The conjugate solver did not converge; gradient descent took over.", "It fell short."]
    store.progress(claim, 2, 4, {"y": 0.5}, {"y": 1.0}, 0.2, notices)
    assert store.requeue_expired() == []
    assert kinds(store, id) == ["queued", "started", "progress", "notice", "notice", "progress"]
    told = [(event.step, event.detail) for event in store.events("ann", id, 3) if isinstance(event, JobNotice)]
    assert told == [(2, notice) for notice in notices]


def test_a_step_whose_answer_was_lost_is_told_once(store: Jobs, database: Database):
    id = submit(store).id
    claim = claimed(store)
    store.progress(claim, 1, 4, {"y": 0.5}, {"y": 1.0}, 0.1, ["It fell short."])
    let_lease_run_out(database, id)
    store.cancel("ann", id)
    assert store.progress(claim, 1, 4, {"y": 0.5}, {"y": 1.0}, 0.1, ["It fell short."]) == "cancel"
    assert store.requeue_expired() == [], "asking again renews the lease as well"
    assert kinds(store, id) == ["queued", "started", "notice", "progress"]


AWAY = Problem(title="The picture store was away", detail="The picture store could not be reached.")


def test_a_job_that_waits_after_a_fault_is_not_claimed_before_its_time(store: Jobs, database: Database):
    id, other = submit(store).id, submit(store).id
    claim = claimed(store)
    store.checkpoint(claim, f"{claim.prefix}c-1")
    store.retry_later(claim, AWAY, 3600)
    assert_powerless(store, claim)
    waiting = store.get("ann", id)
    assert (waiting.state, waiting.attempt, waiting.error, waiting.last_error) == ("queued", 1, None, AWAY)
    told = store.events("ann", id, 2)[0]
    assert isinstance(told, JobQueued)
    assert told.reason == f"{AWAY.detail} Trying again in 3600 s."
    assert told.retry_at == waiting.retry_at
    assert told.retry_at is not None
    assert 3590 < (told.retry_at - told.at).total_seconds() < 3610
    assert claimed(store).id == other
    assert store.claim("w2") is None
    assert store.unwoken(0) == 0
    let_its_time_come(database, id)
    assert store.unwoken(0) == 1
    again = claimed(store)
    assert (again.id, again.attempt, again.checkpoint) == (id, 2, f"{claim.prefix}c-1")
    running = store.get("ann", id)
    assert (running.last_error, running.retry_at) == (AWAY, None)
    store.finish(again, [picture(again)], 1.0)
    assert store.get("ann", id).last_error is None


def test_the_last_attempt_that_meets_a_fault_fails_with_its_cause(store: Jobs):
    id = submit(store).id
    for attempt in (1, 2, 3):
        claim = claimed(store)
        assert claim.attempt == attempt
        store.retry_later(claim, AWAY, 0)
    failed = store.get("ann", id)
    assert (failed.state, failed.error, failed.last_error, failed.retry_at) == ("failed", AWAY, None, None)
    assert kinds(store, id) == ["queued", "started", "queued", "started", "queued", "started", "failed"]
    assert store.retry("ann", id).retry_at is None
    assert claimed(store).attempt == 1


def test_a_job_that_was_to_be_cancelled_is_not_tried_again(store: Jobs):
    id = submit(store).id
    claim = claimed(store)
    store.cancel("ann", id)
    store.retry_later(claim, AWAY, 3600)
    cancelled = store.get("ann", id)
    assert (cancelled.state, cancelled.error, cancelled.retry_at) == ("cancelled", None, None)


def test_a_waiting_job_can_be_cancelled(store: Jobs):
    id = submit(store).id
    store.retry_later(claimed(store), AWAY, 3600)
    assert store.cancel("ann", id).state == "cancelled"


def test_a_worker_that_ended_gives_back_its_jobs_and_no_others(store: Jobs):
    lost, kept = submit(store).id, submit(store).id
    late, other = claimed(store, "host:1"), claimed(store, "host:2")
    assert sorted(store.workers()) == ["host:1", "host:2"]
    assert store.take_back("host:1") == [lost]
    assert store.take_back("host:1") == []
    waiting = store.get("ann", lost)
    assert (waiting.state, waiting.attempt, waiting.retry_at) == ("queued", 1, None)
    assert "host:1 ended in attempt 1 of 3" in (waiting.last_error.detail if waiting.last_error else "")
    assert_powerless(store, late)
    store.renew(other)
    assert store.get("ann", kept).state == "running"
    assert claimed(store, "host:3").attempt == 2


def test_progress_counts_the_steps_of_all_images(store: Jobs):
    several = job().model_copy(update={"images": 3})
    id = store.submit("ann", several, GRAPH, 30)[0].id
    assert store.get("ann", id).progress.of == 12
    claim = claimed(store)
    step(store, claim, 7, of=12)
    assert store.get("ann", id).progress.model_dump() == {"step": 7, "of": 12}
