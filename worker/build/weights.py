"""Turn each PrecisionSpec into an engine precision: one weight per cell and step (backend/contracts/graph.py defines
it).

The observables and laws of one group divide its weight among them. Each has a shape, which is a number for every cell
of its view. An observable counts on a cell at a step if its own precision there is above 0: not outside its region, and
not where it gives way completely. There its weight is its own precision times its shape, divided by the sum of the
shapes of all observables of the group that count on that cell. For uniform shapes, that sum is their number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from backend.contracts.graph import CompositeSpec, GraphSpec, LawSpec, ObservableSpec, PrecisionSpec
from backend.geometry.canvases import Canvas, Frame, canvas_of, source
from backend.geometry.ranges import Timing
from backend.geometry.regions import trust
from inlay_engine.clock import Count
from inlay_engine.graph import Precision, Weight
from inlay_engine.operators import ObservationOperator
from inlay_engine.variables import Cells
from worker.build.operators_from_spec import Operators

Strengths = tuple[float, ...]
KEPT = 8  # sets of weights; a run visits few at once, and each has a number for every cell of every view
View = ObservableSpec | LawSpec


@dataclass(frozen=True, eq=False)
class Precisions:
    """The precisions of all observables and laws of a graph. They are computed together, because a group shares its
    weight."""

    spec: GraphSpec
    operators: Mapping[str, ObservationOperator]
    device: torch.device
    _known: dict[Strengths, dict[str, Weight | None]] = field(default_factory=dict)

    def of(self, name: str) -> Precision:
        """Return the precision of one observable."""
        return lambda step, of: self._at(step, of)[name]

    def _at(self, step: Count, of: int) -> dict[str, Weight | None]:
        """Return every observable's weight. Steps with the same strengths share one set of weights. The last `KEPT`
        sets are kept."""
        strengths = tuple(timing.strength(step, of) for timing in self._timings)
        if strengths not in self._known:
            while len(self._known) >= KEPT:
                del self._known[next(iter(self._known))]
            self._known[strengths] = self._weights(dict(zip(self._timings, strengths, strict=True)))
        return self._known[strengths]

    @cached_property
    def _timings(self) -> list[Timing]:
        precisions = [observable.precision for observable in self.spec.views]
        each = (Timing.of(one) for precision in precisions for one in (precision, *precision.outside))
        return [*dict.fromkeys(each)]

    def _weights(self, strengths: Mapping[Timing, float]) -> dict[str, Weight | None]:
        own = self._own(strengths)
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

    def _own(self, strengths: Mapping[Timing, float]) -> dict[str, Cells]:
        """Return the undivided precisions of the active observables, on their views. Observables with the same
        PrecisionSpec share its map of the canvas."""
        controls = {control.name: control for control in self.spec.controls}
        maps: dict[tuple[str | Frame, str], Cells] = {}
        own: dict[str, Cells] = {}
        for observable in self.spec.views:
            if not strengths[Timing.of(observable.precision)]:
                continue
            canvas = canvas_of(observable.operator, controls)
            key = (canvas if isinstance(canvas, Frame) else canvas.name, observable.precision.model_dump_json())
            if key not in maps:
                maps[key] = self._map(observable.precision, canvas, strengths).to(self.device)
            view = self._canvas_view(observable)
            (read,) = view.parents
            own[observable.name] = view.forward({read.name: maps[key][None]})[0]
        return own

    def _canvas_view(self, observable: View) -> ObservationOperator:
        """Return the observable's operator as it sees a map of its canvas."""
        if not isinstance(source(observable.operator), CompositeSpec):
            return self.operators[observable.name]
        return Operators(self.spec, {}, self.device).of_canvas(observable.operator)

    def _map(self, precision: PrecisionSpec, canvas: Canvas, strengths: Mapping[Timing, float]) -> Cells:
        """Return the precision on its canvas, before it is divided among the group."""
        yields = [strengths[Timing.of(other)] for other in precision.outside]
        cells = strengths[Timing.of(precision)] * trust(precision, canvas, self.spec.masks, yields)
        return torch.from_numpy(cells.astype(np.float32))


def _bell(length: int) -> Tensor:
    """Return a Gaussian about the middle of `length` cells. Its variance is 0.01 of the length squared (Mixture of
    Diffusers, arXiv 2302.02412, Section 3.1)."""
    places = (torch.arange(length) + 0.5) / length - 0.5
    return torch.exp(-(places**2) / (2 * 0.01))
