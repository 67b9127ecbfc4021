"""Sources: the operators that read controls."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch
from torch import Tensor

from inlay_engine.errors import GraphError
from inlay_engine.operators.base import MASK_ERROR, ObservationOperator, White, tagged, total, within_unit
from inlay_engine.variables import Cells, Controls, ControlVariable, Latent, Shape


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
    """A rectangle in cells. `x` and `y` are its upper left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, eq=False)
class Crop(ObservationOperator):
    """A window of one control. On an axis that wraps, it may cross an edge.

    Raises GraphError for a window that is empty, leaves the control, or is larger than the control and so would see a
    cell twice.
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
        """The rectangles that make up the window: rows and columns of the control, then rows and columns of
        the view."""
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
    """Return the contiguous runs of `length` cells from `start` on a circular axis of `size` cells. Each run is a slice
    of the axis and a slice of the cells read from it."""
    runs = []
    read = 0
    while read < length:
        begin = (start + read) % size
        run = min(size - begin, length - read)
        runs.append((slice(begin, begin + run), slice(read, read + run)))
        read += run
    return runs


class Part(NamedTuple):
    """An operator in a composite, and its mask."""

    operator: ObservationOperator
    mask: Cells


@dataclass(frozen=True, eq=False)
class Composite(ObservationOperator):
    """A masked sum of views of one shape, y = sum_j m_j * f_j(X), whose masks sum to 1 on every cell (paper, Section
    6.2). If all masks are 0 or 1, each cell shows one operator. Soft masks give a gain below 1: sum_j m_j^2 g_j.

    Raises GraphError if shapes differ, if two parts read the same control, or if masks do not fit, have values outside
    0..1, or do not sum to 1.
    """

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        names = [parent.name for parent in self.parents]
        if len(self.parts) < 2 or len(set(names)) < len(names):
            raise GraphError(f"A composite needs two or more different controls, not {names}.")
        for operator, mask in self.parts:
            read = " and ".join(repr(parent.name) for parent in operator.parents)
            if operator.shape != self.shape:
                raise GraphError(
                    f"A composite joins views of one shape, but that of {names[0]!r} has {self.shape} and that of "
                    f"{read} has {operator.shape}."
                )
            if tuple(mask.shape) != self.shape[1:]:
                raise GraphError(f"The mask of {read} has {tuple(mask.shape)} cells, not {self.shape[1:]}.")
            if not within_unit(mask):
                raise GraphError(f"The mask of {read} must lie between 0 and 1 on every cell.")
        sums = torch.stack([part.mask for part in self.parts]).sum(0)
        if not torch.allclose(sums, torch.ones_like(sums), atol=MASK_ERROR):
            raise GraphError(f"The masks of a composite of {names} must sum to 1 on every cell.")

    @property
    def linear(self) -> bool:
        return all(part.operator.linear for part in self.parts)

    @property
    def selects(self) -> bool:
        return self._parts_cells and all(part.operator.selects for part in self.parts)

    @property
    def correlates(self) -> bool:
        return any(part.operator.correlates for part in self.parts)

    @property
    def parents(self) -> tuple[ControlVariable, ...]:
        return tuple(parent for part in self.parts for parent in part.operator.parents)

    @property
    def shape(self) -> Shape:
        return self.parts[0].operator.shape

    @property
    def gain(self) -> float | Cells:
        return self._gain

    @property
    def offset(self) -> Latent | None:
        return self._offset

    def forward(self, controls: Controls) -> Latent:
        return torch.stack([mask * operator.forward(controls) for operator, mask in self.parts]).sum(0)

    def adjoint(self, view: Latent) -> dict[str, Latent]:
        shares: dict[str, Latent] = {}
        for operator, mask in self.parts:
            shares |= operator.adjoint(mask.to(view.device) * view)
        return shares

    def lost_noise(self, white: White) -> Latent | None:
        """Return the sum of the noise that soft masks lose, and of the noise that the parts lose, multiplied by their
        masks."""
        lost = None
        if not self._parts_cells:
            noise = white("", self.shape)
            lost = (1 - self._power.to(noise)).clamp(min=0).sqrt() * noise
        for place, (operator, mask) in enumerate(self.parts):
            own = operator.lost_noise(tagged(white, f"{place}/"))
            lost = total(lost, None if own is None else mask * own)
        return lost

    @cached_property
    def _gain(self) -> float | Cells:
        gains = [part.operator.gain for part in self.parts]
        if self._parts_cells and all(not isinstance(gain, Tensor) and gain == gains[0] for gain in gains):
            return gains[0]
        spread = [mask**2 * torch.as_tensor(gain).to(mask) for gain, (_, mask) in zip(gains, self.parts, strict=True)]
        return torch.stack(spread).sum(0)

    @cached_property
    def _offset(self) -> Latent | None:
        offset = None
        for operator, mask in self.parts:
            if operator.offset is not None:
                offset = total(offset, mask * operator.offset.to(mask))
        return offset

    @cached_property
    def _parts_cells(self) -> bool:
        return all(bool(((mask == 0) | (mask == 1)).all()) for _, mask in self.parts)

    @cached_property
    def _power(self) -> Cells:
        return torch.stack([mask**2 for _, mask in self.parts]).sum(0)


@dataclass(frozen=True, eq=False)
class Differentiable(ObservationOperator):
    """A function from `controls` to a view of shape `view` that torch can differentiate. The noise in its view is left
    as it is (a gain of 1)."""

    controls: tuple[ControlVariable, ...]
    function: Callable[[Controls], Latent]
    view: Shape

    @property
    def parents(self) -> tuple[ControlVariable, ...]:
        return self.controls

    @property
    def shape(self) -> Shape:
        return self.view

    @property
    def linear(self) -> bool:
        return False

    @property
    def selects(self) -> bool:
        return False

    @property
    def correlates(self) -> bool:
        return True

    def forward(self, controls: Controls) -> Latent:
        return self.function(controls)

    def adjoint(self, view: Latent) -> dict[str, Latent]:
        names = " and ".join(repr(parent.name) for parent in self.parents)
        raise GraphError(
            f"A function of control {names} was asked for its adjoint, but it is not linear; use its pullback at a "
            f"point, or use the gradient solver."
        )
