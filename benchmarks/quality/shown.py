"""The pictures of a row, and the judge's answers about them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.judge.examples import halved
from benchmarks.judge.judge import PRESENT, Judge
from benchmarks.judge.questions import BODY, FACE, GRID, LANDSCAPE, OBJECTS, SIDE
from benchmarks.quality.cases import WHOLE, Case, Check, Real
from training.papercut.drawing import Box
from training.papercut.groups import HELD_OUT

QUESTIONS = {**LANDSCAPE, **FACE, **BODY}
CELL = SIDE // GRID
Right = dict[tuple[int, str], bool]
"""True for each named answer that is read, by the number of the check and the question or kind of thing."""


@dataclass(frozen=True)
class Shown:
    """The pictures of a row, bytes of shape (n, pictures a case, height, width, 3), the checks of each case, and the
    cost of one case. `free` holds panoramas whose prompt names neither place nor time, where the task has them."""

    pictures: np.ndarray
    checks: Sequence[Sequence[Check]]
    view_forwards: float | None = None
    seconds: float | None = None
    free: np.ndarray | None = None

    @property
    def main(self) -> np.ndarray:
        return self.pictures[:, 0]


def drawn(cases: Sequence[Case], each: int, kind: int) -> list[Real]:
    """Make `each` real drawings of every case, of its parts in turn. The kind of use changes the seed, so that drawings
    that are compared differ."""
    start = HELD_OUT + 20_000_000 * kind
    return [
        case.parts[index % len(case.parts)].draw(start + each * number + index)
        for number, case in enumerate(cases)
        for index in range(each)
    ]


def real_drawings(cases: Sequence[Case], free: Sequence[Case]) -> Shown:
    """Return the case's own drawing, or else one of a part, with the checks that are true of it."""
    pictures, checks = [], []
    start = HELD_OUT + 20_000_000 * 3
    for number, case in enumerate(cases):
        part = case.parts[number % len(case.parts)]
        pictures.append(part.draw(start + number).pixels[None] if case.own is None else case.own)
        checks.append(part.checks if case.own is None else case.checks)
    far = np.stack([one.pixels for one in drawn(free, 1, 4)]) if free else None
    return Shown(np.stack(pictures), checks, free=far)


def narrowed(case: Case, number: int) -> list[tuple[str, Check]]:
    """Return the prompts of a case's native pictures, and the checks of each: one part in turn, all three of a scene,
    the head of a portrait."""
    one = case.parts[0 if case.focus else number % len(case.parts)]
    parts = case.parts if case.outputs else (one,)
    return [(part.prompt, _alone(part.checks[0], picture)) for picture, part in enumerate(parts)]


def _alone(check: Check, picture: int) -> Check:
    """Return the check for a picture of one window, whose things may be anywhere."""
    return replace(check, box=WHOLE, things=dict.fromkeys(check.things, WHOLE), picture=picture)


def rights(judge: Judge, shown: Shown) -> list[Right]:
    """Read every case, and say which named answers are right."""
    return [
        {
            (number, name): hit
            for number, check in enumerate(checks)
            for name, hit in _read(judge, pictures[check.picture], check)
        }
        for pictures, checks in zip(shown.pictures, shown.checks, strict=True)
    ]


def _read(judge: Judge, picture: np.ndarray, check: Check) -> list[tuple[str, bool]]:
    box = check.box
    seen = picture[int(box.top) : int(box.bottom), int(box.left) : int(box.right)]
    reading = judge.read(check.reader, (halved(seen) if check.reader == "bodies" else seen)[None])
    hits = [(name, QUESTIONS[name][int(reading.choices[name][0])] == wanted) for name, wanted in check.wanted.items()]
    for kind, where in check.things.items():
        assert reading.maps is not None
        hits.append((kind, found(reading.maps[0, OBJECTS.index(kind)], _moved(where, box))))
    return hits


def _moved(box: Box, view: Box) -> Box:
    """Move a box of the picture into a view of the picture."""
    return Box(box.left - view.left, box.top - view.top, box.right - view.left, box.bottom - view.top)


def found(cells: np.ndarray, box: Box) -> bool:
    """Return true if a thing has its middle in a box of the view, or at most one cell outside, which is the judge's
    precision. `cells` are probabilities of shape (GRID, GRID)."""
    rows, columns = _around(box.top, box.bottom), _around(box.left, box.right)
    return bool((cells[rows, columns] > PRESENT).any())


def _around(start: float, end: float) -> slice:
    return slice(max(0, int(start // CELL) - 1), int(-(-end // CELL)) + 1)
