"""A whole panorama: one place, one time, one weather, one sun or moon, throughout."""

from dataclasses import dataclass

import numpy as np

from worker.training.drawing import sky
from worker.training.drawing.objects import HABITATS, KINDS, box_of, draw_thing
from worker.training.drawing.palette import Palette
from worker.training.drawing.paper import Sheet
from worker.training.drawing.terrain import TERRAINS, Layer
from worker.training.drawing.truth import BIOMES, TIMES, Biome, Box, Thing, Time, Truth, Weather

WIDTH, HEIGHT = 512, 128

WEATHER_ODDS: dict[Weather, float] = {"clear": 0.36, "clouds": 0.28, "rain": 0.12, "snow": 0.12, "fog": 0.12}
DRY: frozenset[Biome] = frozenset({"desert"})
STEP = 74
"""The mean distance between neighbours on the ground, in pixels."""


@dataclass(frozen=True)
class Panorama:
    """A drawing of shape (HEIGHT, width, 3) in bytes, and what is in it."""

    pixels: np.ndarray
    truth: Truth


def draw_panorama(
    seed: int,
    *,
    width: int = WIDTH,
    biome: Biome | None = None,
    time: Time | None = None,
    weather: Weather | None = None,
) -> Panorama:
    """Draw the panorama of a seed; what is not given is chosen by the seed."""
    rng = np.random.default_rng([seed, 20261])
    chosen_biome = BIOMES[rng.integers(len(BIOMES))]
    chosen_time = TIMES[rng.integers(len(TIMES))]
    biome, time = biome or chosen_biome, time or chosen_time
    weather = _weather(rng, biome, weather)
    palette = Palette(biome, time, weather, warmth=rng.uniform(-0.035, 0.035))
    layers = TERRAINS[biome](rng, width, palette)
    light = _place_light(rng, width, palette, layers)
    flying = _place_flying(rng, width, light.box)
    standing = _place_standing(rng, width, biome, layers)

    sheet = Sheet(width, HEIGHT, palette.sky(0.0))
    sky.draw_bands(sheet, palette, rng)
    if time == "night" and weather in ("clear", "clouds"):
        sky.draw_stars(sheet, rng, light.box)
    sky.draw_light(sheet, palette, light)
    sky.draw_clouds(sheet, palette, rng, [light.box, *(thing.box for thing in flying)])
    _draw_ground(sheet, palette, rng, layers, standing)
    for thing in flying:
        draw_thing(sheet, palette, thing, flip=bool(rng.integers(2)))
    sky.draw_fall(sheet, palette, rng)
    return Panorama(sheet.finish(), Truth(biome, time, weather, light, (*flying, *standing)))


def _draw_ground(
    sheet: Sheet, palette: Palette, rng: np.random.Generator, layers: list[Layer], standing: list[Thing]
) -> None:
    """Layers far to near; boats go behind the nearest wave, everything else stands in front."""
    for index, layer in enumerate(layers):
        if index == 3:
            if palette.weather == "fog":
                sky.draw_fog(sheet, palette, rng)
            _draw_things(sheet, palette, rng, [thing for thing in standing if thing.kind == "boat"])
        layer.draw(sheet, palette.ground(index))
    _draw_things(sheet, palette, rng, [thing for thing in standing if thing.kind != "boat"])


def _draw_things(sheet: Sheet, palette: Palette, rng: np.random.Generator, things: list[Thing]) -> None:
    for thing in things:
        draw_thing(sheet, palette, thing, flip=bool(rng.integers(2)))


def _weather(rng: np.random.Generator, biome: Biome, wanted: Weather | None) -> Weather:
    """It neither rains nor snows in the desert, and what falls on the snow is snow."""
    names = list(WEATHER_ODDS)
    odds = np.array([WEATHER_ODDS[name] for name in names])
    if biome in DRY:
        odds[[names.index("rain"), names.index("snow"), names.index("fog")]] = 0
    if biome == "snow":
        odds[names.index("snow")] += odds[names.index("rain")]
        odds[names.index("rain")] = 0
    chosen = names[rng.choice(len(names), p=odds / odds.sum())]
    return wanted or chosen


def _place_light(rng: np.random.Generator, width: int, palette: Palette, layers: list[Layer]) -> Thing:
    """The one sun or moon: low at sunset, and clear of the land."""
    radius = rng.uniform(12, 15)
    x = rng.uniform(radius + 6, width - radius - 6)
    y = rng.uniform(40, 52) if palette.time == "sunset" else rng.uniform(18, 34)
    land = min(layer.highest(x - radius, x + radius) for layer in layers)
    y = max(radius + 2, min(y, land - radius - 2))
    kind = "moon" if palette.time == "night" else "sun"
    return Thing(kind, Box(x - radius, y - radius, x + radius, y + radius))


def _place_flying(rng: np.random.Generator, width: int, light: Box) -> list[Thing]:
    """Balloons and birds, about one for every 200 pixels, off the sun or moon."""
    things: list[Thing] = []
    for slot in range(width // 128):
        if rng.random() < 0.4:
            continue
        kind = "balloon" if rng.random() < 0.55 else "birds"
        x = 128 * slot + rng.uniform(24, 104)
        box = box_of(kind, x, rng.uniform(50, 60) if kind == "balloon" else rng.uniform(30, 50), rng.uniform(0.85, 1.1))
        if not box.overlaps(light, 3):
            things.append(Thing(kind, box, _colour(rng, kind)))
    return things


def _place_standing(rng: np.random.Generator, width: int, biome: Biome, layers: list[Layer]) -> list[Thing]:
    """Things along the near ground, far enough apart not to hide each other."""
    kinds, odds = zip(*HABITATS[biome].items(), strict=True)
    things: list[Thing] = []
    edge, x = 2.0, rng.uniform(4, STEP)
    while x < width:
        kind = kinds[rng.choice(len(kinds), p=np.array(odds) / sum(odds))]
        scale = rng.uniform(0.9, 1.15)
        half = KINDS[kind].width * scale / 2
        x = max(x, edge + half + 4)
        if x + half > width - 2:
            break
        things.append(Thing(kind, box_of(kind, x, _foot(rng, kind, layers, x), scale), _colour(rng, kind)))
        edge = x + half
        x = edge + rng.uniform(0.1, 0.9) * STEP
    return things


def _foot(rng: np.random.Generator, kind: str, layers: list[Layer], x: float) -> float:
    """The y on which a thing of a kind stands at a column."""
    if kind == "boat":
        return 108.0 + rng.uniform(-3, 3)
    return layers[3].at(x) + rng.uniform(3, 8)


def _colour(rng: np.random.Generator, kind: str) -> str | None:
    colours = KINDS[kind].colours
    return colours[rng.integers(len(colours))] if colours else None
