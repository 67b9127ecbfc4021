"""What every method is asked for, with what has to be read where, and real drawings of the same."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backend.contracts.pose import JOINTS
from benchmarks.judge.questions import SIDE
from worker.training.drawing import BIOMES, TIMES, Biome, Box, Time, draw_panorama
from worker.training.drawing.figure import UNSEEN, Unseen, draw_figure, random_face
from worker.training.drawing.figure.truth import Face
from worker.training.groups import FIGURES, WIDE

WIDTH, PORTRAIT = 512, 256
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
"""Names neither a place nor a time."""


@dataclass(frozen=True)
class Check:
    """What a reader of the judge has to say of a box of the picture, which bodies are read from halved."""

    reader: str
    box: Box
    wanted: dict[str, str]


@dataclass(frozen=True)
class Part:
    """A prompt of a case, what has to be read of it, and a real drawing of it by a seed, as large as the canvas."""

    prompt: str
    checks: tuple[Check, ...]
    draw: Callable[[int], np.ndarray]


@dataclass(frozen=True)
class Case:
    """One request: its layout, as a job document has it, and its parts. `joints`: where a pose was asked for, in
    pixels."""

    layout: dict[str, Any]
    parts: tuple[Part, ...]
    joints: np.ndarray | None = None

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(check for part in self.parts for check in part.checks)


def _square(left: float, top: float) -> Box:
    return Box(left, top, left + SIDE, top + SIDE)


def _place(biome: Biome, time: Time, boxes: tuple[Box, ...]) -> Part:
    wanted: dict[str, str] = {"biome": biome, "time": time}
    return Part(
        f"{PLACES[biome]} {WHEN[time]}",
        tuple(Check("landscapes", box, wanted) for box in boxes),
        lambda seed: draw_panorama(seed, biome=biome, time=time).pixels,
    )


def panorama_1(stream: np.random.Generator) -> Case:
    """One prompt over four windows' width, read in every quarter."""
    biome, time = BIOMES[stream.integers(len(BIOMES))], TIMES[stream.integers(len(TIMES))]
    part = _place(biome, time, tuple(_square(left, 0) for left in range(0, WIDTH, SIDE)))
    return Case(_panorama(prompt=part.prompt), (part,))


def panorama_3(stream: np.random.Generator) -> Case:
    """Three places at one time from left to right, each read in the native window about its middle."""
    time = TIMES[stream.integers(len(TIMES))]
    biomes = stream.permutation(len(BIOMES))[:3]
    lefts = [round((index + 0.5) * WIDTH / 3 - SIDE / 2) for index in range(3)]
    parts = tuple(_place(BIOMES[biome], time, (_square(left, 0),)) for biome, left in zip(biomes, lefts, strict=True))
    return Case(_panorama(windows=[{"prompt": part.prompt} for part in parts]), parts)


def neutral() -> Case:
    """A panorama whose place and time are the sampler's to choose."""
    return Case(_panorama(prompt=NEUTRAL), (Part(NEUTRAL, (), lambda seed: draw_panorama(seed).pixels),))


def _panorama(**asked: Any) -> dict[str, Any]:
    return {"kind": "panorama", "canvas": {"width": WIDTH, "height": WIDE.height}, **asked}


def portrait(stream: np.random.Generator) -> Case:
    """A pair that training never shows: an outfit in a pose, and a head under a prompt of its own."""
    pair = UNSEEN[stream.integers(len(UNSEEN))]
    named = _named(pair)
    face = replace(random_face(stream), **named)
    truth = draw_figure(
        int(stream.integers(FIGURES.held_out_seeds(1).start, 2**31)), outfit=pair.outfit, face=face
    ).truth
    head, whole = truth.head, Box(0, 0, PORTRAIT, PORTRAIT)
    wanted = {name: ("yes" if value else "no") if name == "glasses" else str(value) for name, value in named.items()}
    body_prompt, head_prompt = f"a {pair.outfit}", f"a face with {_features(pair)}"
    joints = [list(truth.pose[joint]) for joint in JOINTS]
    layout: dict[str, Any] = {
        "kind": "portrait",
        "canvas": {"width": PORTRAIT, "height": PORTRAIT},
        "body": {"prompt": body_prompt, "control": {"kind": "pose", "joints": joints}},
        "head": {
            "prompt": head_prompt,
            "box": {"x": int(head.left), "y": int(head.top), "width": SIDE, "height": SIDE},
        },
    }

    def draw(seed: int) -> np.ndarray:
        return _posed(seed, pair, face, head)

    parts = (
        Part(head_prompt, (Check("faces", head, wanted),), draw),
        Part(body_prompt, (Check("bodies", whole, {"outfit": pair.outfit}),), draw),
    )
    return Case(layout, parts, np.array(joints))


def _posed(seed: int, pair: Unseen, face: Face, head: Box) -> np.ndarray:
    """A drawing of the pair whose head is in the same box."""
    stream = np.random.default_rng(seed)
    while True:
        figure = draw_figure(int(stream.integers(2**31)), outfit=pair.outfit, face=face)
        if figure.truth.head == head:
            return figure.pixels


def _named(pair: Unseen) -> dict[str, Any]:
    """The features of the face that the pair names."""
    values = {name: getattr(pair, name) for name in ("hair", "length", "hat", "earrings", "glasses")}
    return {name: value for name, value in values.items() if value is not None}


HATS = {
    "hunter": "a hunter's hat",
    "chef": "a chef's hat",
    "helmet": "a helmet",
    "sailor": "a sailor's cap",
    "crown": "a crown",
    "straw": "a straw hat",
    "top": "a top hat",
}


def _features(pair: Unseen) -> str:
    """The named features in words: "long red hair", "blonde hair and large earrings"."""
    hair = " ".join(word for word in (pair.length, pair.hair, "hair") if word)
    words = [
        hair if pair.hair or pair.length else "",
        HATS[pair.hat] if pair.hat else "",
        "large earrings" if pair.earrings == "large" else "",
        "glasses" if pair.glasses else "",
    ]
    return " and ".join(word for word in words if word)


TASKS: dict[str, Callable[[np.random.Generator], Case]] = {
    "panorama-1": panorama_1,
    "panorama-3": panorama_3,
    "portrait": portrait,
}


READ_BY: dict[str, tuple[str, ...]] = {
    "panorama-1": ("landscapes",),
    "panorama-3": ("landscapes",),
    "portrait": ("faces", "bodies"),
}
"""The readers of each task, first the one whose features crops are compared by."""


def cases(task: str, seed: int, count: int) -> list[Case]:
    """The requests of a task, the same for all methods."""
    return [TASKS[task](np.random.default_rng([seed, index, 404])) for index in range(count)]
