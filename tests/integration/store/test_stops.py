"""Stop a job and keep its pictures, and continue it, on both databases."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from backend.contracts.events import JobNotice, JobSucceeded
from backend.contracts.job import Problem, Progress
from backend.store.database import Database
from backend.store.errors import Conflict, NotFound
from backend.store.jobs import Claim, Jobs, Wanted
from backend.store.statistics import statistics
from backend.store.tables import BACKGROUND
from tests.integration.store.samples import claimed, kinds, let_lease_run_out, picture, step, submit

SENTENCE = "Stopped as asked after step 2 of 4."


def stopped(store: Jobs, after: int = 2) -> Claim:
    """Run the next job and stop it after a step, as a worker does. Returns its claim, which has ended."""
    claim = claimed(store)
    for number in range(1, after + 1):
        step(store, claim, number)
    store.stop("ann", claim.id)
    checkpoint(store, claim, after)
    output = picture(claim).model_copy(update={"stopped_at": Progress(step=after, of=4)})
    store.finish(claim, [output], 1.0, steady_seconds=2.0, stopped=SENTENCE)
    return claim


def checkpoint(store: Jobs, claim: Claim, number: int) -> str:
    key = f"{claim.prefix}checkpoint-0-{number}.safetensors"
    store.checkpoint(claim, key)
    return key


def test_a_running_job_is_asked_to_stop_by_the_answers_that_its_worker_gets(store: Jobs):
    id = submit(store).id
    claim = claimed(store)
    assert store.stop("ann", id).stop_requested is True
    assert store.stop("ann", id).state == "running"
    assert store.renew(claim) == "stop"
    assert step(store, claim) == "stop"
    assert step(store, claim) == "stop", "also if the step is recorded already"
    store.cancel("ann", id)
    assert store.renew(claim) == "cancel", "a cancel counts more"


def test_a_stopped_job_succeeds_and_says_that_its_picture_is_unfinished(store: Jobs):
    id = submit(store).id
    claim = stopped(store)
    done = store.get("ann", id)
    assert (done.state, done.progress, done.can_continue) == ("succeeded", Progress(step=2, of=4), True)
    assert [output.stopped_at for output in done.outputs] == [Progress(step=2, of=4)]
    assert kinds(store, id) == ["queued", "started", "progress", "progress", "notice", "succeeded"]
    notice, end = store.events("ann", id, 4)
    assert isinstance(notice, JobNotice)
    assert isinstance(end, JobSucceeded)
    assert (notice.step, notice.detail, end.outputs) == (2, SENTENCE, done.outputs)
    assert store.stop("ann", id) == done, "a second request changes nothing"
    assert store.kept([id]).covers(f"{claim.prefix}checkpoint-0-2.safetensors")


STATES: dict[str, tuple[Callable[[Jobs], object], str]] = {
    "queued": (lambda store: None, "waits in the queue"),
    "cancelling": (lambda store: store.cancel("ann", claimed(store).id), "is being cancelled"),
    "succeeded": (lambda store: store.finish(claim := claimed(store), [picture(claim)], 1.0), "has ended already"),
    "failed": (lambda store: store.fail(claimed(store), Problem(title="Broken", detail="Broken.")), "has failed"),
    "cancelled": (lambda store: store.cancel("ann", store.search("ann", Wanted(), None, 1)[0].id), "was cancelled"),
}


@pytest.mark.parametrize("state", STATES)
def test_only_a_running_job_can_be_stopped(store: Jobs, state: str):
    id = submit(store).id
    lead, says = STATES[state]
    lead(store)
    before = store.get("ann", id)
    with pytest.raises(Conflict, match=says):
        store.stop("ann", id)
    with pytest.raises(Conflict):
        store.resume("ann", id)
    assert store.get("ann", id) == before


def test_a_stop_outlives_a_lost_worker_and_the_next_one_is_told_at_once(store: Jobs, database: Database):
    id = submit(store).id
    lost = claimed(store)
    key = checkpoint(store, lost, 1)
    store.stop("ann", id)
    let_lease_run_out(database, id)
    assert store.requeue_expired() == [id]
    waiting = store.get("ann", id)
    assert (waiting.state, waiting.stop_requested) == ("queued", True)
    assert store.stop("ann", id) == waiting, "the request stands"
    again = claimed(store)
    assert (again.asked, again.checkpoint) == ("stop", key)
    store.release(again, "stopped")
    assert claimed(store).asked == "stop"


def test_a_retried_job_has_forgotten_the_stop(store: Jobs):
    id = submit(store).id
    claim = claimed(store)
    store.stop("ann", id)
    store.fail(claim, Problem(title="Broken", detail="Broken."))
    assert store.retry("ann", id).stop_requested is False
    assert claimed(store).asked is None


def test_another_job_continues_from_the_checkpoint(store: Jobs):
    id = submit(store, cost=10).id
    claim = stopped(store, after=1)
    made, created = store.resume("ann", id)
    assert created
    assert (made.state, made.continues, made.spec) == ("queued", id, store.get("ann", id).spec)
    assert (made.progress, made.first_step) == (Progress(step=1, of=4), 1)
    assert store.get("ann", id).outputs[0].stopped_at == Progress(step=1, of=4), "the stopped job stays as it is"
    second = claimed(store)
    assert (second.id, second.asked) == (made.id, None)
    assert (second.graph, second.checkpoint) == (claim.graph, f"{claim.prefix}checkpoint-0-1.safetensors")
    assert store.get("ann", made.id).progress == Progress(step=1, of=4)
    store.finish(second, [picture(second)], 3.0, steady_seconds=4.0)
    done = store.get("ann", made.id)
    assert (done.outputs[0].stopped_at, done.can_continue) == (None, False)
    tallies = statistics(store.database).tallies
    assert (tallies["job"]["papercut"].count, tallies["job"]["papercut"].total) == (2, 4.0)
    assert tallies["forwards"]["papercut"].total == 10, "no step is counted twice"


def test_a_continued_job_stays_in_the_background(store: Jobs):
    id = submit(store, priority=BACKGROUND).id
    stopped(store, after=1)
    for ahead in (False, True):
        assert store.resume("ann", id, may_go_ahead=ahead)[0].background
        store.cancel("ann", store.search("ann", Wanted(), None, 1)[0].id)


def test_a_job_can_be_continued_more_than_once(store: Jobs):
    id = submit(store).id
    stopped(store, after=1)
    first, second = store.resume("ann", id)[0], store.resume("ann", id)[0]
    assert first.id != second.id
    stopped(store, after=3)
    third, _ = store.resume("ann", first.id)
    assert (third.continues, third.progress) == (first.id, Progress(step=3, of=4))


def test_a_repeated_request_continues_a_job_once(store: Jobs):
    id, other = submit(store).id, submit(store).id
    stopped(store)
    stopped(store)
    first, created = store.resume("ann", id, "key")
    assert store.resume("ann", id, "key") == (first, False)
    assert created
    with pytest.raises(Conflict, match="another request"):
        store.resume("ann", other, "key")


def test_a_checkpoint_stays_while_a_job_that_continues_needs_it(store: Jobs):
    id = submit(store).id
    key = f"{stopped(store).prefix}checkpoint-0-2.safetensors"
    _ = store.resume("ann", id)
    store.delete("ann", id)
    assert store.kept([id]).covers(key)
    claim = claimed(store)
    checkpoint(store, claim, 3)
    assert not store.kept([id]).covers(key)


def test_a_retried_job_begins_where_the_job_that_it_continues_was_stopped(store: Jobs):
    id = submit(store).id
    key = f"{stopped(store).prefix}checkpoint-0-2.safetensors"
    made, _ = store.resume("ann", id)
    store.cancel("ann", made.id)
    again = store.retry("ann", made.id)
    assert (again.continues, again.progress.step, claimed(store).checkpoint) == (id, 2, key)


def test_a_retried_job_begins_anew_if_the_job_that_it_continues_is_gone(store: Jobs):
    id = submit(store).id
    stopped(store)
    made, _ = store.resume("ann", id)
    store.cancel("ann", made.id)
    store.delete("ann", id)
    again = store.retry("ann", made.id)
    assert (again.continues, again.progress.step, claimed(store).checkpoint) == (id, 0, None)


def test_another_owner_can_neither_stop_nor_continue(store: Jobs):
    running, ended = submit(store).id, submit(store).id
    for ask in (store.stop, store.resume):
        with pytest.raises(NotFound):
            ask("ann", uuid4())
    claimed(store)
    stopped(store)
    with pytest.raises(NotFound):
        store.stop("bob", running)
    with pytest.raises(NotFound):
        store.resume("bob", ended)
    assert store.get("ann", running).stop_requested is False
