"""The archive of a backup: a zip file that holds the database, the pictures under their keys, and a manifest.

The manifest names every other entry with its size and its SHA-256. A reader trusts nothing else: it checks each name
against the form of the store's keys before it writes a file.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pydantic import Field, ValidationError

from backend.contracts.document import Document, Sha256
from backend.store.images import is_key
from backend.store.schema import known_revisions
from backend.version import VERSION
from inlay.errors import CommandError

FORMAT, FORMAT_VERSION = "inlay-backup", 1
DATABASE, IMAGES, MANIFEST = "inlay.db", "images/", "manifest.json"
CHUNK = 1 << 20
MAX_MANIFEST = 1 << 28  # bytes; enough for a million files
# zipfile raises RuntimeError for an encrypted entry and NotImplementedError for an unknown compression.
_DAMAGED = (BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error, ValueError)


class ArchiveRefused(CommandError):
    """The file is not an archive that this program can restore."""


class Entry(Document):
    """The size of a file in bytes, and its checksum."""

    bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256


class Manifest(Document):
    """The description of an archive. `schema_revision` is that of its database."""

    format: str
    version: int
    inlay: str
    schema_revision: str
    deployment: UUID
    made_at: datetime
    jobs: int
    files: dict[str, Entry]

    @property
    def size(self) -> int:
        return sum(entry.bytes for entry in self.files.values())


class Writer:
    """Writes an archive. `close` adds the manifest, without which nobody restores it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip, self._files = ZipFile(file, "w"), dict[str, Entry]()

    def add(self, name: str, data: bytes) -> None:
        """Add a file that is small, or compressed already."""
        self._zip.writestr(_info(name, ZIP_STORED), data)
        self._files[name] = Entry(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    def add_large(self, name: str, path: Path) -> None:
        """Add a file that may not fit into memory, compressed."""
        sum, size = hashlib.sha256(), 0
        info = _info(name, ZIP_DEFLATED)
        with path.open("rb") as source, self._zip.open(info, "w", force_zip64=True) as target:
            while chunk := source.read(CHUNK):
                sum.update(chunk)
                size += len(chunk)
                target.write(chunk)
        self._files[name] = Entry(bytes=size, sha256=sum.hexdigest())

    def close(self, schema_revision: str, deployment: UUID, made_at: datetime, jobs: int) -> Manifest:
        """Write the manifest and end the archive."""
        manifest = Manifest(
            format=FORMAT,
            version=FORMAT_VERSION,
            inlay=VERSION,
            schema_revision=schema_revision,
            deployment=deployment,
            made_at=made_at,
            jobs=jobs,
            files=self._files,
        )
        self._zip.writestr(_info(MANIFEST, ZIP_DEFLATED), manifest.model_dump_json(indent=1))
        self._zip.close()
        return manifest


@contextmanager
def opened(path: Path) -> Iterator[tuple[ZipFile, Manifest]]:
    """Open an archive and check its manifest. Raises ArchiveRefused for a file that cannot be restored."""
    try:
        with ZipFile(path) as archive:
            yield archive, _manifest(archive, path)
    except FileNotFoundError as error:
        raise ArchiveRefused(f"There is no file {path}.") from error
    except IsADirectoryError as error:
        raise ArchiveRefused(f"{path} is a folder. Name the file that `inlay backup` wrote.") from error
    except _DAMAGED as error:
        raise ArchiveRefused(
            f"{path} is damaged, or `inlay backup` did not write it: {str(error) or type(error).__name__}. "
            "Nothing was changed. Use another backup."
        ) from error


def extract(archive: ZipFile, manifest: Manifest, folder: Path) -> None:
    """Write all files of an archive into an empty folder: the database, and the pictures under `images`. Raises
    BadZipFile for a file that is not what the manifest says."""
    for name, entry in manifest.files.items():
        target = folder / name  # `_manifest` has checked the name
        target.parent.mkdir(parents=True, exist_ok=True)
        sum, left = hashlib.sha256(), entry.bytes
        with archive.open(name) as source, target.open("xb") as file:
            while left and (chunk := source.read(min(CHUNK, left))):
                sum.update(chunk)
                left -= len(chunk)
                file.write(chunk)
            if left or source.read(1) or sum.hexdigest() != entry.sha256:
                raise BadZipFile(f"the file {name} has changed since the backup")


def _manifest(archive: ZipFile, path: Path) -> Manifest:
    """Return the manifest of an archive, after a check that this program can restore it."""
    names = archive.namelist()
    if MANIFEST not in names or archive.getinfo(MANIFEST).file_size > MAX_MANIFEST:
        raise BadZipFile("it has no manifest")
    text = archive.read(MANIFEST)
    said = json.loads(text)
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise BadZipFile("its manifest is that of another program")
    version, schema = said.get("version"), said.get("schema_revision")
    if isinstance(version, int) and (version > FORMAT_VERSION or schema not in known_revisions()):
        raise ArchiveRefused(
            f"{path} was made by a newer Inlay, {str(said.get('inlay'))[:20]}, and this is Inlay {VERSION}. Restore "
            "it with that version or a later one. Nothing was changed."
        )
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        raise BadZipFile("its manifest cannot be read") from error
    if sorted(names) != sorted([*manifest.files, MANIFEST]):
        raise BadZipFile("its manifest does not name what it holds")
    for name in manifest.files:
        if name != DATABASE and not (name.startswith(IMAGES) and is_key(name.removeprefix(IMAGES))):
            raise BadZipFile(f"it holds {name[:80]!r}, which is no file of Inlay")
    if DATABASE not in manifest.files:
        raise BadZipFile("it holds no database")
    return manifest


def _info(name: str, compression: int) -> ZipInfo:
    info = ZipInfo(name)
    info.compress_type, info.external_attr = compression, 0o600 << 16
    return info
