"""The check that at every step an observable with a say there sees every cell of every control."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from backend.contracts.geometry import CellBox
from backend.contracts.graph import ControlSpec, GraphSpec, ObservableSpec
from backend.geometry.operators import GraphGeometry, Source, controls_of
from backend.geometry.ranges import is_active
from backend.geometry.regions import Cells, Rows, trust

TOLERANCE = 1e-4  # by which a sum of counting numbers may miss 1
FAINTEST = 1e-20  # a precision below this is none: the engine works in float32
BLIND = 2e-6  # a view's cell of no more gain than this shows nothing; the engine's own bound is half of that


class Gap(NamedTuple):
    """Cells that are not seen as they must be: on which control, at which step (from 0), the smallest box around them,
    and what counting numbers sum to there (0 where nothing is seen)."""

    control: str
    step: int
    box: CellBox
    total: float


def gap(graph: GraphSpec, steps: int, counting: bool = False) -> Gap | None:
    """The first gap in a run of so many steps; None where there is none. `counting`: the counting numbers of what sees
    a cell must sum to 1. Windows that shift are looked at in the corners and the middle of what they move over."""
    for offset in _offsets(graph):
        seen = _Coverage(GraphGeometry.of(graph, offset, counted=True), counting)
        for step, activities in _phases(graph, steps):
            found = seen.gap(step, activities)
            if found is not None:
                return found
    return None


def _offsets(graph: GraphSpec) -> list[tuple[int, int]]:
    if graph.shift is None:
        return [(0, 0)]
    across, down = ([0, size // 2, size - 1] for size in (graph.shift.x, graph.shift.y))
    return [*dict.fromkeys((x, y) for x in across for y in down)]


Activity = tuple[bool, ...]
"""For one observable at one step: whether it is active, and then, for each region of `outside`, whether that is."""


def _phases(graph: GraphSpec, steps: int) -> Iterator[tuple[int, list[Activity]]]:
    """The first of each run of steps at which the same ranges are active, and every observable's activity then."""
    before: list[Activity] = []
    for step in range(steps):
        activities = [
            tuple(is_active(one.active, step, steps) for one in (spec.precision, *spec.precision.outside))
            for spec in graph.observables
        ]
        if activities != before:
            yield step, activities
        before = activities


class _Coverage:
    """The sum of what the observables see of each control, kept up to date from one phase to the next."""

    def __init__(self, geometry: GraphGeometry, counting: bool) -> None:
        self._geometry, self._counting = geometry, counting
        self._exact = replace(geometry, counted=False)
        self._totals = {one.name: np.zeros((one.height, one.width)) for one in geometry.graph.controls}
        self._held: dict[str, tuple[Activity, Cells]] = {}

    def gap(self, step: int, activities: list[Activity]) -> Gap | None:
        for spec, activity in zip(self._geometry.graph.observables, activities, strict=True):
            self._set(spec, activity)
        for control in self._geometry.graph.controls:
            total = self._totals[control.name]
            missing = np.abs(total - 1) > TOLERANCE if self._counting else total < 0.5
            if missing.any():
                return Gap(control.name, step, _around(missing), float(total[missing][0]))
        return None

    def _set(self, spec: ObservableSpec, activity: Activity) -> None:
        """Put an observable's say in place of what it had before."""
        held = self._held.get(spec.name)
        if held is not None and held[0] == activity:
            return
        if held is not None:
            self._geometry.adjoint(spec.operator, -held[1], self._totals)
            del self._held[spec.name]
        if activity[0]:
            say = self._say(spec, activity)
            self._geometry.adjoint(spec.operator, say, self._totals)
            self._held[spec.name] = (activity, say)

    def _say(self, spec: ObservableSpec, activity: Activity) -> Cells:
        """Return 1 on the cells of its view where an observable has a say, or its counting number; 0 elsewhere."""
        first = self._geometry.controls[controls_of(spec.operator)[0]]

        def trusted(_: str, rows: Rows, columns: Rows) -> Cells:
            return trust(spec.precision, first, self._geometry.graph.masks, activity[1:], rows, columns)

        has_say = self._geometry.forward(spec.operator, trusted) > FAINTEST
        if self._counting:  # a precision only switches a whole observable on or off
            return np.full(has_say.shape, spec.count if has_say.any() else 0.0)
        if not isinstance(spec.operator, Source):
            has_say &= self._exact.least_gain(spec.operator) > BLIND
        return has_say.astype(float)


def _around(cells: np.ndarray) -> CellBox:
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    return CellBox(x=left, y=top, width=int(columns[-1]) + 1 - left, height=int(rows[-1]) + 1 - top)


def sentence(found: Gap, control: ControlSpec, cell: int) -> str:
    """Describe a gap: the pixels that nothing sees, and from which step on."""
    box = found.box
    if (box.width, box.height) == (control.width, control.height):
        where = "all of it"
    else:
        right, bottom = (box.x + box.width) * cell, (box.y + box.height) * cell
        where = f"x = {box.x * cell} to {right}, y = {box.y * cell} to {bottom} pixels"
    return f"control {found.control!r}, {where}, at step {found.step + 1}"
