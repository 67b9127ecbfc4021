"""Uploads: an owner's masks, under the SHA-256 of what they show.

The files are shared between owners who uploaded the same picture, so that none is ever deleted or swept: a job's
document may name it for as long as there are documents. Each owner reads only what they uploaded themselves.
"""

import hashlib
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from backend.contracts.document import Document, Sha256
from backend.store.database import Database
from backend.store.errors import NotFound
from backend.store.images import Images
from backend.store.pictures import Grey, GreyPicture, grey_values
from backend.store.rows import AnyRow
from backend.store.tables import now, uploads


class Upload(Document):
    """A mask as it is kept: grey, `width` x `height` pixels."""

    id: Sha256
    url: str
    width: int
    height: int
    created_at: datetime


class Uploads:
    def __init__(self, database: Database, images: Images) -> None:
        self._database = database
        self._images = images

    def create(self, owner: str, picture: GreyPicture) -> Upload:
        """Keep a picture; one that this owner uploaded before is the same upload."""
        id = hashlib.sha256(picture.png).hexdigest()
        self._images.put(key(id), picture.png)
        row = {"owner": owner, "id": id, "width": picture.width, "height": picture.height, "created_at": now()}
        with self._database.begin() as connection:
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            connection.execute(insert(uploads).values(**row).on_conflict_do_nothing())
            found = _find(connection, owner, id)
        assert found is not None
        return Upload(
            id=found.id,
            url=f"/api/uploads/{found.id}",
            width=found.width,
            height=found.height,
            created_at=found.created_at,
        )

    def png(self, owner: str, id: str) -> bytes:
        """NotFound: the owner has no such upload."""
        with self._database.read() as connection:
            found = _find(connection, owner, id)
        if found is None:
            raise NotFound(f"There is no upload {id[:12]}… of yours; upload the picture again.")
        return self._images.get(key(id))

    def mask(self, owner: str, id: str) -> Grey | None:
        """An upload's grey values, height x width; None where the owner has no such upload."""
        try:
            return grey_values(self.png(owner, id))
        except NotFound:
            return None


def key(id: str) -> str:
    """Where an upload's picture lies in the image store."""
    return f"uploads/{id}.png"


def _find(connection: Connection, owner: str, id: str) -> AnyRow | None:
    query = select(uploads).where(uploads.c.owner == owner, uploads.c.id == id)
    return connection.execute(query).one_or_none()
