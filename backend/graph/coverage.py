"""Check that some observable with a precision above 0 sees every cell of every control, at every step.

A law does not count: it says what a view is like, and no model would draw the rest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from backend.contracts.geometry import CellBox
from backend.contracts.graph import ControlSpec, CropSpec, GraphSpec, IdentitySpec, ObservableSpec
from backend.geometry.canvases import Canvas
from backend.geometry.operators import GraphGeometry
from backend.geometry.ranges import is_active
from backend.geometry.regions import Cells, Rows, trust

TOLERANCE = 1e-4  # the most by which a sum of counting numbers may differ from 1
FAINTEST = 1e-20  # a smaller precision counts as 0, because the engine works in float32
BLIND = 2e-6  # a cell of a view with no more gain than this shows nothing; the engine's bound is half of this


class Gap(NamedTuple):
    """Cells that are not seen as they must be. `step` counts from 0, and `box` is the smallest box around the cells.
    `total` is the sum of the counting numbers at the first of them, or 0 if no observable sees it."""

    control: str
    step: int
    box: CellBox
    total: float


def gap(graph: GraphSpec, places: Sequence[tuple[float, int]], counting: bool = False) -> Gap | None:
    """Return the first gap in a run whose steps have these places in its plan (`Sampling.places`), or None if there is
    none. If `counting` is set, the counting numbers of the observables that see a cell must sum to 1. Windows that
    shift are checked at the corners and the middle of their range of offsets."""
    for offset in _offsets(graph):
        seen = _Coverage(GraphGeometry.of(graph, offset, counted=True), counting)
        for step, activities in _phases(graph, places):
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
"""The activity of one observable at one step: first of the observable itself, then of each region in `outside`."""


def _phases(graph: GraphSpec, places: Sequence[tuple[float, int]]) -> Iterator[tuple[int, list[Activity]]]:
    """Yield each step at which the activity of some observable changes, with the activities of all observables from
    then on."""
    before: list[Activity] = []
    for step, place in enumerate(places):
        activities = [
            tuple(is_active(one.active, *place) for one in (spec.precision, *spec.precision.outside))
            for spec in graph.observables
        ]
        if activities != before:
            yield step, activities
        before = activities


class _Coverage:
    """The sum over all observables of the cells that each one sees, for each control. `gap` updates it for
    each phase."""

    def __init__(self, geometry: GraphGeometry, counting: bool) -> None:
        self._geometry, self._counting = geometry, counting
        self._exact = replace(geometry, counted=False)
        self._totals = {one.name: np.zeros((one.height, one.width)) for one in geometry.graph.controls}
        self._held: dict[str, tuple[Activity, Cells]] = {}
        self._gains: dict[str, Cells] = {}

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
        """Replace the observable's part in the totals by its part at this activity."""
        held = self._held.get(spec.name)
        if held is not None and held[0] == activity:
            return
        if held is not None:
            self._geometry.adjoint(spec.operator, -held[1], self._totals)
            del self._held[spec.name]
        if activity[0]:
            cells = self._seen_cells(spec, activity)
            self._geometry.adjoint(spec.operator, cells, self._totals)
            self._held[spec.name] = (activity, cells)

    def _seen_cells(self, spec: ObservableSpec, activity: Activity) -> Cells:
        """Return one number for each cell of an observable's view: 1 if the observable counts there, and 0 if not.
        Under the counting solver, return the observable's counting number on all cells, or 0 on all cells."""

        def trusted(canvas: Canvas, rows: Rows, columns: Rows) -> Cells:
            return trust(spec.precision, canvas, self._geometry.graph.masks, activity[1:], rows, columns)

        seen = self._geometry.seen(spec.operator, trusted) > FAINTEST
        if self._counting:  # under counting, a precision only switches a whole observable on or off
            return np.full(seen.shape, spec.count if seen.any() else 0.0)
        if not isinstance(spec.operator, IdentitySpec | CropSpec):
            seen &= self._gain(spec) > BLIND
        return seen.astype(float)

    def _gain(self, spec: ObservableSpec) -> Cells:
        if spec.name not in self._gains:
            self._gains[spec.name] = self._exact.gain(spec.operator)
        return self._gains[spec.name]


def _around(cells: np.ndarray) -> CellBox:
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    return CellBox(x=left, y=top, width=int(columns[-1]) + 1 - left, height=int(rows[-1]) + 1 - top)


def sentence(found: Gap, control: ControlSpec, cell: int) -> str:
    """Describe a gap by its control, its pixels, and its step, counted from 1."""
    box = found.box
    if (box.width, box.height) == (control.width, control.height):
        where = "all of it"
    else:
        right, bottom = (box.x + box.width) * cell, (box.y + box.height) * cell
        where = f"x = {box.x * cell} to {right}, y = {box.y * cell} to {bottom} pixels"
    return f"control {found.control!r}, {where}, at step {found.step + 1}"
