"""ICC profiles: from a file's own colours to sRGB, through Little CMS."""

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

Bytes = NDArray[np.uint8]
"""height x width x channels."""

_SRGB = ImageCms.createProfile("sRGB")
_MODES = {"GRAY": "L", "RGB ": "RGB", "CMYK": "CMYK"}
_CHANNELS = {1: ("L", "RGB"), 3: ("RGB",), 4: ("CMYK",)}  # the modes of profiles that describe so many channels
_SAME = 2  # of 255; a profile that moves no colour by more says sRGB, and the bytes stay as they are
_STEPS = np.arange(0, 256, 17, dtype=np.uint8)
_PROBES: dict[str, Bytes] = {
    "L": np.arange(256, dtype=np.uint8).reshape(1, 256, 1),
    "RGB": np.stack(np.meshgrid(_STEPS, _STEPS, _STEPS), axis=-1).reshape(1, -1, 3),
}


def through_profile(values: NDArray[np.uint8] | NDArray[np.uint16], profile: bytes) -> Bytes | None:
    """Values (height x width x channels; grey: 1, RGB: 3, CMYK: 4) in sRGB, as grey or RGB.

    None for a profile that cannot be read, or that describes other channels.
    """
    converter = _converter(profile, values.shape[2])
    if converter is None:
        return None
    return converter(values) if values.dtype == np.uint8 else _finely(values, converter)


def values_of(picture: Image.Image) -> Bytes:
    """The values of a picture in grey, RGB or CMYK."""
    return np.asarray(picture).reshape(picture.height, picture.width, -1)


def picture_of(values: Bytes) -> Image.Image:
    """The picture, in grey, RGB or CMYK, of these values."""
    height, width, channels = values.shape
    mode = _CHANNELS[channels][0]
    return Image.frombuffer(mode, (width, height), np.ascontiguousarray(values).data, "raw", mode, 0, 1)


def _converter(profile: bytes, channels: int) -> Callable[[Bytes], Bytes] | None:
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = _MODES.get(opened.profile.xcolor_space, "")
        if mode not in _CHANNELS[channels]:
            return None
        transform = ImageCms.buildTransform(opened, _SRGB, mode, "RGB")
    except (OSError, ImageCms.PyCMSError):
        return None

    def convert(values: Bytes) -> Bytes:
        wide = np.repeat(values, 3, axis=2) if mode == "RGB" and channels == 1 else values
        converted = transform.apply(picture_of(wide))
        return values_of(converted)[:, :, :1] if mode == "L" else values_of(converted)

    return (lambda values: values) if _is_srgb(mode, convert) else convert


def _is_srgb(mode: str, convert: Callable[[Bytes], Bytes]) -> bool:
    if mode not in _PROBES:
        return False
    probe = _PROBES[mode]
    return bool(np.abs(convert(probe).astype(int) - probe).max() <= _SAME)


def _finely(values: NDArray[np.uint16], converter: Callable[[Bytes], Bytes]) -> Bytes:
    """Values of 16 bits through a converter of 8: from the value below, by how far each channel is on the way to the
    value above."""
    below, rest = (part.astype(kind) for part, kind in zip(np.divmod(values, 257), (np.uint8, np.float32), strict=True))
    base = converter(below).astype(np.float32)
    converted = base.copy()
    for channel in range(values.shape[2]):
        above = below.copy()
        above[..., channel] = np.minimum(below[..., channel], 254) + 1
        converted += (converter(above) - base) * (rest[..., channel : channel + 1] / 257)
    return np.rint(converted.clip(0, 255)).astype(np.uint8)
