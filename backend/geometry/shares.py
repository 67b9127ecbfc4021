"""The share of the weight that each observable of a graph has on each cell (contracts/graph.py, PrecisionSpec).

The worker's `build/weights.py` has the same weights in torch, and a test compares the two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from backend.contracts.graph import CropSpec, GraphSpec, IdentitySpec, LawSpec, ObservableSpec, OperatorSpec
from backend.geometry.operators import GraphGeometry
from backend.geometry.ranges import Timing
from backend.geometry.regions import Cells, trust

View = ObservableSpec | LawSpec
FAINT = 1e-12  # less weight than this is none


class _Weights(NamedTuple):
    """The weights at one step: of each active observable on its view, and of all of them on each control."""

    views: Mapping[str, Cells]
    total: Mapping[str, Cells]


@dataclass(frozen=True, eq=False)
class Shares:
    """The shares in a run that takes the steps `taken` of `of`. Windows that shift count at their place without an
    offset."""

    graph: GraphSpec
    taken: range
    of: int
    _known: dict[tuple[float, ...], _Weights] = field(default_factory=dict)

    def of_view(self, view: View) -> Cells:
        """Return the observable's share of all weight, on each cell of its view: that of the step at which the
        observable's weight is greatest, and of several such steps the last."""
        weights = self._at([view])
        if weights is None:
            return np.zeros(self._geometry.size(view.operator)[::-1])
        total = self._seen(view.operator, weights.total)
        return np.divide(weights.views[view.name], total, out=np.zeros_like(total), where=total > FAINT)

    def on_control(self, views: Sequence[View], control: str) -> Cells | None:
        """Return the share that several observables have together, on each cell of a control. The step is chosen as for
        one observable."""
        weights = self._at(views)
        if weights is None:
            return None
        own = self._fields()
        for view in views:
            if view.name in weights.views:
                self._geometry.adjoint(view.operator, weights.views[view.name], own)
        total = weights.total[control]
        return np.divide(own[control], total, out=np.zeros_like(total), where=total > FAINT)

    def _at(self, views: Sequence[View]) -> _Weights | None:
        timings = [Timing.of(view.precision) for view in views if view.precision.weight > 0]
        strength, step = max((self._strongest[one] for one in timings), default=(0.0, 0))
        return self._weights(step) if strength > 0 else None

    @cached_property
    def _strongest(self) -> Mapping[Timing, tuple[float, int]]:
        """For each timing in the graph, its greatest strength and the last step that has it."""
        precisions = [view.precision for view in self.graph.views]
        timings = dict.fromkeys(Timing.of(one) for own in precisions for one in (own, *own.outside))
        return {one: max((one.strength(step, self.of), step) for step in self.taken) for one in timings}

    def _weights(self, step: int) -> _Weights:
        key = tuple(timing.strength(step, self.of) for timing in self._strongest)
        if key not in self._known:
            self._known[key] = self._weighed(step)
        return self._known[key]

    def _weighed(self, step: int) -> _Weights:
        own = {view.name: self._own(view, step) for view in self.graph.views}
        groups: dict[str, dict[str, Cells]] = {}
        for view in self.graph.views:
            if own[view.name].any():
                group = groups.setdefault(view.precision.group, self._fields())
                self._geometry.adjoint(view.operator, (own[view.name] > 0) * _shape(view, own[view.name]), group)
        shared, total = {}, self._fields()
        for view in self.graph.views:
            cells = own[view.name]
            if cells.any():
                sums = self._seen(view.operator, groups[view.precision.group])
                weighed = cells * _shape(view, cells)
                cells = np.divide(weighed, sums, out=np.zeros_like(sums), where=(cells > 0) & (sums > FAINT))
                self._geometry.adjoint(view.operator, cells, total)
            shared[view.name] = cells
        return _Weights(shared, total)

    def _own(self, view: View, step: int) -> Cells:
        """Return an observable's precision at a step on its view, before it is divided among its group."""
        precision = view.precision
        yields = [Timing.of(other).strength(step, self.of) for other in precision.outside]
        seen = self._geometry.seen(
            view.operator,
            lambda canvas, rows, columns: trust(precision, canvas, self.graph.masks, yields, rows, columns),
        )
        return Timing.of(precision).strength(step, self.of) * seen

    def _seen(self, operator: OperatorSpec, fields: Mapping[str, Cells]) -> Cells:
        """Return the average that a view sees of a field over the controls."""
        view = self._geometry.forward(operator, lambda name, rows, columns: fields[name][np.ix_(rows, columns)])
        if isinstance(operator, IdentitySpec | CropSpec):
            return view
        gain = self._geometry.gain(operator)
        return np.divide(view, gain, out=np.zeros_like(view), where=gain > FAINT)

    def _fields(self) -> dict[str, Cells]:
        return {control.name: np.zeros((control.height, control.width)) for control in self.graph.controls}

    @cached_property
    def _geometry(self) -> GraphGeometry:
        return GraphGeometry.of(self.graph)


def _shape(view: View, cells: Cells) -> Cells:
    """Return the shape of an observable's weight over its view: 1, or a Gaussian about its middle."""
    if view.precision.shape == "uniform":
        return np.ones_like(cells)
    down, across = (_bell(length) for length in cells.shape)
    return down[:, None] * across


def _bell(length: int) -> Cells:
    """Return a Gaussian about the middle of `length` cells. Its variance is 0.01 of the length squared (Mixture of
    Diffusers, arXiv 2302.02412, Section 3.1)."""
    places = (np.arange(length) + 0.5) / length - 0.5
    return np.exp(-(places**2) / (2 * 0.01))
