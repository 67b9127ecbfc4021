"""One database, SQLite or Postgres: short transactions, and a lock that only one process can hold.

On SQLite, every connection uses WAL mode, a busy timeout and foreign keys. Write transactions begin IMMEDIATE. So a
transaction that reads before it writes cannot fail half way because another one holds the lock. On Postgres,
transactions are READ COMMITTED. Every statement of the store checks its own conditions; none relies on an earlier read.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from backend.store.errors import SchemaMismatch
from backend.store.schema import check_revision, revision_of

BUSY_SECONDS = 30  # longest time that a SQLite writer waits for another one
POSTGRES = {"connect_timeout": 5, "tcp_user_timeout": 10_000}  # so that a call fails soon where the network is gone
WRITES = "inlay_writes"

log = structlog.get_logger(__name__)


class Database:
    """An engine, and its two kinds of transaction. Both commit at the end of their block and roll back
    after an error."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(**{WRITES: True})

    def begin(self) -> AbstractContextManager[Connection]:
        """Open a transaction that writes. On SQLite it holds the only write lock, so keep slow Python work
        out of it."""
        return self._writer.begin()

    def read(self) -> AbstractContextManager[Connection]:
        """Open a transaction that only reads. On SQLite it waits for nobody."""
        return self.engine.begin()

    @contextmanager
    def alone(self, lock: int) -> Iterator[bool]:
        """Try to hold `lock` for the length of the block, and yield True if this process holds it.

        On Postgres, the lock is a session-level advisory lock, on a connection without a transaction. On SQLite, the
        call always succeeds, because the lock on the data folder keeps other processes away.
        """
        if self.engine.dialect.name == "sqlite":
            yield True
            return
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            held = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": lock}))
            try:
                yield held
            finally:
                if held:
                    connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": lock})

    def close(self) -> None:
        self.engine.dispose()


def connect(url: str) -> Database:
    """Open `sqlite:////absolute/path` or `postgresql://user@host/name`. The first use opens the first connection.

    A process that forks must call this after the fork.
    """
    if make_url(url).get_backend_name() == "sqlite":
        engine = sqlite_engine(url, foreign_keys=True)
    else:
        engine = create_engine(url, connect_args=POSTGRES, pool_pre_ping=True, pool_size=10, max_overflow=20)
    return Database(engine)


def is_away(error: BaseException) -> bool:
    """Return True if a statement failed because of the database and not because of itself, so that it may succeed
    later.

    This is so if the server is down, if it ended the connection, or if another writer held the lock for too long.
    """
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, (OperationalError, InterfaceError, PoolTimeoutError))


def check_schema(database: Database) -> None:
    """Raise SchemaMismatch if the database does not have the schema that this program needs."""
    with database.read() as connection:
        check_revision(revision_of(connection))


def schema_fault(url: str) -> str | None:
    """Return a sentence for a process that must not start, because the database has another schema than this program
    needs. Return None if it fits, or if the database is away: a process also starts then."""
    database = connect(url)
    try:
        check_schema(database)
    except SchemaMismatch as mismatch:
        return str(mismatch)
    except DBAPIError as error:
        if not is_away(error):
            return f"The database refused: {str(error.orig).splitlines()[0]}. Check the address of the database."
        log.warning("schema_not_checked", error=str(error.orig).splitlines()[0])
    finally:
        database.close()
    return None


def sqlite_engine(url: str, *, foreign_keys: bool, **options: Any) -> Engine:
    """Make the engine of a SQLite database. Its write transactions hold the only write lock from their beginning."""
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None}, **options)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
