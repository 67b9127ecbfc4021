"""The ground of each biome: four layers of paper, far to near, with whatever grows on them."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from worker.training.drawing.palette import Colour, Palette, from_hex, mix
from worker.training.drawing.paper import Points, Sheet, ellipse, rectangle
from worker.training.drawing.truth import Biome

Heights = np.ndarray
"""The y of an outline at every second pixel column, in picture pixels downwards."""

COLUMN = 2


@dataclass
class Layer:
    """One sheet of ground: its outline, loose shapes of the same paper, and details laid on top."""

    heights: Heights
    extra: list[Points] = field(default_factory=list)
    details: list[tuple[Colour, Points]] = field(default_factory=list)

    def at(self, x: float) -> float:
        """The y of the outline at a column."""
        return float(self.heights[min(max(round(x / COLUMN), 0), len(self.heights) - 1)])

    def highest(self, left: float, right: float) -> float:
        """The smallest y of anything on this layer between two columns."""
        columns = np.arange(len(self.heights)) * COLUMN
        inside = self.heights[(columns >= left) & (columns <= right)]
        tops = [y for shape in self.extra for x, y in shape if left <= x <= right]
        return float(min([*inside, *tops]))

    def draw(self, sheet: Sheet, colour: Colour) -> None:
        edge = [(i * COLUMN, float(y)) for i, y in enumerate(self.heights)]
        ground = [(-4, sheet.height + 4), (-4, edge[0][1]), *edge, (sheet.width + 4, edge[-1][1])]
        ground.append((sheet.width + 4, sheet.height + 4))
        sheet.cut(colour, ground, *self.extra, shadow=0.42)
        for paper, shape in self.details:
            sheet.cut(paper, shape)


def rolling(rng: np.random.Generator, width: int, base: float, rise: float, wavelength: float) -> Heights:
    """Round hills."""
    x = np.arange(0, width + COLUMN, COLUMN)
    wave = np.sin(x * 2 * np.pi / wavelength + rng.uniform(0, 6.3))
    slow = np.sin(x * 2 * np.pi / (wavelength * 2.3) + rng.uniform(0, 6.3))
    return base - rise * (0.6 * wave + 0.4 * slow)


def dunes(rng: np.random.Generator, width: int, base: float, rise: float, wavelength: float) -> Heights:
    """Hills with a sharp crest."""
    x = np.arange(0, width + COLUMN, COLUMN)
    wobble = 0.5 * np.sin(x * 2 * np.pi / (wavelength * 3.1) + rng.uniform(0, 6.3))
    phase = x * np.pi / wavelength + rng.uniform(0, 6.3) + wobble
    return base - rise * (1 - np.abs(np.sin(phase))) ** 1.3


def waves(rng: np.random.Generator, width: int, base: float, rise: float, wavelength: float) -> Heights:
    """Scalloped water."""
    x = np.arange(0, width + COLUMN, COLUMN)
    return base - rise * np.abs(np.sin(x * np.pi / wavelength + rng.uniform(0, 6.3)))


def flat(width: int, base: float) -> Heights:
    return np.full(width // COLUMN + 1, base)


def peaks(rng: np.random.Generator, width: int, base: float, rise: float, gap: float) -> list[tuple[float, float]]:
    """Corners of a jagged ridge: valley, peak, valley, ... as (x, y)."""
    corners, x = [(-gap, base)], -gap * rng.uniform(0.1, 0.9)
    while x < width + gap:
        corners.append((x, base - rise * rng.uniform(0.55, 1.0)))
        x += gap * rng.uniform(0.4, 0.6)
        corners.append((x, base - rise * rng.uniform(0.0, 0.25)))
        x += gap * rng.uniform(0.4, 0.6)
    return corners


def fir(x: float, foot: float, height: float) -> list[Points]:
    """A fir of three stacked triangles."""
    half = height * 0.32
    return [
        [(x - half * s, foot - height * low), (x, foot - height * high), (x + half * s, foot - height * low)]
        for s, low, high in ((1.0, 0.0, 0.5), (0.8, 0.28, 0.75), (0.58, 0.55, 1.0))
    ]


def treeline(
    rng: np.random.Generator, layer: Layer, width: int, height: float, gap: float, extra: bool = True
) -> list[tuple[float, float, float]]:
    """Firs along a layer's outline: (x, foot, height) of each; also adds them to the layer's own paper."""
    firs, x = [], rng.uniform(-gap, 0)
    while x < width + gap:
        tall = height * rng.uniform(0.7, 1.1)
        firs.append((x, layer.at(x) + 3, tall))
        if extra:
            layer.extra += fir(x, layer.at(x) + 3, tall)
        x += gap * rng.uniform(0.6, 1.4)
    return firs


def _desert(rng: np.random.Generator, width: int, palette: Palette) -> list[Layer]:
    far = Layer(flat(width, 74))
    x = rng.uniform(-20, 40)
    while x < width:
        top, across = rng.uniform(54, 64), rng.uniform(30, 62)
        far.extra.append([(x, 76), (x + 6, top), (x + across - 6, top), (x + across, 76)])
        x += across + rng.uniform(18, 80)
    sand = [Layer(dunes(rng, width, 84, 13, 95)), Layer(dunes(rng, width, 99, 15, 120))]
    return [far, *sand, Layer(rolling(rng, width, 112, 3, 150))]


def _sea(rng: np.random.Generator, width: int, palette: Palette) -> list[Layer]:
    layers = [Layer(flat(width, 70))]
    for index, (base, rise, length) in enumerate(((83, 3, 30), (98, 4.5, 38), (116, 6, 48)), start=1):
        layer = Layer(waves(rng, width, base, rise, length))
        below = [(i * COLUMN, float(y) + 2.6) for i, y in enumerate(layer.heights)]
        edge = [(i * COLUMN, float(y)) for i, y in enumerate(layer.heights)]
        foam = mix(palette.ground(index), palette.cloud, 0.55)
        layer.details.append((foam, [*edge, *reversed(below)]))
        layers.append(layer)
    return layers


def _forest(rng: np.random.Generator, width: int, palette: Palette) -> list[Layer]:
    layers = [Layer(rolling(rng, width, base, 3, 130)) for base in (72, 86, 100)]
    for layer, height, gap in zip(layers, (26, 32, 34), (11, 15, 21), strict=True):
        treeline(rng, layer, width, height, gap)
    return [*layers, Layer(rolling(rng, width, 112, 2.5, 140))]


def _mountains(rng: np.random.Generator, width: int, palette: Palette) -> list[Layer]:
    layers = []
    for index, (base, rise, gap) in enumerate(((78, 48, 84), (94, 42, 72), (106, 20, 46))):
        corners = peaks(rng, width, base, rise, gap)
        x, y = zip(*corners, strict=True)
        layer = Layer(np.interp(np.arange(0, width + COLUMN, COLUMN), x, y))
        if index < 2:
            white = mix(palette.ground(index), palette.paper(from_hex("FFFFFF")), 0.85)
            layer.details += [(white, cap) for cap in _caps(corners, rise * 0.34)]
        layers.append(layer)
    return [*layers, Layer(rolling(rng, width, 113, 2, 120))]


def _caps(corners: list[tuple[float, float]], depth: float) -> list[Points]:
    """Snow caps with a zigzag lower edge, for every peak of a ridge (corners 1, 3, 5, ...)."""
    caps: list[Points] = []
    for (lx, ly), (px, py), (rx, ry) in zip(corners[0::2], corners[1::2], corners[2::2], strict=False):
        left = (px + (lx - px) * depth / (ly - py), py + depth)
        right = (px + (rx - px) * depth / (ry - py), py + depth)
        zigzag = [
            (right[0] + (left[0] - right[0]) * s, py + depth * d) for s, d in ((0.3, 0.7), (0.5, 1.15), (0.7, 0.7))
        ]
        caps.append([left, (px, py), right, *zigzag])
    return caps


def _meadow(rng: np.random.Generator, width: int, palette: Palette) -> list[Layer]:
    layers = [
        Layer(rolling(rng, width, base, rise, length))
        for base, rise, length in ((73, 7, 150), (84, 8, 190), (98, 6, 170), (111, 3, 160))
    ]
    petals = [palette.paper(from_hex(code)) for code in ("F4F1E6", "F25F5C", "FFD447", "C77DFF")]
    for x in np.arange(rng.uniform(2, 10), width, 11):
        y = layers[3].at(x) + rng.uniform(6, 14)
        layers[3].details.append((petals[rng.integers(4)], ellipse(x + rng.uniform(-4, 4), y, 2.1, 2.1, 10)))
    return layers


def _snow(rng: np.random.Generator, width: int, palette: Palette) -> list[Layer]:
    layers = [
        Layer(rolling(rng, width, base, rise, length))
        for base, rise, length in ((72, 6, 140), (85, 6, 170), (99, 5, 150), (112, 3, 170))
    ]
    needles, white = palette.paper(from_hex("4F8290")), palette.paper(from_hex("FFFFFF"))
    for layer, height, gap in zip(layers[1:3], (22, 28), (30, 46), strict=True):
        for x, foot, tall in treeline(rng, layer, width, height, gap, extra=False):
            tiers = fir(x, foot, tall)
            layer.details += [(needles, tier) for tier in tiers]
            layer.details.append((white, _snowcap(tiers[2])))
    return layers


def _snowcap(tier: Points) -> Points:
    """The upper half of a fir's top tier."""
    (lx, ly), (px, py), (rx, ry) = tier
    return [((lx + px) / 2, (ly + py) / 2), (px, py), ((rx + px) / 2, (ry + py) / 2)]


def _city(rng: np.random.Generator, width: int, palette: Palette) -> list[Layer]:
    layers = [Layer(flat(width, base)) for base in (76, 90, 104)]
    blocks = ((24, 40, 14, 24), (20, 42, 20, 30), (8, 24, 24, 38))
    for index, (layer, (low, high, narrow, wide)) in enumerate(zip(layers, blocks, strict=True)):
        x = rng.uniform(-20, 0)
        while x < width:
            across, tall = rng.uniform(narrow, wide), rng.uniform(low, high)
            top = layer.heights[0] - tall
            layer.extra.append(rectangle(x, top, x + across, layer.heights[0] + 1))
            if index == 1:
                layer.details += _windows(rng, palette, (x, top, x + across), layer.heights[0])
            x += across + (rng.uniform(2, 10) if index else 0)
    street = Layer(flat(width, 110))
    street.details += [
        (palette.paper(from_hex("E9E4D4")), rectangle(x, 119, x + 12, 121.5)) for x in range(4, width, 28)
    ]
    return [*layers, street]


def _windows(
    rng: np.random.Generator, palette: Palette, wall: tuple[float, float, float], foot: float
) -> list[tuple[Colour, Points]]:
    """A grid of windows on a tower; after dark some are unlit."""
    left, top, right = wall
    panes = []
    for x in np.arange(left + 3.5, right - 5.5, 7.5):
        for y in np.arange(top + 4, foot - 4, 9):
            if palette.time == "day" or rng.random() < 0.7:
                panes.append((palette.lamp, rectangle(x, y, x + 4, y + 5)))
    return panes


TERRAINS: dict[Biome, Callable[[np.random.Generator, int, Palette], list[Layer]]] = {
    "desert": _desert,
    "sea": _sea,
    "forest": _forest,
    "mountains": _mountains,
    "meadow": _meadow,
    "snow": _snow,
    "city": _city,
}
