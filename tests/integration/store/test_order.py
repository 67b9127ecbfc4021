"""The order in which workers take jobs, and where jobs stand: no overtaking, refunds, pauses, and background jobs."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import func, select

from backend.contracts.limits import COUNTED
from backend.store import estimates
from backend.store.claims import SKIPS
from backend.store.database import connect
from backend.store.errors import Conflict
from backend.store.jobs import Jobs, Wanted
from backend.store.tables import BACKGROUND, CLOCKS, virtual_clock
from backend.store.users import Users
from tests.integration.store.samples import claimed, picture, submit
from tests.integration.store.test_interleavings import at_once
from tests.integration.store.test_own_order import claims


def ids(store: Jobs, owner: str = "ann") -> list[UUID]:
    return [one.id for one in store.waiting(owner, 100)]


def test_workers_at_the_same_time_take_the_first_jobs(store: Jobs):
    for _ in range(6):
        low = [submit(store).id for _ in range(8)]
        high = [submit(store, priority=5).id for _ in range(4)]
        taken = at_once(*[lambda worker=f"w{number}": store.claim(worker) for number in range(6)])
        assert {claim.id for claim in taken} == {*high, *low[:2]}, "a job of priority 0 waits for those of priority 5"
        for id in [*low, *high]:
            store.delete("ann", id)


def test_a_row_that_is_locked_for_a_moment_is_not_overtaken(postgres_url: str):
    store = Jobs(connect(postgres_url))
    first, second = submit(store).id, submit(store).id
    for _ in range(20):
        moved, claim = at_once(lambda: store.arrange("ann", first, paused=False), lambda: store.claim("w1"))
        assert claim is not None
        assert claim.id == first
        assert isinstance(moved, Conflict) or moved.id == first
        store.release(claim, "again")
    assert ids(store) == [first, second]


def test_jobs_of_lower_priority_are_not_taken_for_their_loaded_model(store: Jobs):
    head = submit(store, model="cold", priority=1).id
    submit(store, model="warm")
    claim = store.claim("w1", frozenset({"warm"}))
    assert claim is not None
    assert claim.id == head


def test_workers_at_the_same_time_pass_over_the_first_job_no_more_than_allowed(store: Jobs):
    head = submit(store, model="cold").id
    for _ in range(12):
        submit(store, model="warm")
    loaded = frozenset({"warm"})
    taken = at_once(*[lambda worker=f"w{number}": store.claim(worker, loaded) for number in range(SKIPS + 1)])
    assert head in {claim.id for claim in taken}


def test_the_clock_is_that_of_the_newest_claim_however_many_end_at_once(store: Jobs):
    for _ in range(8):
        submit(store, "ann", cost=100)
    at_once(*[lambda worker=f"w{number}": store.claim(worker) for number in range(8)])
    submit(store, "bob", cost=1)
    submit(store, "ann", cost=1)
    assert store.get("bob", ids(store, "bob")[0]).position == 0
    with store.database.read() as connection:
        clock, rows = connection.execute(select(func.max(virtual_clock.c.now), func.count())).one()
    assert (clock, rows) == (700, CLOCKS)


@pytest.mark.parametrize("leave", [Jobs.cancel, Jobs.delete])
def test_jobs_that_never_ran_are_not_charged(store: Jobs, leave: Callable[[Jobs, str, UUID], object]):
    for one in [submit(store, "ann", cost=100) for _ in range(10)]:
        leave(store, "ann", one.id)
    for _ in range(5):
        submit(store, "bob", cost=100)
    assert submit(store, "ann", cost=100).position == 1, "at the same place, the older job comes first"


def test_the_later_jobs_of_an_owner_move_up(store: Jobs):
    first, *later = [submit(store, "ann", cost=100).id for _ in range(4)]
    bob = [submit(store, "bob", cost=100).id for _ in range(3)]
    store.cancel("ann", first)
    assert claims(store, 6) == [later[0], bob[0], later[1], bob[1], later[2], bob[2]]


def test_a_refund_gives_no_place_before_the_clock(store: Jobs):
    submit(store, "bob", cost=300)
    ann = [submit(store, "ann", cost=500).id for _ in range(2)]
    bob = [submit(store, "bob", cost=100).id for _ in range(4)]
    store.arrange("ann", ann[1], paused=True)  # it starts at 500 in virtual time, and the clock passes it
    assert claims(store, 6)[-1] == bob[-1]
    eve, third = submit(store, "eve", cost=1).id, submit(store, "ann", cost=10).id
    store.cancel("ann", ann[1])
    assert store.get("eve", eve).position == 0, "eve begins at the clock, and is older"
    assert store.get("ann", third).position == 1
    assert submit(store, "fay", cost=1).position == 2


def test_a_job_that_ran_stays_charged(store: Jobs):
    submit(store, "ann", cost=1000)
    store.cancelled(claimed(store))
    submit(store, "bob", cost=10)
    assert submit(store, "ann", cost=10).position == 1


def test_a_retried_job_is_charged_again(store: Jobs):
    one = submit(store, "ann", cost=100).id
    submit(store, "bob", cost=10)
    store.cancel("ann", one)
    store.retry("ann", one)
    late = submit(store, "ann", cost=10)
    submit(store, "bob", cost=10)
    assert store.get("ann", late.id).position == 3


@pytest.mark.parametrize(("raised", "kept"), [(5, 0), (BACKGROUND, BACKGROUND)])
def test_only_an_admin_keeps_a_raised_priority_when_a_job_is_retried(store: Jobs, raised: int, kept: int):
    one = submit(store, "ann").id
    found = []
    for owner in ("ann", None):
        store.arrange(None, one, priority=raised)
        store.cancel("ann", one)
        store.retry(owner, one)
        found.append(store.get("ann", one).priority)
    assert found == [kept, raised]


def test_a_job_that_lost_its_priority_by_a_retry_waits_with_the_others(store: Jobs):
    other, raised = submit(store, "bob").id, submit(store, "ann", priority=5).id
    store.cancel("ann", raised)
    store.retry("ann", raised)
    assert claims(store, 2) == [other, raised]


def test_jobs_are_moved_to_any_own_place(store: Jobs):
    ann = [submit(store, "ann").id for _ in range(4)]
    bob = [submit(store, "bob").id for _ in range(4)]
    before = [store.get("bob", id).position for id in bob]
    store.arrange("ann", ann[0], place=2)
    assert ids(store) == [ann[1], ann[2], ann[0], ann[3]]
    store.arrange("ann", ann[3], before=ann[2])
    assert ids(store) == [ann[1], ann[3], ann[2], ann[0]]
    store.arrange("ann", ann[1], place=99)
    assert ids(store) == [ann[3], ann[2], ann[0], ann[1]]
    assert [store.get("bob", id).position for id in bob] == before
    assert claims(store, 4) == [ann[3], bob[0], ann[2], bob[1]]


def test_a_job_is_moved_first_if_the_one_that_it_should_precede_has_started(store: Jobs):
    first, second, third = (submit(store).id for _ in range(3))
    claimed(store)
    store.arrange("ann", third, before=first)
    assert ids(store) == [third, second]


def test_a_move_passes_no_job_of_another_priority(store: Jobs):
    low = [submit(store).id for _ in range(2)]
    high = submit(store, priority=3).id
    store.arrange("ann", low[1], place=0)
    assert ids(store) == [high, low[1], low[0]]
    store.arrange("ann", high, place=2)
    assert ids(store) == [high, low[1], low[0]]


def test_a_paused_job_is_not_taken_until_it_is_resumed(store: Jobs):
    first, second = submit(store).id, submit(store).id
    paused = store.arrange("ann", first, paused=True)
    assert (paused.paused, paused.position, paused.starts_in) == ("job", 0, None)
    assert claimed(store).id == second
    assert store.claim("w2") is None
    assert store.unwoken(0) == 0
    assert store.arrange("ann", first, paused=False).paused is None
    assert claimed(store).id == first
    with pytest.raises(Conflict, match="does not wait"):
        store.arrange("ann", first, paused=True)


def test_an_owners_pause_holds_later_jobs_too_and_nobody_elses(store: Jobs):
    running = submit(store, "ann").id
    claim = claimed(store)
    store.pause_owner("ann", True)
    store.pause_owner("ann", True)
    ann, bob = submit(store, "ann").id, submit(store, "bob").id
    assert store.get("ann", ann).paused == "owner"
    assert (store.queue("ann").mine_paused, store.queue("bob").mine_paused, store.queue("bob").paused) == (
        True,
        False,
        False,
    )
    assert claimed(store).id == bob
    store.finish(claim, [picture(claim)], 1.0)
    assert store.get("ann", running).state == "succeeded", "what runs goes on"
    assert store.claim("w2") is None
    store.pause_owner("ann", False)
    assert claimed(store).id == ann


def test_a_disabled_users_jobs_wait_and_their_own_pause_stays(store: Jobs):
    users = Users(store.database)
    users.add("ann")
    running = submit(store, "ann").id
    claim = claimed(store)
    waiting, other = submit(store, "ann").id, submit(store, "bob").id
    users.disable("ann", True)
    assert store.get(None, waiting).paused == "owner"
    assert claimed(store).id == other
    assert store.claim("w2") is None
    assert store.unwoken(0) == 0
    store.finish(claim, [picture(claim)], 1.0)
    assert store.get("ann", running).state == "succeeded", "what runs goes on"
    store.pause_owner("ann", True)
    users.disable("ann", False)
    assert store.claim("w2") is None
    store.pause_owner("ann", False)
    assert claimed(store).id == waiting


def test_the_whole_queue_is_paused_and_resumed(store: Jobs):
    id = submit(store, "bob").id
    store.pause_all(True)
    assert (store.queue("ann").paused, store.get("bob", id).paused) == (True, "queue")
    assert store.claim("w1") is None
    store.pause_all(False)
    assert claimed(store).id == id


def test_background_jobs_run_when_nothing_else_can(store: Jobs):
    back = [submit(store, "ann", priority=BACKGROUND, model="warm").id for _ in range(2)]
    front = submit(store, "bob", model="cold").id
    assert store.get("ann", back[0]).background
    claim = store.claim("w1", frozenset({"warm"}))
    assert claim is not None
    assert claim.id == front, "a loaded model is no reason to take a background job first"
    assert claims(store, 2) == back


def test_background_jobs_do_not_delay_their_owners_other_jobs(store: Jobs):
    for _ in range(5):
        submit(store, "ann", cost=1000, priority=BACKGROUND)
    claimed(store)
    ann, bob = submit(store, "ann").id, submit(store, "bob").id
    assert claims(store, 2) == [ann, bob]


def test_a_job_becomes_a_background_job_and_back(store: Jobs):
    first, second = submit(store, cost=100).id, submit(store, cost=100).id
    assert store.arrange("ann", first, priority=BACKGROUND).position == 1
    assert store.get("ann", second).position == 0
    submit(store, "bob", cost=100)
    assert store.get("ann", second).position == 0, "it has moved up"
    assert store.arrange("ann", first, priority=0).background is False
    assert ids(store) == [second, first]


def test_positions_are_exact_up_to_a_bound(store: Jobs, monkeypatch: pytest.MonkeyPatch):
    assert COUNTED == 1000
    monkeypatch.setattr(estimates, "PLANNED", 4)
    monkeypatch.setattr(estimates, "COUNTED", 8)
    submit(store, "bob", cost=10)
    claim = claimed(store)
    store.finish(claim, [picture(claim)], 2.0)
    made = [submit(store, cost=10).id for _ in range(10)]
    listed = {one.id: one for one in store.search("ann", Wanted(state="queued"), None, 100)}
    assert [listed[id].position for id in made] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 8]
    starts = [listed[id].starts_in for id in made]
    assert starts[:8] == pytest.approx([2.0 * place for place in range(8)])
    assert starts[8:] == [None, None]
    assert [one.position for one in store.waiting("ann", 100)] == [listed[id].position for id in made]
    status = store.queue("ann")
    assert (status.queued, status.mine_queued, status.seconds) == (8, 8, None)
