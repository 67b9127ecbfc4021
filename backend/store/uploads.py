"""Uploads: an owner's masks and pictures, under the SHA-256 of what they show.

The files are shared between owners who uploaded the same picture; each owner reads only what they uploaded themselves.
A job or saved layout holds what it names, for as long as it is there. What nothing holds and nobody has sent or named
for a day is swept: first its rows, by a statement that asks for all of that again, then the files without a row, while
nobody is in the middle of an upload. A job that names an upload touches its rows in the transaction that inserts the
job, so that of the two one waits for the other and then sees what it did.
"""

import hashlib
import re
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, exists, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from backend.contracts.document import Document, Sha256
from backend.store.database import Database
from backend.store.errors import Conflict, NotFound
from backend.store.images import Images
from backend.store.pictures import Grey, Picture, grey_values
from backend.store.rows import AnyRow
from backend.store.tables import job_uploads, layout_uploads, now, uploads

UNUSED_SECONDS = 24 * 3600.0  # after which an upload that nothing names is swept
FILES_LOCK = 0x1A7A_0003  # shared by those who write files, exclusive for the one who deletes them
_FILE = re.compile(r"uploads/([0-9a-f]{64})\.png")


class Upload(Document):
    """A mask or picture as it is kept: `width` x `height` pixels."""

    id: Sha256
    url: str
    width: int
    height: int
    created_at: datetime


class Uploads:
    def __init__(self, database: Database, images: Images) -> None:
        self._database = database
        self._images = images

    def create(self, owner: str, picture: Picture) -> Upload:
        """Keep a picture; one that this owner uploaded before is the same upload."""
        id = hashlib.sha256(picture.png).hexdigest()
        row = {"owner": owner, "id": id, "width": picture.width, "height": picture.height}
        with self._database.begin() as connection:
            _lock_files(connection, shared=True)
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            connection.execute(
                insert(uploads)
                .values(**row, created_at=now(), used_at=now())
                .on_conflict_do_update(index_elements=[uploads.c.owner, uploads.c.id], set_={"used_at": now()})
            )
            self._images.put(key(id), picture.png)
            found = _find(connection, owner, id)
        assert found is not None
        return Upload(
            id=found.id,
            url=f"/api/uploads/{found.id}",
            width=found.width,
            height=found.height,
            created_at=found.created_at,
        )

    def file(self, owner: str, id: str) -> str:
        """The key of an upload's PNG in the image store. NotFound: the owner has no such upload."""
        if self.size(owner, id) is None:
            raise NotFound(f"There is no upload {id[:12]}… of yours; upload the picture again.")
        return key(id)

    def png(self, owner: str, id: str) -> bytes:
        """NotFound: the owner has no such upload."""
        return self._images.get(self.file(owner, id))

    def size(self, owner: str, id: str) -> tuple[int, int] | None:
        """An upload's width and height; None where the owner has no such upload."""
        with self._database.read() as connection:
            found = _find(connection, owner, id)
        return None if found is None else (found.width, found.height)

    def mask(self, owner: str, id: str) -> Grey | None:
        """An upload's grey values, height x width; None where the owner has no such upload."""
        try:
            return grey_values(self.png(owner, id))
        except NotFound:
            return None

    def sweep(self, unused_seconds: float = UNUSED_SECONDS) -> int:
        """Forget what nothing names and nobody has sent or named for so long; returns how many files were deleted."""
        with self._database.begin() as connection:
            connection.execute(
                delete(uploads).where(
                    uploads.c.used_at < now(-unused_seconds),
                    ~exists().where(job_uploads.c.upload == uploads.c.id),
                    ~exists().where(layout_uploads.c.upload == uploads.c.id),
                )
            )
        return sum(map(self._delete_unnamed, self._images.list_pages("uploads/")))

    def _delete_unnamed(self, files: Iterable[str]) -> int:
        """Delete those files that are no upload any more; what the store did not write stays."""
        written = {found[1] for file in files if (found := _FILE.fullmatch(file))}
        with self._database.begin() as connection:
            _lock_files(connection, shared=False)
            known = set(connection.scalars(select(uploads.c.id).where(uploads.c.id.in_(written))))
            self._images.delete(map(key, written - known))
        return len(written - known)


def key(id: str) -> str:
    """Where an upload's picture lies in the image store."""
    return f"uploads/{id}.png"


def hold_for_job(connection: Connection, owner: str, job: UUID, named: Collection[str]) -> None:
    """Keep uploads for as long as a job is there, in the transaction that inserts it. Conflict: one is gone."""
    for id in sorted(set(named)):
        if not _touch(connection, owner, id):
            raise Conflict(f"The upload {id[:12]}… that the job names is gone; upload the picture again, then submit.")
        connection.execute(job_uploads.insert().values(job_id=job, upload=id))


def hold_for_layout(connection: Connection, owner: str, layout: UUID, named: Collection[str]) -> None:
    """Keep those of these uploads that there are for as long as a saved layout is there and names them."""
    connection.execute(delete(layout_uploads).where(layout_uploads.c.layout_id == layout))
    for id in sorted(set(named)):
        if _touch(connection, owner, id):
            connection.execute(layout_uploads.insert().values(layout_id=layout, upload=id))


def _touch(connection: Connection, owner: str, id: str) -> bool:
    """Whether the owner has this upload; it counts as used now."""
    touched = connection.execute(
        update(uploads).where(uploads.c.owner == owner, uploads.c.id == id).values(used_at=now())
    )
    return touched.rowcount > 0


def _lock_files(connection: Connection, *, shared: bool) -> None:
    """Until the transaction ends nobody deletes files (`shared`), or nobody writes any. A SQLite writer is alone."""
    if connection.dialect.name == "postgresql":
        function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        connection.execute(text(f"SELECT {function}(:lock)"), {"lock": FILES_LOCK})


def _find(connection: Connection, owner: str, id: str) -> AnyRow | None:
    query = select(uploads).where(uploads.c.owner == owner, uploads.c.id == id)
    return connection.execute(query).one_or_none()
