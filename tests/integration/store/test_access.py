"""API keys and stream tickets, on both databases."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from backend.store.access import Access
from backend.store.database import Database
from backend.store.errors import NotFound
from backend.store.tables import api_keys, now, tickets


@pytest.fixture
def access(database: Database) -> Access:
    return Access(database)


def test_a_key_names_its_owner_until_it_is_revoked(access: Access):
    assert access.has_keys() is False
    key, other = access.create_key("ann", "laptop"), access.create_key("bob", "server")
    assert access.has_keys() is True
    assert key != other
    assert len(key) > 43
    assert (access.owner_of(key), access.owner_of(other)) == ("ann", "bob")
    assert access.owner_of(key[:-1]) is None
    assert access.owner_of("") is None
    first, second = access.keys()
    assert (first.owner, first.name, first.revoked_at) == ("ann", "laptop", None)
    access.revoke_key(first.id)
    assert access.owner_of(key) is None
    assert access.owner_of(other) == "bob"
    with pytest.raises(NotFound):
        access.revoke_key(first.id)
    access.revoke_key(second.id)
    assert access.has_keys() is True, "revoking the last key must not open the server to everybody"


def test_neither_keys_nor_tickets_are_stored(access: Access, database: Database):
    key, ticket = access.create_key("ann", "laptop"), access.issue_ticket("ann")
    with database.read() as connection:
        stored = repr(connection.execute(select(api_keys)).all()) + repr(connection.execute(select(tickets)).all())
    assert key not in stored
    assert ticket not in stored


def test_a_ticket_opens_one_stream(access: Access):
    ticket = access.issue_ticket("ann")
    assert access.consume_ticket("another") is None
    with ThreadPoolExecutor(6) as pool:
        owners = Counter(pool.map(lambda _: access.consume_ticket(ticket), range(6)))
    assert owners == {"ann": 1, None: 5}


def test_a_ticket_that_is_too_old_opens_nothing_and_is_deleted(access: Access, database: Database):
    old, fresh = access.issue_ticket("ann"), access.issue_ticket("ann")
    assert access.expire_tickets() == 0
    with database.begin() as connection:
        first = connection.scalars(select(tickets.c.hash)).all()
        connection.execute(update(tickets).values(expires_at=now(-1)))
    assert len(first) == 2
    assert access.consume_ticket(old) is None
    assert access.expire_tickets() == 2
    assert access.consume_ticket(fresh) is None
    assert access.consume_ticket(access.issue_ticket("bob")) == "bob"
