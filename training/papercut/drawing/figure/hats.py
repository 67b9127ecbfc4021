"""Hats, as pieces around the middle of the head: x to the right, y downwards, in picture pixels."""

import numpy as np

from training.papercut.drawing.figure.truth import Hat
from training.papercut.drawing.palette import from_hex, mix
from training.papercut.drawing.paper import Piece, Points, ellipse, rectangle, smooth, star

WHITE, SHADE, BLACK = from_hex("FBF8F0"), from_hex("D9D5CE"), from_hex("2B2733")
RED, GOLD, NAVY = from_hex("D8342E"), from_hex("F2B92C"), from_hex("23366F")


def _hunter() -> list[Piece]:
    """A green felt hat with a red feather."""
    green, dark = from_hex("4E7A34"), from_hex("35551F")
    return [
        (RED, smooth([(20, -32), (26, -52), (40, -68), (46, -66), (42, -50), (30, -32)])),
        (mix(RED, WHITE, 0.5), smooth([(25, -36), (42, -64), (44, -62), (29, -34)])),
        (green, smooth([(-32, -24), (-29, -50), (-14, -62), (0, -55), (16, -62), (30, -48), (33, -24)])),
        (dark, [(-33, -33), (33, -33), (34, -24), (-34, -24)]),
        (green, smooth([(-58, -18), (-40, -27), (0, -24), (40, -27), (58, -18), (40, -13), (0, -16), (-40, -13)])),
    ]


def _chef() -> list[Piece]:
    """A tall white toque."""
    puffs = ((-25, -47, 17), (25, -47, 17), (-9, -54, 16), (11, -54, 16))
    folds = [(SHADE, rectangle(x - 0.9, -42, x + 0.9, -27)) for x in (-16, -5, 6, 17)]
    return [
        *((WHITE, ellipse(x, y, r, r)) for x, y, r in puffs),
        (WHITE, [(-34, -46), (34, -46), (31, -18), (-31, -18)]),
        *folds,
        (SHADE, [(-32, -27), (32, -27), (32, -15), (-32, -15)]),
        (WHITE, [(-32, -26), (32, -26), (32, -15.5), (-32, -15.5)]),
    ]


def _helmet() -> list[Piece]:
    """A firefighter's red helmet with a badge."""
    dark = mix(RED, BLACK, 0.3)
    return [
        (RED, smooth([(-36, -18), (-34, -46), (-16, -62), (16, -62), (34, -46), (36, -18)])),
        (dark, smooth([(-5, -18), (-6, -50), (0, -68), (6, -50), (5, -18)])),
        (dark, smooth([(-52, -10), (-46, -22), (0, -28), (46, -22), (52, -10), (0, -17)])),
        (GOLD, smooth([(-13, -46), (13, -46), (13, -30), (0, -20), (-13, -30)], 2)),
        (RED, star(0, -36, 8)),
    ]


def _sailor() -> list[Piece]:
    """A round white cap with a navy band and two ribbons."""
    return [
        (NAVY, [(-33, -20), (-46, 2), (-41, 5), (-28, -16)]),
        (WHITE, smooth([(-45, -44), (-20, -58), (22, -58), (46, -44), (38, -28), (-38, -28)])),
        (NAVY, [(-36, -33), (36, -33), (35, -17), (-35, -17)]),
        (GOLD, star(0, -25, 6.5)),
        (RED, ellipse(0, -58, 6, 5)),
    ]


def _crown() -> list[Piece]:
    """A gold crown with jewels."""
    points = [(-34, -18), (-40, -58), (-21, -38), (0, -64), (21, -38), (40, -58), (34, -18)]
    jewels = [(RED, ellipse(x, -25, 4, 4)) for x in (-20, 20)]
    knobs = [(from_hex("FFE38A"), ellipse(x, y, 4.5, 4.5)) for x, y in ((-40, -58), (0, -63), (40, -58))]
    return [
        (GOLD, points),
        *knobs,
        (from_hex("D4941B"), [(-35, -21), (35, -21), (34, -16), (-34, -16)]),
        *jewels,
        (from_hex("2F8FD0"), ellipse(0, -28, 5, 6)),
    ]


def _straw() -> list[Piece]:
    """A farmer's wide straw hat."""
    straw, dark = from_hex("E9BE5B"), from_hex("C9953A")
    return [
        (straw, smooth([(-30, -24), (-26, -52), (-10, -60), (10, -60), (26, -52), (30, -24)])),
        (from_hex("B4452F"), [(-30, -36), (30, -36), (31, -25), (-31, -25)]),
        (dark, ellipse(0, -19, 61, 10.5)),
        (straw, ellipse(0, -21, 61, 9.5)),
        (from_hex("B4452F"), smooth([(-30, -33), (30, -33), (31, -24), (0, -21), (-31, -24)], 1)),
        (straw, smooth([(-29, -34), (-26, -52), (-10, -60), (10, -60), (26, -52), (29, -34)])),
    ]


def _top() -> list[Piece]:
    """A black top hat with a purple band."""
    black = from_hex("2E2A3B")
    return [
        (mix(black, WHITE, 0.1), ellipse(0, -19, 50, 8.5)),
        (black, [(-27, -22), (-31, -66), (31, -66), (27, -22)]),
        (mix(black, WHITE, 0.2), ellipse(0, -66, 31, 3.5)),
        (black, ellipse(0, -18, 50, 7.5)),
        (from_hex("8E44AD"), [(-28, -36), (28, -36), (27.5, -24), (0, -20), (-27.5, -24)]),
    ]


HAT_PIECES: dict[Hat, list[Piece]] = {
    "none": [],
    "hunter": _hunter(),
    "chef": _chef(),
    "helmet": _helmet(),
    "sailor": _sailor(),
    "crown": _crown(),
    "straw": _straw(),
    "top": _top(),
}


def hat_at(hat: Hat, x: float, y: float, tilt: float) -> list[Piece]:
    """Return a hat's pieces on the head around (x, y), tilted by an angle in radians."""
    return [(colour, _turned(shape, x, y, tilt)) for colour, shape in HAT_PIECES[hat]]


def _turned(shape: Points, x: float, y: float, tilt: float) -> Points:
    cos, sin = np.cos(tilt), np.sin(tilt)
    return [(float(x + a * cos - b * sin), float(y + a * sin + b * cos)) for a, b in shape]
