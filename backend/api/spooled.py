"""Files that requests keep on disk, not in memory: uploads while they arrive, and large answers while they are sent.

The system's temporary folder holds them (TMPDIR). They have no name there, so nothing is left of them if the process
ends.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO

import structlog

from backend.api.errors import ApiError

SPOOLED = 64 * 1024
"""Bytes of one file that memory holds."""
_PART = 256 * 1024  # bytes that are sent at once
RETRY_SECONDS = 5
log = structlog.get_logger(__name__)


def written(parts: Iterable[bytes]) -> tuple[IO[bytes], int]:
    """Write a temporary file. Returns it at its beginning, with its size in bytes. Raises ApiError 503 if the disk is
    full."""
    file = SpooledTemporaryFile(SPOOLED)  # noqa: SIM115  (`parts_of` closes it)
    with writing():
        for part in parts:
            file.write(part)
    size = file.tell()
    file.seek(0)
    return file, size


def parts_of(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file part by part, and close it."""
    with file:
        while part := file.read(_PART):
            yield part


@contextmanager
def writing() -> Iterator[None]:
    """Raise ApiError 503 if a temporary file cannot be written during the block."""
    try:
        yield
    except OSError as error:
        log.error("temporary_file_not_written", reason=str(error))
        raise no_room() from error


def no_room() -> ApiError:
    """Return the error for a server that cannot keep another file."""
    return ApiError(
        503,
        "no-room",
        "The server has no room for more files at the moment. Send the request again in a few seconds.",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )
