"""Outfits: the clothes on the trunk, the sleeves, legs and shoes, and the object in the hand.

Trunk pieces are in the figure's own frame: a across, b down from the neck, in pixels; the hips are at b = 50.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from training.papercut.drawing.figure.props import PROPS
from training.papercut.drawing.figure.truth import Outfit
from training.papercut.drawing.palette import Colour, from_hex, mix
from training.papercut.drawing.paper import Piece, Points, ellipse, rectangle, smooth, star, strip

WHITE, PALE, BLACK = from_hex("FBF8F0"), from_hex("D5DADF"), from_hex("2B2733")
RED, GOLD, NAVY, TEAL = from_hex("D8342E"), from_hex("F2B92C"), from_hex("23366F"), from_hex("2FA39A")
GREEN, LEATHER, BROWN = from_hex("4E7A34"), from_hex("8A5A33"), from_hex("5E3D28")
MAGENTA, STEEL, BLUE, YELLOW = from_hex("D62F86"), from_hex("A9B4C4"), from_hex("2E62B8"), from_hex("FFE04A")
PLAIN = smooth([(-12, -3), (12, -3), (27, 5), (25, 30), (22, 58), (-22, 58), (-25, 30), (-27, 5)], 2)
"""The trunk without anything that hangs below the hips."""


@dataclass(frozen=True)
class Suit:
    """One outfit. Without `glove` the hands are bare. `trunk` covers the legs."""

    trunk: list[Piece]
    sleeve: Colour
    cuff: Colour
    legs: Colour
    shoes: Colour
    prop: Callable[[], list[Piece]]
    glove: Colour | None = None


def _hanging(hem: float, flare: float) -> Points:
    """Return a trunk that hangs down to b = `hem`, where its width is twice `flare`."""
    return smooth([(-12, -3), (12, -3), (27, 5), (24, 34), (flare, hem), (-flare, hem), (-24, 34), (-27, 5)], 2)


def _mirrored(shape: Points) -> Points:
    return [(-a, b) for a, b in shape]


def _cross(a: float, b: float, reach: float, width: float) -> list[Points]:
    return [
        rectangle(a - reach, b - width, a + reach, b + width),
        rectangle(a - width, b - reach, a + width, b + reach),
    ]


def _doctor() -> list[Piece]:
    """Teal scrubs under an open white coat, a stethoscope, a red cross on the chest."""
    side = [(-14, -4), (-7, -1), (-4, 30), (-6, 84), (-33, 84), (-28, 44), (-28, 5)]
    lapel = [(-14, -4), (-6, -1), (-3, 30), (-15, 12)]
    tube = [(-11, 2), (-9, 16), (0, 26), (9, 16), (11, 2)]
    hose = [strip(first, second, 3.2, 3.2) for first, second in pairwise(tube)]
    return [
        (TEAL, PLAIN),
        *((WHITE, shape) for shape in (side, _mirrored(side))),
        *((PALE, shape) for shape in (lapel, _mirrored(lapel))),
        *((BLACK, shape) for shape in hose),
        (BLACK, strip((0, 26), (0, 36), 3.2, 3.2)),
        (STEEL, ellipse(0, 39, 5.5, 5.5)),
        *((RED, shape) for shape in _cross(18, 34, 7, 2.6)),
        (PALE, rectangle(-27, 56, -13, 58.5)),
        (PALE, rectangle(13, 56, 27, 58.5)),
    ]


def _singer() -> list[Piece]:
    """A flared magenta dress with golden stars and a golden belt."""
    hem = [(-42 + 14 * i, 90 if i % 2 else 83) for i in range(7)]
    skirt = [(-21, 42), (21, 42), *[(a, b) for a, b in reversed(hem)]]
    stars = ((-22, 70, 6.5), (2, 62, 6.5), (22, 74, 6.5), (-3, 80, 5))
    return [
        (mix(MAGENTA, BLACK, 0.16), skirt),
        (MAGENTA, PLAIN),
        (mix(MAGENTA, BLACK, 0.1), [(-22, 48), (22, 48), (38, 80), (20, 74), (0, 80), (-20, 74), (-38, 80)]),
        (GOLD, rectangle(-23, 42, 23, 50)),
        *((YELLOW, star(a, b, r)) for a, b, r in stars),
        (YELLOW, star(0, 22, 13)),
    ]


def _hunter() -> list[Piece]:
    """A green jacket, a leather strap across it, a belt with a golden buckle."""
    return [
        (GREEN, _hanging(68, 29)),
        (mix(GREEN, BLACK, 0.3), [(-13, -3), (13, -3), (0, 16)]),
        (from_hex("E9DFC3"), [(-7, -3), (7, -3), (0, 9)]),
        (BROWN, [(-27, 8), (-19, 2), (24, 42), (22, 51)]),
        (BROWN, rectangle(-26, 44, 26, 53)),
        (GOLD, rectangle(-6, 43, 6, 54)),
        (BROWN, rectangle(-3, 46, 3, 51)),
        (mix(GREEN, BLACK, 0.3), rectangle(8, 57, 23, 60)),
        (mix(GREEN, BLACK, 0.3), rectangle(-23, 57, -8, 60)),
    ]


def _chef() -> list[Piece]:
    """A white jacket with two rows of black buttons, a red neckerchief and a red apron."""
    buttons = [(BLACK, ellipse(a, b, 3, 3)) for a in (-9, 9) for b in (18, 28, 38)]
    return [
        (WHITE, _hanging(62, 26)),
        *buttons,
        (RED, [(-24, 46), (24, 46), (29, 82), (-29, 82)]),
        (mix(RED, BLACK, 0.25), rectangle(-25, 44, 25, 49)),
        (RED, smooth([(-17, -5), (17, -5), (13, 6), (0, 11), (-13, 6)])),
        (mix(RED, BLACK, 0.2), [(0, 7), (9, 21), (0, 17), (-9, 21)]),
    ]


def _firefighter() -> list[Piece]:
    """A dark coat with broad yellow bands."""
    coat = from_hex("3A3A46")
    return [
        (coat, _hanging(74, 31)),
        (YELLOW, [(-25, 27), (25, 27), (25, 38), (-25, 38)]),
        (STEEL, [(-25, 31), (25, 31), (25, 34), (-25, 34)]),
        (YELLOW, [(-28.5, 58), (28.5, 58), (30, 69), (-30, 69)]),
        (STEEL, [(-29, 62), (29, 62), (29.5, 65), (-29.5, 65)]),
        (RED, rectangle(-3, 0, 3, 73)),
        (YELLOW, [(-15, -4), (-4, 0), (-12, 10)]),
        (YELLOW, [(15, -4), (4, 0), (12, 10)]),
    ]


def _sailor() -> list[Piece]:
    """A white blouse with a broad navy collar and a red knot."""
    collar = [(-17, -5), (17, -5), (29, 6), (25, 18), (0, 32), (-25, 18), (-29, 6)]
    edge = [(-24, 12), (0, 26), (24, 12), (24, 15), (0, 29), (-24, 15)]
    return [
        (WHITE, PLAIN),
        (NAVY, rectangle(-23, 50, 23, 59)),
        (NAVY, collar),
        (WHITE, edge),
        (WHITE, [(-9, -4), (9, -4), (0, 12)]),
        (RED, [(0, 22), (11, 42), (0, 37), (-11, 42)]),
        (RED, ellipse(0, 24, 5, 5)),
    ]


def _farmer() -> list[Piece]:
    """Blue dungarees over a chequered red shirt."""
    checks = [(from_hex("F3D3C0"), rectangle(a - 1.2, 0, a + 1.2, 44)) for a in (-20, -12, 12, 20)]
    lines = [(from_hex("F3D3C0"), rectangle(-26, b - 1.2, 26, b + 1.2)) for b in (10, 19)]
    strap = [(-15, -3), (-9, -3), (-8, 24), (-15, 24)]
    return [
        (RED, PLAIN),
        *checks,
        *lines,
        *((BLUE, shape) for shape in (strap, _mirrored(strap))),
        (BLUE, [(-16, 20), (16, 20), (17, 42), (25, 44), (24, 60), (-24, 60), (-25, 44), (-17, 42)]),
        (mix(BLUE, BLACK, 0.3), smooth([(-9, 26), (9, 26), (9, 38), (0, 41), (-9, 38)], 1)),
        *((GOLD, ellipse(a, 22.5, 3.6, 3.6)) for a in (-11.5, 11.5)),
    ]


def _knight() -> list[Piece]:
    """A blue tabard with a golden cross over steel."""
    return [
        (STEEL, PLAIN),
        *((mix(STEEL, WHITE, 0.45), ellipse(a, 8, 12, 10)) for a in (-24, 24)),
        (BLUE, [(-15, -3), (15, -3), (17, 44), (24, 82), (0, 74), (-24, 82), (-17, 44)]),
        *((GOLD, shape) for shape in (rectangle(-3.5, 10, 3.5, 40), rectangle(-12, 17, 12, 24))),
        (LEATHER, rectangle(-21, 45, 21, 52)),
        (GOLD, rectangle(-5, 44, 5, 53)),
    ]


SUITS: dict[Outfit, Suit] = {
    "doctor": Suit(_doctor(), WHITE, WHITE, TEAL, WHITE, PROPS["bag"]),
    "singer": Suit(_singer(), MAGENTA, MAGENTA, from_hex("F3A6C8"), GOLD, PROPS["microphone"]),
    "hunter": Suit(_hunter(), GREEN, LEATHER, LEATHER, BROWN, PROPS["bow"]),
    "chef": Suit(_chef(), WHITE, WHITE, from_hex("4A4A58"), BLACK, PROPS["pan"]),
    "firefighter": Suit(_firefighter(), from_hex("3A3A46"), YELLOW, from_hex("3A3A46"), YELLOW, PROPS["axe"], BLACK),
    "sailor": Suit(_sailor(), WHITE, NAVY, NAVY, BLACK, PROPS["ring"]),
    "farmer": Suit(_farmer(), RED, RED, BLUE, BROWN, PROPS["fork"]),
    "knight": Suit(_knight(), STEEL, STEEL, STEEL, mix(STEEL, BLACK, 0.4), PROPS["sword"], mix(STEEL, BLACK, 0.25)),
}
