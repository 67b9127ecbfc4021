"""Papers and shapes that several things use.

Pieces are in the thing's own coordinates: pixels at scale 1, x to the right of the foot, y upwards.
"""

from training.papercut.drawing.palette import Colour, from_hex
from training.papercut.drawing.paper import Points, rectangle

Part = tuple[Colour | None, Points]
"""A piece of a thing. A colour of None is that of a window."""

BROWN, DARK, STONE = from_hex("7A4A2E"), from_hex("4A3038"), from_hex("9A97A3")
CREAM, BLACK, SKIN = from_hex("F6EEDC"), from_hex("2B2733"), from_hex("E9B98C")
SAND, LEAF, WATER = from_hex("E9C27C"), from_hex("3F9A52"), from_hex("3C9BD6")
GLOW = None
"""The colour of a window: lit after dark, glass by day."""


def bar(left: float, bottom: float, right: float, top: float) -> Points:
    """Return a rectangle in a thing's own coordinates."""
    return rectangle(left, bottom, right, top)
