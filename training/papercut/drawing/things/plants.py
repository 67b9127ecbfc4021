"""Plants, and two places that are drawn as things: an oasis and an island."""

import numpy as np

from training.papercut.drawing.palette import Colour, mix
from training.papercut.drawing.paper import ellipse, smooth
from training.papercut.drawing.things.papers import BLACK, BROWN, CREAM, LEAF, SAND, WATER, Part, bar


def tree(paint: Colour) -> list[Part]:
    light = mix(paint, CREAM, 0.2)
    return [
        (BROWN, bar(-2.8, 0, 2.8, 22)),
        (paint, ellipse(-8, 25, 10, 10)),
        (paint, ellipse(8, 25, 10, 10)),
        (light, ellipse(0, 34, 12, 12)),
    ]


def cactus(paint: Colour) -> list[Part]:
    dark = mix(paint, BLACK, 0.2)
    return [
        (dark, bar(-12, 13, 0, 18)),
        (dark, bar(-13, 13, -8, 28)),
        (dark, bar(0, 18, 12, 23)),
        (dark, bar(8, 18, 13, 34)),
        (dark, ellipse(-10.5, 28, 2.5, 3)),
        (dark, ellipse(10.5, 34, 2.5, 3)),
        (paint, bar(-4, 0, 4, 39)),
        (paint, ellipse(0, 39, 4, 4)),
    ]


def palm(paint: Colour) -> list[Part]:
    return palm_at(0, 0, 1.0, paint)


def palm_at(x: float, foot: float, scale: float, paint: Colour) -> list[Part]:
    """A palm leaning a little: a curved trunk and seven drooping fronds."""
    trunk = [(-4, 0), (4, 0), (3, 16), (6, 34), (9, 48), (4.5, 49), (1, 34), (-2, 16)]
    fronds = [_frond(angle) for angle in (-20, 12, 50, 90, 130, 168, 200)]
    nuts = [(mix(BROWN, BLACK, 0.3), ellipse(a, 45, 2.8, 2.8)) for a in (3.5, 9.5)]
    colours = [mix(paint, BLACK, 0.22), paint, mix(paint, CREAM, 0.12)]
    leaves = [(colours[i % 3], [(7 + a, 48 + b) for a, b in frond]) for i, frond in enumerate(fronds)]
    pieces: list[Part] = [(BROWN, smooth(trunk, 2)), *leaves, *nuts]
    return [(colour, [(x + a * scale, foot + b * scale) for a, b in shape]) for colour, shape in pieces]


def _frond(angle: float) -> list[tuple[float, float]]:
    """A leaf of 24 pixels from the origin, drooping at its end."""
    turn = np.deg2rad(angle)
    along = np.array([np.cos(turn), np.sin(turn)])
    across = np.array([-along[1], along[0]]) * (1 if along[0] >= 0 else -1)
    rows = ((0, -1), (8, 3.6), (16, 3.2), (25, -5), (17, -2), (8, -2.6))
    return [*smooth([tuple(along * a + across * b) for a, b in rows], 2)]


def oasis(paint: Colour) -> list[Part]:
    """A pond between green banks under three palms."""
    bushes = [(mix(LEAF, BLACK, 0.12), ellipse(a, 8, r, r * 0.8)) for a, r in ((-30, 9), (-12, 8), (16, 8), (31, 10))]
    return [
        *palm_at(-24, 6, 0.92, LEAF),
        *palm_at(8, 8, 0.75, LEAF),
        *palm_at(25, 5, 1.0, LEAF),
        *bushes,
        (LEAF, ellipse(0, 5, 44, 9)),
        (mix(WATER, BLACK, 0.15), ellipse(0, 3.5, 36, 6.6)),
        (paint, ellipse(0, 2.8, 35, 5.8)),
        (mix(paint, CREAM, 0.55), ellipse(-9, 4.6, 11, 1.3)),
        (mix(paint, CREAM, 0.55), ellipse(14, 2.0, 9, 1.2)),
    ]


def island(paint: Colour) -> list[Part]:
    """A sandy islet with one palm."""
    return [
        *palm_at(-3, 8, 0.95, LEAF),
        (SAND, smooth([(-34, 0), (-24, 8), (-6, 13), (12, 11), (28, 6), (36, 0)], 2)),
        (mix(SAND, BROWN, 0.35), smooth([(-34, 0), (-20, 4), (10, 3), (36, 0)], 2)),
    ]
