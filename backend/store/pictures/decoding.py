"""Decode pictures from clients: upright, in sRGB, and regardless of their metadata."""

import io
import struct
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from backend.contracts.limits import MAX_SIDE
from backend.store.errors import StoreError
from backend.store.pictures import jpeg, png, webp
from backend.store.pictures.colours import Bytes, Values, to_srgb
from backend.store.pictures.containers import Container, Damaged
from backend.store.pictures.exif import orientation
from backend.store.pictures.other_files import recognised
from backend.store.pictures.profiles import picture_of, values_of

FORMATS = ("PNG", "JPEG", "WEBP")
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error)
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""The transposition that turns a picture upright, for each EXIF orientation."""


class PictureError(StoreError):
    """The file cannot be used as a picture."""


class UnknownFormat(PictureError):
    """The file has a format that the server does not accept."""


class Decoded(NamedTuple):
    """A picture in grey or RGB, and its opacity. None means that it is opaque."""

    colours: Image.Image
    opacity: Image.Image | None

    def upright(self, orientation: int) -> "Decoded":
        """Return the picture turned upright. `orientation` is the one that EXIF gives."""
        turn = _UPRIGHT.get(orientation)
        if turn is None:
            return self
        return Decoded(self.colours.transpose(turn), self.opacity and self.opacity.transpose(turn))

    def over(self, ground: str) -> Image.Image:
        """Return the picture over a plain background of the colour `ground`."""
        if self.opacity is None:
            return self.colours
        plain = Image.new(self.colours.mode, self.colours.size, ground)
        return Image.composite(self.colours, plain, self.opacity)


def decode(data: bytes, max_pixels: int, formats: tuple[str, ...] = FORMATS, *, printed_inks: bool = True) -> Decoded:
    """Decode the first frame of a picture. Its size is checked from its header, before any pixel is decoded.

    With `printed_inks`, CMYK colours look as they would in print, by their profile. Without it, black ink is pure
    black.

    Raises PictureError for a file of another format, for one whose pixels cannot be decoded, and for more than
    `max_pixels`.
    """
    file = _taken_apart(data)
    try:
        with Image.open(io.BytesIO(data if file is None else file.pixels), formats=formats) as picture:
            _check_size(*picture.size, max_pixels)
            file = file or Container(b"", colours=_other_colours(picture))
            values, opacity = _sixteen_bits(picture, file) if file.depth == 16 else _values(picture)
    except UnidentifiedImageError as error:
        raise _broken() if file else UnknownFormat(_unknown(data, formats)) from error
    except Image.DecompressionBombError as error:
        raise PictureError(
            f"The picture has far more than {max_pixels:,} pixels, which is the limit here. Make it smaller."
        ) from error
    except _BROKEN as error:
        raise _broken() from error
    if file.colour_key:
        opacity = _unlike(values, file)
    said = file.colours if printed_inks or values.shape[2] < 4 else {}
    decoded = Decoded(picture_of(to_srgb(values, said)), None if opacity is None else picture_of(opacity))
    return decoded.upright(orientation(file.exif))


def _taken_apart(data: bytes) -> Container | None:
    """Split a file into pixels and metadata. Returns None for a format that is decoded together with its metadata."""
    for format in (png, jpeg, webp):
        if format.is_one(data):
            try:
                return format.container(data)
            except Damaged as error:
                raise _broken() from error
    return None


def _other_colours(picture: Image.Image) -> dict[bytes, bytes]:
    profile = picture.info.get("icc_profile")
    return {b"iCCP": profile} if isinstance(profile, bytes) else {}


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels or max(width, height) > MAX_SIDE:
        raise PictureError(
            f"The picture has {width:,} x {height:,} pixels. The limits here are {max_pixels:,} pixels, and "
            f"{MAX_SIDE:,} on a side. Make it smaller."
        )


def _values(picture: Image.Image) -> tuple[Values, Bytes | None]:
    """Return a picture's values and its opacity."""
    if picture.mode.startswith(("I", "F")):  # grey of more than 8 bits
        return np.asarray(picture).clip(0, 65535).astype(np.uint16)[..., None], None
    grey = picture.mode in ("1", "L", "LA", "La")
    if not picture.has_transparency_data:
        mode = "L" if grey else "CMYK" if picture.mode == "CMYK" else "RGB"
        return values_of(picture.convert(mode)), None
    values = values_of(picture.convert("LA" if grey else "RGBA"))
    return values[..., :-1], values[..., -1:]


def _sixteen_bits(picture: Image.Image, file: Container) -> tuple[Values, Bytes | None]:
    """Return the values of a 16-bit PNG and its opacity. OpenCV decodes it, because Pillow keeps only 8 bits of
    colours."""
    picture.load()  # raises an error for damaged pixels
    values = cv2.imdecode(np.frombuffer(file.pixels, np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None or values.dtype != np.uint16:
        raise ValueError("not decoded in 16 bits")
    values = np.atleast_3d(values)
    opacity = np.rint(values[..., 3:] / 257).astype(np.uint8) if values.shape[2] == 4 else None
    grey = file.colour_type in (png.GREY, png.GREY_ALPHA)
    return values[..., :1] if grey else values[..., 2::-1], opacity  # OpenCV's order is blue, green, red


def _unlike(values: Values, file: Container) -> Bytes:
    """Return an opacity in which only the pixels of the file's transparent colour are transparent."""
    largest = 65535 if values.dtype == np.uint16 else 255
    key = [value * largest // (2**file.depth - 1) for value in file.colour_key]
    return np.where((values != key).any(axis=2, keepdims=True), 255, 0).astype(np.uint8)


def _broken() -> PictureError:
    return PictureError("The picture is damaged and cannot be decoded. Save it again.")


def _unknown(data: bytes, formats: tuple[str, ...]) -> str:
    names = [{"WEBP": "WebP"}.get(name, name) for name in formats]
    taken, other = f"not a {', '.join(names[:-1])} or {names[-1]} picture", recognised(data)
    if other is None:
        return f"The file is {taken}. Save it as one of these."
    return f"The file is {other.name}, and {taken}. {other.advice or 'Save it as one of these.'}"
