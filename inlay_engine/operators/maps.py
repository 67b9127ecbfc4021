"""Maps that work on single cells of a view: mirror, turn, roll, place, and a background."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import torch
from torch import Tensor

from inlay_engine.errors import GraphError
from inlay_engine.operators.base import LatentMap, White, within_unit
from inlay_engine.variables import Cells, Latent, Shape


@dataclass(frozen=True)
class Flip(LatentMap):
    """A mirrored view: "x" swaps left and right, "y" swaps top and bottom."""

    source: Shape
    axis: Literal["x", "y"]

    @property
    def shape(self) -> Shape:
        return self.source

    def forward(self, latent: Latent) -> Latent:
        return latent.flip(-1 if self.axis == "x" else -2)

    def adjoint(self, latent: Latent) -> Latent:
        return self.forward(latent)


@dataclass(frozen=True)
class Rotate(LatentMap):
    """A view turned counter-clockwise by 1, 2 or 3 quarter turns. Raises GraphError for another number."""

    source: Shape
    turns: int

    def __post_init__(self) -> None:
        if self.turns not in (1, 2, 3):
            raise GraphError(f"A view turns by 1, 2 or 3 quarter turns, not by {self.turns}.")

    @property
    def shape(self) -> Shape:
        channels, height, width = self.source
        return self.source if self.turns == 2 else Shape(channels, width, height)

    def forward(self, latent: Latent) -> Latent:
        return latent.rot90(self.turns, (-2, -1))

    def adjoint(self, latent: Latent) -> Latent:
        return latent.rot90(-self.turns, (-2, -1))


@dataclass(frozen=True)
class Roll(LatentMap):
    """A view moved by `x` cells to the right and `y` cells down. The cells that leave at one edge enter at the opposite
    one."""

    source: Shape
    x: int
    y: int

    @property
    def shape(self) -> Shape:
        return self.source

    def forward(self, latent: Latent) -> Latent:
        return latent.roll((self.y, self.x), (-2, -1))

    def adjoint(self, latent: Latent) -> Latent:
        return latent.roll((-self.y, -self.x), (-2, -1))


@dataclass(frozen=True)
class Place(LatentMap):
    """A view of `width` x `height` cells with the source at (x, y), and 0 beyond it. What reaches over the edge is cut
    off. If the view is a window of a frame whose left and right edges are joined, `period_x` is the frame's width: what
    leaves the frame at one edge enters it at the other. `period_y` is the same for its upper and lower edges.

    Raises GraphError for an empty view, or a source that is longer than a period and so would lie on itself.
    """

    source: Shape
    width: int
    height: int
    x: int
    y: int
    period_x: int | None = None
    period_y: int | None = None

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise GraphError(f"A view of {self.width}x{self.height} cells is empty.")
        for side, length, period in (
            ("wide", self.source.width, self.period_x),
            ("high", self.source.height, self.period_y),
        ):
            if period is not None and length > period:
                raise GraphError(f"A view that is {length} cells {side} does not fit a frame of {period} that wraps.")

    @property
    def shape(self) -> Shape:
        return Shape(self.source.channels, self.height, self.width)

    @property
    def gain(self) -> Cells:
        return self._covered

    def forward(self, latent: Latent) -> Latent:
        view = latent.new_zeros(*latent.shape[:-2], self.height, self.width)
        (from_y, to_y), (from_x, to_x) = self._places
        view[..., to_y[:, None], to_x] = latent[..., from_y[:, None], from_x]
        return view

    def adjoint(self, latent: Latent) -> Latent:
        source = latent.new_zeros(*latent.shape[:-2], *self.source[1:])
        (from_y, to_y), (from_x, to_x) = self._places
        source[..., from_y[:, None], from_x] = latent[..., to_y[:, None], to_x]
        return source

    def lost_noise(self, white: White) -> Latent | None:
        if bool(self._covered.all()):
            return None
        noise = white("", self.shape)
        return (1 - self._covered.to(noise)) * noise

    @cached_property
    def _covered(self) -> Cells:
        return self.forward(torch.ones(1, *self.source[1:]))[0]

    @cached_property
    def _places(self) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """For rows, then for columns: the indices in the source, and those in the view."""
        return (
            _shown(self.y, self.source.height, self.height, self.period_y),
            _shown(self.x, self.source.width, self.width, self.period_x),
        )


def _shown(start: int, length: int, onto: int, period: int | None) -> tuple[Tensor, Tensor]:
    """Return the cells of an axis of `length` cells that lie on a view of `onto` cells, and their places there."""
    cells = torch.arange(length)
    places = cells + start if period is None else (cells + start) % period
    shown = (places >= 0) & (places < onto)
    return cells[shown], places[shown]


@dataclass(frozen=True, eq=False)
class Background(LatentMap):
    """The view where `mask` is 1, and a known background where it is 0: m * y + (1 - m) * c (bootstrapping,
    MultiDiffusion, Section 4). The controls' noise passes only through the linear part, and the background has its own
    white noise.

    `constant` is c in clean space, of shape (channels, height, width); its height and width may be 1. Raises GraphError
    for a constant that does not fit the mask, or for a mask with values outside 0..1.
    """

    mask: Cells
    constant: Latent
    source: Shape = field(init=False)

    def __post_init__(self) -> None:
        cells, constant = tuple(self.mask.shape), tuple(self.constant.shape)
        if len(constant) != 3 or constant[1:] not in (cells, (1, 1)):
            raise GraphError(f"A background of {constant} channels and cells does not fit a mask of {cells} cells.")
        if not within_unit(self.mask):
            raise GraphError("The mask of a background must lie between 0 and 1 on every cell.")
        object.__setattr__(self, "source", Shape(constant[0], *cells))

    @property
    def shape(self) -> Shape:
        return self.source

    @property
    def selects(self) -> bool:
        return self._parts_cells

    @property
    def offset(self) -> Latent:
        return (1 - self.mask) * self.constant.to(self.mask)

    def forward(self, latent: Latent) -> Latent:
        return self.mask.to(latent.device) * latent

    def adjoint(self, latent: Latent) -> Latent:
        return self.forward(latent)

    @property
    def gain(self) -> Cells:
        return self.mask**2

    def lost_noise(self, white: White) -> Latent:
        noise = white("", self.shape)
        return (1 - self.mask.to(noise) ** 2).clamp(min=0).sqrt() * noise

    @cached_property
    def _parts_cells(self) -> bool:
        return bool(((self.mask == 0) | (self.mask == 1)).all())
