"""Strategies and shorthands for engine tests: controls, operators on them, and models that need no weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import torch
from hypothesis import strategies as st

from worker.engine.clock import Instant, Schedule
from worker.engine.graph import TRUSTED, Denoiser, Observable, Precision
from worker.engine.operators import Composite, Crop, Identity, ObservationOperator, Part, Window
from worker.engine.variables import ControlVariable, Latent, Shape, Wrap

SHORT = Schedule.of_alphas_squared([0.01, 0.2, 0.6, 0.9, 1.0])


@dataclass(frozen=True)
class Shrink:
    """A cheap model: the clean view is a share of the noisy one, the share its conditioning."""

    channels: int

    def predict_clean(self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Any]) -> list[Latent]:
        return [share * y for y, share in zip(noisy, conditionings, strict=True)]


def control(
    name: str = "x", channels: int = 2, height: int = 3, width: int = 5, wrap: Wrap = "none"
) -> ControlVariable:
    return ControlVariable(name, Shape(channels, height, width), wrap)


def observable(
    name: str, operator: ObservationOperator, share: float = 0.5, precision: Precision = TRUSTED
) -> Observable:
    return Observable(name, operator, Denoiser(Shrink(operator.shape.channels), share), precision)


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    side = st.integers(1, 7)
    return Shape(draw(st.integers(1, 3)), draw(side), draw(side))


@st.composite
def crops(draw: st.DrawFn, of: ControlVariable) -> Crop:
    _, height, width = of.shape
    window_height, window_width = draw(st.integers(1, height)), draw(st.integers(1, width))
    x = draw(st.integers(-width, 2 * width) if of.wraps_x else st.integers(0, width - window_width))
    y = draw(st.integers(-height, 2 * height) if of.wraps_y else st.integers(0, height - window_height))
    return Crop(of, Window(x, y, window_width, window_height))


@st.composite
def composites(draw: st.DrawFn, of: Sequence[ControlVariable], soft: bool) -> Composite:
    generator = torch.Generator().manual_seed(draw(st.integers(0, 999)))
    shares = torch.rand(len(of), *of[0].shape[1:], generator=generator, dtype=torch.float64)
    masks = shares / shares.sum(0) if soft else (shares == shares.amax(0)).double()
    return Composite(tuple(Part(Identity(variable), mask) for variable, mask in zip(of, masks, strict=True)))


@st.composite
def variables(draw: st.DrawFn) -> list[ControlVariable]:
    """Two controls of one shape, each wrapping in its own way."""
    shape = draw(shapes())
    wraps = st.sampled_from(get_args(Wrap))
    return [ControlVariable(name, shape, draw(wraps)) for name in ("x1", "x2")]


@st.composite
def operators(draw: st.DrawFn) -> ObservationOperator:
    """Any operator there is."""
    of = draw(variables())
    return draw(
        st.one_of(st.just(Identity(of[0])), crops(of[0]), composites(of, soft=False), composites(of, soft=True))
    )
