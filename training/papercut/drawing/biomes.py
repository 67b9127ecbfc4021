"""The ground of each biome, from far to near, with its plants and buildings.

Heights are those of a picture 128 pixels high. In a taller picture everything is lower by its `drop`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.papercut.drawing.palette import Palette, from_hex, mix
from training.papercut.drawing.paper import Piece, ellipse, rectangle
from training.papercut.drawing.terrain import (
    Heights,
    Layer,
    caps,
    crests,
    dunes,
    fir,
    flanks,
    flat,
    lee_side,
    peaks,
    ridge,
    rolling,
    row_of_firs,
    snow_on,
    waves,
)
from training.papercut.drawing.truth import Biome

INK = from_hex("1C1A33")


@dataclass(frozen=True)
class Site:
    """The site of a biome: the picture's width, the depth of the land, the colours and the random numbers."""

    rng: np.random.Generator
    width: int
    drop: float
    palette: Palette

    def rolling(self, base: float, rise: float, wavelength: float) -> Heights:
        return rolling(self.rng, self.width, self.drop + base, rise, wavelength)

    def dunes(self, base: float, rise: float, wavelength: float) -> Heights:
        return dunes(self.rng, self.width, self.drop + base, rise, wavelength)

    def waves(self, base: float, rise: float, wavelength: float) -> Heights:
        return waves(self.rng, self.width, self.drop + base, rise, wavelength)


def _desert(site: Site) -> list[Layer]:
    rng, far = site.rng, Layer(flat(site.width, site.drop + 76), 0)
    x = rng.uniform(-30, 40)
    while x < site.width:
        top, across, foot = site.drop + rng.uniform(48, 60), rng.uniform(44, 84), site.drop + 78
        far.extra.append([(x, foot), (x + 9, top), (x + across - 9, top), (x + across, foot)])
        shade = [(x + across * 0.62, top), (x + across - 9, top), (x + across, foot), (x + across * 0.7, foot)]
        far.details.append((mix(site.palette.ground(0), INK, 0.13), shade))
        far.details.append(
            (mix(site.palette.ground(0), INK, 0.09), rectangle(x + 6, top + 8, x + across - 6, top + 11))
        )
        x += across + rng.uniform(40, 110)
    sand = [_dune(site, 86, 16, 120, 1), _dune(site, 101, 15, 150, 2)]
    return [far, *sand, near_layer(site, "desert", 112)]


def _dune(site: Site, base: float, rise: float, wavelength: float, tone: int) -> Layer:
    layer = Layer(site.dunes(base, rise, wavelength), tone)
    shade = mix(site.palette.ground(tone), INK, 0.13)
    layer.details = [(shade, lee_side(layer.heights, crest, wavelength * 0.5)) for crest in crests(layer.heights)]
    return layer


def _sea(site: Site) -> list[Layer]:
    far = Layer(flat(site.width, site.drop + 72), 0)
    rows = ((84, 3, 34, 1), (98, 4.5, 44, 2))
    return [far, *(_swell(site, *row) for row in rows), near_layer(site, "sea", 115)]


def _swell(site: Site, base: float, rise: float, wavelength: float, tone: int) -> Layer:
    """Return a layer of waves with a line of foam."""
    layer = Layer(site.waves(base, rise, wavelength), tone)
    below = [(x, y + 3.4) for x, y in layer.edge]
    layer.details.append((mix(site.palette.ground(tone), site.palette.cloud, 0.6), [*layer.edge, *reversed(below)]))
    return layer


def _forest(site: Site) -> list[Layer]:
    layers = [Layer(site.rolling(base, 3, 150), tone) for tone, base in enumerate((78, 92, 105))]
    for layer, height, gap in zip(layers, (40, 48, 50), (17, 26, 46), strict=True):
        for x, foot, tall in row_of_firs(site.rng, layer, site.width, height, gap):
            tiers = fir(x, foot, tall)
            layer.extra += tiers
            shade = mix(site.palette.ground(layer.tone), INK, 0.16)
            layer.details += [(shade, [tip, right, ((left[0] + right[0]) / 2, right[1])]) for left, tip, right in tiers]
    return [*layers, near_layer(site, "forest", 113)]


def _mountains(site: Site) -> list[Layer]:
    layers, snow = [], site.palette.paper(from_hex("FFFFFF"))
    for tone, (base, rise, gap) in enumerate(((84, 66, 124), (98, 48, 96))):
        floor = site.drop + base + 14
        corners = peaks(site.rng, site.width, site.drop + base, rise, gap)
        layer, rock = Layer(ridge(corners, site.width), tone), site.palette.ground(tone)
        layer.details += [(mix(rock, INK, 0.24), flank) for flank in flanks(corners, floor)]
        for cap, shaded in caps(corners, rise * 0.33):
            layer.details += [(mix(rock, snow, 0.92), cap), (mix(mix(rock, snow, 0.92), INK, 0.17), shaded)]
        layers.append(layer)
    foothill = Layer(site.rolling(104, 4, 130), 2)
    for x, foot, tall in row_of_firs(site.rng, foothill, site.width, 24, 34):
        foothill.extra += fir(x, foot, tall)
    return [*layers, foothill, near_layer(site, "mountains", 114)]


def _meadow(site: Site) -> list[Layer]:
    rows = ((76, 8, 170), (87, 8, 200), (100, 6, 180))
    layers = [Layer(site.rolling(*row), tone) for tone, row in enumerate(rows)]
    for layer in layers[1:]:
        bush = mix(site.palette.ground(layer.tone), site.palette.paper(from_hex("2F6E33")), 0.55)
        x = site.rng.uniform(-30, 30)
        while x < site.width:
            y, size = layer.at(x) + 3, site.rng.uniform(0.8, 1.3)
            round_tops = ((-9, -3, 8), (0, -7, 10), (10, -3, 7))
            layer.details += [(bush, ellipse(x + a * size, y + b * size, r * size, r * size)) for a, b, r in round_tops]
            x += site.rng.uniform(70, 160)
    return [*layers, near_layer(site, "meadow", 112)]


def _snow(site: Site) -> list[Layer]:
    rows = ((75, 7, 150), (87, 7, 180), (101, 5, 160))
    layers = [Layer(site.rolling(*row), tone) for tone, row in enumerate(rows)]
    needles, white = site.palette.paper(from_hex("3F7F8C")), site.palette.paper(from_hex("FFFFFF"))
    for layer, height, gap in zip(layers[1:], (34, 42), (48, 76), strict=True):
        for x, foot, tall in row_of_firs(site.rng, layer, site.width, height, gap):
            tiers = fir(x, foot, tall)
            layer.details += [(needles, tier) for tier in tiers]
            layer.details += [(white, snow_on(tier)) for tier in tiers[1:]]
    return [*layers, near_layer(site, "snow", 113)]


FACADES = ("C8553D", "2F8F9D", "D9A441", "5B5F97", "8DA35B")


def _city(site: Site) -> list[Layer]:
    layers = [Layer(flat(site.width, site.drop + base), tone) for tone, base in enumerate((78, 94, 106))]
    blocks = ((26, 50, 24, 40), (34, 62, 30, 44), (8, 22, 34, 52))
    for layer, (low, high, narrow, wide) in zip(layers, blocks, strict=True):
        x = site.rng.uniform(-20, 0)
        while x < site.width:
            across, tall, foot = site.rng.uniform(narrow, wide), site.rng.uniform(low, high), layer.heights[0]
            block = [rectangle(x, foot - tall, x + across, foot + 1)]
            if layer.tone == 1:
                block.append(_roof(site, x, foot - tall, across))
                paint = site.palette.paper(from_hex(FACADES[int(site.rng.integers(len(FACADES)))]))
                layer.details += [(mix(site.palette.ground(1), paint, 0.4), shape) for shape in block]
                layer.details += _windows(site, (x, foot - tall, x + across), foot)
            layer.extra += block
            x += across + (site.rng.uniform(6, 26) if layer.tone else 0)
    return [*layers, near_layer(site, "city", 112)]


def _roof(site: Site, x: float, top: float, across: float) -> list[tuple[float, float]]:
    """Return the outline of a mast, a gable or a water tank."""
    middle = x + across / 2
    return [
        [(middle - 1.2, top + 1), (middle - 1.2, top - 12), (middle + 1.2, top - 12), (middle + 1.2, top + 1)],
        [(x, top + 1), (middle, top - 11), (x + across, top + 1)],
        [(x + 5, top + 1), (x + 5, top - 6), (x + 17, top - 6), (x + 17, top + 1)],
    ][int(site.rng.integers(3))]


def _windows(site: Site, wall: tuple[float, float, float], foot: float) -> list[Piece]:
    """Return a grid of windows on a tower. After dark some are unlit."""
    left, top, right = wall
    count = max(2, int((right - left - 4) // 11))
    gap = (right - left) / count
    panes: list[Piece] = []
    for x in left + gap * (np.arange(count) + 0.5):
        for y in np.arange(top + 6, foot - 10, 12):
            if site.palette.time == "day" or site.rng.random() < 0.75:
                panes.append((site.palette.lamp, rectangle(x - 3, y, x + 3, y + 7)))
    return panes


def near_layer(site: Site, biome: Biome, base: float) -> Layer:
    """Return the nearest layer of a biome's ground at a height. Things stand on it."""
    if biome == "sea":
        return _swell(site, base, 6, 56, 3)
    if biome == "city":
        return _street(site, base)
    if biome == "desert":
        layer = Layer(site.rolling(base, 3, 170), 3)
        return _sprinkled(site, layer, 46, ("A8622B",), (5.5, 1.5))
    layer = Layer(site.rolling(base, 3, 160), 3)
    if biome == "meadow":
        return _sprinkled(site, layer, 17, ("FFF7E0", "F2504E", "FFD447", "C77DFF"), (2.9, 2.9))
    if biome == "mountains":
        return _sprinkled(site, layer, 40, ("9DA3AE", "7C8390"), (6.5, 3.6))
    if biome == "forest":
        return _sprinkled(site, layer, 38, ("D9483B", "E8C24A"), (3.0, 2.6))
    return _sprinkled(site, layer, 60, ("C9D9EC",), (11, 2.2))


def _sprinkled(site: Site, layer: Layer, gap: float, codes: tuple[str, ...], size: tuple[float, float]) -> Layer:
    """Return a layer with flowers, stones or drifts scattered over its front."""
    papers = [site.palette.paper(from_hex(code)) for code in codes]
    for x in np.arange(site.rng.uniform(2, gap), site.width, gap):
        at = x + site.rng.uniform(-0.3, 0.3) * gap
        y, paper = layer.at(at) + site.rng.uniform(6, 13), papers[int(site.rng.integers(len(papers)))]
        layer.details.append((paper, ellipse(at, y, *size, 14)))
    return layer


def _street(site: Site, base: float) -> Layer:
    """Return a road with a kerb and a dashed line."""
    street, top = Layer(flat(site.width, site.drop + base), 3), site.drop + base
    kerb = mix(site.palette.ground(3), site.palette.paper(from_hex("F4EEDF")), 0.6)
    street.details.append((kerb, rectangle(-4, top, site.width + 4, top + 2.4)))
    paint = site.palette.paper(from_hex("F4EEDF"))
    start = int(site.rng.integers(-16, 16))
    street.details += [(paint, rectangle(x, top + 9, x + 16, top + 11.6)) for x in range(start, site.width, 36)]
    return street


BIOME_LAYERS: dict[Biome, Callable[[Site], list[Layer]]] = {
    "desert": _desert,
    "sea": _sea,
    "forest": _forest,
    "mountains": _mountains,
    "meadow": _meadow,
    "snow": _snow,
    "city": _city,
}
