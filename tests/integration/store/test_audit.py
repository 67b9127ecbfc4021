"""The audit log, on both databases."""

import pytest
from sqlalchemy import update

from backend.store.audit import Audit
from backend.store.database import Database
from backend.store.tables import audit, now


@pytest.fixture
def log(database: Database) -> Audit:
    return Audit(database)


def test_entries_are_found_by_who_what_and_which(log: Audit):
    log.record("ann", "key 1", "192.0.2.1", "deleteJob", ["a", "b"], "r1")
    log.record("bob", "key 2", "192.0.2.2", "createKey", ["c"], "r2")
    assert [(one.actor, one.object) for one in log.page()] == [("bob", "c"), ("ann", "b"), ("ann", "a")]
    (found,) = log.page(actor="ann", object="b")
    assert (found.means, found.address, found.action, found.request) == ("key 1", "192.0.2.1", "deleteJob", "r1")
    assert [one.object for one in log.page(before=found.number)] == ["a"]
    assert [one.object for one in log.page(action="createKey", limit=1)] == ["c"]
    log.record("ann", "", "", "trashJobs", [])
    assert len(log.page()) == 3


def test_control_characters_and_endless_texts_do_not_get_in(log: Audit):
    log.record("ann\r\nbob \x1b[31m\u202e", "key", "x" * 1000, "deleteJob", ["a\x00\u2028b"])
    (found,) = log.page()
    assert (found.actor, found.object, len(found.address)) == ("annbob [31m", "ab", 64)


def test_old_entries_go(log: Audit, database: Database):
    log.record("ann", "", "", "deleteJob", ["old"])
    with database.begin() as connection:
        connection.execute(update(audit).values(at=now(-3 * 24 * 3600)))
    log.record("ann", "", "", "deleteJob", ["new"])
    assert log.expire(4) == 0
    assert log.expire(2) == 1
    assert [one.object for one in log.page()] == ["new"]
