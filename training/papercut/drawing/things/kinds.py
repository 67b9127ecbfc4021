"""The kinds of things: how each is drawn, how large it is, and in which places it appears."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from training.papercut.drawing.palette import NAMED, Colour, Palette, from_hex
from training.papercut.drawing.paper import Sheet
from training.papercut.drawing.things import buildings, creatures, plants, vehicles
from training.papercut.drawing.things.papers import BLACK, CREAM, LEAF, SAND, WATER, Part
from training.papercut.drawing.truth import Biome, Box, Thing


@dataclass(frozen=True)
class Kind:
    """The recipe of a kind of thing: its pieces, its height in pixels at scale 1, and its colours."""

    pieces: Callable[[Colour], list[Part]]
    height: float
    colours: tuple[str, ...] = ()
    paint: Colour = CREAM
    night_paint: Colour | None = None
    flies: bool = False
    floats: bool = False


KINDS: dict[str, Kind] = {
    "house": Kind(buildings.house, 52, ("red", "blue", "yellow", "white")),
    "windmill": Kind(buildings.windmill, 76, paint=from_hex("B5483B")),
    "lighthouse": Kind(buildings.lighthouse, 80, paint=from_hex("D8392F")),
    "castle": Kind(buildings.castle, 66, paint=from_hex("7A4FA0")),
    "bridge": Kind(buildings.bridge, 34),
    "tent": Kind(buildings.tent, 38, ("orange", "green", "blue", "red")),
    "pyramid": Kind(buildings.pyramid, 52, paint=SAND),
    "tree": Kind(plants.tree, 62, ("green", "orange")),
    "palm": Kind(plants.palm, 66, paint=LEAF),
    "cactus": Kind(plants.cactus, 56, paint=from_hex("3F8F57")),
    "oasis": Kind(plants.oasis, 64, paint=WATER),
    "island": Kind(plants.island, 62, floats=True),
    "sheep": Kind(creatures.sheep, 34),
    "camel": Kind(creatures.camel, 54, paint=from_hex("C9924E")),
    "deer": Kind(creatures.deer, 56, paint=from_hex("B5713A")),
    "snowman": Kind(creatures.snowman, 58, ("red", "blue", "green")),
    "person": Kind(creatures.person, 56, ("red", "blue", "yellow", "green")),
    "whale": Kind(creatures.whale, 46, paint=from_hex("35527F"), floats=True),
    "birds": Kind(creatures.birds, 34, paint=BLACK, night_paint=CREAM, flies=True),
    "boat": Kind(vehicles.boat, 58, ("red", "white", "yellow", "blue"), floats=True),
    "bus": Kind(vehicles.bus, 38, ("red", "yellow", "blue")),
    "balloon": Kind(vehicles.balloon, 56, ("red", "yellow", "blue", "purple"), flies=True),
}

# The relative frequency of each kind on the ground of a biome.
HABITATS: dict[Biome, dict[str, float]] = {
    "desert": {
        "oasis": 4,
        "cactus": 3.5,
        "pyramid": 3,
        "camel": 3,
        "palm": 2.5,
        "person": 1.5,
        "tent": 0.6,
        "house": 0.4,
    },
    "sea": {"boat": 3.5, "lighthouse": 2.5, "whale": 2.5, "island": 2.5},
    "forest": {"deer": 2.5, "tent": 1.5, "person": 1.5, "house": 1.2, "castle": 1, "bridge": 0.8, "tree": 0.6},
    "mountains": {"person": 2, "castle": 1.8, "bridge": 1.2, "tent": 1.2, "house": 1, "deer": 1, "tree": 0.8},
    "meadow": {"windmill": 3.5, "sheep": 3, "tree": 1.5, "house": 1, "person": 1, "castle": 0.6, "bridge": 0.6},
    "snow": {"snowman": 3, "house": 2, "deer": 1, "person": 1, "castle": 0.8, "tent": 0.5, "lighthouse": 0.5},
    "city": {"bus": 4, "tree": 2, "person": 1.5, "house": 0.8, "bridge": 0.6, "castle": 0.5},
}


@cache
def _extent(kind: str) -> Box:
    """Return the bounds of a kind's pieces in its own coordinates, whose y goes upwards: `top` is greater than
    `bottom`."""
    points = [point for _, shape in KINDS[kind].pieces(CREAM) for point in shape]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Box(min(xs), max(ys), max(xs), min(min(ys), 0.0))


def width_of(kind: str, scale: float) -> float:
    """Return the width of a thing of this kind, in pixels."""
    extent = _extent(kind)
    return KINDS[kind].height * scale * (extent.right - extent.left) / (extent.top - extent.bottom)


def box_of(kind: str, x: float, foot: float, scale: float) -> Box:
    """Return the box of a thing of this kind whose foot is at height `foot` and whose middle is at `x`."""
    half, height = width_of(kind, scale) / 2, KINDS[kind].height * scale
    return Box(x - half, foot - height, x + half, foot)


def draw_thing(sheet: Sheet, palette: Palette, thing: Thing, flip: bool) -> None:
    """Lay a thing's pieces into its box."""
    kind, extent, box = KINDS[thing.kind], _extent(thing.kind), thing.box
    paint = NAMED[thing.colour] if thing.colour else kind.paint
    if palette.time == "night" and kind.night_paint:
        paint = kind.night_paint
    scale = (box.right - box.left) / (extent.right - extent.left)
    middle, side = (extent.left + extent.right) / 2, -scale if flip else scale
    x = (box.left + box.right) / 2
    pieces = [
        (
            palette.lamp if colour is None else palette.paper(colour),
            [(x + (a - middle) * side, box.bottom - (b - extent.bottom) * scale) for a, b in shape],
        )
        for colour, shape in kind.pieces(paint)
    ]
    sheet.lay(pieces, shadow=0.45)
