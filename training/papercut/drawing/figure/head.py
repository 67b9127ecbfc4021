"""The head: hair behind, ears, face, fringe, features, hat and jewellery, from back to front."""

import numpy as np

from training.papercut.drawing.figure.hats import hat_at
from training.papercut.drawing.figure.truth import Face, Hair
from training.papercut.drawing.palette import Colour, from_hex, mix
from training.papercut.drawing.paper import Piece, Points, Sheet, ellipse, smooth, strip

SKINS: tuple[Colour, ...] = (from_hex("F8D6B6"), from_hex("E8B487"), from_hex("BC7F50"), from_hex("845336"))
HAIR_COLOURS: dict[Hair, Colour] = {
    "blonde": from_hex("F6CF57"),
    "black": from_hex("272231"),
    "brown": from_hex("71452A"),
    "red": from_hex("D2552A"),
    "grey": from_hex("B4B5BF"),
}
INK, WHITE, GOLD = from_hex("2A2233"), from_hex("FFFFFF"), from_hex("FFC93C")
BLUSH, LIPS = from_hex("E8706A"), from_hex("A93642")


def draw_head_back(sheet: Sheet, face: Face, x: float, y: float) -> None:
    """Draw long hair, which goes behind the body."""
    if face.length == "long":
        outline = [(-44, -18), (-30, -44), (0, -50), (30, -44), (44, -18), (48, 20), (54, 56), (20, 60), (-20, 60)]
        shape = _at(smooth([*outline, (-54, 56), (-48, 20)]), x, y)
        sheet.lay([(mix(HAIR_COLOURS[face.hair], INK, 0.22), shape)], shadow=0.35)


def draw_head(sheet: Sheet, rng: np.random.Generator, face: Face, centre: tuple[float, float], turn: float) -> None:
    """Draw the head around its centre. `turn`: the pixels by which the features move towards the side of the nose."""
    x, y = centre
    hair, skin = HAIR_COLOURS[face.hair], SKINS[face.skin]
    if face.length == "short":
        sheet.lay([(mix(hair, INK, 0.15), _at(_cap(), x, y))], shadow=0.35)
    ears = [(mix(skin, BLUSH, 0.12), ellipse(x + side * 37, y + 6, 8, 9)) for side in (-1, 1)]
    sheet.lay(ears, shadow=0.25)
    head = smooth([(-38, -20), (-22, -40), (22, -40), (38, -20), (38, 10), (27, 32), (10, 40), (-10, 40), (-27, 32)])
    sheet.lay([(skin, _at(smooth([*head, (-38, 10)], 0), x, y))], shadow=0.4)
    sheet.lay(_features(rng, skin, hair, x + turn, y))
    fringe = FRINGES[int(rng.integers(len(FRINGES)))]
    sheet.lay([(hair, _at(shape, x, y)) for shape in (*fringe, *_locks(face))], shadow=0.3)
    if face.glasses:
        _draw_glasses(sheet, skin, x + turn, y)
    if face.earrings == "large":
        hoops = [(x + side * 40, y + 25) for side in (-1, 1)]
        sheet.lay([(GOLD, ellipse(a, b, 9.5, 9.5)) for a, b in hoops], shadow=0.4)
        sheet.lay([(from_hex("C8322B"), ellipse(a, b, 4.5, 4.5)) for a, b in hoops])
    sheet.lay(hat_at(face.hat, x, y, float(rng.uniform(-0.05, 0.05))), shadow=0.45)


def _cap() -> Points:
    """Return the outline of short hair behind the head."""
    return smooth([(-44, 12), (-47, -20), (-30, -48), (0, -54), (30, -48), (47, -20), (44, 12), (30, 24), (-30, 24)])


def _locks(face: Face) -> list[Points]:
    """Return the outlines of long hair in front of the ears."""
    if face.length == "short":
        return []
    lock = [(34, -26), (45, -14), (49, 16), (54, 52), (42, 58), (37, 30), (37, 4)]
    return [smooth(lock), smooth([(-a, b) for a, b in lock])]


_CROWN = [(-37, 14), (-43, 12), (-46, -20), (-29, -48), (0, -54), (29, -48), (46, -20), (43, 12), (37, 14)]
FRINGES: tuple[list[Points], ...] = (
    [smooth([*_CROWN, (33, -10), (22, -22), (-10, -25), (-24, -16), (-32, -2)])],
    [smooth([*_CROWN, (32, -2), (24, -16), (10, -25), (-22, -22), (-33, -10)])],
    [
        smooth(
            [*_CROWN, (33, -4), (28, -15), (16, -12), (8, -22), (0, -11), (-10, -22), (-18, -12), (-28, -16), (-33, -4)]
        )
    ],
)
"""The fringes: swept to either side, or in points."""


def _features(rng: np.random.Generator, skin: Colour, hair: Colour, x: float, y: float) -> list[Piece]:
    """Return the pieces of eyes, brows, cheeks, nose and one of three mouths."""
    flush = mix(skin, BLUSH, 0.45)
    pieces: list[Piece] = []
    for side in (-1, 1):
        eye = x + side * 15
        pieces += [
            (flush, ellipse(x + side * 23, y + 18, 6.5, 4.5)),
            (INK, ellipse(eye, y + 3, 4.6, 6.2)),
            (WHITE, ellipse(eye + 1.6, y + 0.6, 1.7, 2.0)),
            (mix(hair, INK, 0.45), strip((eye - 5.5, y - 9 - side), (eye + 5.5, y - 9 + side), 2.6, 2.6)),
        ]
    pieces.append((mix(skin, INK, 0.24), ellipse(x, y + 11, 3.4, 2.7)))
    return [*pieces, *MOUTHS[int(rng.integers(len(MOUTHS)))](x, y + 21)]


def _smile(x: float, y: float) -> list[Piece]:
    return [(LIPS, smooth([(x - 11, y - 2), (x, y + 3), (x + 11, y - 2), (x + 6, y + 5), (x - 6, y + 5)], 2))]


def _laugh(x: float, y: float) -> list[Piece]:
    mouth = smooth([(x - 11, y - 2), (x + 11, y - 2), (x + 8, y + 6), (x, y + 10), (x - 8, y + 6)], 2)
    return [(LIPS, mouth), (WHITE, [(x - 7.5, y - 1), (x + 7.5, y - 1), (x + 6, y + 2.2), (x - 6, y + 2.2)])]


def _round(x: float, y: float) -> list[Piece]:
    return [(LIPS, ellipse(x, y + 3, 5, 5.5))]


MOUTHS = (_smile, _laugh, _round)


def _draw_glasses(sheet: Sheet, skin: Colour, x: float, y: float) -> None:
    """Draw dark rims around clear glass. The rims are rings, so the eyes stay visible."""
    for side in (-1, 1):
        sheet.cut(INK, _ring(x + side * 16, y + 3, 13.5, 10.2))
        sheet.cut(INK, strip((x + side * 28, y + 1), (x + side * 37, y - 1), 3, 3))
        sheet.veil(WHITE, [ellipse(x + side * 16, y + 3, 10.4, 10.4)], 0.22)
    sheet.cut(INK, strip((x - 4, y + 1), (x + 4, y + 1), 3, 3))


def _ring(x: float, y: float, outer: float, inner: float) -> Points:
    """Return a ring as one outline that turns back on itself."""
    rim, hole = [*ellipse(x, y, outer, outer)], [*ellipse(x, y, inner, inner)]
    return [*rim, rim[0], hole[0], *reversed(hole)]


def _at(shape: Points, x: float, y: float) -> Points:
    return [(a + x, b + y) for a, b in shape]
