"""The data folder of the embedded mode: its lock, its database and its pictures.

A restore writes everything into the folder `restoring.part` first. Its rename to `restoring` is the moment from which
the restore counts. `Home.settle` then puts the new files into their places. If it is killed, the next process that
takes the folder's lock goes on.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.settings import SharedSettings
from backend.store.images import Images
from inlay.terminal import fail

_DATABASE, _IMAGES = "inlay.db", "images"
# The files of a restore in the order in which they are put into their places, and those that make room first.
_PLACES = {_IMAGES: (_IMAGES,), _DATABASE: (f"{_DATABASE}-wal", f"{_DATABASE}-shm", _DATABASE)}


@dataclass(frozen=True)
class Home:
    """A data folder."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / _DATABASE

    @property
    def images(self) -> Path:
        return self.folder / _IMAGES

    @property
    def restoring(self) -> Path:
        """The folder of a complete restore whose files are not in their places yet."""
        return self.folder / "restoring"

    def open_images(self) -> Images:
        return Images(self.images.absolute().as_uri())

    def is_empty(self) -> bool:
        """Return True if the folder holds neither a database nor a file in the picture store."""
        return not self.database.exists() and not any(path.is_file() for path in self.images.rglob("*"))

    def settle(self) -> None:
        """Put the files of a complete restore into their places, and delete those that were there. Every step may be
        the last one of a killed process; the next call goes on from there."""
        new, replaced = self.restoring, self.folder / "replaced"
        if new.is_dir():
            replaced.mkdir(exist_ok=True)
            for name, former in _PLACES.items():
                if not (new / name).exists():
                    continue  # it is in its place already
                for old in former:
                    if (self.folder / old).exists():
                        (self.folder / old).rename(replaced / old)
                (new / name).rename(self.folder / name)
            new.rmdir()
        shutil.rmtree(replaced, ignore_errors=True)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Make the data folder if it is missing, lock it for this process, and end what a killed restore has begun."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("w")
        except OSError as error:
            fail(f"Inlay cannot use the data folder {self.folder}: {error.strerror}. Set INLAY_DATA to a writable one.")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                fail(
                    f"Another Inlay already uses the data folder {self.folder}. Stop it, or set INLAY_DATA to another "
                    "folder."
                )
            lock.write(str(os.getpid()))
            lock.flush()
            self.settle()
            yield


def home_of(settings: SharedSettings) -> Home:
    """Return the data folder that `inlay run` uses with these settings. Ends the command if the database or the
    pictures are elsewhere."""
    elsewhere = [
        name
        for name, given in (("INLAY_DATABASE_URL", settings.database_url), ("INLAY_IMAGES_URL", settings.images_url))
        if given is not None
    ]
    if elsewhere:
        fail(
            f"{' and '.join(elsewhere)} is set, and this command is for the database and the pictures in the data "
            "folder. Back up Postgres and the picture store with their own tools: docs/deploy.md, Back up."
        )
    return Home(settings.data)
