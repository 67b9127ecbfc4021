"""Databases and servers for integration tests. Servers start once for each session; every test has a new, migrated
database."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from backend.store.migrations import migrate
from tests.servers import create_database, drop_database, postgres_server, redis_server

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The URL of the server. Its database `inlay_template` is migrated, and each test gets a copy."""
    with postgres_server() as url:
        migrate(create_database(url, "inlay_template"))
        yield url


@pytest.fixture
def postgres_url(postgres_template: str) -> Iterator[str]:
    """The URL of a new, migrated Postgres database for one test."""
    name = f"inlay_test_{next(_numbers)}"
    yield create_database(postgres_template, name, "inlay_template")
    drop_database(postgres_template, name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a migrated SQLite database."""
    path = tmp_path_factory.mktemp("template") / "inlay.db"
    migrate(f"sqlite:///{path}")
    return path.read_bytes()


@pytest.fixture
def sqlite_url(sqlite_template: bytes, tmp_path: Path) -> str:
    """The URL of a new, migrated SQLite database for one test."""
    path = tmp_path / "inlay.db"
    path.write_bytes(sqlite_template)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a new, migrated database. A test that uses it runs on SQLite and on Postgres."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture(scope="session")
def redis_server_url() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture
def redis_url(redis_server_url: str) -> str:
    """The URL of a Redis without any keys."""
    with redis.Redis.from_url(redis_server_url) as client:
        client.flushall()
    return redis_server_url
