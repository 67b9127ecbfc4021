"""Turn each PrecisionSpec into an engine precision: one weight per cell and step (backend/contracts/graph.py defines
it).

The observables of one group share its precision, and so do laws. On each cell, an observable gets its own part of the
sum of the group's shapes, over the observables whose own precision there is positive at that step. For uniform shapes,
that sum is their number. An observable does not count outside its region, or where it gives way completely.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from backend.contracts.graph import ControlSpec, GraphSpec, LawSpec, ObservableSpec, PrecisionSpec
from backend.geometry.ranges import is_active
from backend.geometry.regions import trust
from inlay_engine.graph import Precision, Weight
from inlay_engine.operators import ObservationOperator
from inlay_engine.variables import Cells

Range = tuple[float, ...]
View = ObservableSpec | LawSpec


@dataclass(frozen=True, eq=False)
class Precisions:
    """The precisions of all observables and laws of a graph. They are computed together, because a group shares its
    weight."""

    spec: GraphSpec
    operators: Mapping[str, ObservationOperator]
    device: torch.device
    _known: dict[frozenset[Range], dict[str, Weight | None]] = field(default_factory=dict)

    def of(self, name: str) -> Precision:
        """Return the precision of one observable."""
        return lambda step, of: self._at(step, of)[name]

    def _at(self, step: int, of: int) -> dict[str, Weight | None]:
        """Return every observable's weight. It is computed once for all steps at which the same ranges are active."""
        active = frozenset(each for each in self._ranges if is_active(each, step, of))
        if active not in self._known:
            self._known[active] = self._weights(active)
        return self._known[active]

    @cached_property
    def _ranges(self) -> set[Range]:
        precisions = [observable.precision for observable in self.spec.views]
        return {tuple(each.active) for precision in precisions for each in (precision, *precision.outside)}

    def _weights(self, active: frozenset[Range]) -> dict[str, Weight | None]:
        own = self._own(active)
        totals: dict[tuple[str, str], Tensor] = {}
        for observable in self.spec.views:
            if observable.name in own:
                shape = (own[observable.name] > 0) * self._shape(observable)
                for control, share in self.operators[observable.name].adjoint(shape[None]).items():
                    key = (observable.precision.group, control)
                    totals[key] = totals[key] + share if key in totals else share
        return {observable.name: self._shared(observable, own, totals) for observable in self.spec.views}

    def _shared(
        self, observable: View, own: Mapping[str, Cells], totals: Mapping[tuple[str, str], Tensor]
    ) -> Weight | None:
        """Return an observable's own precision, times its share of its group's shapes. Return 0 if it only watches, and
        None if it is not active or gives way completely."""
        if observable.name not in own:
            return None
        if not own[observable.name].any():
            return None if observable.precision.weight else 0.0
        operator = self.operators[observable.name]
        group = {parent.name: totals[observable.precision.group, parent.name] for parent in operator.parents}
        total = operator.forward(group)[0] / torch.as_tensor(operator.gain).to(self.device)
        trusted = (own[observable.name] > 0) & (total > 0)
        return torch.where(trusted, own[observable.name] * self._shape(observable) / total, 0.0)

    def _shape(self, observable: View) -> Cells:
        _, height, width = self.operators[observable.name].shape
        if observable.precision.shape == "uniform":
            return torch.ones(height, width, device=self.device)
        rows, columns = (_bell(length).to(self.device) for length in (height, width))
        return rows[:, None] * columns

    def _own(self, active: frozenset[Range]) -> dict[str, Cells]:
        """Return the undivided precisions of the active observables, on their views. Observables with the same
        PrecisionSpec share its map of the control."""
        controls = {control.name: control for control in self.spec.controls}
        maps: dict[tuple[str, str], Cells] = {}
        own: dict[str, Cells] = {}
        for observable in self.spec.views:
            if tuple(observable.precision.active) not in active:
                continue
            operator = self.operators[observable.name]
            first = operator.parents[0].name
            key = (first, observable.precision.model_dump_json())
            if key not in maps:
                maps[key] = self._map(observable.precision, controls[first], active).to(self.device)
            own[observable.name] = operator.forward({parent.name: maps[key][None] for parent in operator.parents})[0]
        return own

    def _map(self, precision: PrecisionSpec, control: ControlSpec, active: frozenset[Range]) -> Cells:
        """Return the precision on its control, before it is divided among the group."""
        yields = [tuple(other.active) in active for other in precision.outside]
        return torch.from_numpy(trust(precision, control, self.spec.masks, yields).astype(np.float32))


def _bell(length: int) -> Tensor:
    """Return a Gaussian about the middle of `length` cells. Its variance is 0.01 of the length squared (Mixture of
    Diffusers, arXiv 2302.02412, Section 3.1)."""
    places = (torch.arange(length) + 0.5) / length - 0.5
    return torch.exp(-(places**2) / (2 * 0.01))
