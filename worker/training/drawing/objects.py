"""Things that stand, float or fly: each a handful of paper pieces around its own foot.

Pieces are in the thing's own coordinates: pixels at scale 1, x to the right of the foot, y upwards.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from worker.training.drawing.palette import NAMED, Colour, Palette, from_hex, mix
from worker.training.drawing.paper import Points, Sheet, ellipse, rectangle
from worker.training.drawing.truth import Biome, Box, Thing

Piece = tuple[Colour | None, Points]

BROWN, DARK, STONE = from_hex("7A4A2E"), from_hex("4A3038"), from_hex("9A97A3")
CREAM, BLACK = from_hex("F6EEDC"), from_hex("2B2733")
GLOW = None
"""The colour of a window: lit after dark, glass by day."""


def bar(left: float, bottom: float, right: float, top: float) -> Points:
    """A rectangle in a thing's own coordinates."""
    return rectangle(left, bottom, right, top)


def house(paint: Colour) -> list[Piece]:
    roof = mix(DARK, paint, 0.15)
    return [
        (DARK, bar(8, 24, 13, 38)),
        (paint, bar(-15, 0, 15, 21)),
        (roof, [(-19, 20), (0, 38), (19, 20)]),
        (mix(DARK, paint, 0.1), bar(-4, 0, 4, 13)),
        (GLOW, bar(-12.5, 7, -6.5, 14)),
        (GLOW, bar(6.5, 7, 12.5, 14)),
    ]


def tree(paint: Colour) -> list[Piece]:
    light = mix(paint, CREAM, 0.2)
    return [
        (BROWN, bar(-2.8, 0, 2.8, 22)),
        (paint, ellipse(-8, 25, 10, 10)),
        (paint, ellipse(8, 25, 10, 10)),
        (light, ellipse(0, 34, 12, 12)),
    ]


def cactus(paint: Colour) -> list[Piece]:
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


def boat(paint: Colour) -> list[Piece]:
    return [
        (DARK, bar(-1.2, 5, 1.2, 44)),
        (paint, [(2.5, 12), (2.5, 43), (20, 12)]),
        (mix(paint, CREAM, 0.55), [(-2.5, 12), (-2.5, 36), (-16, 12)]),
        (BROWN, [(-21, 9), (22, 9), (15, 0), (-15, 0)]),
    ]


def windmill(paint: Colour) -> list[Piece]:
    pieces: list[Piece] = [
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


def lighthouse(paint: Colour) -> list[Piece]:
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


def balloon(paint: Colour) -> list[Piece]:
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


def birds(paint: Colour) -> list[Piece]:
    def bird(x: float, y: float) -> Piece:
        wings = [(-7.5, 5), (-3.5, 5.5), (0, 2), (3.5, 5.5), (7.5, 5), (3.8, 2.6), (0, -2), (-3.8, 2.6)]
        return paint, [(x + a, y + b) for a, b in wings]

    return [bird(-12, 12), bird(3, 18), bird(10, 4)]


def sheep(paint: Colour) -> list[Piece]:
    legs: list[Piece] = [(BLACK, bar(x, 0, x + 2.6, 7)) for x in (-8, -4, 3, 7)]
    wool = [(-7, 12, 6.5), (0, 14, 7.5), (7, 12, 6.5), (-3, 9.5, 6), (4, 9.5, 6)]
    fleece: list[Piece] = [(CREAM, ellipse(x, y, r, r)) for x, y, r in wool]
    return [*legs, *fleece, (BLACK, ellipse(14, 14, 4.2, 5)), (BLACK, [(10, 19), (12, 16), (8.5, 16.5)])]


def tent(paint: Colour) -> list[Piece]:
    return [
        (mix(paint, BLACK, 0.25), [(0, 27), (8, 27), (25, 0), (10, 0)]),
        (paint, [(-18, 0), (0, 27), (18, 0)]),
        (mix(paint, BLACK, 0.65), [(-6, 0), (0, 19), (6, 0)]),
    ]


def bridge(paint: Colour) -> list[Piece]:
    deck = mix(STONE, DARK, 0.25)
    pieces: list[Piece] = [(STONE, bar(x - 4, 0, x + 4, 18)) for x in (-33, -11, 11, 33)]
    for x in (-22, 0, 22):
        arch = np.linspace(0, np.pi, 12)
        hollow = [(x + 8 * np.cos(a), 8 + 8 * np.sin(a)) for a in arch]
        pieces.append((STONE, [(x - 8, 8), (x - 8, 19), (x + 8, 19), (x + 8, 8), *hollow]))
    return [*pieces, (deck, bar(-38, 17, 38, 22)), *((deck, bar(x - 2, 21, x + 2, 26)) for x in (-33, -11, 11, 33))]


def castle(paint: Colour) -> list[Piece]:
    pieces: list[Piece] = [(mix(STONE, DARK, 0.15), bar(-16, 0, 16, 22))]
    pieces += [(mix(STONE, DARK, 0.15), bar(x, 21, x + 4, 26)) for x in (-10, -2, 6)]
    for x, top in ((-17, 34), (17, 34)):
        pieces += [(STONE, bar(x - 6, 0, x + 6, top)), (paint, [(x - 8, top), (x, top + 15), (x + 8, top)])]
        pieces.append((GLOW, bar(x - 2, top - 11, x + 2, top - 5)))
    return [*pieces, (DARK, bar(-5, 0, 5, 9)), (DARK, ellipse(0, 9, 5, 5))]


@dataclass(frozen=True)
class Kind:
    """How a kind of thing is made: its pieces, its size in pixels at scale 1, and its colours."""

    pieces: Callable[[Colour], list[Piece]]
    width: float
    height: float
    colours: tuple[str, ...] = ()
    paint: Colour = CREAM
    night_paint: Colour | None = None
    flies: bool = False


KINDS: dict[str, Kind] = {
    "house": Kind(house, 38, 38, ("red", "blue", "yellow", "white")),
    "tree": Kind(tree, 36, 46, ("green", "orange")),
    "cactus": Kind(cactus, 26, 43, paint=from_hex("3F8F57")),
    "boat": Kind(boat, 43, 44, ("red", "white", "yellow", "blue")),
    "windmill": Kind(windmill, 48, 60, paint=from_hex("B5483B")),
    "lighthouse": Kind(lighthouse, 34, 59, paint=from_hex("D8392F")),
    "balloon": Kind(balloon, 32, 44, ("red", "yellow", "blue", "purple"), flies=True),
    "birds": Kind(birds, 38, 24, paint=BLACK, night_paint=CREAM, flies=True),
    "sheep": Kind(sheep, 32, 22),
    "tent": Kind(tent, 43, 27, ("orange", "green", "blue", "red")),
    "bridge": Kind(bridge, 76, 26),
    "castle": Kind(castle, 50, 49, paint=from_hex("7A4FA0")),
}

# How often each kind stands on the ground of a biome, relative to its neighbours.
HABITATS: dict[Biome, dict[str, float]] = {
    "desert": {"cactus": 5, "tent": 2, "house": 1.5, "tree": 0.7, "castle": 0.7, "windmill": 0.5, "sheep": 0.4},
    "sea": {"boat": 5, "lighthouse": 2.5, "bridge": 0.8},
    "forest": {"house": 2, "tent": 2, "tree": 1, "castle": 1, "sheep": 1, "bridge": 0.7, "windmill": 0.6},
    "mountains": {"castle": 2, "tent": 1.5, "house": 1.5, "tree": 1.5, "sheep": 1, "bridge": 1, "windmill": 0.6},
    "meadow": {"sheep": 2.5, "windmill": 2.5, "house": 2, "tree": 2, "tent": 1, "bridge": 0.7, "castle": 0.7},
    "snow": {"house": 3, "tent": 1.2, "castle": 1.2, "tree": 1, "sheep": 0.8, "lighthouse": 0.6, "windmill": 0.8},
    "city": {"tree": 2.5, "house": 1.5, "bridge": 1.5, "castle": 0.5, "lighthouse": 0.4, "sheep": 0.4},
}


def box_of(kind: str, x: float, foot: float, scale: float) -> Box:
    """Where a thing of this kind would be, its foot at (x, foot)."""
    half, height = KINDS[kind].width * scale / 2, KINDS[kind].height * scale
    return Box(x - half, foot - height, x + half, foot)


def draw_thing(sheet: Sheet, palette: Palette, thing: Thing, flip: bool) -> None:
    """Lay a thing's pieces into its box."""
    kind = KINDS[thing.kind]
    paint = NAMED[thing.colour] if thing.colour else kind.paint
    if palette.time == "night" and kind.night_paint:
        paint = kind.night_paint
    scale = (thing.box.right - thing.box.left) / kind.width
    x, foot = (thing.box.left + thing.box.right) / 2, thing.box.bottom
    side = -scale if flip else scale
    pieces = [
        (
            palette.lamp if colour is None else palette.paper(colour),
            [(x + a * side, foot - b * scale) for a, b in shape],
        )
        for colour, shape in kind.pieces(paint)
    ]
    sheet.shade([shape for _, shape in pieces], 0.4)
    for colour, shape in pieces:
        sheet.cut(colour, shape)
