"""People and animals."""

from training.papercut.drawing.palette import Colour, from_hex, mix
from training.papercut.drawing.paper import ellipse, smooth, strip
from training.papercut.drawing.things.papers import BLACK, BROWN, CREAM, DARK, SKIN, Part, bar


def birds(paint: Colour) -> list[Part]:
    def bird(x: float, y: float) -> Part:
        wings = [(-7.5, 5), (-3.5, 5.5), (0, 2), (3.5, 5.5), (7.5, 5), (3.8, 2.6), (0, -2), (-3.8, 2.6)]
        return paint, [(x + a, y + b) for a, b in wings]

    return [bird(-12, 12), bird(3, 18), bird(10, 4)]


def sheep(paint: Colour) -> list[Part]:
    legs: list[Part] = [(BLACK, bar(x, 0, x + 2.6, 7)) for x in (-8, -4, 3, 7)]
    wool = [(-7, 12, 6.5), (0, 14, 7.5), (7, 12, 6.5), (-3, 9.5, 6), (4, 9.5, 6)]
    fleece: list[Part] = [(CREAM, ellipse(x, y, r, r)) for x, y, r in wool]
    return [*legs, *fleece, (BLACK, ellipse(14, 14, 4.2, 5)), (BLACK, [(10, 19), (12, 16), (8.5, 16.5)])]


def person(paint: Colour) -> list[Part]:
    """A small figure in a long coat, with a scarf and a walking stick."""
    return [
        (BROWN, strip((13, 0), (11, 27), 2.4, 2.4)),
        (DARK, bar(-6, 0, -1, 14)),
        (DARK, bar(1, 0, 6, 14)),
        (BLACK, ellipse(-4.4, 1.6, 4.2, 2.4)),
        (BLACK, ellipse(4.4, 1.6, 4.2, 2.4)),
        (mix(paint, BLACK, 0.2), strip((7, 31), (12, 20), 6, 5)),
        (paint, smooth([(-7, 36), (7, 36), (12, 10), (-12, 10)], 2)),
        (mix(paint, BLACK, 0.25), strip((-7, 31), (-11, 18), 6, 5)),
        (SKIN, ellipse(12, 19, 2.8, 2.8)),
        (SKIN, ellipse(-11, 16.5, 2.8, 2.8)),
        (SKIN, ellipse(0, 43, 8, 8.2)),
        (DARK, smooth([(-9, 42), (-9, 51), (0, 54), (9, 51), (9, 43), (3, 48), (-5, 48)], 2)),
        (CREAM, smooth([(-8, 37), (8, 37), (8, 33), (-8, 33)], 1)),
    ]


def camel(paint: Colour) -> list[Part]:
    legs: list[Part] = [(mix(paint, BROWN, 0.35), bar(x, 0, x + 4, 20)) for x in (-17, -9, 9, 16)]
    return [
        *legs,
        (
            paint,
            smooth([(-22, 18), (-22, 32), (-11, 34), (-3, 52), (6, 34), (20, 32), (22, 20), (10, 15), (-12, 15)], 2),
        ),
        (paint, smooth([(15, 20), (28, 24), (31, 44), (25, 46), (20, 32)], 2)),
        (paint, smooth([(24, 42), (26, 51), (34, 50), (40, 45), (37, 41), (29, 41)], 2)),
        (paint, [(25, 49), (24, 55), (29, 51)]),
        (BLACK, ellipse(31.5, 47, 1.4, 1.4)),
        (from_hex("C8322B"), smooth([(-11, 22), (-9, 37), (3, 37), (6, 22)], 1)),
        (from_hex("F2B92C"), bar(-10, 25, 5, 28)),
        (mix(paint, BROWN, 0.5), strip((-22, 30), (-26, 18), 2.4, 2.4)),
    ]


def deer(paint: Colour) -> list[Part]:
    legs: list[Part] = [(mix(paint, BLACK, 0.3), bar(x, 0, x + 3.4, 18)) for x in (-14, -8, 7, 12)]
    antlers = (((17, 50), (13, 62)), ((15, 56), (8, 60)), ((22, 50), (28, 61)), ((25, 56), (32, 58)))
    return [
        *legs,
        *((DARK, strip(first, second, 2.8, 2.0)) for first, second in antlers),
        (paint, smooth([(-19, 17), (-19, 29), (0, 30), (14, 31), (17, 18), (0, 14)], 2)),
        (paint, smooth([(8, 20), (17, 24), (22, 44), (15, 44)], 1)),
        (paint, smooth([(13, 42), (15, 51), (23, 51), (32, 44), (30, 41), (20, 40)], 2)),
        (BLACK, ellipse(31, 43, 2, 1.8)),
        (BLACK, ellipse(22, 46.5, 1.5, 1.6)),
        (CREAM, smooth([(-21, 24), (-18, 31), (-15, 25)], 1)),
        *((CREAM, ellipse(x, y, 1.6, 1.6)) for x, y in ((-11, 25), (-5, 22), (1, 26), (7, 22))),
    ]


def snowman(paint: Colour) -> list[Part]:
    white, shade = from_hex("FFFFFF"), from_hex("D3DEEE")
    return [
        (BROWN, strip((9, 26), (23, 36), 2.2, 1.6)),
        (BROWN, strip((-9, 26), (-23, 36), 2.2, 1.6)),
        (shade, ellipse(0, 11, 16.5, 12)),
        (white, ellipse(-1, 11.5, 15, 11)),
        (shade, ellipse(0, 28, 12, 10)),
        (white, ellipse(-1, 28.5, 10.6, 9)),
        (white, ellipse(0, 43, 9, 8.6)),
        *((BLACK, ellipse(0, y, 1.5, 1.5)) for y in (22, 28)),
        *((BLACK, ellipse(x, 45, 1.4, 1.6)) for x in (-3, 3)),
        (from_hex("F08A24"), [(0, 43.5), (10, 41), (0, 40.5)]),
        (paint, bar(-9, 33.5, 9, 37.5)),
        (paint, [(3, 36), (9, 36), (11, 24), (6, 24)]),
        (BLACK, bar(-10, 49.5, 10, 52)),
        (BLACK, bar(-6.5, 51, 6.5, 61)),
        (paint, bar(-6.5, 52, 6.5, 54.6)),
    ]


def whale(paint: Colour) -> list[Part]:
    """A whale at the surface, with its spout."""
    spout: list[Part] = [(CREAM, ellipse(x, y, r, r)) for x, y, r in ((-12, 42, 4.6), (-18, 39, 4), (-6, 39, 4))]
    return [
        *spout,
        (CREAM, bar(-13.4, 26, -10.6, 40)),
        (paint, smooth([(24, 12), (32, 26), (26, 36), (38, 31), (48, 37), (43, 26), (36, 8)], 2)),
        (paint, smooth([(-36, 0), (-38, 16), (-26, 28), (-6, 29), (16, 20), (36, 16), (40, 4), (30, 0)], 2)),
        (mix(paint, CREAM, 0.72), smooth([(-36, 0), (-37, 8), (-20, 10), (2, 6), (14, 0)], 2)),
        (BLACK, ellipse(-25, 15, 2.4, 2.6)),
        (mix(paint, BLACK, 0.25), smooth([(-8, 10), (4, 10), (8, -1), (-2, 2)], 2)),
    ]
