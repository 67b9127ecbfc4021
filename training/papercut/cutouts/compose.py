"""Places with things of the catalogue: a single one, several equal ones, two kinds side by side, or one in front of
another.

Each drawing is filled from left to right with groups of things, so that every window shows one or two groups.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from training.papercut.cutouts.catalogue import CutoutKind, catalogue
from training.papercut.cutouts.render import cutout, shape_of, svg_of
from training.papercut.cutouts.sources import FOLDER, STYLES
from training.papercut.drawing import sky
from training.papercut.drawing.palette import GREYS, OVERCAST, PAPER_DULLNESS, Palette
from training.papercut.drawing.panorama import Panorama, Stage, colour_of, draw_sky, make_stage, place_light, truth_of
from training.papercut.drawing.paper import Sheet
from training.papercut.drawing.truth import BIOMES, Biome, Box, Thing, Time

WIDTH, HEIGHT = 256, 128
WINDOW = 128
"""The width of the model's window, in pixels. A group of things is never wider, so that one view can show all of it."""
LEAST, LARGEST = 30.0, 124.0
"""The smallest and the largest height of a thing, in pixels."""
AT_HOME = 0.6
"""The share of pictures that place their leading thing in one of its homes, if it has any; the others use any place
that fits."""
HIDDEN = 0.25
"""The largest share of a thing's width that another thing may hide."""
HELD_OUT_STYLE = "noto"
"""The style in which training never shows one kind in five. The other styles share their outlines with each other."""
TRIES = 8

GROUPINGS = ("alone", "several", "beside", "before")
ODDS = (0.42, 0.2, 0.23, 0.15)
"""The arrangements of a group of things, and their probabilities."""
Styles = Literal["trained", "held out"]


@dataclass(frozen=True)
class Placed:
    """A placed thing. `svg`: its drawing. `flip`: whether it is mirrored."""

    thing: Thing
    svg: str
    flip: bool


@dataclass(frozen=True)
class Cast:
    """The kinds and styles of things for a drawing. `folder`: the folder of the packages."""

    folder: Path
    kinds: tuple[CutoutKind, ...]
    styles: Styles

    def drawing_of(self, rng: np.random.Generator, kind: CutoutKind) -> str:
        """Choose one of the drawings of a kind. Returns an SVG."""
        allowed = styles_of(kind.kind, self.styles)
        style, emoji = allowed[rng.integers(len(allowed))], kind.emoji[rng.integers(len(kind.emoji))]
        return svg_of(self.folder, style, emoji)


def style_held_out(kind: str) -> bool:
    """Return whether training never shows this kind in HELD_OUT_STYLE, which is so for every fifth kind."""
    return [*catalogue()].index(kind) % 5 == 2


def styles_of(kind: str, styles: Styles) -> tuple[str, ...]:
    """Return the styles of a kind that training shows, or the one that it holds out. For kinds that hold out none,
    return all."""
    if not style_held_out(kind):
        return tuple(STYLES)
    return (HELD_OUT_STYLE,) if styles == "held out" else tuple(style for style in STYLES if style != HELD_OUT_STYLE)


def draw_composed(
    seed: int,
    *,
    folder: Path = FOLDER,
    kinds: tuple[str, ...] = (),
    styles: Styles = "trained",
    width: int = WIDTH,
    height: int = HEIGHT,
    biome: Biome | None = None,
    time: Time | None = None,
    scale: int = 1,
) -> Panorama:
    """Draw the place of a seed with things of `kinds`; empty means the whole catalogue. `folder`: the folder of the
    packages. `scale`: the factor by which the pixels are more than `width` x `height`."""
    rng = np.random.default_rng([seed, 20262])
    chosen = tuple(catalogue()[kind] for kind in kinds) or tuple(catalogue().values())
    lead = chosen[rng.integers(len(chosen))]
    stage = make_stage(rng, width, height, biome or _home(rng, lead), time)
    light = place_light(stage)
    placed = _filled(stage, Cast(folder, chosen, styles), lead, light)
    sheet = Sheet(width, height, stage.palette.sky(0.0), scale)
    clouds = draw_sky(sheet, stage, light, [one.thing for one in placed if _where(one) == "air"])
    _draw(sheet, stage, placed)
    sky.draw_fall(sheet, stage.palette, rng)
    return Panorama(sheet.finish(), truth_of(stage, light, tuple(one.thing for one in placed), clouds))


def _home(rng: np.random.Generator, kind: CutoutKind) -> Biome:
    """Choose a place for a thing: mostly one of its homes."""
    if kind.where == "sea":
        return "sea"
    if kind.homes and rng.random() < AT_HOME:
        return kind.homes[rng.integers(len(kind.homes))]
    fitting: list[Biome] = [biome for biome in BIOMES if kind.where == "air" or biome != "sea"]
    return fitting[rng.integers(len(fitting))]


def _where(placed: Placed) -> str:
    return catalogue()[placed.thing.kind].where


def _filled(stage: Stage, cast: Cast, lead: CutoutKind, light: Thing) -> list[Placed]:
    """Place groups of things from left to right; the first group has the leading kind. Returns the things in drawing
    order."""
    rng, placed = stage.rng, []
    fitting = [kind for kind in cast.kinds if fits(kind, stage.palette.biome)]
    left, first = rng.uniform(0, 24), True
    while left < stage.width - LEAST:
        kind = lead if first and lead in fitting else fitting[rng.integers(len(fitting))] if fitting else lead
        scene = _scene(stage, cast, kind, [one for one in fitting if one != kind], left, light.box)
        placed += scene
        first = first and not scene
        left = max([left + 30.0, *(one.thing.box.right for one in scene)]) + rng.uniform(8, 70)
    return sorted(placed, key=lambda one: (_where(one) != "air", one.thing.box.bottom))


def fits(kind: CutoutKind, biome: Biome) -> bool:
    """Return whether a thing can be in a place: sea things need the sea, ground things need land."""
    return kind.where == "air" or (kind.where == "sea") == (biome == "sea")


def _scene(
    stage: Stage, cast: Cast, kind: CutoutKind, others: list[CutoutKind], left: float, light: Box
) -> list[Placed]:
    """Place one group of things that begins at a column. Returns nothing if none fits beside the sun or moon."""
    rng = stage.rng
    for _ in range(TRIES):
        grouping = GROUPINGS[rng.choice(len(GROUPINGS), p=ODDS)]
        cast_kinds = [kind]
        if grouping == "several":
            cast_kinds = [kind] * int(rng.integers(2, 6))
        elif grouping != "alone" and others:
            cast_kinds = [kind, others[rng.integers(len(others))]]
        overlap = -rng.uniform(0.05, HIDDEN) if grouping == "before" else rng.uniform(0.06, 0.3)
        placed = _row(stage, cast, cast_kinds, left, overlap)
        if placed and not any(one.thing.box.overlaps(light, 2) for one in placed):
            return placed
    return []


def _row(stage: Stage, cast: Cast, kinds: list[CutoutKind], left: float, gap: float) -> list[Placed]:
    """Place things side by side within one window. `gap`: the distance, relative to the width of the thing before it;
    if it is negative, things overlap. Things of one kind share their drawing and colour. Returns nothing if they do not
    fit into the picture."""
    rng, placed = stage.rng, []
    height = float(np.exp(rng.uniform(np.log(LEAST), np.log(LARGEST))))
    drawings, colours = {}, {}
    for kind in kinds:
        drawings.setdefault(kind.kind, cast.drawing_of(rng, kind))
        colours.setdefault(kind.kind, colour_of(rng, kind.colours))
    sizes = [height * (rng.uniform(0.9, 1.1) if len(set(drawings)) == 1 else rng.uniform(0.7, 1.1)) for _ in kinds]
    widths = [size * shape_of(drawings[kind.kind]) for kind, size in zip(kinds, sizes, strict=True)]
    total = sum(widths) + gap * sum(widths[:-1])
    room = min(WINDOW - 4.0, stage.width - left - 2)
    shrink = min(1.0, room / total)
    if min(sizes) * shrink < 0.7 * LEAST:
        return []
    foot = _foot_of(stage, rng)
    for kind, size, width in zip(kinds, sizes, widths, strict=True):
        box = _box(stage, kind, left, size * shrink, width * shrink, foot)
        flip = bool(rng.integers(2))
        placed.append(Placed(Thing(kind.kind, box, colours[kind.kind]), drawings[kind.kind], flip))
        left += width * shrink * (1 + gap)
    return placed


def _foot_of(stage: Stage, rng: np.random.Generator) -> Callable[[CutoutKind, float, float], float]:
    """Return a function that computes the lower edge of a group's thing from its kind, column and height."""
    depth, aloft = rng.uniform(3, 12), rng.uniform(0, 1)

    def foot(kind: CutoutKind, x: float, height: float) -> float:
        ground = stage.layers[3].at(x)
        if kind.where == "air":
            highest, lowest = height + 2, max(height + 2, min(stage.height - 4.0, ground - 20))
            return highest + (lowest - highest) * min(1.0, max(0.0, aloft + rng.uniform(-0.15, 0.15)))
        if kind.where == "sea":
            return ground + rng.uniform(0, 3)
        return min(stage.height - 2.0, ground + depth + rng.uniform(-2, 4))

    return foot


def _box(
    stage: Stage,
    kind: CutoutKind,
    left: float,
    height: float,
    width: float,
    foot: Callable[[CutoutKind, float, float], float],
) -> Box:
    """Return the box of a thing. A thing that would reach above the picture shrinks."""
    bottom = foot(kind, left + width / 2, height)
    shrink = min(1.0, (bottom - 1) / height)
    middle = left + width / 2
    return Box(middle - width * shrink / 2, bottom - height * shrink, middle + width * shrink / 2, bottom)


def _draw(sheet: Sheet, stage: Stage, placed: list[Placed]) -> None:
    """Draw the layers from far to near. Sea things go behind the nearest wave, all others in front of it."""
    for index, layer in enumerate(stage.layers):
        if index == 3:
            if stage.palette.weather == "fog":
                sky.draw_fog(sheet, stage.palette, stage.rng, stage.drop)
            _lay(sheet, stage.palette, [one for one in placed if _where(one) == "sea"])
        layer.draw(sheet, stage.palette.ground(layer.tone, nearer=max(0, index - 3)))
    _lay(sheet, stage.palette, [one for one in placed if _where(one) != "sea"])


def _lay(sheet: Sheet, palette: Palette, placed: list[Placed]) -> None:
    for one in placed:
        box = one.thing.box
        pixels = cutout(one.svg, max(1, round((box.bottom - box.top) * sheet.fineness)), one.thing.colour)
        pixels = pixels[:, ::-1] if one.flip else pixels
        sheet.stick(_lit(pixels, palette), box.left, box.top, shadow=0.45)


def _lit(pixels: np.ndarray, palette: Palette) -> np.ndarray:
    """Apply the light and the weather of a place to a cut-out, as `Palette.paper` does for one colour."""
    share = PAPER_DULLNESS * OVERCAST[palette.weather]
    lit = (
        np.minimum(255, pixels[..., :3] * np.array(palette.paper_gain)) * (1 - share)
        + np.array(GREYS[palette.time]) * share
    )
    return np.dstack([lit.round().astype(np.uint8), pixels[..., 3]])
