"""Real drawings that train and examine the judge. No model generates any of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.judge.questions import SIDE, Answers, of_body, of_face, of_landscape
from training.loop import Batch
from training.papercut.dataset import drawings, truths_of
from training.papercut.drawing import Box
from training.papercut.drawing.figure import Figure, FigureTruth, draw_figure, random_face
from training.papercut.groups import Group

SEED = 40
"""A seed far from those of papercut's trainings, whose drawings begin at the seeds 0 to 9."""
JITTER = 8
"""The largest offset, in pixels, between a face's crop and the box of its head."""


def draw_any_figure(seed: int) -> Figure:
    """Draw a figure with any face and any outfit, unseen pairs too, so that an outfit says nothing about a hat."""
    return draw_figure(seed, face=random_face(np.random.default_rng([seed, 40261])))


ANY_FIGURES = Group("any-figures", 4, draw_any_figure, 256, 256, FigureTruth)

View = tuple[np.ndarray, Answers]
"""A picture of SIDE x SIDE in bytes, and the right answers about it."""


@dataclass(frozen=True)
class Drawings:
    """The drawings of one group, bytes of shape (count, height, width, 3), and their truths."""

    pixels: np.ndarray
    truths: list[Any]


def training_drawings(folder: Path, group: Group, count: int, processes: int = 1) -> Drawings:
    """Return the drawings for training, cached in the folder."""
    return _cached(folder, group, group.training_seeds(SEED, count), processes)


def held_out_drawings(folder: Path, group: Group, count: int, processes: int = 1) -> Drawings:
    """Return drawings that trained neither the judge nor papercut, cached in the folder."""
    return _cached(folder, group, group.held_out_seeds(count), processes)


def _cached(folder: Path, group: Group, seeds: range, processes: int) -> Drawings:
    pixels = drawings(folder, group, seeds, processes)
    return Drawings(pixels, truths_of(folder, group, seeds))


@dataclass(frozen=True)
class Landscapes:
    """Native windows at random offsets, mostly of wide drawings, some of tall ones."""

    wide: Drawings
    tall: Drawings
    tall_share: float = 0.2

    def __call__(self, stream: np.random.Generator) -> View:
        source = self.tall if stream.random() < self.tall_share else self.wide
        index = int(stream.integers(len(source.truths)))
        height, width = source.pixels.shape[1:3]
        top, left = int(stream.integers(height - SIDE + 1)), int(stream.integers(width - SIDE + 1))
        view = Box(left, top, left + SIDE, top + SIDE)
        return source.pixels[index, top : top + SIDE, left : left + SIDE], of_landscape(source.truths[index], view)


@dataclass(frozen=True)
class Faces:
    """Close-ups of heads, cut slightly off their boxes."""

    figures: Drawings

    def __call__(self, stream: np.random.Generator) -> View:
        index = int(stream.integers(len(self.figures.truths)))
        truth, side = self.figures.truths[index], self.figures.pixels.shape[1]
        off = stream.integers(-JITTER, JITTER + 1, 2)
        top, left = (
            int(np.clip(place, 0, side - SIDE)) for place in (truth.head.top + off[0], truth.head.left + off[1])
        )
        return self.figures.pixels[index, top : top + SIDE, left : left + SIDE], of_face(truth)


@dataclass(frozen=True)
class Bodies:
    """Whole figures at half their size."""

    figures: Drawings

    def __call__(self, stream: np.random.Generator) -> View:
        index = int(stream.integers(len(self.figures.truths)))
        return halved(self.figures.pixels[index]), of_body(self.figures.truths[index], self.figures.pixels.shape[1])


def halved(pixels: np.ndarray) -> np.ndarray:
    """Halve a picture of bytes: each pixel is the mean of 2 x 2 pixels."""
    wide = pixels.astype(np.uint16)
    total = wide[::2, ::2] + wide[1::2, ::2] + wide[::2, 1::2] + wide[1::2, 1::2]
    return ((total + 2) // 4).astype(np.uint8)


def batch_of(views: list[View]) -> Batch:
    """Make a batch: `pixels` as bytes, each choice as indices, and `objects` and `joints` where the views have them."""
    batch: dict[str, Tensor] = {"pixels": torch.from_numpy(np.stack([pixels for pixels, _ in views]))}
    answers = [answer for _, answer in views]
    for name in answers[0].choices:
        batch[name] = torch.tensor([answer.choices[name] for answer in answers])
    objects = [answer.objects for answer in answers if answer.objects is not None]
    joints = [answer.joints for answer in answers if answer.joints is not None]
    if objects:
        batch["objects"] = torch.from_numpy(np.stack(objects))
    if joints:
        batch["joints"] = torch.from_numpy(np.stack(joints))
    return batch


def batch_maker(view: Callable[[np.random.Generator], View], size: int) -> Callable[[np.random.Generator], Batch]:
    """Return a function that draws the views of one training step."""
    return lambda stream: batch_of([view(stream) for _ in range(size)])
