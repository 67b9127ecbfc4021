"""Make the engine's objects from a GraphSpec: control variables, operators, and the offsets of windows that shift."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import assert_never

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from backend.contracts.geometry import CellBox
from backend.contracts.graph import (
    BackgroundSpec,
    CompositeSpec,
    ControlSpec,
    CropSpec,
    FlipSpec,
    GraphSpec,
    IdentitySpec,
    OperatorSpec,
    Region,
    ResizeSpec,
    RollSpec,
    RotateSpec,
)
from backend.geometry import regions
from backend.geometry.canvases import Canvas, Source, canvas_of, frame, shows_whole
from backend.geometry.operators import GraphGeometry
from inlay_engine.noise import Noise
from inlay_engine.operators import (
    Background,
    Compose,
    Composite,
    Crop,
    Flip,
    Identity,
    LatentMap,
    ObservationOperator,
    Part,
    Place,
    Resize,
    Roll,
    Rotate,
    Window,
)
from inlay_engine.variables import Cells, ControlVariable, Reseed, Shape

CANVAS = "canvas"
"""The name of the variable that `Operators.of_canvas` reads."""
Colour = Callable[[list[float]], Float[Tensor, " channels"]]
"""Returns one clean latent cell of a plain RGB colour."""


def region_profile(region: Region, canvas: Canvas, graph: GraphSpec) -> Cells:
    """Return the region's profile on its canvas, as a tensor of float32."""
    return torch.from_numpy(regions.region_profile(region, canvas, graph.masks).astype(np.float32))


def control(spec: ControlSpec, graph: GraphSpec) -> ControlVariable:
    reseeds = tuple(Reseed(region_profile(reseed.region, spec, graph), reseed.seed) for reseed in spec.reseeds)
    return ControlVariable(spec.name, Shape(spec.channels, spec.height, spec.width), spec.wrap, reseeds)


def mirror(of: ControlVariable, space: str, channels: int) -> ControlVariable:
    """Return the same canvas in the latents of another space, with the same noise. Its name is `x@space`, which no node
    of a graph can have."""
    return replace(of, name=f"{of.name}@{space}", shape=of.shape._replace(channels=channels), mirrors=of.name)


@dataclass(frozen=True, eq=False)
class Operators:
    """Makes the operators of a graph over its `controls`. Along each side, a cell of the graph is `unit` cells of the
    controls. For a control that is a picture, these are pixels, so the specs of a graph observe pictures as well."""

    graph: GraphSpec
    controls: Mapping[str, ControlVariable]
    device: torch.device
    unit: int = 1

    def make(self, spec: OperatorSpec, colour: Colour) -> ObservationOperator:
        """Return the operator. `colour` gives the latents of its backgrounds. Raises GraphError for an operator that
        does not fit its controls."""
        match spec:
            case IdentitySpec():
                return Identity(self.controls[spec.control])
            case CropSpec():
                return Crop(self.controls[spec.control], self._window(spec.box))
            case CompositeSpec():
                return self._composite(spec, colour)
            case BackgroundSpec() | ResizeSpec() | FlipSpec() | RotateSpec() | RollSpec():
                inner = self.make(spec.of, colour)
                return Compose(inner, self._map(spec, inner, colour))
            case _:
                assert_never(spec)

    def of_canvas(self, spec: OperatorSpec) -> ObservationOperator:
        """Return the operator as it sees a map of its canvas, with one channel. The canvas is one control variable,
        also for a composite."""
        if not isinstance(spec, Source):
            inner = self.of_canvas(spec.of)
            return Compose(inner, self._map(spec, inner, lambda _: torch.zeros(1)))
        canvas = canvas_of(spec, self._geometry.controls)
        variable = ControlVariable(CANVAS, Shape(1, canvas.height * self.unit, canvas.width * self.unit), canvas.wrap)
        box = None if isinstance(spec, IdentitySpec) else spec.box
        return Identity(variable) if box is None else Crop(variable, self._window(box))

    @cached_property
    def _geometry(self) -> GraphGeometry:
        return GraphGeometry.of(self.graph)

    def _composite(self, spec: CompositeSpec, colour: Colour) -> Composite:
        parts = []
        for index, share in enumerate(self._geometry.shares(spec)):
            mask = self._in_units(torch.from_numpy(share.astype(np.float32)))
            parts.append(Part(self._part(spec, index, colour), mask.to(self.device)))
        return Composite(tuple(parts))

    def _part(self, spec: CompositeSpec, index: int, colour: Colour) -> ObservationOperator:
        """Return the operator of a part, placed on the composite's view."""
        part, controls = spec.parts[index], self._geometry.controls
        if isinstance(part.view, IdentitySpec) and shows_whole(spec, index, controls):
            control = self.controls[part.view.control]
            return Identity(control) if spec.box is None else Crop(control, self._window(spec.box))
        view, on = self.make(part.view, colour), frame(spec, controls)
        box = spec.box or CellBox(x=0, y=0, width=on.width, height=on.height)
        place = Place(
            view.shape,
            width=box.width * self.unit,
            height=box.height * self.unit,
            x=(part.x - box.x) * self.unit,
            y=(part.y - box.y) * self.unit,
            period_x=on.width * self.unit if on.wrap in ("x", "both") else None,
            period_y=on.height * self.unit if on.wrap in ("y", "both") else None,
        )
        return Compose(view, place)

    def _map(
        self,
        spec: BackgroundSpec | ResizeSpec | FlipSpec | RotateSpec | RollSpec,
        inner: ObservationOperator,
        colour: Colour,
    ) -> LatentMap:
        match spec:
            case BackgroundSpec():
                return Background(self._seen(spec.region, spec.of), colour(spec.colour)[:, None, None].to(self.device))
            case ResizeSpec():
                return Resize(inner.shape, spec.width * self.unit, spec.height * self.unit, spec.mode)
            case FlipSpec():
                return Flip(inner.shape, spec.axis)
            case RotateSpec():
                return Rotate(inner.shape, spec.turns)
            case RollSpec():
                return Roll(inner.shape, spec.x * self.unit, spec.y * self.unit)
            case _:
                assert_never(spec)

    def _seen(self, region: Region, through: OperatorSpec) -> Cells:
        """Return the region's profile, seen through this operator."""
        canvas = canvas_of(through, self._geometry.controls)
        cells = self._in_units(region_profile(region, canvas, self.graph).to(self.device))
        return self.of_canvas(through).forward({CANVAS: cells[None]})[0]

    def _in_units(self, cells: Cells) -> Cells:
        return cells if self.unit == 1 else cells.repeat_interleave(self.unit, 0).repeat_interleave(self.unit, 1)

    def _window(self, box: CellBox) -> Window:
        return Window(*(length * self.unit for length in (box.x, box.y, box.width, box.height)))


def displacement(graph: GraphSpec, noise: Noise, step: int) -> tuple[int, int]:
    """Return the number of cells by which shifting windows move left and up at step `step` (from 0)."""
    if graph.shift is None:
        return 0, 0
    return noise.below(graph.shift.x, "shift/x", step), noise.below(graph.shift.y, "shift/y", step)
