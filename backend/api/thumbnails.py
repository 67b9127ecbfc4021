"""Thumbnails of finished pictures, for clients that show many of them."""

import asyncio
from enum import IntEnum

from starlette.concurrency import run_in_threadpool

from backend.store.images import Images
from backend.store.thumbnails import SIZES, find_thumbnail, make_thumbnails


class ThumbnailSize(IntEnum):
    """Pixels of a thumbnail's longer side."""

    SMALL, LARGE = SIZES


class Thumbnails:
    """Finds thumbnails, and makes those that are missing. At most two are made at once, because a large picture takes
    much memory while it is decoded; requests that wait for their turn hold no thread."""

    def __init__(self, images: Images) -> None:
        self._images = images
        self._turn = asyncio.Semaphore(2)

    async def get(self, key: str, size: ThumbnailSize) -> bytes:
        """Return the WebP thumbnail of the picture under `key` in the store. Raises NotFound if there is no such
        picture."""
        found = await run_in_threadpool(find_thumbnail, self._images, key, size)
        if found is None:
            async with self._turn:
                found = await run_in_threadpool(self._make, key, size)
        return found

    def _make(self, key: str, size: ThumbnailSize) -> bytes:
        found = find_thumbnail(self._images, key, size)  # another request may have made it
        return make_thumbnails(self._images, key)[size] if found is None else found
