"""Make the engine's objects from a GraphSpec: control variables, operators, and the offsets of windows that shift."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
    Resize,
    Roll,
    Rotate,
    Window,
)
from inlay_engine.variables import Cells, ControlVariable, Reseed, Shape

Colour = Callable[[list[float]], Float[Tensor, " channels"]]
"""Returns one clean latent cell of a plain RGB colour."""


def region_profile(region: Region, control: ControlSpec, graph: GraphSpec) -> Cells:
    """Return the region's profile on its control, as a tensor of float32."""
    return torch.from_numpy(regions.region_profile(region, control, graph.masks).astype(np.float32))


def control(spec: ControlSpec, graph: GraphSpec) -> ControlVariable:
    reseeds = tuple(Reseed(region_profile(reseed.region, spec, graph), reseed.seed) for reseed in spec.reseeds)
    return ControlVariable(spec.name, Shape(spec.channels, spec.height, spec.width), spec.wrap, reseeds)


def mirror(of: ControlVariable, space: str, channels: int) -> ControlVariable:
    """Return the same canvas in the latents of another space, with the same noise. Its name is `x@space`, which no node
    of a graph can have."""
    return replace(of, name=f"{of.name}@{space}", shape=of.shape._replace(channels=channels), mirrors=of.name)


@dataclass(frozen=True, eq=False)
class Operators:
    """Makes the operators of a graph over its `controls`. `unit` is the number of the controls' cells for each cell of
    the graph. With `unit` pixels per cell, the same specs also observe pictures."""

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
                return self._composite(spec)
            case BackgroundSpec() | ResizeSpec() | FlipSpec() | RotateSpec() | RollSpec():
                inner = self.make(spec.of, colour)
                return Compose(inner, self._map(spec, inner, colour))
            case _:
                assert_never(spec)

    def _composite(self, spec: CompositeSpec) -> Composite:
        parts = []
        for part in spec.parts:
            control = self.controls[part.control]
            own = Identity(control) if spec.box is None else Crop(control, self._window(spec.box))
            mask = self._seen(part.region, own)
            parts.append(Part(own, 1 - mask if part.inverse else mask))
        return Composite(tuple(parts))

    def _map(
        self,
        spec: BackgroundSpec | ResizeSpec | FlipSpec | RotateSpec | RollSpec,
        inner: ObservationOperator,
        colour: Colour,
    ) -> LatentMap:
        match spec:
            case BackgroundSpec():
                return Background(self._seen(spec.region, inner), colour(spec.colour)[:, None, None].to(self.device))
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

    def _seen(self, region: Region, through: ObservationOperator) -> Cells:
        """Return the region's profile, seen through this operator."""
        name = through.parents[0].mirrors or through.parents[0].name
        spec = next(control for control in self.graph.controls if control.name == name)
        cells = region_profile(region, spec, self.graph).to(self.device)
        if self.unit > 1:
            cells = cells.repeat_interleave(self.unit, 0).repeat_interleave(self.unit, 1)
        return through.forward({parent.name: cells[None] for parent in through.parents})[0]

    def _window(self, box: CellBox) -> Window:
        return Window(*(length * self.unit for length in (box.x, box.y, box.width, box.height)))


def displacement(graph: GraphSpec, noise: Noise, step: int) -> tuple[int, int]:
    """Return the number of cells by which shifting windows move left and up at step `step` (from 0)."""
    if graph.shift is None:
        return 0, 0
    return noise.below(graph.shift.x, "shift/x", step), noise.below(graph.shift.y, "shift/y", step)
