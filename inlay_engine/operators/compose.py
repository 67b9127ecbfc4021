"""Composition: an operator, followed by maps of its view."""

from functools import cached_property

import torch

from inlay_engine.errors import GraphError
from inlay_engine.operators.base import LatentMap, ObservationOperator, White, tagged, total
from inlay_engine.variables import Cells, Controls, ControlVariable, Latent, Shape

PROBES = 256  # the unit views that one adjoint takes when a gain is measured


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
    def correlates(self) -> bool:
        return self.operator.correlates or any(each.correlates for each in self.maps)

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
        gain, correlates = self.operator.gain, self.operator.correlates
        for each in self.maps:
            if correlates and each.mixes and self.linear:
                return _row_norms(self)
            gain, correlates = each.variance(gain), correlates or each.correlates
        return gain

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

    def lost_noise(self, white: White) -> Latent | None:
        """Return noise of covariance I - g g^T + g (I - h h^T) g^T, for g after h. Each map adds the noise that it
        loses."""
        lost = self.operator.lost_noise(tagged(white, "0/"))
        for place, each in enumerate(self.maps, start=1):
            kept = None if lost is None else each.forward(lost)
            lost = total(kept, each.lost_noise(tagged(white, f"{place}/")))
        return lost


def _row_norms(operator: ObservationOperator) -> Cells:
    """Measure the diagonal of f f^T: the squared norm of the adjoint of each single cell of the view."""
    _, height, width = operator.shape
    norms = []
    for cells in torch.arange(height * width).split(PROBES):
        units = torch.zeros(len(cells), height * width, dtype=torch.float64)
        units[torch.arange(len(cells)), cells] = 1
        given = operator.adjoint(units.view(-1, 1, height, width))
        norms.append(torch.stack([share.square().sum((-3, -2, -1)) for share in given.values()]).sum(0))
    return torch.cat(norms).view(height, width)
