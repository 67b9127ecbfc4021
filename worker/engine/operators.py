"""Observation operators: what an observable sees of the controls, y_i = f_i(X) (paper, Eq. 12).

Every operator is linear and is four things: the controls it reads, the shape of its view, `forward`, and `adjoint`
with <forward(X), y> = <X, adjoint(y)>. Channels only pass through, so that a map of one channel can be observed like a
latent.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch

from worker.engine.errors import GraphError
from worker.engine.variables import Cells, Controls, ControlVariable, Latent, Shape


class ObservationOperator(ABC):
    """What every operator answers; the plain case, a selection of cells, is the default."""

    @property
    def gain(self) -> float | Cells:
        """g with f f^T = g I, a number or one a cell: the variance of a view of white noise."""
        return 1.0

    @property
    def selects(self) -> bool:
        """Whether every cell of the view reads exactly one cell of one control: agreement is then an average."""
        return True

    @property
    @abstractmethod
    def parents(self) -> tuple[ControlVariable, ...]:
        """The controls that the view is made of."""

    @property
    @abstractmethod
    def shape(self) -> Shape:
        """The shape of the view."""

    @abstractmethod
    def forward(self, controls: Controls) -> Latent:
        """The view of these controls."""

    @abstractmethod
    def adjoint(self, view: Latent) -> dict[str, Latent]:
        """What a view gives back to each control that it reads; zero on the cells that it does not."""


@dataclass(frozen=True, eq=False)
class Identity(ObservationOperator):
    """The whole control."""

    control: ControlVariable

    @property
    def parents(self) -> tuple[ControlVariable, ...]:
        return (self.control,)

    @property
    def shape(self) -> Shape:
        return self.control.shape

    def forward(self, controls: Controls) -> Latent:
        return controls[self.control.name]

    def adjoint(self, view: Latent) -> dict[str, Latent]:
        return {self.control.name: view}


class Window(NamedTuple):
    """A rectangle in cells, from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, eq=False)
class Crop(ObservationOperator):
    """A window of one control; on an axis that wraps it may reach over an edge.

    Raises GraphError for a window that is empty, leaves the control, or is larger than it (it would see a cell twice).
    """

    control: ControlVariable
    window: Window

    def __post_init__(self) -> None:
        control, window = self.control, self.window
        axes = [
            ("width", window.x, window.width, control.shape.width, control.wraps_x),
            ("height", window.y, window.height, control.shape.height, control.wraps_y),
        ]
        for side, start, length, size, wraps in axes:
            if not 1 <= length <= size:
                raise GraphError(f"A window of {side} {length} does not fit control {control.name!r}, {size} cells.")
            if not wraps and not 0 <= start <= size - length:
                raise GraphError(
                    f"A window from cell {start} to {start + length} leaves control {control.name!r}, whose {side} is "
                    f"{size} cells and does not wrap."
                )

    @property
    def parents(self) -> tuple[ControlVariable, ...]:
        return (self.control,)

    @property
    def shape(self) -> Shape:
        return Shape(self.control.shape.channels, self.window.height, self.window.width)

    @cached_property
    def _pieces(self) -> list[tuple[slice, slice, slice, slice]]:
        """Rectangles that make up the window: rows and columns of the control, then of the view."""
        rows = _runs(self.window.y, self.window.height, self.control.shape.height)
        columns = _runs(self.window.x, self.window.width, self.control.shape.width)
        return [(from_y, from_x, to_y, to_x) for from_y, to_y in rows for from_x, to_x in columns]

    def forward(self, controls: Controls) -> Latent:
        canvas = controls[self.control.name]
        view = canvas.new_empty(*canvas.shape[:-2], self.window.height, self.window.width)
        for from_y, from_x, to_y, to_x in self._pieces:
            view[..., to_y, to_x] = canvas[..., from_y, from_x]
        return view

    def adjoint(self, view: Latent) -> dict[str, Latent]:
        canvas = view.new_zeros(*view.shape[:-2], self.control.shape.height, self.control.shape.width)
        for from_y, from_x, to_y, to_x in self._pieces:
            canvas[..., from_y, from_x] = view[..., to_y, to_x]
        return {self.control.name: canvas}


def _runs(start: int, length: int, size: int) -> list[tuple[slice, slice]]:
    """The unbroken runs of `length` cells from `start` on a closed axis of `size` cells: slices of the axis and of the
    cells read from it."""
    runs = []
    read = 0
    while read < length:
        begin = (start + read) % size
        run = min(size - begin, length - read)
        runs.append((slice(begin, begin + run), slice(read, read + run)))
        read += run
    return runs


class Part(NamedTuple):
    """One control's share of a composite."""

    control: ControlVariable
    mask: Cells


@dataclass(frozen=True, eq=False)
class Composite(ObservationOperator):
    """A masked sum of controls of one shape, y = sum_j m_j * x_j with masks that sum to 1 on every cell (paper, Section
    6.2). Masks of only 0 and 1 part the view among the controls; soft ones have a gain below 1, sum_j m_j^2.

    Raises GraphError for shapes that differ, a control named twice, or masks that do not fit or do not sum to 1.
    """

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        names = [part.control.name for part in self.parts]
        if len(names) < 2 or len(set(names)) < len(names):
            raise GraphError(f"A composite needs two or more different controls, not {names}.")
        for control, mask in self.parts:
            if control.shape != self.shape:
                raise GraphError(
                    f"A composite joins controls of one shape, but {names[0]!r} has {self.shape} and {control.name!r} "
                    f"has {control.shape}."
                )
            if tuple(mask.shape) != self.shape[1:]:
                raise GraphError(f"The mask of {control.name!r} has {tuple(mask.shape)} cells, not {self.shape[1:]}.")
        total = torch.stack([part.mask for part in self.parts]).sum(0)
        if not torch.allclose(total, torch.ones_like(total), atol=1e-5):
            raise GraphError(f"The masks of a composite of {names} must sum to 1 on every cell.")

    @property
    def parents(self) -> tuple[ControlVariable, ...]:
        return tuple(part.control for part in self.parts)

    @property
    def shape(self) -> Shape:
        return self.parts[0].control.shape

    @cached_property
    def _parts_cells(self) -> bool:
        return all(bool(((mask == 0) | (mask == 1)).all()) for _, mask in self.parts)

    @cached_property
    def _power(self) -> Cells:
        return torch.stack([mask**2 for _, mask in self.parts]).sum(0)

    @property
    def selects(self) -> bool:
        return self._parts_cells

    @property
    def gain(self) -> float | Cells:
        return 1.0 if self._parts_cells else self._power

    def forward(self, controls: Controls) -> Latent:
        return torch.stack([mask * controls[control.name] for control, mask in self.parts]).sum(0)

    def adjoint(self, view: Latent) -> dict[str, Latent]:
        return {control.name: mask * view for control, mask in self.parts}
