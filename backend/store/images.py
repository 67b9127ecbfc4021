"""The picture store: pictures, frames and checkpoints, in a local folder or in S3-compatible storage.

Keys are `jobs/{id}/{fence}/{name}`, `jobs/{id}/{fence}/frames/{name}` and `uploads/{sha256}.png`; the server makes
them. A write is atomic: a reader sees the whole object or none.
"""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from backend.store.errors import ImageStoreError, NotFound, StoreError

if TYPE_CHECKING:
    from obstore.store import S3Config

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*", re.ASCII)
_PROBE = "check/"  # a folder in which there is nothing, so that listing it is cheap
_ROOM = 16 * 2**20  # bytes; a picture and its temporary file take less
_FAULTS = (BaseError, OSError)


class Images:
    """A picture store. `url` is `file:///absolute/folder` or `s3://bucket/prefix`; the other arguments are for S3 only.

    Without an access key, the S3 client uses its own environment variables and machine roles. Every method raises
    ImageStoreError if the store cannot be reached, or if the key is not valid.
    """

    def __init__(
        self,
        url: str,
        *,
        endpoint: str | None = None,
        region: str = "us-east-1",
        access_key: str | None = None,
        secret_key: str | None = None,
    ) -> None:
        self._url = url
        self._folder: Path | None = None
        match urlsplit(url).scheme:
            case "file":
                self._store = LocalStore.from_url(url, mkdir=True, automatic_cleanup=True)
                self._folder = Path(unquote(urlsplit(url).path))
            case "s3":
                self._store = _s3(url, endpoint, region, access_key, secret_key)
            case other:
                raise ImageStoreError(
                    f"A picture store cannot have a {other!r} address; use file:///folder or s3://bucket"
                )

    def put(self, key: str, data: bytes) -> None:
        """Write an object. It replaces an older object with the same key."""
        self._check_folder()
        try:
            self._store.put(_checked(key), data)
        except _FAULTS as error:
            raise self._fault(error) from error

    def get(self, key: str) -> bytes:
        """Return an object. Raises NotFound if it does not exist."""
        try:
            return bytes(self._store.get(_checked(key)).bytes())
        except FileNotFoundError as error:
            raise self._gone() from error
        except _FAULTS as error:
            raise self._fault(error) from error

    def begin(self, key: str, most: int) -> tuple[bytes, int]:
        """Return at most the first `most` bytes of an object, and the size of the whole. Raises NotFound if it does not
        exist."""
        try:
            found = self._store.get(_checked(key), options={"range": (0, most)})
            return bytes(found.bytes()), found.meta["size"]
        except FileNotFoundError as error:
            raise self._gone() from error
        except _FAULTS as error:
            raise self._fault(error) from error

    def get_part(self, key: str, part: range) -> bytes:
        """Return the bytes of an object at the positions in `part`, counted from 0. Raises NotFound if it does not
        exist."""
        try:
            return bytes(self._store.get_range(_checked(key), start=part.start, end=part.stop))
        except FileNotFoundError as error:
            raise self._gone() from error
        except _FAULTS as error:
            raise self._fault(error) from error

    def size(self, key: str) -> int:
        """Return the size of an object in bytes. Raises NotFound if it does not exist."""
        try:
            return self._store.head(_checked(key))["size"]
        except FileNotFoundError as error:
            raise self._gone() from error
        except _FAULTS as error:
            raise self._fault(error) from error

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects. Keys without an object are skipped."""
        for key in keys:
            try:
                self._store.delete(_checked(key))
            except FileNotFoundError:
                continue
            except _FAULTS as error:
                raise self._fault(error) from error

    def list_prefix(self, prefix: str) -> Iterator[str]:
        """Yield the keys that begin with `prefix`, which must end with a slash."""
        if not prefix.endswith("/"):
            raise ImageStoreError(f"{prefix!r} is not a prefix of keys; end it with a slash")
        _checked(prefix[:-1])
        try:
            for page in self._store.list(prefix):
                yield from (meta["path"] for meta in page)
        except _FAULTS as error:
            raise self._fault(error) from error

    def list_pages(self, prefix: str, size: int = 500) -> Iterator[list[str]]:
        """Yield the keys that begin with `prefix`, as lists of at most `size` keys."""
        keys = self.list_prefix(prefix)
        while page := [*islice(keys, size)]:
            yield page

    def check(self) -> None:
        """Check that the store can be reached, and that a folder has room. This writes nothing."""
        self._check_folder()
        if self._folder is not None and not _has_room(self._folder):
            raise ImageStoreError(f"The picture store at {self._url} does not work: the disk is full or read-only")
        next(self.list_prefix(_PROBE), None)

    def _gone(self) -> StoreError:
        """Return the error for an object that does not exist. Raises ImageStoreError if the whole store is away."""
        self._check_folder()
        return NotFound("There is no such picture in the store; its job may have been deleted.")

    def _check_folder(self) -> None:
        """Raise ImageStoreError if the folder of all objects is away, for example because its disk is not mounted.

        Without this check, a write would create the folder anew, and a read would report every object as deleted.
        """
        if self._folder is not None and not self._folder.is_dir():
            raise ImageStoreError(f"The picture store at {self._url} does not work: there is no such folder")

    def _fault(self, error: Exception) -> ImageStoreError:
        reason = str(error).split("\n", 1)[0][:300] or type(error).__name__
        return ImageStoreError(f"The picture store at {self._url} does not work: {reason}")


def _s3(url: str, endpoint: str | None, region: str, access_key: str | None, secret_key: str | None) -> S3Store:
    config: S3Config = {"region": region}
    if endpoint:
        config["endpoint"] = endpoint
    if access_key and secret_key:
        config["access_key_id"], config["secret_access_key"] = access_key, secret_key
    return S3Store.from_url(
        url,
        config=config,
        client_options={
            "allow_http": (endpoint or "").startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=60),
        },
        retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=30)},
    )


def is_key(text: str) -> bool:
    """Return True if a text has the form of a key: a relative path whose parts begin with a letter or a digit."""
    return _KEY.fullmatch(text) is not None and len(text) <= 500


def _has_room(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= _ROOM


def _checked(key: str) -> str:
    if not is_key(key):
        raise ImageStoreError(f"{key[:80]!r} is not a key of this store; only the server makes keys")
    return key
