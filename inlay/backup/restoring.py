"""Restore a backup into a data folder that no other Inlay uses."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from zipfile import BadZipFile

from sqlalchemy.exc import DBAPIError

from backend.store.database import connect
from backend.store.schema import revision_of
from inlay.backup.archive import IMAGES, ArchiveRefused, Manifest, extract, opened
from inlay.errors import CommandError
from inlay.home import Home

SPARE = 64 << 20  # bytes that stay free on the disk


def restore(file: Path, home: Home, *, replace: bool) -> Manifest:
    """Put the database and the pictures of a backup into `home`, whose lock the caller holds. Returns the manifest.

    Everything is written and checked beside the present data first. With `replace`, the present data is deleted then.
    """
    with opened(file) as (archive, manifest):
        if not replace and not home.is_empty():
            raise CommandError(
                f"The data folder {home.folder} is in use already. Set INLAY_DATA to an empty folder, or use "
                "--replace, which deletes the jobs and pictures that are there now."
            )
        _check_space(home.folder, manifest)
        part = home.restoring.with_name(f"{home.restoring.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        (part / IMAGES).mkdir(parents=True)
        try:
            extract(archive, manifest, part)
            _check_database(part / home.database.name, manifest)
            _end_what_held(part / home.database.name)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    os.sync()
    part.rename(home.restoring)
    home.settle()
    return manifest


def _check_space(folder: Path, manifest: Manifest) -> None:
    free = shutil.disk_usage(folder).free
    if free < manifest.size + SPARE:
        raise ArchiveRefused(
            f"The backup needs {manifest.size / 2**20:,.0f} MiB, and the disk of {folder} has {free / 2**20:,.0f} MiB "
            "left. Make room, or set INLAY_DATA to a folder on another disk."
        )


def _check_database(path: Path, manifest: Manifest) -> None:
    """Raise BadZipFile if the file is not the database that the manifest describes."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            sound = connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        with closing(connect(f"sqlite:///{path}")) as database, database.read() as connection:
            sound = sound and revision_of(connection) == manifest.schema_revision
    except (sqlite3.DatabaseError, DBAPIError):
        sound = False
    if not sound:
        raise BadZipFile("its database is damaged")


def _end_what_held(path: Path) -> None:
    """End the leases of the jobs that ran when the backup was made, and all sign-ins and tickets. No worker holds those
    jobs in the restored database, so the reconciler requeues them at its first round. A sign-in may have ended
    since."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('sessions', 'tickets')"
    try:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE jobs SET lease_until = '1970-01-01T00:00:00.000Z' WHERE state = 'running'")
            for (table,) in connection.execute(tables).fetchall():  # an older database may have neither
                connection.execute(f"DELETE FROM {table}")
    except sqlite3.Error as error:
        raise CommandError(
            f"The restored database {path} could not be changed: {error}. Nothing was restored. Make room on the disk, "
            "and check that Inlay may write there."
        ) from error
