from collections.abc import Iterator

import pytest

from backend.store.database import Database, connect
from backend.store.jobs import Jobs


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = connect(database_url)
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> Jobs:
    return Jobs(database, lease_seconds=30, max_attempts=3)
