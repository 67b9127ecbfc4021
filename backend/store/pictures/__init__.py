"""Pictures from outside: decoded with care, and kept as nothing but their values."""

import io
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from backend.store.pictures.decoding import FORMATS, PictureError, UnknownFormat, decode

__all__ = [
    "FORMATS",
    "MASK_FLOOR",
    "Grey",
    "Picture",
    "PictureError",
    "UnknownFormat",
    "as_colour",
    "as_grey",
    "decode",
    "grey_values",
    "mask_values",
]

MASK_FLOOR = 16
"""A mask's values this close to black or white, of 255, count as black or white. Of the black and white pixels of drawn
shapes, JPEG moves less than 0.5% by more at quality 75, less than 0.1% at 85, and none at 90."""

Grey = NDArray[np.uint8]
"""height x width."""


class Picture(NamedTuple):
    """A picture as an 8-bit PNG, grey or RGB, without metadata."""

    png: bytes
    width: int
    height: int


def as_grey(data: bytes, max_pixels: int) -> Picture:
    """Take a mask as a person sees it: the first frame of a PNG, JPEG or WebP, upright, in the grey of its colours.

    Transparent parts become black; greys within MASK_FLOOR of black or white become black or white. PictureError
    refuses anything else, a broken file, and more than `max_pixels`.
    """
    return _kept(Image.fromarray(mask_values(decode(data, max_pixels, printed_inks=False).over("black"))))


def as_colour(data: bytes, max_pixels: int) -> Picture:
    """Take a picture in sRGB, with white for its transparent parts. PictureError refuses what it refuses of masks."""
    return _kept(decode(data, max_pixels).over("white").convert("RGB"))


def grey_values(png: bytes) -> Grey:
    """Return the values of a mask that was kept, in grey or in colour, as a PNG."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        return mask_values(picture)


def mask_values(picture: Image.Image) -> Grey:
    """Return a picture's grey values as a mask's: those within MASK_FLOOR of black or white become black or white."""
    grey = np.array(picture.convert("L"), np.uint8)
    grey[grey <= MASK_FLOOR] = 0
    grey[grey >= 255 - MASK_FLOOR] = 255
    return grey


def _kept(picture: Image.Image) -> Picture:
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", optimize=picture.mode == "L")
    return Picture(encoded.getvalue(), *picture.size)
