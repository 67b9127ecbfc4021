"""Pictures from outside: decoded with care, and kept as nothing but their grey values."""

import io
import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from backend.contracts.geometry import MAX_SIDE
from backend.store.errors import StoreError

FORMATS = ("PNG", "JPEG", "WEBP")
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)

Grey = NDArray[np.uint8]
"""height x width."""


class PictureError(StoreError):
    """A file that cannot be taken as a picture."""


class UnknownFormat(PictureError):
    """A file of a format that is not taken."""


class GreyPicture(NamedTuple):
    """A picture as an 8-bit grey PNG without metadata."""

    png: bytes
    width: int
    height: int


def as_grey(data: bytes, max_pixels: int) -> GreyPicture:
    """The first frame of a PNG, JPEG or WebP, upright, transparent parts black; its header says how large it is before
    a pixel is decoded. PictureError for anything else, for a broken file, and for more than `max_pixels`."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            _check_size(*picture.size, max_pixels)
            grey = _grey(ImageOps.exif_transpose(picture))
    except UnidentifiedImageError as error:
        raise UnknownFormat("The file is no PNG, JPEG or WebP picture; save it as one of these.") from error
    except _BROKEN as error:
        raise PictureError("The picture is broken and cannot be decoded; save it again.") from error
    encoded = io.BytesIO()
    grey.save(encoded, "PNG", optimize=True)
    return GreyPicture(encoded.getvalue(), *grey.size)


def grey_values(png: bytes) -> Grey:
    """The values of a PNG that `as_grey` made."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        return np.asarray(picture, np.uint8)


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels or max(width, height) > MAX_SIDE:
        raise PictureError(
            f"The picture has {width:,} x {height:,} pixels; this server takes at most {max_pixels:,} of them, and "
            f"{MAX_SIDE:,} on a side."
        )


def _grey(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(("I", "F")):  # 16 bits a value, which convert would clip
        return Image.fromarray((np.asarray(picture).astype(np.int64).clip(0, 65535) // 257).astype(np.uint8))
    painted = picture.convert("RGBA")
    black = Image.new("RGBA", painted.size, (0, 0, 0, 255))
    return Image.alpha_composite(black, painted).convert("L")
