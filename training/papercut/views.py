"""Views of the drawings' latents for the denoiser, each with a true caption.

The views are native windows of landscapes at any offset; coarse views, which are whole canvases averaged down to one
window; windows of half the width; whole bodies; and faces, which are crops of bodies at the head.
"""

import itertools
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from transformers import CLIPTokenizer

from training.autoencoder import CELL
from training.denoiser import CELLS, NO_PROMPT
from training.loop import Batch, BatchMaker
from training.papercut.captions import body_caption, caption, coarse_prefix, face_caption, visible
from training.papercut.dataset import Latents
from training.papercut.drawing import Box
from training.papercut.drawing.figure import FigureTruth
from training.text import token_ids

SQUEEZES: dict[str, tuple[tuple[int, int], ...]] = {
    "wide": ((1, 2), (1, 3), (1, 4), (1, 4)),
    "tall": ((2, 2), (2, 4)),
    "long": ((1, 4), (1, 6), (1, 8)),
    "figures": ((2, 2),),
}
"""The heights and widths, in windows, of the canvases of coarse views, by group."""
COARSE_GROUPS = ("wide", "wide", "tall", "long", "figures")

View = tuple[Tensor, str]
"""Latents of shape (channels, rows, columns) and their caption."""


@dataclass(frozen=True)
class Mix:
    """The number of views of each shape in a batch, and the shares of the kinds of native views.

    `joined`: the share of wide coarse views that show several places. `about`: the share of landscape crops that are
    placed on one of the things, because random crops show each kind too rarely. `things`: the share of native views
    with things of the catalogue, if there is a group of them. `faces`, `coarse`, `tall`: shares of the native views
    without catalogue things.
    """

    native: int = 44
    half: int = 2
    bodies: int = 2
    coarse: float = 0.16
    faces: float = 0.12
    tall: float = 0.08
    joined: float = 0.3
    about: float = 0.75
    things: float = 0.45

    @property
    def least(self) -> int:
        """The smallest number of views of a shape, which is also the most processes that can share a batch."""
        return min(self.native, self.half, self.bodies)

    def times(self, factor: int) -> "Mix":
        """Return the same mix for a batch that is `factor` times as large."""
        return replace(self, native=self.native * factor, half=self.half * factor, bodies=self.bodies * factor)

    def shared(self, processes: int) -> "Mix":
        """Return the part of the mix for one of several processes."""
        native, half, bodies = (count // processes for count in (self.native, self.half, self.bodies))
        return replace(self, native=native, half=half, bodies=bodies)


@dataclass(frozen=True)
class Views:
    """The source of views: crops of the groups' latents in a mix."""

    groups: dict[str, Latents]
    mix: Mix = Mix()

    def native(self, stream: np.random.Generator) -> View:
        """Draw a native window: things of the catalogue, a face, a coarse view, or a crop of a landscape."""
        if "things" in self.groups and stream.random() < self.mix.things:
            return self.window(stream, "things")
        draw, mix = stream.random(), self.mix
        if draw < mix.faces:
            return self.face(stream)
        if draw < mix.faces + mix.coarse:
            return self.coarse(stream, COARSE_GROUPS[stream.integers(len(COARSE_GROUPS))])
        if draw < mix.faces + mix.coarse + mix.tall:
            return self.window(stream, "tall")
        return self.window(stream, "wide" if stream.random() < 0.85 else "long")

    def window(self, stream: np.random.Generator, group: str, columns: int = CELLS) -> View:
        """Draw a crop that is `columns` cells wide, at any offset, or placed so that it shows one of the things if
        possible."""
        values, truth = self._drawing(stream, group)
        top = int(stream.integers(values.shape[1] - CELLS + 1))
        first, last = 0, values.shape[2] - columns
        if stream.random() < self.mix.about and truth.things:
            first, last = _offsets(truth.things[stream.integers(len(truth.things))].box, columns, last)
        left = int(stream.integers(first, last + 1))
        text = caption(visible(truth, _box(top, left, CELLS, columns)), stream)
        return values[:, top : top + CELLS, left : left + columns], text

    def coarse(self, stream: np.random.Generator, group: str) -> View:
        """Draw a canvas of several windows, its cells averaged into one window."""
        down, across = SQUEEZES[group][stream.integers(len(SQUEEZES[group]))]
        if group == "wide" and stream.random() < self.mix.joined:
            return self._joined(stream, across)
        values, truth = self._drawing(stream, group)
        left = int(stream.integers(values.shape[2] - across * CELLS + 1))
        canvas = values[None, :, : down * CELLS, left : left + across * CELLS].float()
        squeezed = functional.avg_pool2d(canvas, (down, across))[0].half()
        if group == "figures":
            text = body_caption(truth, stream)
        else:
            text = caption(visible(truth, _box(0, left, down * CELLS, across * CELLS)), stream)
        return squeezed, f"{coarse_prefix(across, down)} {text}"

    def _joined(self, stream: np.random.Generator, across: int) -> View:
        """Draw a coarse view of two or three places side by side. Its caption names them from left to right."""
        columns = across * CELLS
        count = 2 if across < 3 else 2 + int(stream.integers(2))
        edges = [round(columns * part / count) for part in range(count + 1)]
        pieces, texts = [], []
        for start, end in itertools.pairwise(edges):
            values, truth = self._drawing(stream, "wide")
            left = int(stream.integers(values.shape[2] - (end - start) + 1))
            pieces.append(values[:, :CELLS, left : left + end - start].float())
            texts.append(caption(visible(truth, _box(0, left, CELLS, end - start)), stream))
        squeezed = functional.avg_pool2d(torch.cat(pieces, 2)[None], (1, across))[0].half()
        return squeezed, f"{coarse_prefix(across, 1)} {', '.join(texts)}"

    def body(self, stream: np.random.Generator) -> View:
        values, truth = self.figure(stream)
        return values, body_caption(truth, stream)

    def figure(self, stream: np.random.Generator) -> tuple[Tensor, FigureTruth]:
        """Draw a whole figure and its truth."""
        return self._drawing(stream, "figures")

    def face(self, stream: np.random.Generator) -> View:
        """Draw the crop of a body at its head's box."""
        values, truth = self.figure(stream)
        top, left = int(truth.head.top) // CELL, int(truth.head.left) // CELL
        return values[:, top : top + CELLS, left : left + CELLS], face_caption(truth, stream)

    def _drawing(self, stream: np.random.Generator, group: str) -> tuple[Tensor, Any]:
        latents = self.groups[group]
        index = int(stream.integers(len(latents.values)))
        return torch.from_numpy(latents.values[index]), latents.truths[index]


def view_maker(views: Views, tokenizer: CLIPTokenizer) -> BatchMaker:
    """Make batches of views, "native", "half" and "bodies", and of their token ids."""

    def make(stream: np.random.Generator) -> Batch:
        mix = views.mix
        parts = {
            "native": [views.native(stream) for _ in range(mix.native)],
            "half": [views.window(stream, "wide", CELLS // 2) for _ in range(mix.half)],
            "bodies": [views.body(stream) for _ in range(mix.bodies)],
        }
        batch: Batch = {}
        for name, shown in parts.items():
            if shown:
                texts = ["" if stream.random() < NO_PROMPT else text for _, text in shown]
                batch[name] = torch.stack([latent for latent, _ in shown])
                batch[f"{name}_ids"] = token_ids(tokenizer, texts)
        return batch

    return make


def sample_texts(views: Views, seed: int, count: int) -> list[str]:
    """Return captions of native views and, for every fourth, of bodies."""
    stream = np.random.default_rng([seed, 7])
    makers = (views.native, views.native, views.native, views.body)
    return [makers[index % len(makers)](stream)[1] for index in range(count)]


def _offsets(box: Box, columns: int, last: int) -> tuple[int, int]:
    """Return the first and the last offset, in cells and at most `last`, of views that show the whole width of a box.
    If no view can, return the whole range."""
    earliest, latest = max(0, math.ceil(box.right / CELL) - columns), min(last, int(box.left) // CELL)
    return (earliest, latest) if earliest <= latest else (0, last)


def _box(top: int, left: int, rows: int, columns: int) -> Box:
    """Return a view's box in picture pixels, from its cells."""
    return Box(CELL * left, CELL * top, CELL * (left + columns), CELL * (top + rows))
