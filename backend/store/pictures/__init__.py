"""Pictures from clients. They are decoded carefully, and only their pixel values are stored."""

import io
import threading
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
"""The distance from black or white, of 255, within which a mask's value counts as black or white.

JPEG moves few of the black and white pixels of drawn shapes by more: less than 0.5% at quality 75, less than 0.1% at
85, and none at 90.
"""

AT_ONCE = 4
"""Pictures that one process decodes at the same time. Each takes several times the memory of its pixels."""
_turn = threading.BoundedSemaphore(AT_ONCE)

Grey = NDArray[np.uint8]
"""Grey values, height x width."""


class Picture(NamedTuple):
    """A picture as an 8-bit PNG, grey or RGB, without metadata."""

    png: bytes
    width: int
    height: int


def as_grey(data: bytes, max_pixels: int) -> Picture:
    """Return a mask as people see it: the first frame of a PNG, JPEG or WebP, turned upright, in grey.

    Transparent parts become black. Greys within MASK_FLOOR of black or white become black or white. Raises PictureError
    for any other format, for a damaged file, and for more than `max_pixels`.
    """
    with _turn:
        return _kept(Image.fromarray(mask_values(decode(data, max_pixels, printed_inks=False).over("black"))))


def as_colour(data: bytes, max_pixels: int) -> Picture:
    """Return a picture in sRGB, with white behind its transparent parts. Raises the errors of `as_grey`."""
    with _turn:
        return _kept(decode(data, max_pixels).over("white").convert("RGB"))


def grey_values(png: bytes) -> Grey:
    """Return the grey values of a stored PNG, in grey or in colour, as a mask."""
    with _turn, Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        return mask_values(picture)


def mask_values(picture: Image.Image) -> Grey:
    """Return a picture's grey values as a mask's: values within MASK_FLOOR of black or white become black or white."""
    grey = np.array(picture.convert("L"), np.uint8)
    grey[grey <= MASK_FLOOR] = 0
    grey[grey >= 255 - MASK_FLOOR] = 255
    return grey


def _kept(picture: Image.Image) -> Picture:
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", optimize=picture.mode == "L")
    return Picture(encoded.getvalue(), *picture.size)
