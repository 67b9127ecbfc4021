"""Vehicles: boats, buses and hot air balloons."""

from training.papercut.drawing.palette import Colour, from_hex, mix
from training.papercut.drawing.paper import ellipse, smooth
from training.papercut.drawing.things.papers import BLACK, BROWN, CREAM, DARK, GLOW, STONE, Part, bar


def boat(paint: Colour) -> list[Part]:
    return [
        (DARK, bar(-1.2, 5, 1.2, 44)),
        (paint, [(2.5, 12), (2.5, 43), (20, 12)]),
        (mix(paint, CREAM, 0.55), [(-2.5, 12), (-2.5, 36), (-16, 12)]),
        (BROWN, [(-21, 9), (22, 9), (15, 0), (-15, 0)]),
    ]


def balloon(paint: Colour) -> list[Part]:
    light = mix(paint, CREAM, 0.6)
    return [
        (BROWN, bar(-4.5, 0, 4.5, 6)),
        (DARK, [(-4.5, 6), (-8, 15), (-6.5, 15), (-3.2, 6)]),
        (DARK, [(4.5, 6), (8, 15), (6.5, 15), (3.2, 6)]),
        (paint, [(-12.5, 19), (-5, 11), (5, 11), (12.5, 19)]),
        (paint, ellipse(0, 28, 16, 16)),
        (light, ellipse(0, 28, 7, 16)),
        (light, [(-4.5, 14), (-2.5, 11), (2.5, 11), (4.5, 14)]),
        (paint, ellipse(0, 28, 2.4, 15.5)),
    ]


def bus(paint: Colour) -> list[Part]:
    windows: list[Part] = [(GLOW, bar(x, 18, x + 10, 28)) for x in (-29, -17, -5, 7)]
    return [
        (paint, smooth([(-34, 5), (-34, 33), (30, 33), (36, 22), (36, 5)], 1)),
        (mix(paint, BLACK, 0.2), bar(-33, 10, 35, 13)),
        *windows,
        (GLOW, [(20, 18), (20, 28), (28.5, 28), (33.5, 18)]),
        *((BLACK, ellipse(x, 6, 7, 7)) for x in (-19, 21)),
        *((STONE, ellipse(x, 6, 3, 3)) for x in (-19, 21)),
        (from_hex("FFE27A"), ellipse(34, 9, 2.4, 2.4)),
    ]
