"""Open the database for a command. What is wrong with it becomes a sentence, and ends the command."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from backend.api.settings import Settings
from backend.store.database import Database, check_schema, connect, schema_fault
from backend.store.errors import StoreError
from backend.store.jobs import Jobs
from backend.store.limits import OwnerLimits
from backend.store.schema import known_revisions, revision_of
from inlay.terminal import fail, valid


def settings_of(**given: Any) -> Settings:
    """Read the settings; the command line, `given`, overrides them. Invalid settings end the command."""
    with valid():
        return Settings(**given)


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """Open the database that a server with the same settings uses. A SQLite file is made, or upgraded, if need be."""
    with explained(settings), closing(connect(settings.database)) as database:
        if database.engine.dialect.name == "sqlite":
            if settings.database_url is None:
                settings.data.mkdir(parents=True, exist_ok=True)
            _upgrade(database, settings.database)
        else:
            check_schema(database)
        yield database


def upgrade(settings: Settings) -> None:
    """Upgrade the database to the newest schema."""
    with explained(settings), closing(connect(settings.database)) as database:
        _upgrade(database, settings.database)


def _upgrade(database: Database, url: str) -> None:
    with database.read() as connection:
        found = revision_of(connection)
    if found != known_revisions()[0]:
        from backend.store.migrations import migrate  # imported late, as its module says

        migrate(url)


def check(settings: Settings) -> None:
    """End the command if the database has another schema than this program needs."""
    if (fault := schema_fault(settings.database)) is not None:
        fail(fault)


def where(settings: Settings) -> str:
    """Return the address of the database, without its password."""
    url = make_url(settings.database)
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


@contextmanager
def explained(settings: Settings) -> Iterator[None]:
    """Turn the errors of the database and of its folder into sentences, and end the command."""
    try:
        yield
    except StoreError as error:
        fail(str(error))
    except OSError as error:
        fail(f"Inlay cannot use the data folder {settings.data}: {error.strerror}. Set INLAY_DATA to another one.")
    except DBAPIError as error:
        fail(f"The database refused: {str(error.orig).splitlines()[0]}. Is it up, and is INLAY_DATABASE_URL right?")


def jobs_of(settings: Settings) -> Jobs:
    """Return the store of jobs, with the limits of the settings."""
    running = OwnerLimits(running=settings.max_running or None)
    return Jobs(connect(settings.database), settings.lease_seconds, settings.max_attempts, running)
