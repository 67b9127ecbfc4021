"""Stream tickets, on both databases."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from backend.store.credentials import Credential
from backend.store.database import Database
from backend.store.tables import now, tickets
from backend.store.tickets import Tickets

ANN, BOB = (Credential(owner=name, scope="submit") for name in ("ann", "bob"))


@pytest.fixture
def book(database: Database) -> Tickets:
    return Tickets(database)


def test_a_ticket_is_not_stored(book: Tickets, database: Database):
    ticket = book.issue(ANN)
    with database.read() as connection:
        stored = repr(connection.execute(select(tickets)).all())
    assert "ann" in stored
    assert ticket not in stored


def test_a_ticket_opens_one_stream(book: Tickets):
    ticket = book.issue(ANN)
    assert book.consume("another") is None
    with ThreadPoolExecutor(6) as pool:
        owners = Counter(pool.map(lambda _: book.consume(ticket), range(6)))
    assert owners == {ANN: 1, None: 5}


def test_a_ticket_that_is_too_old_opens_nothing_and_is_deleted(book: Tickets, database: Database):
    old, fresh = book.issue(ANN), book.issue(ANN)
    assert book.expire() == 0
    with database.begin() as connection:
        first = connection.scalars(select(tickets.c.hash)).all()
        connection.execute(update(tickets).values(expires_at=now(-1)))
    assert len(first) == 2
    assert book.consume(old) is None
    assert book.expire() == 2
    assert book.consume(fresh) is None
    assert book.consume(book.issue(BOB)) == BOB
