"""The API's side of the job store, on both databases."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from backend.contracts.events import JobFailed, JobProgress, JobQueued, JobStarted, JobSucceeded
from backend.contracts.job import Problem
from backend.store.database import Database, connect
from backend.store.errors import Conflict, NotFound
from backend.store.jobs import Jobs, Wanted
from backend.store.tables import events, jobs
from tests.integration.store.samples import GRAPH, claimed, job, kinds, let_lease_run_out, picture, step, submit


def test_a_job_comes_back_exactly_as_it_went_in(store: Jobs):
    spec = job(prompt='ночь, 夜, "quotes", \\, \u0000, \U0001f304')
    resource, created = store.submit("ann", spec, GRAPH, 40)
    assert created
    again = store.get("ann", resource.id)
    assert again == resource
    assert again.spec == spec
    assert store.graph("ann", resource.id) == GRAPH
    assert (again.state, again.position, again.attempt, again.last_seq) == ("queued", 0, 0, 1)
    assert (again.progress.step, again.progress.of) == (0, 4)
    assert again.created_at.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - again.created_at) < timedelta(seconds=10)


def test_a_whole_life_leaves_its_events_in_order(store: Jobs):
    id = submit(store).id
    claim = claimed(store)
    for number in range(1, 5):
        assert step(store, claim, number) is None
    store.finish(claim, [picture(claim)], seconds=2.0)

    done = store.get("ann", id)
    assert (done.state, done.seconds, done.position) == ("succeeded", 2.0, None)
    assert done.outputs[0].url == f"/api/jobs/{id}/images/x"
    assert done.created_at <= (done.started_at or done.created_at) <= (done.finished_at or done.created_at)
    found = store.events("ann", id, 0)
    assert [type(event) for event in found] == [JobQueued, JobStarted, *[JobProgress] * 4, JobSucceeded]
    assert [event.seq for event in found] == [1, 2, 3, 4, 5, 6, 7]
    assert [event.at for event in found] == sorted(event.at for event in found)
    assert found[2].model_dump(include={"step", "of", "residual", "step_sizes"}) == {
        "step": 1,
        "of": 4,
        "residual": {"y": 0.5},
        "step_sizes": {"y": 1.0},
    }
    assert store.events("ann", id, 5) == found[5:]
    assert store.output_key("ann", id, "x") == f"jobs/{id}/1/x.png"


def test_another_owner_sees_nothing(store: Jobs):
    id = submit(store).id
    for ask in (
        lambda: store.get("bob", id),
        lambda: store.cancel("bob", id),
        lambda: store.retry("bob", id),
        lambda: store.delete("bob", id),
        lambda: store.events("bob", id, 0),
        lambda: store.graph("bob", id),
        lambda: store.output_key("bob", id, "x"),
        lambda: store.get("ann", uuid4()),
    ):
        with pytest.raises(NotFound):
            ask()
    assert store.search("bob", Wanted(), None, 10) == []
    assert store.get("ann", id).state == "queued"


def test_a_picture_that_is_not_there_is_not_found(store: Jobs):
    id = submit(store).id
    with pytest.raises(NotFound, match="no picture named 'x'"):
        store.output_key("ann", id, "x")


def test_the_list_is_newest_first_and_pages_without_loss(store: Jobs):
    ids = [submit(store).id for _ in range(7)]
    submit(store, "bob")
    first = store.search("ann", Wanted(), None, 3)
    second = store.search("ann", Wanted(), first[-1].id, 3)
    third = store.search("ann", Wanted(), second[-1].id, 3)
    assert [resource.id for resource in first + second + third] == ids[::-1]
    claimed(store)
    assert [resource.state for resource in store.search("ann", Wanted(state="running"), None, 10)] == ["running"]
    with pytest.raises(NotFound):
        store.search("ann", Wanted(), uuid4(), 3)


def test_positions_count_what_stands_before(store: Jobs):
    first, second = submit(store), submit(store)
    urgent = submit(store, "bob", priority=5)
    assert [store.get("ann", resource.id).position for resource in (first, second)] == [1, 2]
    assert store.get("bob", urgent.id).position == 0
    assert claimed(store).id == urgent.id
    assert [store.get("ann", resource.id).position for resource in (first, second)] == [0, 1]


def test_cancelling_a_queued_job_ends_it_at_once(store: Jobs):
    id = submit(store).id
    assert store.cancel("ann", id).state == "cancelled"
    assert store.claim("w1") is None
    assert kinds(store, id) == ["queued", "cancelled"]
    assert store.cancel("ann", id).state == "cancelled"
    assert kinds(store, id) == ["queued", "cancelled"]


def test_cancelling_a_running_job_asks_its_worker(store: Jobs):
    id = submit(store).id
    claim = claimed(store)
    assert store.renew(claim) is None
    asked = store.cancel("ann", id)
    assert (asked.state, asked.cancel_requested) == ("running", True)
    assert store.renew(claim) == "cancel"
    assert step(store, claim) == "cancel"
    store.cancelled(claim)
    assert store.get("ann", id).state == "cancelled"
    assert kinds(store, id) == ["queued", "started", "progress", "cancelled"]


def test_a_failed_job_can_be_retried_from_the_start(store: Jobs):
    id = submit(store).id
    claim = claimed(store)
    store.checkpoint(claim, f"{claim.prefix}checkpoint-1.safetensors")
    step(store, claim)
    problem = Problem(title="Out of memory", detail="The canvas is too large for this device; make it smaller.")
    store.fail(claim, problem)
    failed = store.get("ann", id)
    assert (failed.state, failed.error) == ("failed", problem)
    assert isinstance(store.events("ann", id, 0)[-1], JobFailed)

    again = store.retry("ann", id)
    assert (again.state, again.error, again.attempt, again.cancel_requested) == ("queued", None, 0, False)
    assert (again.finished_at, again.started_at, again.progress.step) == (None, None, 0)
    second = claimed(store)
    assert second.fence > claim.fence
    assert (second.attempt, second.checkpoint) == (1, None)
    with pytest.raises(Conflict):
        store.retry("ann", id)
    store.finish(second, [picture(second)], 1.0)
    with pytest.raises(Conflict):
        store.retry("ann", id)


def test_a_cancelled_job_can_be_retried(store: Jobs):
    id = submit(store).id
    store.cancel("ann", id)
    assert store.retry("ann", id).cancel_requested is False
    assert claimed(store).id == id


def test_deleting_a_job_takes_its_events_with_it(store: Jobs, database: Database):
    id, other = submit(store).id, submit(store).id
    store.delete("ann", id)
    with pytest.raises(NotFound):
        store.delete("ann", id)
    with database.read() as connection:
        assert connection.scalars(select(events.c.job_id)).all() == [other]
        assert connection.scalar(select(func.count()).select_from(jobs)) == 1


def test_news_of_many_jobs_start_after_each_cursor(store: Jobs):
    a, b, c = (submit(store).id for _ in range(3))
    claim = claimed(store)
    step(store, claim)
    found = store.news({a: 1, b: 0, c: 1})
    assert [(event.job_id, event.seq) for event in found if event.job_id == a] == [(a, 2), (a, 3)]
    assert [(event.job_id, event.seq) for event in found if event.job_id != a] == [(b, 1)]
    assert store.news({}) == []
    assert store.news({uuid4(): 0}) == []


def test_one_idempotency_key_makes_one_job(store: Jobs):
    first, created = store.submit("ann", job(seed=1), GRAPH, 5, "key", fingerprint="the request")
    again, created_again = store.submit("ann", job(seed=2), GRAPH, 5, "key", fingerprint="the request")
    assert (created, created_again, again) == (True, False, first)
    with pytest.raises(Conflict, match="another request"):
        store.submit("ann", job(seed=1), GRAPH, 5, "key", fingerprint="another request")
    other, created = store.submit("bob", job(seed=1), GRAPH, 5, "key", fingerprint="the request")
    assert created
    assert other.id != first.id
    store.delete("ann", first.id)
    assert store.submit("ann", job(seed=1), GRAPH, 5, "key", fingerprint="new")[1] is True


def test_without_a_fingerprint_the_documents_are_compared(store: Jobs):
    first, _ = store.submit("ann", job(seed=1), GRAPH, 5, "key")
    assert store.submit("ann", job(seed=1), GRAPH, 5, "key") == (first, False)
    with pytest.raises(Conflict):
        store.submit("ann", job(seed=2), GRAPH, 5, "key")


def test_an_estimate_leaves_the_loading_of_models_out(store: Jobs):
    submit(store, cost=10)
    claim = claimed(store)
    store.finish(claim, [picture(claim)], 60.0, steady_seconds=2.0)
    assert store.seconds_per_cost("papercut") == pytest.approx(0.2)
    assert store.get("ann", claim.id).seconds == 60.0


def test_estimates_come_from_jobs_that_finished(store: Jobs):
    assert store.seconds_per_cost("papercut") is None
    for seconds in (1.0, 2.0, 9.0):
        submit(store, cost=10)
        claim = claimed(store)
        store.finish(claim, [picture(claim)], seconds)
    assert store.seconds_per_cost("papercut") == pytest.approx(0.2)
    assert store.seconds_per_cost("other") is None
    assert store.queue("ann").seconds == 0.0

    submit(store, cost=40)
    step(store, claimed(store), 1, of=4)
    submit(store, cost=10)
    status = store.queue("ann")
    assert (status.queued, status.running) == (1, 1)
    assert status.seconds == pytest.approx(0.2 * (40 * 3 / 4 + 10))
    submit(store, model="other")
    assert store.queue("ann").seconds is None


def test_an_invalid_event_is_refused_before_it_is_written(store: Jobs):
    id = submit(store).id
    claim = claimed(store)
    with pytest.raises(ValueError, match="finite"):
        store.progress(claim, 1, 4, {"y": float("nan")}, {"y": 1.0}, 0.1)
    assert kinds(store, id) == ["queued", "started"]
    assert store.get("ann", id).progress.step == 0


def test_the_database_refuses_a_state_that_does_not_exist(store: Jobs, database: Database):
    submit(store)
    with pytest.raises(Exception, match="ck_jobs_state"), database.begin() as connection:
        connection.execute(text("UPDATE jobs SET state = 'lost'"))


def test_unwoken_counts_jobs_that_wait_for_long(store: Jobs):
    id = submit(store).id
    assert (store.unwoken(0), store.unwoken(60)) == (1, 0)
    claimed(store)
    assert store.unwoken(0) == 0
    let_lease_run_out(store.database, id)
    store.requeue_expired()
    assert (store.unwoken(0), store.unwoken(60)) == (1, 0)


def test_times_are_utc_whatever_the_servers_time_zone(postgres_url: str):
    database = connect(postgres_url)
    with database.begin() as connection:
        name = connection.engine.url.database
        connection.execute(text(f"ALTER DATABASE {name} SET timezone TO 'Asia/Kathmandu'"))
    database.close()
    resource = submit(Jobs(connect(postgres_url)))
    assert resource.created_at.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - resource.created_at) < timedelta(seconds=10)
