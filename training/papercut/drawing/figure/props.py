"""Objects that figures hold: pieces around the hand, x to the right, y downwards, in picture pixels."""

from collections.abc import Callable

import numpy as np

from training.papercut.drawing.palette import from_hex, mix
from training.papercut.drawing.paper import Piece, Points, ellipse, rectangle, smooth, strip

WHITE, BLACK, RED = from_hex("FBF8F0"), from_hex("2B2733"), from_hex("D8342E")
WOOD, STEEL, GOLD = from_hex("8A5A33"), from_hex("AEB9C8"), from_hex("F2B92C")


def ring(x: float, y: float, outer: float, inner: float, start: float = 0.0, stop: float = 360.0) -> Points:
    """A ring, or a part of one between two angles in degrees clockwise from the right."""
    angles = np.deg2rad(np.linspace(start, stop, 32))
    rim = [(float(x + outer * np.cos(a)), float(y + outer * np.sin(a))) for a in angles]
    return [*rim, *((float(x + inner * np.cos(a)), float(y + inner * np.sin(a))) for a in angles[::-1])]


def _bag() -> list[Piece]:
    """A red medical bag with a white cross."""
    return [
        (BLACK, ring(0, 4, 8, 5.2, 180, 360)),
        (RED, smooth([(-19, 4), (19, 4), (19, 30), (-19, 30)], 1)),
        (WHITE, rectangle(-9, 14, 9, 20)),
        (WHITE, rectangle(-3, 8, 3, 26)),
    ]


def _microphone() -> list[Piece]:
    return [
        (BLACK, [(-3.2, -12), (3.2, -12), (2.4, 15), (-2.4, 15)]),
        (GOLD, rectangle(-5, -14, 5, -10)),
        (from_hex("6E7688"), ellipse(0, -21, 9.5, 10)),
        (from_hex("B9C2D0"), ellipse(-2.5, -24, 3.5, 3.5)),
    ]


def _bow() -> list[Piece]:
    """A bow with its string, and an arrow across it."""
    return [
        (WOOD, ring(-30, 0, 42, 37, -66, 66)),
        (WHITE, rectangle(-14.5, -36, -12.5, 36)),
        (WOOD, rectangle(-24, -1.5, 20, 1.5)),
        (STEEL, [(19, -6), (29, 0), (19, 6)]),
        (RED, [(-31, -6), (-19, 0), (-31, 6)]),
    ]


def _pan() -> list[Piece]:
    """A frying pan with an egg, held up."""
    return [
        (WOOD, strip((0, 8), (0, -10), 6, 6)),
        (BLACK, ellipse(0, -26, 19, 18)),
        (from_hex("4A4A58"), ellipse(0, -26, 15, 14)),
        (WHITE, smooth([(-10, -30), (2, -36), (11, -28), (7, -18), (-5, -17)])),
        (GOLD, ellipse(1, -26, 4.6, 4.6)),
    ]


def _axe() -> list[Piece]:
    return [
        (WOOD, strip((0, 34), (0, -32), 5.5, 5.5)),
        (RED, smooth([(-4, -34), (8, -34), (20, -42), (24, -24), (20, -8), (8, -16), (-4, -16)], 1)),
        (STEEL, [(18, -42), (24, -40), (27, -25), (24, -9), (18, -8), (22, -25)]),
    ]


def _lifebuoy() -> list[Piece]:
    """A life ring, red and white."""
    quarters = [(RED, ring(0, 14, 22, 11.5, start, start + 45)) for start in (22, 112, 202, 292)]
    return [(WHITE, ring(0, 14, 22, 11.5)), *quarters]


def _fork() -> list[Piece]:
    """A pitchfork."""
    tines = [(STEEL, strip((a, -34), (a, -56), 3.4, 2.2)) for a in (-10, 0, 10)]
    return [(WOOD, strip((0, 46), (0, -32), 5, 5)), (STEEL, strip((-10, -34), (10, -34), 4, 4)), *tines]


def _sword() -> list[Piece]:
    return [
        (mix(STEEL, WHITE, 0.5), [(-4.5, -8), (-4.5, -52), (0, -62), (4.5, -52), (4.5, -8)]),
        (mix(STEEL, BLACK, 0.25), rectangle(-0.8, -50, 0.8, -8)),
        (GOLD, strip((-13, -8), (13, -8), 6, 6)),
        (WOOD, rectangle(-2.8, -6, 2.8, 9)),
        (GOLD, ellipse(0, 12, 4.4, 4.4)),
    ]


PROPS: dict[str, Callable[[], list[Piece]]] = {
    "bag": _bag,
    "microphone": _microphone,
    "bow": _bow,
    "pan": _pan,
    "axe": _axe,
    "ring": _lifebuoy,
    "fork": _fork,
    "sword": _sword,
}
