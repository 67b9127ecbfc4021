"""Requests for landscapes: panoramas of one prompt and of three, regions, and scenes.

The boxes of regions and scenes are where a real drawing has things, so that each request is as likely as a drawing.
Compositions are compared with other drawings of the same places, which have things where their own boxes are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.judge.questions import SIDE
from benchmarks.quality.cases import WHOLE, Case, Check, Part, Real, square
from training.papercut.captions.landscape import INSIDE, THINGS
from training.papercut.captions.wording import with_article
from training.papercut.drawing import BIOMES, TIMES, Biome, Box, Panorama, Thing, Time, draw_panorama
from training.papercut.drawing.things.kinds import KINDS
from training.papercut.groups import HELD_OUT, WIDE

WIDTH = 512
QUARTERS = tuple(range(0, WIDTH, SIDE))
PLACES: dict[Biome, str] = {
    "desert": "a desert",
    "sea": "the sea",
    "forest": "a forest",
    "mountains": "mountains",
    "meadow": "a green meadow with flowers",
    "snow": "a snowy landscape",
    "city": "a city",
}
WHEN: dict[Time, str] = {"day": "by day", "sunset": "at sunset", "night": "at night"}
NEUTRAL = "a landscape"
"""A prompt that names neither a place nor a time."""
INSET, FEATHER, PATCHES = 8, 16, (2, 3)
"""For patches: the distance from the edge of the quarter and the feather, in pixels; the smallest and largest number of
patches."""
AROUND, SOFT, WIDEST = 8, 8, 96
"""For the box of a scene: the margin around its thing and its feather; the largest width of a thing, in pixels."""
CELL = 8


@dataclass(frozen=True)
class Setting:
    """A place and a time of day, the same throughout a picture."""

    biome: Biome
    time: Time

    @classmethod
    def any(cls, stream: np.random.Generator) -> "Setting":
        return cls(BIOMES[stream.integers(len(BIOMES))], TIMES[stream.integers(len(TIMES))])

    @property
    def prompt(self) -> str:
        return f"{PLACES[self.biome]} {WHEN[self.time]}"

    @property
    def wanted(self) -> dict[str, str]:
        return {"biome": self.biome, "time": self.time}

    def of(self, thing: Thing) -> str:
        """Return the prompt of a thing in this place."""
        return f"{_name(thing)} {INSIDE[self.biome][0]} {WHEN[self.time]}"

    def draw(self, seed: int) -> Panorama:
        return draw_panorama(seed, biome=self.biome, time=self.time)


def panorama_1(stream: np.random.Generator) -> Case:
    """Request one prompt over the width of four windows. Every quarter is read."""
    part = _place(Setting.any(stream), tuple(square(left) for left in QUARTERS))
    return Case(_panorama(prompt=part.prompt), (part,))


def panorama_3(stream: np.random.Generator) -> Case:
    """Request three places at one time, from left to right. Each is read in the native window about its middle."""
    time = TIMES[stream.integers(len(TIMES))]
    biomes = stream.permutation(len(BIOMES))[:3]
    lefts = [round((index + 0.5) * WIDTH / 3 - SIDE / 2) for index in range(3)]
    parts = tuple(
        _place(Setting(BIOMES[biome], time), (square(left),)) for biome, left in zip(biomes, lefts, strict=True)
    )
    return Case(_panorama(windows=[{"prompt": part.prompt} for part in parts]), parts)


def neutral() -> Case:
    """Request a panorama without naming its place or time."""
    return Case(_panorama(prompt=NEUTRAL), (Part(NEUTRAL, (), lambda seed: Real(draw_panorama(seed).pixels)),))


def regions(stream: np.random.Generator) -> Case:
    """Request a place, with a box for a thing in two or three of its quarters. Each quarter is a part."""
    setting = Setting.any(stream)
    drawing, furnished = _furnished(setting, stream)
    count = min(int(stream.integers(PATCHES[0], PATCHES[1] + 1)), len(furnished))
    lefts = sorted(stream.permutation([*furnished])[:count].tolist())
    things = {left: furnished[left][stream.integers(len(furnished[left]))] for left in lefts}

    def draw(seed: int) -> Real:
        return Real(_furnished(setting, np.random.default_rng(seed))[0].pixels)

    parts = tuple(_quarter(setting, left, things.get(left), draw) for left in QUARTERS)
    boxes = tuple(_patch_box(left) for left in lefts)
    patches = [
        {"id": f"patch{number}", "prompt": setting.of(things[left]), "box": _document(_patch_box(left))}
        for number, left in enumerate(lefts, start=1)
    ]
    layout = {
        "kind": "regions",
        "canvas": {"width": WIDTH, "height": WIDE.height},
        "prompt": setting.prompt,
        "patches": [{**patch, "feather": FEATHER} for patch in patches],
    }
    return Case(layout, parts, boxes=boxes, own=drawing.pixels[None])


def scene(stream: np.random.Generator) -> Case:
    """Request a place, a thing there, and the place with the thing in a box (paper, Section 6.2): y1, y2 and y3, each
    one native window.

    Real drawings of y3 are windows that contain a whole thing.
    """
    setting = Setting.any(stream)
    pixels, thing = _with_thing(setting, stream)
    place = setting.draw(int(stream.integers(HELD_OUT, 2**31))).pixels[:, :SIDE]
    box = _snapped(thing.box)

    def draw(seed: int) -> Real:
        return Real(_with_thing(setting, np.random.default_rng(seed))[0])

    def part(picture: int, prompt: str, things: dict[str, Box]) -> Part:
        return Part(prompt, (Check("landscapes", WHOLE, setting.wanted, things, picture),), draw)

    y3 = part(0, f"{setting.prompt}, {_name(thing)}", {thing.kind: box})
    y1, y2 = part(1, setting.prompt, {}), part(2, setting.of(thing), {thing.kind: WHOLE})
    layout = {
        "kind": "scene",
        "canvas": {"width": SIDE, "height": SIDE},
        "box": _document(box),
        "background": {"prompt": y1.prompt},
        "object": {"prompt": y2.prompt},
        "whole": {"prompt": y3.prompt},
        "soft": SOFT,
    }
    own = np.stack([pixels, place, pixels])
    return Case(layout, (y3, y1, y2), ("scene", "x1", "x2"), boxes=(box,), own=own)


def _panorama(**asked: Any) -> dict[str, Any]:
    return {"kind": "panorama", "canvas": {"width": WIDTH, "height": WIDE.height}, **asked}


def _place(setting: Setting, boxes: tuple[Box, ...]) -> Part:
    checks = tuple(Check("landscapes", box, setting.wanted) for box in boxes)
    return Part(setting.prompt, checks, lambda seed: Real(setting.draw(seed).pixels))


def _quarter(setting: Setting, left: int, thing: Thing | None, draw: Callable[[int], Real]) -> Part:
    """Make a quarter of regions, with or without a patch for a thing."""
    prompt = setting.of(thing) if thing else setting.prompt
    things = {thing.kind: _patch_box(left)} if thing else {}
    return Part(prompt, (Check("landscapes", square(left), setting.wanted, things),), draw)


def _patch_box(left: int) -> Box:
    return Box(left + INSET, 0, left + SIDE - INSET, WIDE.height)


def _furnished(setting: Setting, stream: np.random.Generator) -> tuple[Panorama, dict[int, list[Thing]]]:
    """Find a drawing with things for at least two patches. Returns the things by the left edge of their quarter."""
    while True:
        drawing = setting.draw(int(stream.integers(HELD_OUT, 2**31)))
        fitting = {left: _inside(drawing, _patch_box(left)) for left in QUARTERS}
        furnished = {left: things for left, things in fitting.items() if things}
        if len(furnished) >= PATCHES[0]:
            return drawing, furnished


def _inside(drawing: Panorama, box: Box) -> list[Thing]:
    return [thing for thing in drawing.truth.things if thing.box.share_within(box) > 0.99]


def _with_thing(setting: Setting, stream: np.random.Generator) -> tuple[np.ndarray, Thing]:
    """Find a native window of a drawing that contains a whole thing of the ground. Returns the window and the thing's
    place in it."""
    while True:
        drawing = setting.draw(int(stream.integers(HELD_OUT, 2**31)))
        things = [thing for thing in drawing.truth.things if _stands(thing)]
        if things:
            thing = things[stream.integers(len(things))]
            edges = (np.ceil(thing.box.right) + AROUND - SIDE, np.floor(thing.box.left) - AROUND)
            first, last = np.clip(edges, 0, WIDTH - SIDE).astype(int)
            left = int(stream.integers(first, last + 1))
            box = Box(thing.box.left - left, thing.box.top, thing.box.right - left, thing.box.bottom)
            return drawing.pixels[:, left : left + SIDE], Thing(thing.kind, box)


def _stands(thing: Thing) -> bool:
    """Check that a thing stands on the ground or the water, is not too wide, and does not reach below the picture."""
    return not KINDS[thing.kind].flies and thing.box.right - thing.box.left <= WIDEST and thing.box.bottom <= SIDE


def _snapped(box: Box) -> Box:
    """Enlarge a box by its margin, out to whole cells of the picture."""
    left, top = (max(0, int(edge - AROUND) // CELL * CELL) for edge in (box.left, box.top))
    right, bottom = (min(SIDE, -(-int(edge + AROUND) // CELL) * CELL) for edge in (box.right, box.bottom))
    return Box(left, top, right, bottom)


def _document(box: Box) -> dict[str, int]:
    """Convert a box to its form in a job document."""
    left, top = int(box.left), int(box.top)
    return {"x": left, "y": top, "width": int(box.right) - left, "height": int(box.bottom) - top}


def _name(thing: Thing) -> str:
    name = THINGS[thing.kind][0][0]
    return name if thing.kind == "birds" else with_article(name)
