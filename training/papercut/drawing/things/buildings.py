"""Buildings and other structures."""

import numpy as np

from training.papercut.drawing.palette import Colour, from_hex, mix
from training.papercut.drawing.paper import ellipse
from training.papercut.drawing.things.papers import BLACK, BROWN, CREAM, DARK, GLOW, STONE, Part, bar


def house(paint: Colour) -> list[Part]:
    roof = mix(DARK, paint, 0.15)
    return [
        (DARK, bar(8, 24, 13, 38)),
        (paint, bar(-15, 0, 15, 21)),
        (roof, [(-19, 20), (0, 38), (19, 20)]),
        (mix(DARK, paint, 0.1), bar(-4, 0, 4, 13)),
        (GLOW, bar(-12.5, 7, -6.5, 14)),
        (GLOW, bar(6.5, 7, 12.5, 14)),
    ]


def windmill(paint: Colour) -> list[Part]:
    pieces: list[Part] = [
        (CREAM, [(-11, 0), (-7, 36), (7, 36), (11, 0)]),
        (paint, [(-9, 35), (0, 46), (9, 35)]),
        (DARK, bar(-3, 0, 3, 11)),
        (GLOW, bar(-2.5, 18, 2.5, 24)),
    ]
    for turn in np.deg2rad([20, 110, 200, 290]):
        along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        corners = [(3, -0.8), (6, -3), (23, -3), (23, 3), (6, 3), (3, 0.8)]
        blade = [tuple(np.array([0, 37]) + along * a + across * b) for a, b in corners]
        pieces.append((mix(BROWN, CREAM, 0.35), blade))
    return [*pieces, (BLACK, ellipse(0, 37, 2.6, 2.6))]


def lighthouse(paint: Colour) -> list[Part]:
    def half(y: float) -> float:
        return 8.5 - 3.5 * y / 44

    stripes = [(paint, [(-half(y), y), (-half(y + 8), y + 8), (half(y + 8), y + 8), (half(y), y)]) for y in (4, 20, 36)]
    return [
        (mix(STONE, DARK, 0.4), [(-17, 0), (-13, 6), (13, 6), (17, 0)]),
        (CREAM, [(-8.5, 4), (-5, 46), (5, 46), (8.5, 4)]),
        *stripes,
        (DARK, bar(-7, 45, 7, 47.5)),
        (from_hex("FFE27A"), bar(-4, 47.5, 4, 53)),
        (DARK, [(-6, 53), (0, 59), (6, 53)]),
    ]


def castle(paint: Colour) -> list[Part]:
    pieces: list[Part] = [(mix(STONE, DARK, 0.15), bar(-16, 0, 16, 22))]
    pieces += [(mix(STONE, DARK, 0.15), bar(x, 21, x + 4, 26)) for x in (-10, -2, 6)]
    for x, top in ((-17, 34), (17, 34)):
        pieces += [(STONE, bar(x - 6, 0, x + 6, top)), (paint, [(x - 8, top), (x, top + 15), (x + 8, top)])]
        pieces.append((GLOW, bar(x - 2, top - 11, x + 2, top - 5)))
    return [*pieces, (DARK, bar(-5, 0, 5, 9)), (DARK, ellipse(0, 9, 5, 5))]


def bridge(paint: Colour) -> list[Part]:
    deck = mix(STONE, DARK, 0.25)
    pieces: list[Part] = [(STONE, bar(x - 4, 0, x + 4, 18)) for x in (-33, -11, 11, 33)]
    for x in (-22, 0, 22):
        arch = np.linspace(0, np.pi, 12)
        hollow = [(x + 8 * np.cos(a), 8 + 8 * np.sin(a)) for a in arch]
        pieces.append((STONE, [(x - 8, 8), (x - 8, 19), (x + 8, 19), (x + 8, 8), *hollow]))
    return [*pieces, (deck, bar(-38, 17, 38, 22)), *((deck, bar(x - 2, 21, x + 2, 26)) for x in (-33, -11, 11, 33))]


def tent(paint: Colour) -> list[Part]:
    return [
        (mix(paint, BLACK, 0.25), [(0, 27), (8, 27), (25, 0), (10, 0)]),
        (paint, [(-18, 0), (0, 27), (18, 0)]),
        (mix(paint, BLACK, 0.65), [(-6, 0), (0, 19), (6, 0)]),
    ]


def pyramid(paint: Colour) -> list[Part]:
    return [
        (paint, [(-38, 0), (0, 50), (38, 0)]),
        (mix(paint, BROWN, 0.45), [(0, 50), (38, 0), (12, 0)]),
        (mix(paint, BLACK, 0.55), [(-9, 0), (-9, 9), (-1, 9), (-1, 0)]),
    ]
