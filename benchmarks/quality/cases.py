"""A request that every method gets, and the answers that its pictures should show."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.judge.questions import SIDE
from training.papercut.drawing import Box

WHOLE = Box(0, 0, SIDE, SIDE)
"""The box of a picture of one native window."""


@dataclass(frozen=True)
class Check:
    """A question to one reader about a box of a picture (halved for the reader of bodies): the answers `wanted`, by
    question, and the `things` to find, each in a box of its own. `picture` is the number of the picture within the
    case."""

    reader: str
    box: Box
    wanted: dict[str, str]
    things: dict[str, Box] = field(default_factory=dict)
    picture: int = 0


@dataclass(frozen=True)
class Real:
    """A real drawing in bytes, as large as the canvas, and the box in which its crops are compared; None: anywhere."""

    pixels: np.ndarray
    focus: Box | None = None


@dataclass(frozen=True)
class Part:
    """A prompt of a case, the checks of its picture, and a function that makes a real drawing of it from a seed."""

    prompt: str
    checks: tuple[Check, ...]
    draw: Callable[[int], Real]


@dataclass(frozen=True)
class Case:
    """One request: its layout, as in a job document, and its parts, of which the first belongs to the main picture.

    `outputs` names the pictures to read, the main one first; None: only that one. `boxes` are the boxes of the layout
    in the main picture, whose borders could be visible. `focus` is the box in which crops are compared; None: anywhere.
    `joints` are the joints of the requested pose, in pixels. `own` holds real drawings that show everything that is
    asked for, of shape (outputs, height, width, 3), where there are such drawings.
    """

    layout: dict[str, Any]
    parts: tuple[Part, ...]
    outputs: tuple[str, ...] | None = None
    boxes: tuple[Box, ...] = ()
    focus: Box | None = None
    joints: np.ndarray | None = None
    own: np.ndarray | None = None

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(check for part in self.parts for check in part.checks)


def square(left: float, top: float = 0) -> Box:
    """Return the box of a native window."""
    return Box(left, top, left + SIDE, top + SIDE)
