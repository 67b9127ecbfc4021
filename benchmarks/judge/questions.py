"""The questions that the judge answers about a picture, and the right answers for a drawing."""

from dataclasses import dataclass

import numpy as np

from backend.contracts.pose import JOINTS
from training.papercut.captions import visible
from training.papercut.drawing import BIOMES, TIMES, WEATHERS, Box, Thing, Truth
from training.papercut.drawing.figure import FigureTruth
from training.papercut.drawing.figure.truth import EARRINGS, HAIRS, HATS, LENGTHS, OUTFITS
from training.papercut.drawing.things.kinds import KINDS

SIDE, GRID = 128, 8
"""The side of a picture that a reader takes, in pixels, and of the grid that locates things, in cells of 16 pixels."""
OBJECTS = ("sun", "moon", *KINDS)
VISIBLE, TRACE = 0.7, 0.02
"""The share of a thing's area in view from which it counts as present, and the share below which it counts as absent.
In between, nothing is asked."""
UNKNOWN = -1

LANDSCAPE: dict[str, tuple[str, ...]] = {"biome": BIOMES, "time": TIMES, "weather": WEATHERS}
FACE: dict[str, tuple[str, ...]] = {
    "hair": HAIRS,
    "length": LENGTHS,
    "hat": HATS,
    "earrings": EARRINGS,
    "glasses": ("no", "yes"),
}
BODY: dict[str, tuple[str, ...]] = {"outfit": OUTFITS}


@dataclass(frozen=True)
class Answers:
    """The index of each right answer, UNKNOWN where the view does not show it.

    `objects`, of shape (OBJECTS, GRID, GRID), is 1 in the cell of a thing's middle, 0 where the thing is not, and
    UNKNOWN where nothing is asked. `joints`, of shape (JOINTS, 2), are shares of the sides.
    """

    choices: dict[str, int]
    objects: np.ndarray | None = None
    joints: np.ndarray | None = None


def of_landscape(truth: Truth, view: Box) -> Answers:
    """Return the right answers for a view, given in the drawing's pixels. Bare sky shows no place, bare ground shows no
    weather, and neither does a view of a cloudy drawing without any of its clouds."""
    choices = {name: options.index(getattr(truth, name)) for name, options in LANDSCAPE.items()}
    part = visible(truth, view).part
    if part == "sky":
        choices["biome"] = UNKNOWN
    elif part == "ground":
        choices["weather"] = UNKNOWN
    if truth.weather == "clouds" and not any(cloud.share_within(view) >= VISIBLE for cloud in truth.clouds):
        choices["weather"] = UNKNOWN
    objects = np.zeros((len(OBJECTS), GRID, GRID), np.int8)
    for thing in (truth.light, *truth.things):
        _mark(objects[OBJECTS.index(thing.kind)], thing, view)
    return Answers(choices, objects)


def _mark(cells: np.ndarray, thing: Thing, view: Box) -> None:
    share = thing.box.share_within(view)
    if share < TRACE:
        return
    across, down = (view.right - view.left) / GRID, (view.bottom - view.top) / GRID
    left, right = (thing.box.left - view.left) / across, (thing.box.right - view.left) / across
    top, bottom = (thing.box.top - view.top) / down, (thing.box.bottom - view.top) / down
    covered = cells[_span(top - 0.5, bottom + 0.5), _span(left - 0.5, right + 0.5)]
    covered[covered == 0] = UNKNOWN
    if share >= VISIBLE:
        cells[_cell((top + bottom) / 2), _cell((left + right) / 2)] = 1


def _cell(place: float) -> int:
    return min(max(int(place), 0), GRID - 1)


def _span(start: float, end: float) -> slice:
    return slice(_cell(start), _cell(end) + 1)


def of_face(truth: FigureTruth) -> Answers:
    """Return the right answers for a close-up of a face."""
    face = truth.face
    named = {name: options.index(getattr(face, name)) for name, options in FACE.items() if name != "glasses"}
    return Answers({**named, "glasses": int(face.glasses)})


def of_body(truth: FigureTruth, side: int) -> Answers:
    """Return the right answers for a whole figure, drawn on a square of `side` pixels."""
    joints = np.array([truth.pose[joint] for joint in JOINTS], np.float32) / side
    return Answers({"outfit": OUTFITS.index(truth.outfit)}, joints=joints)
