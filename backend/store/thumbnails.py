"""Thumbnails of finished pictures. Each is made once, and kept in the picture store beside its picture."""

import cv2
import numpy as np

from backend.store.errors import NotFound
from backend.store.images import Images

SIZES = (256, 512)
"""The sizes of thumbnails, in pixels of the longer side."""
_QUALITY = 82  # of WebP, from 1 to 100
_ENDINGS = tuple(f".{size}.webp" for size in SIZES)


def thumbnail_key(key: str, size: int) -> str:
    """Return the key of the thumbnail of the picture under `key`."""
    return f"{key}.{size}.webp"


def picture_of(key: str) -> str:
    """Return the key of the picture that a thumbnail shows. The key of any other object is returned unchanged."""
    return next((key.removesuffix(ending) for ending in _ENDINGS if key.endswith(ending)), key)


def find_thumbnail(images: Images, key: str, size: int) -> bytes | None:
    """Return the WebP thumbnail of the picture under `key`, or None if it has not been made yet."""
    try:
        return images.get(thumbnail_key(key, size))
    except NotFound:
        return None


def make_thumbnails(images: Images, key: str) -> dict[int, bytes]:
    """Make and store the thumbnails of the picture under `key`. Returns them as WebP, by their sizes.

    Raises NotFound if there is no such picture, or if it cannot be decoded.
    """
    made = shrunk(images.get(key))
    for size, webp in made.items():
        images.put(thumbnail_key(key, size), webp)
    return made


def shrunk(png: bytes) -> dict[int, bytes]:
    """Return a picture's thumbnails as WebP, by their sizes. Raises NotFound if the picture cannot be decoded."""
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise NotFound("The picture in the store is damaged. Make it again from its job's document.")
    return {size: _webp(pixels, size) for size in SIZES}


def _webp(pixels: np.ndarray, size: int) -> bytes:
    height, width = pixels.shape[:2]
    scale = min(1.0, size / max(height, width))
    smaller = max(1, round(width * scale)), max(1, round(height * scale))
    small = pixels if scale == 1 else cv2.resize(pixels, smaller, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".webp", small, [cv2.IMWRITE_WEBP_QUALITY, _QUALITY])[1].tobytes()
