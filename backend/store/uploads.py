"""Uploads: an owner's masks and pictures, each named by the SHA-256 of its PNG.

Owners who uploaded the same picture share its file, but each owner reads only their own uploads. A job or saved layout
holds the uploads that it names for as long as it exists. The reconciler deletes an upload that nothing holds and that
nobody has sent or named for a day.

It deletes the rows first, by a statement that checks all of this again. Then it deletes the files without a row, while
no upload is in progress. The transaction that inserts a job also updates the rows of its uploads. So a job and a
deletion wait for each other, and the later one sees the result of the earlier one.
"""

import hashlib
import re
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, exists, select, text, true, update
from sqlalchemy.dialects import postgresql, sqlite

from backend.contracts.document import Document, Sha256
from backend.store.database import Database
from backend.store.errors import Conflict, NotFound
from backend.store.images import Images
from backend.store.limits import NO_LIMITS, OwnerLimits
from backend.store.locks import UPLOADS, lock_owner
from backend.store.pictures import Grey, Picture, grey_values
from backend.store.rows import AnyRow
from backend.store.tables import job_uploads, layout_uploads, now, uploads

UNUSED_SECONDS = 24 * 3600.0  # an upload that nothing names is deleted after this time
FILES_LOCK = 0x1A7A_0003  # shared for writing files, exclusive for deleting them
_FILE = re.compile(r"uploads/([0-9a-f]{64})\.png")


class Upload(Document):
    """A stored mask or picture of `width` x `height` pixels."""

    id: Sha256
    url: str
    width: int
    height: int
    created_at: datetime


class Uploads:
    def __init__(self, database: Database, images: Images, limits: OwnerLimits = NO_LIMITS) -> None:
        self._database = database
        self._images = images
        self._limits = limits

    def create(self, owner: str, picture: Picture) -> Upload:
        """Store a picture. If this owner uploaded it before, return that upload. Raises LimitReached if the owner may
        not keep another one."""
        id = hashlib.sha256(picture.png).hexdigest()
        row = {"owner": owner, "id": id, "width": picture.width, "height": picture.height}
        again = {"bytes": len(picture.png), "used_at": now()}
        with self._database.begin() as connection:
            lock_owner(connection, UPLOADS, owner)
            if _find(connection, owner, id) is None:
                self._limits.check_uploads(connection, owner)
                self._limits.check_bytes(connection, owner, len(picture.png))
            _lock_files(connection, shared=True)
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            connection.execute(
                insert(uploads)
                .values(**row, **again, created_at=now())
                .on_conflict_do_update(index_elements=[uploads.c.owner, uploads.c.id], set_=again)
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

    def adopt(self, owner: str, giver: str, ids: Collection[str]) -> None:
        """Make these uploads of another owner this owner's, too. Those that are gone are ignored. Raises LimitReached
        if the owner may not keep all of them."""
        columns = [uploads.c.id, uploads.c.width, uploads.c.height, uploads.c.bytes]
        theirs = select(*columns).where(uploads.c.owner == giver, uploads.c.id.in_(ids))
        with self._database.begin() as connection:
            lock_owner(connection, UPLOADS, owner)
            _lock_files(connection, shared=True)
            mine = set(connection.scalars(select(uploads.c.id).where(uploads.c.owner == owner, uploads.c.id.in_(ids))))
            for given in connection.execute(theirs.order_by(uploads.c.id)).all():
                if given.id in mine:
                    _touch(connection, owner, given.id)
                    continue
                self._limits.check_uploads(connection, owner)
                self._limits.check_bytes(connection, owner, given.bytes)
                row = {**given._mapping, "owner": owner, "created_at": now(), "used_at": now()}
                connection.execute(uploads.insert().values(**row))

    def file(self, owner: str | None, id: str) -> str:
        """Return the key of an upload's PNG in the picture store. Raises NotFound if the owner has no such upload; for
        an owner of None, if nobody has it."""
        of_owner = true() if owner is None else uploads.c.owner == owner
        with self._database.read() as connection:
            known = connection.scalar(select(exists(select(uploads.c.id).where(of_owner, uploads.c.id == id))))
        if not known:
            raise NotFound(f"You have no upload {id[:12]}…. Upload the picture again.")
        return key(id)

    def png(self, owner: str, id: str) -> bytes:
        """Return the PNG bytes of an upload. Raises NotFound if the owner has no such upload."""
        return self._images.get(self.file(owner, id))

    def size(self, owner: str, id: str) -> tuple[int, int] | None:
        """Return an upload's width and height, or None if the owner has no such upload."""
        with self._database.read() as connection:
            found = _find(connection, owner, id)
        return None if found is None else (found.width, found.height)

    def mask(self, owner: str, id: str) -> Grey | None:
        """Return an upload's grey values, height x width, or None if the owner has no such upload."""
        try:
            return grey_values(self.png(owner, id))
        except NotFound:
            return None

    def sweep(self, unused_seconds: float = UNUSED_SECONDS) -> int:
        """Delete the uploads that nothing names, and that nobody has sent or named for `unused_seconds`. Returns the
        number of deleted files."""
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
        """Delete the files that belong to no upload. Files that the store did not write stay. Returns the number of
        deleted files."""
        written = {found[1] for file in files if (found := _FILE.fullmatch(file))}
        with self._database.begin() as connection:
            _lock_files(connection, shared=False)
            known = set(connection.scalars(select(uploads.c.id).where(uploads.c.id.in_(written))))
            self._images.delete(map(key, written - known))
        return len(written - known)


def key(id: str) -> str:
    """Return the key of an upload in the picture store."""
    return f"uploads/{id}.png"


def hold_for_job(connection: Connection, owner: str, job: UUID, named: Collection[str]) -> None:
    """Hold the named uploads for as long as the job exists. The caller's transaction also inserts the job.

    Raises Conflict if one of them is gone.
    """
    for id in sorted(set(named)):
        if not _touch(connection, owner, id):
            raise Conflict(
                f"The job names the upload {id[:12]}…, which was deleted. Upload the picture again, then submit."
            )
        connection.execute(job_uploads.insert().values(job_id=job, upload=id))


def hold_for_layout(connection: Connection, owner: str, layout: UUID, named: Collection[str]) -> None:
    """Hold the named uploads for as long as the saved layout exists. Uploads that are gone are ignored."""
    connection.execute(delete(layout_uploads).where(layout_uploads.c.layout_id == layout))
    for id in sorted(set(named)):
        if _touch(connection, owner, id):
            connection.execute(layout_uploads.insert().values(layout_id=layout, upload=id))


def _touch(connection: Connection, owner: str, id: str) -> bool:
    """Mark an upload as used now. Returns False if the owner does not have it."""
    touched = connection.execute(
        update(uploads).where(uploads.c.owner == owner, uploads.c.id == id).values(used_at=now())
    )
    return touched.rowcount > 0


def _lock_files(connection: Connection, *, shared: bool) -> None:
    """Lock the files until the transaction ends. With `shared` nobody can delete files; without it nobody can write
    any.

    SQLite needs no such lock, because it has only one writer at a time.
    """
    if connection.dialect.name == "postgresql":
        function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        connection.execute(text(f"SELECT {function}(:lock)"), {"lock": FILES_LOCK})


def _find(connection: Connection, owner: str, id: str) -> AnyRow | None:
    query = select(uploads).where(uploads.c.owner == owner, uploads.c.id == id)
    return connection.execute(query).one_or_none()
