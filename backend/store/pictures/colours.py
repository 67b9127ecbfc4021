"""Conversion of a file's colours to sRGB.

A file describes its colours by an ICC profile (PNG, JPEG, WebP), or by the PNG chunks cICP, sRGB, gAMA and cHRM. A
description that cannot be understood is ignored, and a file without a description is in sRGB. If a file has several
descriptions, the PNG specification says which one is used (Third Edition, Sections 4.3 and 13.13).
"""

import struct
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from backend.store.pictures.profiles import Bytes, Values, in_strips, picture_of, through_profile, values_of
from backend.store.pictures.transfer import CURVES, encode, gamma

Floats = NDArray[np.floating]

_SRGB_WHITE = (0.3127, 0.3290)
_SRGB = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
_PRIMARIES = {  # x, y of red, green, blue, then of white, by their number in ITU-T H.273, Table 2
    1: (*_SRGB, _SRGB_WHITE),
    4: ((0.670, 0.330), (0.210, 0.710), (0.140, 0.080), (0.310, 0.316)),
    5: ((0.640, 0.330), (0.290, 0.600), (0.150, 0.060), _SRGB_WHITE),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _SRGB_WHITE),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _SRGB_WHITE),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _SRGB_WHITE),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _SRGB_WHITE),
}
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_SAME = 0.002  # people see no difference between matrices that are this close
_SAME_GAMMA = 0.01
_GAMMAS = 0.1, 10.0  # exponents outside this range do not describe a picture


def to_srgb(values: Values, said: Mapping[bytes, bytes]) -> Bytes:
    """Convert a picture's values to sRGB. `said` is the `colours` of its `Container`."""
    for meaning in (_cicp, _icc, _srgb, _gamma_and_primaries):
        convert = meaning(said)
        converted = None if convert is None else convert(values)
        if converted is not None:
            return converted
    return _unchanged(values)


Conversion = Callable[[Values], Bytes | None]
"""A conversion to sRGB. It returns None for values that its description does not fit."""


def _unchanged(values: Values) -> Bytes:
    """Return grey and RGB as they are, as sRGB, and convert CMYK without a profile."""
    if values.dtype == np.uint16:
        return np.rint(values / 257).astype(np.uint8)
    return values if values.shape[2] != 4 else values_of(picture_of(values).convert("RGB"))


def _icc(said: Mapping[bytes, bytes]) -> Conversion | None:
    profile = said.get(b"iCCP")
    return None if profile is None else lambda values: through_profile(values, profile)


def _srgb(said: Mapping[bytes, bytes]) -> Conversion | None:
    return _unchanged if len(said.get(b"sRGB", b"")) == 1 else None


def _cicp(said: Mapping[bytes, bytes]) -> Conversion | None:
    """Return the conversion for the code points of ITU-T H.273, or None for unknown ones and for colours other than
    RGB."""
    code = said.get(b"cICP", b"")
    if len(code) != 4 or code[0] not in _PRIMARIES or code[1] not in CURVES or code[2] != 0:
        return None
    curve, full = CURVES[code[1]], code[3] == 1
    matrix = _matrix(_PRIMARIES[code[0]])

    def signal(share: Floats) -> Floats:
        return curve(share if full else np.clip((share * 255 - 16) / 219, 0, 1))

    return _conversion(signal, matrix, exact=full and curve is CURVES[13])


def _gamma_and_primaries(said: Mapping[bytes, bytes]) -> Conversion | None:
    """Return the conversion for the chunks gAMA and cHRM.

    The curve is sRGB's if there is no usable gamma. It is also sRGB's if the gamma is about 1/2.2 and the primaries are
    sRGB's, because many files describe sRGB in this way.
    """
    matrix, exponent = None, 0.0
    if len(said.get(b"cHRM", b"")) == 32:
        x, y = (np.array(struct.unpack(">8I", said[b"cHRM"])).reshape(4, 2) / 100_000).T
        white, *primaries = zip(x.tolist(), y.tolist(), strict=True)
        matrix = _matrix((*primaries, white))
    if len(said.get(b"gAMA", b"")) == 4:
        exponent = int.from_bytes(said[b"gAMA"], "big") / 100_000
    is_told = _GAMMAS[0] <= exponent <= _GAMMAS[1] and (matrix is not None or abs(exponent * 2.2 - 1) > _SAME_GAMMA)
    return _conversion(gamma(1 / exponent) if is_told else CURVES[13], matrix, exact=not is_told)


def _conversion(curve: Callable[[Floats], Floats], matrix: Floats | None, exact: bool) -> Conversion:
    """Return the conversion by a curve from values to light, and a matrix from this light to that of sRGB's primaries.
    `exact` says that the curve is sRGB's own."""

    def convert(values: Values) -> Bytes | None:
        channels, largest = values.shape[2], np.iinfo(values.dtype).max
        if channels == 4:
            return None
        light = curve(np.arange(largest + 1) / largest)
        if channels == 1 or matrix is None:
            return _unchanged(values) if exact else encode(light)[values]
        fine, mixed = light.astype(np.float32), matrix.T.astype(np.float32)
        return in_strips(values, lambda strip: encode(fine[strip] @ mixed))

    return convert


def _matrix(primaries: tuple[tuple[float, float], ...]) -> Floats | None:
    """Return the matrix from light of these primaries to light of sRGB's, with the white point adapted (Bradford).

    Returns None if both are the same, and for primaries that do not form a colour space.
    """
    try:
        given, white = _to_xyz(primaries)
        own, own_white = _to_xyz(_PRIMARIES[1])
        scale = (_BRADFORD @ own_white) / (_BRADFORD @ white)
        matrix = np.linalg.inv(own) @ np.linalg.inv(_BRADFORD) @ np.diag(scale) @ _BRADFORD @ given
    except (np.linalg.LinAlgError, ZeroDivisionError):
        return None
    close = np.abs(matrix - np.eye(3)).max() <= _SAME
    return None if close or not np.isfinite(matrix).all() else matrix


def _to_xyz(primaries: tuple[tuple[float, float], ...]) -> tuple[Floats, Floats]:
    """Return the matrix from RGB to XYZ, and the XYZ of the white point."""
    columns = np.array([(x / y, 1.0, (1 - x - y) / y) for x, y in primaries]).T
    white = columns[:, 3]
    return columns[:, :3] * np.linalg.solve(columns[:, :3], white), white
