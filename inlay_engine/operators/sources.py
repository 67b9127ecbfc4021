"""Sources: the operators that read controls."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from inlay_engine.errors import GraphError
from inlay_engine.operators.base import ObservationOperator
from inlay_engine.variables import Controls, ControlVariable, Latent, Shape


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

    def forward(self, controls: Controls) -> Latent:
        return self.function(controls)

    def gram(self, view: Latent) -> Latent:
        return view

    def adjoint(self, view: Latent) -> dict[str, Latent]:
        names = " and ".join(repr(parent.name) for parent in self.parents)
        raise GraphError(
            f"A function of control {names} was asked for its adjoint, but it is not linear; use its pullback at a "
            f"point, or use the gradient solver."
        )
