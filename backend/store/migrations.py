"""Upgrades of a database by Alembic. Processes import this module only where they upgrade: importing Alembic takes
a tenth of a second, and most starts need no upgrade."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.config import Config
from sqlalchemy import NullPool, create_engine, make_url, text

from alembic import command
from backend.store.database import WRITES, sqlite_engine
from backend.store.schema import MIGRATIONS, refuse_newer, revision_of

MIGRATION_LOCK = 0x1A7A_0001  # an advisory lock; no other program on this Postgres may use the number


def migrate(url: str) -> None:
    """Upgrade the database to the newest schema (alembic upgrade head). Several processes may call this at once.

    All steps run in one transaction, which waits for any other migration first. Raises SchemaMismatch if a newer
    program has upgraded the database.
    """
    with migrating(url) as config:
        refuse_newer(revision_of(config.attributes["connection"]))
        command.upgrade(config, "head")


@contextmanager
def migrating(url: str) -> Iterator[Config]:
    """Yield an alembic configuration that is bound to one transaction. No other migration runs meanwhile."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    if make_url(url).get_backend_name() == "sqlite":
        # Batch mode rebuilds tables. If foreign keys were enforced, dropping the old table would delete other rows.
        engine = sqlite_engine(url, foreign_keys=False, poolclass=NullPool)
    else:
        engine = create_engine(url, poolclass=NullPool)
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        config.attributes["connection"] = connection
        yield config
