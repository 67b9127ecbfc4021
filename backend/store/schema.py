"""The schema that this program needs, and the schema that a database has. They are Alembic's revisions, read here
without Alembic."""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from backend.store.errors import SchemaMismatch
from backend.version import VERSION

MIGRATIONS = Path(__file__).parents[2] / "alembic"


@cache
def known_revisions() -> tuple[str, ...]:
    """Return the schemas that this program knows, the newest first. It needs the newest one. The name of a migration's
    file begins with its revision, a number of four digits."""
    files = (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return tuple(sorted((file.name.partition("_")[0] for file in files), reverse=True))


def revision_of(connection: Connection) -> str | None:
    """Return the schema that a database has, or None if Inlay has made no tables in it yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def check_revision(found: str | None) -> None:
    """Raise SchemaMismatch if a database of the schema `found` does not fit this program."""
    refuse_newer(found)
    needed = known_revisions()[0]
    if found is None:
        raise SchemaMismatch("The database has no tables of Inlay yet. Run `inlay migrate`, then start this again.")
    if found != needed:
        raise SchemaMismatch(
            f"The database is older than this Inlay: it has the schema {found}, and Inlay {VERSION} needs {needed}. "
            "Stop the other processes of Inlay, run `inlay migrate`, then start them again."
        )


def refuse_newer(found: str | None) -> None:
    """Raise SchemaMismatch if this program does not know the schema `found`."""
    if found is not None and found not in known_revisions():
        raise SchemaMismatch(
            f"This Inlay is older than the database: Inlay {VERSION} knows schemas up to {known_revisions()[0]}, and "
            f"the database has {found}. Start the newer Inlay that upgraded the database, or restore a backup from "
            "before the upgrade."
        )
