"""Conversion of colours to sRGB by an ICC profile, with Little CMS."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

Values = NDArray[Any]
"""Pixel values, height x width x channels (grey: 1, RGB: 3, CMYK: 4), as unsigned integers of 8 or 16 bits."""
Bytes = NDArray[np.uint8]
"""Pixel values as in `Values`, of 8 bits."""

_SRGB = ImageCms.createProfile("sRGB")
_SPACE = slice(16, 20)  # the bytes of a profile that name its colour space
_MODES = {b"GRAY": "L", b"RGB ": "RGB", b"CMYK": "CMYK"}
_CHANNELS = {
    1: ("L", "RGB"),
    3: ("RGB",),
    4: ("CMYK",),
}  # the modes of profiles for pictures with this number of channels
_SAME = 2  # of 255; a profile that moves no colour by more is taken as sRGB, and the bytes stay unchanged
_STRIP = 2**18  # pixels that are converted at once
_STEPS = np.arange(0, 256, 17, dtype=np.uint8)
_PROBES: dict[str, Bytes] = {
    "L": np.arange(256, dtype=np.uint8).reshape(1, 256, 1),
    "RGB": np.stack(np.meshgrid(_STEPS, _STEPS, _STEPS), axis=-1).reshape(1, -1, 3),
}


def through_profile(values: Values, profile: bytes) -> Bytes | None:
    """Convert values to sRGB, as grey or RGB. Returns None if the profile cannot be read, or describes
    other channels."""
    mode = _MODES.get(profile[_SPACE], "")
    if mode not in _CHANNELS[values.shape[2]]:
        return None
    converter = _converter(profile, mode)
    if converter is None:
        return None

    def convert(strip: Values) -> Bytes:
        wide = np.repeat(strip, 3, axis=2) if mode == "RGB" and strip.shape[2] == 1 else strip
        return converter(wide) if wide.dtype == np.uint8 else _finely(wide, converter)

    return in_strips(values, convert)


def in_strips(values: Values, convert: Callable[[Values], Bytes]) -> Bytes:
    """Convert a few rows at a time, so that intermediate results need little memory."""
    rows = max(1, _STRIP // values.shape[1])
    return np.concatenate([convert(values[first : first + rows]) for first in range(0, len(values), rows)])


def values_of(picture: Image.Image) -> Bytes:
    """Return the values of a picture in grey, RGB or CMYK."""
    return np.asarray(picture).reshape(picture.height, picture.width, -1)


def picture_of(values: Bytes) -> Image.Image:
    """Return the picture, in grey, RGB or CMYK, with these values."""
    height, width, channels = values.shape
    mode = _CHANNELS[channels][0]
    return Image.frombytes(mode, (width, height), values.tobytes())


def _converter(profile: bytes, mode: str) -> Callable[[Bytes], Bytes] | None:
    """Return the function from values of this mode to sRGB, or None if the profile cannot be read."""
    precise = ImageCms.Flags.NOOPTIMIZE if mode == "L" else ImageCms.Flags.NONE
    try:
        opened = ImageCms.ImageCmsProfile(ImageCms.core.profile_frombytes(profile))
        transform = ImageCms.buildTransform(opened, _SRGB, mode, "RGB", flags=precise)
    except (OSError, ImageCms.PyCMSError):
        return None

    def convert(values: Bytes) -> Bytes:
        return values_of(transform.apply(picture_of(values)))

    if mode in _PROBES:
        probe = _PROBES[mode]
        converted = convert(probe)
        if np.abs(converted.astype(int) - probe).max() <= _SAME:
            return lambda values: values
        if mode == "L":
            return lambda values: converted[0, :, 0][values]
    return convert


def _finely(values: Values, converter: Callable[[Bytes], Bytes]) -> Bytes:
    """Convert 16-bit values with a converter for 8-bit values.

    The result interpolates linearly, for each channel, between the next lower and the next higher 8-bit value.
    """
    below, rest = (values // 257).astype(np.uint8), (values % 257).astype(np.float32)
    base = converter(below).astype(np.float32)
    converted = base.copy()
    for channel in np.flatnonzero(rest.any(axis=(0, 1))):
        above = below.copy()
        above[..., channel] = np.minimum(below[..., channel], 254) + 1
        converted += (converter(above) - base) * (rest[..., channel : channel + 1] / 257)
    return np.rint(converted.clip(0, 255)).astype(np.uint8)
