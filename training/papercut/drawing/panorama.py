"""A whole panorama: one place, one time of day, one weather, and one sun or moon."""

from dataclasses import dataclass

import numpy as np

from training.papercut.drawing import sky
from training.papercut.drawing.biomes import BIOME_LAYERS, Site, near_layer
from training.papercut.drawing.palette import Palette
from training.papercut.drawing.paper import Sheet
from training.papercut.drawing.terrain import Layer
from training.papercut.drawing.things.kinds import HABITATS, KINDS, box_of, draw_thing, width_of
from training.papercut.drawing.truth import BIOMES, TIMES, Biome, Box, Thing, Time, Truth, Weather

WIDTH, HEIGHT, TALL = 512, 128, 256

WEATHER_ODDS: dict[Weather, float] = {"clear": 0.36, "clouds": 0.28, "rain": 0.12, "snow": 0.12, "fog": 0.12}
DRY: frozenset[Biome] = frozenset({"desert"})
GAPS: tuple[float, ...] = (20, 50, 110)
"""The mean free distances between neighbours on the ground, in pixels, from crowded to lonely."""
DROPS = (52.0, 112.0)
"""The range of the pixels by which the land of a tall picture is lower."""
ROW = 40.0
"""The height of each further row of near ground in a tall picture, in pixels."""


@dataclass(frozen=True)
class Panorama:
    """A drawing, bytes of shape (scale * height, scale * width, 3), and its truth in pixels at a scale of 1."""

    pixels: np.ndarray
    truth: Truth


@dataclass(frozen=True)
class Stage:
    """An empty place: its colours, its layers of ground and its random numbers."""

    rng: np.random.Generator
    width: int
    height: int
    drop: float
    palette: Palette
    layers: list[Layer]


def draw_panorama(
    seed: int,
    *,
    width: int = WIDTH,
    height: int = HEIGHT,
    biome: Biome | None = None,
    time: Time | None = None,
    weather: Weather | None = None,
    scale: int = 1,
) -> Panorama:
    """Draw the panorama of a seed. The seed decides all that the arguments do not. `height`: HEIGHT or TALL. `scale`:
    the factor by which the pixels are more than `width` x `height`; the truth does not depend on it."""
    stage = make_stage(np.random.default_rng([seed, 20261]), width, height, biome, time, weather)
    rng, palette = stage.rng, stage.palette

    light = place_light(stage)
    flying = _place_flying(stage, light.box)
    standing = _place_rows(stage, [light.box, *(thing.box for thing in flying)])
    sheet = Sheet(width, height, palette.sky(0.0), scale)
    clouds = draw_sky(sheet, stage, light, flying)
    _draw_ground(sheet, stage, standing)
    for thing in flying:
        draw_thing(sheet, palette, thing, flip=bool(rng.integers(2)))
    sky.draw_fall(sheet, palette, rng)
    things = (*flying, *(thing for row in standing for thing in row))
    return Panorama(sheet.finish(), truth_of(stage, light, things, clouds))


def make_stage(
    rng: np.random.Generator,
    width: int,
    height: int,
    biome: Biome | None = None,
    time: Time | None = None,
    weather: Weather | None = None,
) -> Stage:
    """Make an empty place. `rng` decides all that the arguments do not."""
    chosen_biome = BIOMES[rng.integers(len(BIOMES))]
    chosen_time = TIMES[rng.integers(len(TIMES))]
    biome, time = biome or chosen_biome, time or chosen_time
    weather = _weather(rng, biome, weather)
    palette = Palette(biome, time, weather, warmth=rng.uniform(-0.035, 0.035))
    drop = float(rng.uniform(*DROPS)) if height > HEIGHT else 0.0
    return Stage(rng, width, height, drop, palette, _layers(Site(rng, width, drop, palette), height))


def truth_of(stage: Stage, light: Thing, things: tuple[Thing, ...], clouds: tuple[Box, ...]) -> Truth:
    """Return the truth of a drawing on a stage."""
    land_top = min(layer.highest(0, stage.width) for layer in stage.layers)
    sky_bottom = float(stage.layers[0].heights.max())
    palette = stage.palette
    return Truth(
        palette.biome,
        palette.time,
        palette.weather,
        light,
        things,
        clouds,
        stage.width,
        stage.height,
        land_top,
        sky_bottom,
    )


def _layers(site: Site, height: int) -> list[Layer]:
    """Return the biome's layers, and further rows of near ground down to the bottom."""
    layers, base = BIOME_LAYERS[site.palette.biome](site), 112 + ROW
    while site.drop + base < height - 6:
        layers.append(near_layer(site, site.palette.biome, base))
        base += ROW
    return layers


def draw_sky(sheet: Sheet, stage: Stage, light: Thing, flying: list[Thing]) -> tuple[Box, ...]:
    """Draw everything behind the land. Returns the boxes of the clouds."""
    sky.draw_bands(sheet, stage.palette, stage.rng, stage.drop)
    if stage.palette.time == "night" and stage.palette.weather in ("clear", "clouds"):
        sky.draw_stars(sheet, stage.rng, light.box, stage.drop)
    sky.draw_light(sheet, stage.palette, light)
    avoid = [light.box, *(thing.box for thing in flying)]
    return sky.draw_clouds(sheet, stage.palette, stage.rng, avoid, stage.drop)


def _draw_ground(sheet: Sheet, stage: Stage, standing: list[list[Thing]]) -> None:
    """Draw the layers from far to near. Floating things go behind their wave, all others in front of their row."""
    for index, layer in enumerate(stage.layers):
        row = standing[index - 3] if index >= 3 else []
        if index == 3 and stage.palette.weather == "fog":
            sky.draw_fog(sheet, stage.palette, stage.rng, stage.drop)
        _draw_things(sheet, stage, [thing for thing in row if KINDS[thing.kind].floats])
        layer.draw(sheet, stage.palette.ground(layer.tone, nearer=max(0, index - 3)))
        _draw_things(sheet, stage, [thing for thing in row if not KINDS[thing.kind].floats])


def _draw_things(sheet: Sheet, stage: Stage, things: list[Thing]) -> None:
    for thing in things:
        draw_thing(sheet, stage.palette, thing, flip=bool(stage.rng.integers(2)))


def _weather(rng: np.random.Generator, biome: Biome, wanted: Weather | None) -> Weather:
    """Choose the weather. Dry biomes have no rain, snow or fog, and a snowy biome has snow instead of rain."""
    names = list(WEATHER_ODDS)
    odds = np.array([WEATHER_ODDS[name] for name in names])
    if biome in DRY:
        odds[[names.index("rain"), names.index("snow"), names.index("fog")]] = 0
    if biome == "snow":
        odds[names.index("snow")] += odds[names.index("rain")]
        odds[names.index("rain")] = 0
    chosen = names[rng.choice(len(names), p=odds / odds.sum())]
    return wanted or chosen


def place_light(stage: Stage) -> Thing:
    """Place the sun or moon: low at sunset, and clear of the land."""
    rng, radius = stage.rng, stage.rng.uniform(15, 18)
    places = rng.uniform(radius + 8, stage.width - radius - 8, 12)
    free = [min(layer.highest(x - radius, x + radius) for layer in stage.layers) for x in places]
    fitting = [index for index, land in enumerate(free) if land > 2 * radius + 8]
    chosen = fitting[0] if fitting else int(np.argmax(free))
    x, land = float(places[chosen]), free[chosen]
    y = rng.uniform(34, 46) if stage.palette.time == "sunset" else rng.uniform(22, 32)
    y += stage.drop * rng.uniform(0, 1 if stage.palette.time == "sunset" else 0.7)
    y = max(radius + 2, min(y, land - radius - 3))
    kind = "moon" if stage.palette.time == "night" else "sun"
    return Thing(kind, Box(x - radius, y - radius, x + radius, y + radius))


def _place_flying(stage: Stage, light: Box) -> list[Thing]:
    """Place balloons and birds away from the sun or moon."""
    rng, things = stage.rng, []
    for slot in range(stage.width // 128):
        if rng.random() < 0.68:
            continue
        kind, scale = ("balloon" if rng.random() < 0.6 else "birds"), rng.uniform(0.9, 1.15)
        half = width_of(kind, scale) / 2 + 2
        x = 128 * slot + rng.uniform(half, 128 - half)
        foot = stage.drop * rng.uniform(0.2, 1) + KINDS[kind].height * scale + rng.uniform(2, 12)
        box = box_of(kind, x, foot, scale)
        if not box.overlaps(light, 6):
            things.append(Thing(kind, box, colour_of(rng, KINDS[kind].colours)))
    return things


def _place_rows(stage: Stage, aloft: list[Box]) -> list[list[Thing]]:
    """Place things along every row of near ground, so that none hides things behind it or in the air."""
    rows: list[list[Thing]] = []
    for row in range(3, len(stage.layers)):
        behind = [thing.box for things in rows for thing in things]
        rows.append(_place_standing(stage, row, [*aloft, *behind]))
    return rows


def _place_standing(stage: Stage, row: int, taken: list[Box]) -> list[Thing]:
    """Place things along one row of ground, far enough apart that none hides another."""
    rng, layer = stage.rng, stage.layers[row]
    kinds, odds = zip(*HABITATS[stage.palette.biome].items(), strict=True)
    gap = GAPS[int(rng.integers(len(GAPS)))] * (1.0 if row == 3 else 1.6)
    room = stage.height - layer.at(0) + 4
    things: list[Thing] = []
    edge, x = 2.0, rng.uniform(20, 20 + gap)
    while x < stage.width:
        kind = kinds[rng.choice(len(kinds), p=np.array(odds) / sum(odds))]
        scale = rng.uniform(0.9, 1.2) * (1 + 0.08 * (row - 3))
        half = width_of(kind, scale) / 2
        x = max(x, edge + half + 4)
        if x + half > stage.width - 2:
            break
        foot = min(layer.at(x) + _depth(rng, kind), layer.at(x) + room - 6)
        box, colour = box_of(kind, x, foot, scale), colour_of(rng, KINDS[kind].colours)
        if not any(box.overlaps(other, 5) for other in taken):
            things.append(Thing(kind, box, colour))
        edge = x + half
        x = edge + rng.uniform(0.2, 1.8) * gap + half
    return things


def _depth(rng: np.random.Generator, kind: str) -> float:
    """Return the depth of a thing's foot below the outline of its row. The wave cuts off the lower part of floating
    things."""
    return rng.uniform(0, 3) if KINDS[kind].floats else rng.uniform(3, 8)


def colour_of(rng: np.random.Generator, colours: tuple[str, ...]) -> str | None:
    """Choose one of the colours of a kind of things, or None if it has none."""
    return colours[rng.integers(len(colours))] if colours else None
