"""A job goes before its owner's other waiting jobs, and before nobody else's."""

from uuid import UUID

import pytest
from sqlalchemy import update

from backend.store.database import Database
from backend.store.errors import Conflict, NotFound
from backend.store.jobs import Jobs
from backend.store.tables import jobs
from tests.integration.store.samples import claimed, submit


def claims(store: Jobs, count: int) -> list[UUID]:
    """Return the jobs that workers take, in order."""
    return [claimed(store, f"w{number}").id for number in range(count)]


def test_a_job_goes_before_its_owners_other_waiting_jobs(store: Jobs):
    first, second, third = (submit(store).id for _ in range(3))
    moved = store.put_first("ann", third)
    assert (moved.state, moved.position) == ("queued", 0)
    assert [store.get("ann", id).position for id in (first, second)] == [1, 2]
    assert store.put_first("ann", third).position == 0, "a second request changes nothing"
    assert claims(store, 3) == [third, first, second]


def test_a_job_is_queued_before_its_owners_other_jobs(store: Jobs):
    waiting = submit(store).id
    hasty = submit(store, first=True).id
    assert claims(store, 2) == [hasty, waiting]


def test_other_owners_keep_their_places(store: Jobs):
    ann = [submit(store, "ann").id for _ in range(3)]
    ben = [submit(store, "ben").id for _ in range(3)]
    before = [store.get("ben", id).position for id in ben]
    store.put_first("ann", ann[2])
    assert [store.get("ben", id).position for id in ben] == before
    assert claims(store, 6) == [ann[2], ben[0], ann[0], ben[1], ann[1], ben[2]]


def test_an_older_job_passes_no_job_of_another_owner_at_the_same_place(store: Jobs, database: Database):
    old, ben, young = submit(store, "ann").id, submit(store, "ben").id, submit(store, "ann").id
    with database.begin() as connection:  # the young job stands first, at the same place as ben's
        connection.execute(update(jobs).where(jobs.c.id == young).values(virtual_start=5))
        connection.execute(update(jobs).where(jobs.c.id == ben).values(virtual_start=5))
        connection.execute(update(jobs).where(jobs.c.id == old).values(virtual_start=50))
    store.put_first("ann", old)
    assert claims(store, 3) == [ben, old, young]


def test_a_running_job_is_not_moved_and_nor_is_that_of_another_owner(store: Jobs):
    running = submit(store).id
    claimed(store)
    waiting = submit(store).id
    with pytest.raises(Conflict, match="Only a job that waits in the queue can be moved"):
        store.put_first("ann", running)
    with pytest.raises(NotFound):
        store.put_first("ben", waiting)
    assert store.get("ann", waiting).position == 0


def test_the_fair_share_of_later_jobs_is_unchanged(store: Jobs):
    submit(store, "ann", cost=10)
    submit(store, "ann", cost=1000, first=True)
    late = submit(store, "ben").id
    store.put_first("ben", late)
    later = submit(store, "ann", first=False).id
    assert store.get("ben", late).position == 1, "at the same place, the older job comes first"
    assert store.get("ann", later).position == 3


def test_an_admin_puts_a_job_before_one_of_another_owner(store: Jobs):
    first, second = (submit(store, "ben").id for _ in range(2))
    mine = [submit(store, "ann").id for _ in range(4)]
    moved = store.arrange(None, mine[3], before=first)
    assert (moved.id, moved.position) == (mine[3], 0)
    assert store.arrange(None, mine[2], before=first).position == 1, "directly before it, behind the one moved earlier"
    for place, id in enumerate((first, second)):
        assert store.arrange(None, id, before=mine[3]).position == place
    assert claims(store, 6) == [first, second, mine[3], mine[2], mine[0], mine[1]]


def test_an_admin_puts_a_job_into_another_class_by_its_place(store: Jobs):
    high, low = submit(store, "ben", priority=5).id, submit(store, "ben").id
    late, background = submit(store, "ann").id, submit(store, "ann", priority=-1).id
    assert store.arrange(None, late, before=high, priority=0).priority == 5, "the place counts more"
    assert store.arrange(None, background, before=low).priority == 0
    assert claims(store, 4) == [late, high, background, low]


def test_an_owner_passes_nobody_by_naming_another_owners_job(store: Jobs):
    first, mine, last = submit(store, "ben").id, submit(store, "ann").id, submit(store, "ann").id
    store.arrange("ann", last, before=first)
    assert claims(store, 3) == [first, last, mine], "the job goes first among its owner's"


def test_a_new_job_waits_behind_one_that_an_admin_has_put_far_back(store: Jobs):
    cancelled, moved = submit(store, "ann").id, submit(store, "ann").id
    store.cancel("ann", cancelled)
    ben = [submit(store, "ben").id for _ in range(5)]
    store.arrange(None, moved, before=ben[4])
    new = submit(store, "ann").id
    store.retry("ann", cancelled)
    assert claims(store, 8) == [*ben[:4], moved, ben[4], new, cancelled]


def test_an_owners_later_jobs_move_up_when_an_admin_makes_one_a_background_job(store: Jobs):
    ann = [submit(store, "ann").id for _ in range(2)]
    eve = [submit(store, "eve").id for _ in range(2)]
    background = submit(store, "ann", priority=-1).id
    assert [store.get(None, id).position for id in (ann[0], eve[0], ann[1], eve[1], background)] == [0, 1, 2, 3, 4]
    store.arrange(None, eve[0], before=background)
    assert claims(store, 5) == [ann[0], eve[1], ann[1], eve[0], background]
