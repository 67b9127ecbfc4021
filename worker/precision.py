"""PrecisionSpec as the engine's precisions: one weight a cell and step (backend/contracts/graph.py says what it means).

A step k (from 0) of n lies in an active range [first, last) where first <= k / n < last; so a range that ends at 1
includes the last step, and ranges that meet leave no step out and share none. A group's precision is divided, cell by
cell, by the number of its observables whose own precision there is positive at that step: outside their region, or
where they yield wholly, they do not count.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor

from backend.contracts.graph import ControlSpec, GraphSpec, ObservableSpec, PrecisionSpec, Region
from worker.engine.graph import Precision, Weight
from worker.engine.operators import ObservationOperator
from worker.engine.variables import Cells

Range = tuple[float, ...]


def profile(region: Region, control: ControlSpec) -> Cells:
    """The region on its control: 1 inside, falling linearly to 0 at its edge over `feather` cells, measured from the
    middles of cells. Where the box ends at the control's own edge there is no fall, unless that edge wraps."""
    box = region.box
    rows = _ramp(box.y, box.height, region.feather, control.height, control.wrap in ("y", "both"))
    columns = _ramp(box.x, box.width, region.feather, control.width, control.wrap in ("x", "both"))
    return torch.minimum(rows[:, None], columns[None, :])


def _ramp(start: int, length: int, feather: float, size: int, wraps: bool) -> Tensor:
    """A profile along one axis of `size` cells."""
    inward = torch.arange(length) + 0.5
    edge = torch.full((length,), torch.inf)
    if not (wraps and length >= size):
        edge = torch.minimum(edge, inward if wraps or start > 0 else edge)
        edge = torch.minimum(edge, inward.flip(0) if wraps or start + length < size else edge)
    ramp = (edge / feather).clamp(max=1) if feather > 0 else torch.ones(length)
    cells = torch.arange(start, start + length)
    on_axis = torch.ones(length, dtype=torch.bool) if wraps else (cells >= 0) & (cells < size)
    axis = torch.zeros(size)
    axis[cells[on_axis] % size] = ramp[on_axis]
    return axis


def is_active(active: Range, step: int, of: int) -> bool:
    """Whether step `step` (from 0) of `of` lies in the range."""
    return active[0] <= step / of < active[1]


@dataclass(frozen=True, eq=False)
class Precisions:
    """The precisions of all observables of a graph: they belong together, since a group shares its weight."""

    spec: GraphSpec
    operators: Mapping[str, ObservationOperator]
    device: torch.device
    _known: dict[frozenset[Range], dict[str, Weight]] = field(default_factory=dict)

    def of(self, name: str) -> Precision:
        """The precision of one observable."""
        return lambda step, of: self._at(step, of)[name]

    def _at(self, step: int, of: int) -> dict[str, Weight]:
        """Every observable's weight, worked out once for all steps at which the same ranges are active."""
        active = frozenset(each for each in self._ranges if is_active(each, step, of))
        if active not in self._known:
            self._known[active] = self._weights(active)
        return self._known[active]

    @cached_property
    def _ranges(self) -> set[Range]:
        precisions = [observable.precision for observable in self.spec.observables]
        return {tuple(each.active) for precision in precisions for each in (precision, *precision.outside)}

    def _weights(self, active: frozenset[Range]) -> dict[str, Weight]:
        own = self._own(active)
        counts: dict[tuple[str, str], Tensor] = {}
        for observable in self.spec.observables:
            if observable.name in own:
                counted = self.operators[observable.name].adjoint((own[observable.name] > 0).float()[None])
                for control, share in counted.items():
                    key = (observable.precision.group, control)
                    counts[key] = counts[key] + share if key in counts else share
        return {observable.name: self._shared(observable, own, counts) for observable in self.spec.observables}

    def _shared(
        self, observable: ObservableSpec, own: Mapping[str, Cells], counts: Mapping[tuple[str, str], Tensor]
    ) -> Weight:
        """An observable's own precision over the number of its group that see the cell."""
        if observable.name not in own or not own[observable.name].any():
            return 0.0
        operator = self.operators[observable.name]
        group = {parent.name: counts[observable.precision.group, parent.name] for parent in operator.parents}
        count = operator.forward(group)[0] / operator.gain
        return torch.where(own[observable.name] > 0, own[observable.name] / count, 0.0)

    def _own(self, active: frozenset[Range]) -> dict[str, Cells]:
        """The undivided precisions of the active observables, on their views. Observables of one PrecisionSpec share
        its map of the control."""
        controls = {control.name: control for control in self.spec.controls}
        maps: dict[tuple[str, str], Cells] = {}
        own: dict[str, Cells] = {}
        for observable in self.spec.observables:
            if tuple(observable.precision.active) not in active:
                continue
            operator = self.operators[observable.name]
            first = operator.parents[0].name
            key = (first, observable.precision.model_dump_json())
            if key not in maps:
                maps[key] = _map(observable.precision, controls[first], active).to(self.device)
            own[observable.name] = operator.forward({parent.name: maps[key][None] for parent in operator.parents})[0]
        return own


def _map(precision: PrecisionSpec, control: ControlSpec, active: frozenset[Range]) -> Cells:
    """weight * profile(inside) * the product over `outside` of 1 - min(1, weight) * profile, on the control's cells."""
    inside = profile(precision.inside, control) if precision.inside else torch.ones(control.height, control.width)
    trusted = precision.weight * inside
    for other in precision.outside:
        if tuple(other.active) in active:
            trusted = trusted * (1 - min(1.0, other.weight) * profile(other.region, control))
    return trusted
