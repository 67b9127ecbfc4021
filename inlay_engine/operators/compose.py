"""Composition: an operator, followed by maps of its view."""

import math
from functools import cached_property

import torch

from inlay_engine.errors import GraphError
from inlay_engine.operators.base import LatentMap, ObservationOperator, White, tagged, total
from inlay_engine.variables import Cells, Controls, ControlVariable, Latent, Shape


class Compose(ObservationOperator):
    """`operator`, followed by `maps` on its view, in their order.

    Raises GraphError for a map whose source has another shape than the view before it.
    """

    def __init__(self, operator: ObservationOperator, *maps: LatentMap) -> None:
        self.operator, self.maps = operator, maps
        shape = operator.shape
        for each in maps:
            if each.source != shape:
                read = " and ".join(repr(parent.name) for parent in operator.parents)
                raise GraphError(
                    f"A {type(each).__name__.lower()} of {each.source} was put on a view of control {read} that has "
                    f"{shape}; give both the same shape."
                )
            shape = each.shape

    @property
    def linear(self) -> bool:
        return self.operator.linear

    @property
    def selects(self) -> bool:
        return self.operator.selects and all(each.selects for each in self.maps)

    @property
    def parents(self) -> tuple[ControlVariable, ...]:
        return self.operator.parents

    @property
    def shape(self) -> Shape:
        return self.maps[-1].shape if self.maps else self.operator.shape

    @property
    def gain(self) -> float | Cells:
        return self._gain

    @cached_property
    def _gain(self) -> float | Cells:
        gains = [each.gain for each in (self.operator, *self.maps)]
        if all(isinstance(gain, float) for gain in gains):
            return math.prod(gains)
        return self.gram(torch.ones(1, *self.shape[1:], dtype=torch.float64))[0]

    @property
    def scale(self) -> float:
        return math.prod((self.operator.scale, *(each.scale for each in self.maps)))

    @property
    def offset(self) -> Latent | None:
        return self._offset

    @cached_property
    def _offset(self) -> Latent | None:
        offset = self.operator.offset
        for each in self.maps:
            offset = total(None if offset is None else each.forward(offset), each.offset)
        return offset

    def forward(self, controls: Controls) -> Latent:
        view = self.operator.forward(controls)
        for each in self.maps:
            view = each.forward(view)
        return view

    def adjoint(self, view: Latent) -> dict[str, Latent]:
        for each in reversed(self.maps):
            view = each.adjoint(view)
        return self.operator.adjoint(view)

    def gram(self, view: Latent) -> Latent:
        for each in reversed(self.maps):
            view = each.adjoint(view)
        view = self.operator.gram(view)
        for each in self.maps:
            view = each.forward(view)
        return view

    def lost_noise(self, white: White, scale: float = 1.0) -> Latent | None:
        """Return noise of covariance I - s^2 g h h^T g^T, for a map g of scale c after h. Each adds the noise that it
        loses: I - c^2 g g^T, and c^2 g (I - (s/c)^2 h h^T) g^T."""
        rest = min(scale / math.prod(each.scale for each in self.maps), self.operator.scale)
        lost = self.operator.lost_noise(tagged(white, "0/"), rest)
        for place, each in enumerate(self.maps, start=1):
            kept = None if lost is None else each.forward(lost)
            if kept is not None and each.scale < 1:
                kept = each.scale * kept
            lost = total(kept, each.lost_noise(tagged(white, f"{place}/")))
        return lost
