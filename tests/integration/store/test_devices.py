"""The memory budgets that workers report, on both databases."""

from sqlalchemy import update

from backend.store.database import Database
from backend.store.devices import REMEMBERED_SECONDS, Devices
from backend.store.tables import devices, now


def test_the_largest_of_the_workers_that_started_counts(database: Database) -> None:
    store = Devices(database)
    assert store.largest_budget() is None
    store.report("one", 8 * 2**30)
    store.report("two", 80 * 2**30)
    assert store.largest_budget() == 80 * 2**30
    store.report("two", 4 * 2**30)
    assert store.largest_budget() == 8 * 2**30


def test_a_worker_that_has_not_started_for_long_is_forgotten(database: Database) -> None:
    store = Devices(database)
    store.report("old", 80 * 2**30)
    with database.begin() as connection:
        connection.execute(update(devices).values(seen_at=now(-REMEMBERED_SECONDS - 1)))
    assert store.largest_budget() is None
    store.report("new", 2**30)
    assert store.largest_budget() == 2**30
    with database.read() as connection:
        assert [row.host for row in connection.execute(devices.select())] == ["new"]
