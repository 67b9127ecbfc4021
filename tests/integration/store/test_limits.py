"""The limits of each owner, on both databases: counted and added in one transaction, and given back."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.store.database import Database
from backend.store.errors import Conflict, LimitReached
from backend.store.estimates import expected_bytes
from backend.store.images import Images
from backend.store.jobs import Jobs, StoredOutput
from backend.store.layouts import Layouts
from backend.store.limits import OwnerLimits, kept_bytes
from backend.store.pictures import Picture
from backend.store.tables import jobs, now, shares
from backend.store.uploads import Uploads
from tests.integration.store.samples import GRAPH, claimed, job, picture, step, submit
from tests.integration.store.test_interleavings import at_once


def limited(database: Database, **limits: int) -> Jobs:
    return Jobs(database, limits=OwnerLimits(**limits))


def refused(action: Callable[[], object]) -> LimitReached:
    with pytest.raises(LimitReached) as caught:
        action()
    return caught.value


def cancelled(store: Jobs) -> Callable[[], object]:
    """Return a retry of a cancelled job."""
    id = submit(store).id
    store.cancel("ann", id)
    return lambda: store.retry("ann", id)


def stopped(store: Jobs) -> Callable[[], object]:
    """Return a continuation of a stopped job."""
    id = submit(store).id
    claim = claimed(store)
    step(store, claim, 2)
    store.checkpoint(claim, f"{claim.prefix}checkpoint-0-2.safetensors")
    store.finish(claim, [picture(claim)], 1.0, stopped="Stopped as asked.")
    return lambda: store.resume("ann", id)


def test_one_owners_full_queue_leaves_room_for_others(database: Database):
    store = limited(database, queued=2)
    for _ in range(2):
        submit(store, "ann")
    error = refused(lambda: submit(store, "ann"))
    assert (error.limit, error.seconds) == ("queued", 30)
    assert str(error) == (
        "You have 2 queued jobs, and the limit of each owner is 2. Wait until some have run, or cancel some."
    )
    submit(store, "bob")
    claimed(store)
    submit(store, "ann")


@pytest.mark.parametrize("way", [cancelled, stopped])
def test_every_way_of_queueing_a_job_obeys_the_limit(database: Database, way: Callable[[Jobs], Callable[[], object]]):
    store = limited(database, queued=2)
    again = way(store)
    full = [submit(store).id for _ in range(2)]
    assert refused(again).limit == "queued"
    store.cancel("ann", full[0])
    again()


def test_submissions_at_the_same_time_do_not_exceed_the_limit(database: Database):
    store = limited(database, queued=3)

    def send() -> bool:
        try:
            submit(store)
        except LimitReached:
            return False
        return True

    assert sorted(at_once(*[send] * 8)) == [False] * 5 + [True] * 3
    assert store.queue("ann").mine_queued == 3


def test_a_request_that_is_sent_again_gets_its_job_from_a_full_queue(database: Database):
    store = limited(database, queued=1, cost_per_hour=10)
    first, created = store.submit("ann", job(), GRAPH, 10, "key", fingerprint="the request")
    assert created
    assert store.submit("ann", job(seed=2), GRAPH, 10, "key", fingerprint="the request") == (first, False)
    assert store.earlier("ann", "key", "the request") == first
    assert store.earlier("ann", "another key", "the request") is None
    with pytest.raises(Conflict, match="another request"):
        store.earlier("ann", "key", "another request")


def let_minutes_pass(database: Database, minutes: float) -> None:
    with database.begin() as connection:
        connection.execute(update(shares).values(spent_at=now(-60 * minutes)))


def test_the_allowance_of_an_hour_is_used_up_and_fills_up_again(database: Database):
    store = limited(database, cost_per_hour=100)
    submit(store, cost=60)
    error = refused(lambda: submit(store, cost=70))
    assert error.limit == "cost-per-hour"
    assert error.seconds == pytest.approx(30 / 100 * 3600, abs=5)
    assert "This job costs 70 view-forwards. Of the 100" in str(error)
    submit(store, "bob", cost=100)
    let_minutes_pass(database, 20)
    submit(store, cost=70)
    assert refused(lambda: submit(store, cost=10)).limit == "cost-per-hour"


def test_a_job_above_the_whole_allowance_is_told_that_waiting_does_not_help(database: Database):
    error = refused(lambda: submit(limited(database, cost_per_hour=100), cost=101))
    assert (error.seconds, "Use fewer steps" in str(error)) == (None, True)


def test_a_job_that_never_ran_gives_its_allowance_back(database: Database):
    store = limited(database, cost_per_hour=100)
    for leave in (store.cancel, store.delete):
        leave("ann", submit(store, cost=90).id)
    submit(store, cost=90)
    store.cancel("ann", claimed(store).id)
    assert refused(lambda: submit(store, cost=90)).limit == "cost-per-hour", "this one ran"


def test_pictures_and_frames_and_uploads_count_as_bytes(database: Database, tmp_path):
    store = limited(database, bytes=1000)
    submit(store)
    claim = claimed(store)
    store.finish(claim, [StoredOutput(name="x", key=f"{claim.prefix}x.png", width=1, height=1, bytes=600)], 1.0)
    submit(store)
    uploads = Uploads(database, Images(tmp_path.as_uri()), OwnerLimits(bytes=1000))
    uploads.create("ann", Picture(b"p" * 400, 1, 1))
    error = refused(lambda: submit(store))
    assert (error.limit, error.seconds) == ("bytes", None)
    assert "take 1,000 bytes, and the limit of each owner is 1,000 bytes. Delete jobs" in str(error)
    assert refused(lambda: uploads.create("ann", Picture(b"q", 1, 1))).limit == "bytes"
    submit(store, "bob")
    store.delete("ann", claim.id)
    submit(store)


def kept(store: Jobs, bytes: int, owner: str = "ann", **ended: Any) -> None:
    """Let a job of cost 10 end, whose picture has so many bytes."""
    submit(store, owner)
    claim = claimed(store)
    step(store, claim, 2)
    store.checkpoint(claim, f"{claim.prefix}checkpoint-0-2.safetensors")
    store.finish(claim, [picture(claim).model_copy(update={"bytes": bytes})], 1.0, **ended)


def test_a_new_job_needs_room_beside_what_queued_and_running_jobs_will_keep(database: Database):
    store = limited(database, bytes=1000)
    kept(store, 300)
    waiting = [submit(store).id for _ in range(3)]
    claimed(store)
    error = refused(lambda: submit(store))
    assert (error.limit, error.seconds) == ("bytes", None)
    assert "take 300 bytes, your queued and running jobs will take about 900 bytes more, and the" in str(error)
    store.cancel("ann", waiting[-1])
    submit(store, cost=5)


def test_what_a_newcomers_jobs_will_keep_is_estimated_from_those_of_others(database: Database):
    store = limited(database, bytes=1000)
    for owner, bytes in (("eve", 400), ("eve", 400), ("ann", 10)):
        kept(store, bytes, owner)
    for _ in range(20):
        submit(store, "ann")
    for _ in range(3):
        submit(store, "bob")
    assert "about 1.2 KiB more" in str(refused(lambda: submit(store, "bob")))


def test_what_running_jobs_keep_already_is_not_counted_twice(database: Database):
    store = limited(database, bytes=1000)
    kept(store, 400)
    submit(store)
    claim = claimed(store)
    with database.begin() as connection:
        connection.execute(update(jobs).where(jobs.c.id == claim.id).values(bytes=300))
    with database.read() as connection:
        assert (kept_bytes(connection, "ann"), expected_bytes(connection, "ann")) == (700, 100)
    submit(store)


def test_the_checkpoint_of_a_stopped_job_counts_as_bytes(database: Database):
    store = limited(database, bytes=1000)
    kept(store, 300, checkpoint_bytes=600)
    kept(store, 300, stopped="Stopped as asked.", checkpoint_bytes=600)
    assert "take 1.2 KiB" in str(refused(lambda: submit(store)))


def test_uploads_and_layouts_are_counted(database: Database, tmp_path):
    uploads = Uploads(database, Images(tmp_path.as_uri()), OwnerLimits(uploads=1))
    first = uploads.create("ann", Picture(b"one", 1, 1))
    assert refused(lambda: uploads.create("ann", Picture(b"two", 1, 1))).limit == "uploads"
    assert uploads.create("ann", Picture(b"one", 1, 1)) == first, "the same picture is no other upload"
    uploads.create("bob", Picture(b"two", 1, 1))
    layouts = Layouts(database, OwnerLimits(layouts=1))
    made = layouts.create("ann", "a", job())
    assert refused(lambda: layouts.create("ann", "b", job())).limit == "layouts"
    layouts.update("ann", made.id, "c", job())
    layouts.create("bob", "b", job())


def test_an_owner_has_only_so_many_running_jobs(database: Database):
    store = limited(database, running=1)
    ann = [submit(store, "ann").id for _ in range(2)]
    bob = submit(store, "bob").id
    first = claimed(store)
    assert (first.id, claimed(store).id) == (ann[0], bob)
    assert store.claim("w3") is None
    store.finish(first, [picture(first)], 1.0)
    assert claimed(store).id == ann[1]


def test_claims_at_the_same_time_do_not_exceed_the_running_jobs(database: Database):
    store = limited(database, running=2)
    for _ in range(8):
        submit(store, "ann")
    at_once(*[lambda worker=f"w{number}": store.claim(worker) for number in range(8)])
    with database.read() as connection:
        states = connection.scalars(select(jobs.c.state)).all()
    assert states.count("running") == 2
