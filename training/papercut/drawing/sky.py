"""The sky: bands of paper, one sun or moon, clouds, fog, rain and snow."""

import numpy as np

from training.papercut.drawing.palette import Palette, from_hex, mix
from training.papercut.drawing.paper import Points, Sheet, ellipse, star
from training.papercut.drawing.truth import Box, Thing

BANDS = 5
HORIZON = 82.0
CLOUDS = {"clear": 0, "clouds": 6, "rain": 6, "snow": 5, "fog": 2}
"""The number of clouds over 512 x 128 pixels."""


def draw_bands(sheet: Sheet, palette: Palette, rng: np.random.Generator, drop: float = 0.0) -> None:
    """Draw bands from the zenith down to the horizon, each with a gently waved edge."""
    columns = np.arange(-4, sheet.width + 8, 4)
    horizon = HORIZON + drop
    count = round(BANDS * (1 + drop / 160))
    for band in range(1, count):
        length, phase = rng.uniform(160, 260), rng.uniform(0, 6.3)
        edge = horizon * band / count + 3.0 * np.sin(columns * 2 * np.pi / length + phase)
        below = [(sheet.width + 4, horizon + 52), (-4.0, horizon + 52)]
        outline = [*zip(columns.tolist(), edge.tolist(), strict=True), *below]
        sheet.cut(palette.sky(band / (count - 1)), outline, shadow=0.14)


def draw_stars(sheet: Sheet, rng: np.random.Generator, light: Box, drop: float = 0.0) -> None:
    """Draw four-pointed stars all over the sky, except near the moon."""
    for x in np.arange(rng.uniform(0, 20), sheet.width, 26 if not drop else 13):
        place = (x + rng.uniform(-9, 9), rng.uniform(5, 56 + drop))
        size = rng.uniform(2.2, 3.6)
        if not Box(place[0] - 4, place[1] - 4, place[0] + 4, place[1] + 4).overlaps(light, 8):
            sheet.cut(from_hex("FFF3C4"), star(*place, size, rays=4))


def draw_light(sheet: Sheet, palette: Palette, light: Thing) -> None:
    """Draw the sun, a disc in a halo, or the moon, a crescent."""
    box = light.box
    x, y, radius = (box.left + box.right) / 2, (box.top + box.bottom) / 2, (box.right - box.left) / 2
    glow = palette.disc
    for reach, opacity in ((1.75, 0.16), (1.38, 0.24)):
        sheet.disc(glow, x, y, radius * reach, opacity)
    sheet.cut(glow, ellipse(x, y, radius, radius) if light.kind == "sun" else crescent(x, y, radius), shadow=0.18)


def crescent(x: float, y: float, radius: float) -> Points:
    """Return a moon open to the upper right: a disc of radius 1 without a disc of radius 0.8, whose centre is 0.55
    away."""
    facing, rim_half, bite_half = np.deg2rad(-35), np.deg2rad(53), np.deg2rad(93.7)
    rim = np.linspace(facing + rim_half, facing + 2 * np.pi - rim_half, 26)
    bite = np.linspace(facing + 2 * np.pi - bite_half, facing + bite_half, 18)
    centre_x, centre_y = x + 0.55 * radius * np.cos(facing), y + 0.55 * radius * np.sin(facing)
    outer = [(x + radius * np.cos(a), y + radius * np.sin(a)) for a in rim]
    return outer + [(centre_x + 0.8 * radius * np.cos(a), centre_y + 0.8 * radius * np.sin(a)) for a in bite]


def draw_clouds(
    sheet: Sheet, palette: Palette, rng: np.random.Generator, avoid: list[Box], drop: float = 0.0
) -> tuple[Box, ...]:
    """Draw flat-bottomed clouds that hide neither sun, moon nor flying things. Returns their boxes."""
    count, drawn = round(CLOUDS[palette.weather] * (1 + drop / 90)), []
    for slot in range(count):
        x = (slot + rng.uniform(0.1, 0.9)) * sheet.width / count
        y, size = rng.uniform(20, 44 + drop), rng.uniform(0.9, 1.5)
        around = Box(x - 27 * size, y - 20 * size, x + 27 * size, y + 3)
        if not any(around.overlaps(box, 2) for box in avoid):
            sheet.cut(palette.cloud, *cloud(x, y, size), shadow=0.3)
            drawn.append(around)
    return tuple(drawn)


def cloud(x: float, y: float, size: float) -> list[Points]:
    """Return a cloud of three puffs on a flat base."""
    puffs = ((-13, -4, 9), (0, -7, 12), (14, -3.5, 8.5))
    shapes = [_dome(x + a * size, y + b * size, r * size, y) for a, b, r in puffs]
    base = [(x - 22 * size, y), (x - 18 * size, y - 6 * size), (x + 20 * size, y - 6 * size), (x + 23 * size, y)]
    return [*shapes, base]


def _dome(x: float, y: float, radius: float, floor: float) -> Points:
    return [(a, min(b, floor)) for a, b in ellipse(x, y, radius, radius)]


def draw_fog(sheet: Sheet, palette: Palette, rng: np.random.Generator, drop: float = 0.0) -> None:
    """Draw long transparent banks with round ends, low over the land."""
    pale = mix(palette.sky(1.0), palette.cloud, 0.6)
    for y in (54, 74, 94):
        x = rng.uniform(-90, -10)
        while x < sheet.width:
            length = rng.uniform(110, 220)
            sheet.veil(pale, [_pill(x, drop + y + rng.uniform(-4, 4), length, 8.5)], 0.62)
            x += length + rng.uniform(16, 50)


def _pill(x: float, y: float, length: float, radius: float) -> Points:
    right = [(x + length + radius * np.sin(a), y - radius * np.cos(a)) for a in np.linspace(0, np.pi, 10)]
    left = [(x - radius * np.sin(a), y + radius * np.cos(a)) for a in np.linspace(0, np.pi, 10)]
    return [*right, *left]


def draw_fall(sheet: Sheet, palette: Palette, rng: np.random.Generator) -> None:
    """Draw rain as slanted strokes or snow as flakes, spread evenly."""
    gap = 32
    cells = [(x, y) for x in range(0, sheet.width, gap) for y in range(0, sheet.height, gap)]
    spots = [(x + rng.uniform(3, gap - 3), y + rng.uniform(0, gap - 6)) for x, y in cells]
    if palette.weather == "rain":
        drop = mix(palette.sky(0.9), from_hex("DDEBF7"), 0.55)
        sheet.veil(drop, [[(x, y), (x + 3, y), (x - 2, y + 15), (x - 5, y + 15)] for x, y in spots], 0.8)
    elif palette.weather == "snow":
        flake, sizes = palette.paper(from_hex("FFFFFF")), rng.uniform(2.6, 4.0, len(spots))
        sheet.veil(flake, [ellipse(x, y, size, size, 12) for (x, y), size in zip(spots, sizes, strict=True)], 0.95)
