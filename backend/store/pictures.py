"""Pictures from outside: decoded with care, and kept as nothing but their values."""

import io
import struct
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from backend.contracts.geometry import MAX_SIDE
from backend.store.errors import StoreError

FORMATS = ("PNG", "JPEG", "WEBP")
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error)

Grey = NDArray[np.uint8]
"""height x width."""


class PictureError(StoreError):
    """A file that cannot be taken as a picture."""


class UnknownFormat(PictureError):
    """A file of a format that is not taken."""


class Picture(NamedTuple):
    """A picture as an 8-bit PNG, grey or RGB, without metadata."""

    png: bytes
    width: int
    height: int


def as_grey(data: bytes, max_pixels: int) -> Picture:
    """A mask: the first frame of a PNG, JPEG or WebP, upright, transparent parts black, in grey; its header says how
    large it is before a pixel is decoded. PictureError for anything else, for a broken file, and for more than
    `max_pixels`."""
    return _kept(data, max_pixels, _grey)


def as_colour(data: bytes, max_pixels: int) -> Picture:
    """A picture in RGB, transparent parts white; else as `as_grey`."""
    return _kept(data, max_pixels, _colour)


def grey_values(png: bytes) -> Grey:
    """The values of a PNG that was kept, a coloured one's in grey."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        return np.asarray(picture.convert("L"), np.uint8)


def _kept(data: bytes, max_pixels: int, convert: Callable[[Image.Image], Image.Image]) -> Picture:
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            _check_size(*picture.size, max_pixels)
            kept = convert(ImageOps.exif_transpose(picture))
    except UnidentifiedImageError as error:
        raise UnknownFormat("The file is no PNG, JPEG or WebP picture; save it as one of these.") from error
    except Image.DecompressionBombError as error:
        raise PictureError(
            f"The picture has far more than the {max_pixels:,} pixels that this server takes; make it smaller."
        ) from error
    except _BROKEN as error:
        raise PictureError("The picture is broken and cannot be decoded; save it again.") from error
    encoded = io.BytesIO()
    kept.save(encoded, "PNG", optimize=kept.mode == "L")
    return Picture(encoded.getvalue(), *kept.size)


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels or max(width, height) > MAX_SIDE:
        raise PictureError(
            f"The picture has {width:,} x {height:,} pixels; this server takes at most {max_pixels:,} of them, and "
            f"{MAX_SIDE:,} on a side."
        )


def _grey(picture: Image.Image) -> Image.Image:
    return _over(picture, (0, 0, 0, 255)).convert("L")


def _colour(picture: Image.Image) -> Image.Image:
    return _over(picture, (255, 255, 255, 255)).convert("RGB")


def _over(picture: Image.Image, ground: tuple[int, int, int, int]) -> Image.Image:
    """A picture over a plain ground."""
    if picture.mode.startswith(("I", "F")):  # 16 bits a value, which convert would clip
        return Image.fromarray((np.asarray(picture).astype(np.int64).clip(0, 65535) // 257).astype(np.uint8))
    painted = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", painted.size, ground), painted)
