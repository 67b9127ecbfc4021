"""Transfer curves: from a value, as a share of the largest value, to light, and back.

Light is relative: 1 is the white of sRGB. Brighter light, of high dynamic range, is cut off at 1 when it is encoded.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Curve = Callable[[Floats], Floats]

_REFERENCE_WHITE = 203.0  # cd/m2 of a white page in high dynamic range (ITU-R BT.2408)
_HLG_PEAK = 1000.0  # cd/m2 of the display that HLG's curve is made for (ITU-R BT.2100)


def _bytes(light: Floats) -> NDArray[np.uint8]:
    share = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(share * 255).astype(np.uint8)


_BYTES = _bytes(np.linspace(0, 1, 2**16))
"""The sRGB byte for each of 65,536 equal steps of light. The steps are small: about twenty lie between the two darkest
bytes."""


def gamma(exponent: float) -> Curve:
    return lambda share: share**exponent


def encode(light: Floats) -> NDArray[np.uint8]:
    """Return light as bytes of sRGB (IEC 61966-2-1)."""
    return _BYTES[np.rint(np.clip(light, 0, 1) * (len(_BYTES) - 1)).astype(np.uint16)]


def _srgb(share: Floats) -> Floats:
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def _bt709(share: Floats) -> Floats:
    return np.where(share < 0.081, share / 4.5, ((share + 0.099) / 1.099) ** (1 / 0.45))


def _pq(share: Floats) -> Floats:
    """Return the light of values by SMPTE ST 2084 (PQ)."""
    root = share ** (32 / 2523)
    nits = 10_000 * (np.maximum(root - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * root)) ** (16384 / 2610)
    return nits / _REFERENCE_WHITE


def _hlg(share: Floats) -> Floats:
    """Return the light of values by ITU-R BT.2100 (HLG), with the system gamma of its reference display."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(share <= 0.5, share**2 / 3, (np.exp((share - c) / a) + b) / 12)
    return _HLG_PEAK / _REFERENCE_WHITE * scene**1.2


CURVES: dict[int, Curve] = {
    1: _bt709,
    4: gamma(2.2),
    5: gamma(2.8),
    6: _bt709,
    8: gamma(1.0),
    13: _srgb,
    14: _bt709,
    15: _bt709,
    16: _pq,
    18: _hlg,
}
"""The curves from values to light, by their number in ITU-T H.273, Table 3."""
