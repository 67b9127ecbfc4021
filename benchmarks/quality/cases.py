"""A request that every method gets, and what has to be read of its pictures."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.judge.questions import SIDE
from training.papercut.drawing import Box

WHOLE = Box(0, 0, SIDE, SIDE)
"""Of a picture of one native window."""


@dataclass(frozen=True)
class Check:
    """What a reader of the judge has to say of a box of a picture, which bodies are read from halved: the answers
    `wanted`, by question, and each of the `things`, found in a box of its own. `picture`: its number in the case."""

    reader: str
    box: Box
    wanted: dict[str, str]
    things: dict[str, Box] = field(default_factory=dict)
    picture: int = 0


@dataclass(frozen=True)
class Real:
    """A real drawing in bytes, as large as the canvas, and where crops of it are compared; None: anywhere."""

    pixels: np.ndarray
    focus: Box | None = None


@dataclass(frozen=True)
class Part:
    """A prompt of a case, what has to be read of it, and a real drawing with it by a seed."""

    prompt: str
    checks: tuple[Check, ...]
    draw: Callable[[int], Real]


@dataclass(frozen=True)
class Case:
    """One request: its layout, as a job document has it, and its parts, the first of them the main picture's.

    `outputs`: the pictures that are read, the main one first; None: that alone. `boxes`: what the layout has drawn, in
    the main picture, whose borders could be seen. `focus`: where crops are compared; None: anywhere. `joints`: where a
    pose was asked for, in pixels. `own`: real drawings of which all is true that is asked for, of shape (outputs,
    height, width, 3), where there are such."""

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
    """A native window."""
    return Box(left, top, left + SIDE, top + SIDE)
