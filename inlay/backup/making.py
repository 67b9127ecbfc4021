"""Make a backup while Inlay runs, or while it does not.

The database is copied first, by SQLite's own backup, which sees one moment. Files have names of their own and never
change, so those that the copy names are added after it. Jobs that are deleted in between are left out of the copy.
"""

import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from backend.store.backup import forget_deleted, named_files
from backend.store.database import check_schema, connect
from backend.store.errors import NotFound
from backend.store.images import Images
from backend.store.schema import known_revisions
from backend.store.tables import deployment, jobs
from inlay.backup.archive import DATABASE, IMAGES, Manifest, Writer
from inlay.errors import CommandError
from inlay.home import Home


def back_up(home: Home, file: Path) -> tuple[Manifest, int]:
    """Write a backup of `home` into a new file. Returns its manifest, and the number of files that were lost before.

    The file appears when it is complete. If this is killed, a folder with its name and `.part` may stay; the next
    backup to the same file removes it.
    """
    if not home.database.is_file():
        raise CommandError(f"There is no database {home.database}, so there is nothing to back up.")
    if file.exists():
        raise CommandError(f"{file} exists already. Choose another name, or delete it first.")
    part = file.with_name(f"{file.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(mode=0o700)
        made, lost = _write(home, part)
        (part / "archive").rename(file)
    except OSError as error:
        raise CommandError(f"{file} could not be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made, lost


def _write(home: Home, part: Path) -> tuple[Manifest, int]:
    made_at, copied = datetime.now(UTC), part / DATABASE
    _copy(home.database, copied)
    images = home.open_images()
    with (part / "archive").open("xb") as file, closing(connect(f"sqlite:///{copied}")) as copy:
        os.fchmod(file.fileno(), 0o600)  # it holds the secrets of webhooks
        check_schema(copy)
        writer = Writer(file)
        missing = _add_files(writer, images, named_files(copy))
        lost = 0
        if missing:
            with closing(connect(f"sqlite:///{home.database}")) as live:
                forget_deleted(copy, live, missing)
            lost = len(missing.keys() & named_files(copy).keys())
        with copy.read() as connection:
            id = connection.scalars(select(deployment.c.id)).one()
            count = connection.scalar(select(func.count()).select_from(jobs)) or 0
        copy.close()  # writes the rest of its log into the file
        writer.add_large(DATABASE, copied)
        manifest = writer.close(known_revisions()[0], id, made_at, count)
        file.flush()
        os.fsync(file.fileno())
    return manifest, lost


def _copy(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
    except sqlite3.Error as error:
        raise CommandError(
            f"The database {source} could not be copied to {target}: {error}.\n"
            "If the disk is full, make room or choose another folder. If the database is damaged, `inlay restore` puts "
            "an earlier backup in its place."
        ) from error


def _add_files(writer: Writer, images: Images, named: Mapping[str, UUID | None]) -> dict[str, UUID | None]:
    """Add the files to the archive. Returns those that are gone."""
    missing: dict[str, UUID | None] = {}
    for key, job in named.items():
        try:
            writer.add(f"{IMAGES}{key}", images.get(key))
        except NotFound:
            missing[key] = job
    return missing
