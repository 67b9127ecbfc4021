"""Strategies and shorthands for engine tests: controls, operators on them, and models that need no weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import torch
from hypothesis import strategies as st
from torch import Tensor

from inlay_engine.clock import Instant, Schedule
from inlay_engine.graph import TRUSTED, Denoiser, Observable, Precision
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
from inlay_engine.operators.resize import Mode
from inlay_engine.variables import ControlVariable, Latent, Shape, Wrap

MODES: tuple[Mode, ...] = get_args(Mode)
SHORT = Schedule.of_alphas_squared([0.01, 0.2, 0.6, 0.9, 1.0])


@dataclass(frozen=True)
class Shrink:
    """A cheap model: the clean view is the noisy one times a factor, and its conditioning is that factor."""

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


def units(shape: Shape) -> Tensor:
    """Return every unit vector of this shape, as a batch."""
    return torch.eye(shape.channels * shape.height * shape.width, dtype=torch.float64).view(-1, *shape)


def dense(operator: ObservationOperator) -> Tensor:
    """Return the operator's matrix. It observes every unit vector of the controls."""
    blocks = []
    for parent in operator.parents:
        unit = units(parent.shape)
        given = {other.name: torch.zeros(len(unit), *other.shape, dtype=torch.float64) for other in operator.parents}
        blocks.append(operator.forward(given | {parent.name: unit}).flatten(1).T)
    return torch.cat(blocks, dim=1)


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
def masks(draw: st.DrawFn, count: int, height: int, width: int, soft: bool) -> list[Tensor]:
    """Draw masks in float64 that sum to 1. They contain only 0 and 1 unless they are `soft`."""
    generator = torch.Generator().manual_seed(draw(st.integers(0, 999)))
    shares = torch.rand(count, height, width, generator=generator, dtype=torch.float64)
    return list(shares / shares.sum(0) if soft else (shares == shares.amax(0)).double())


@st.composite
def composites(draw: st.DrawFn, of: Sequence[ControlVariable], soft: bool) -> Composite:
    """Draw a composite of whole controls."""
    _, height, width = of[0].shape
    cut = draw(masks(len(of), height, width, soft))
    return Composite(tuple(Part(Identity(variable), mask) for variable, mask in zip(of, cut, strict=True)))


@st.composite
def windowed_composites(draw: st.DrawFn, of: Sequence[ControlVariable]) -> Composite:
    """Draw a composite of views: a window of each control, with or without a map that keeps its shape."""
    window = draw(crops(of[0])).window
    views: list[ObservationOperator] = []
    for variable in of:
        x = draw(st.integers(0, variable.shape.width - window.width))
        y = draw(st.integers(0, variable.shape.height - window.height))
        crop = Crop(variable, Window(x, y, window.width, window.height))
        kept = draw(maps(crop.shape).filter(lambda each: each.shape == each.source))
        views.append(draw(st.sampled_from([crop, Compose(crop, kept)])))
    cut = draw(masks(len(of), window.height, window.width, draw(st.booleans())))
    return Composite(tuple(Part(view, mask) for view, mask in zip(views, cut, strict=True)))


@st.composite
def placed(draw: st.DrawFn, source: Shape, width: int, height: int) -> Place:
    """Draw a view of this size with the source anywhere on it."""
    periods = [draw(st.one_of(st.none(), st.integers(side, side + 4))) for side in (source.width, source.height)]
    return Place(source, width, height, draw(st.integers(-9, 9)), draw(st.integers(-9, 9)), *periods)


@st.composite
def collages(draw: st.DrawFn, of: Sequence[ControlVariable]) -> Composite:
    """Draw a composite of views of any size, each placed anywhere. Several of them may read the same control."""
    width, height = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    views: list[ObservationOperator] = []
    for variable in draw(st.lists(st.sampled_from(of), min_size=2, max_size=3)):
        inner = draw(maps(variable.shape))
        views.append(Compose(Identity(variable), inner, draw(placed(inner.shape, width, height))))
    cut = draw(masks(len(views), height, width, draw(st.booleans())))
    return Composite(tuple(Part(view, mask) for view, mask in zip(views, cut, strict=True)))


@st.composite
def maps(draw: st.DrawFn, source: Shape) -> LatentMap:
    """Draw any map of a view of this shape."""
    channels, height, width = source
    cut = draw(masks(2, height, width, draw(st.booleans())))[0]
    colour = torch.arange(1.0, channels + 1, dtype=torch.float64)[:, None, None]
    return draw(
        st.one_of(
            st.builds(Flip, st.just(source), st.sampled_from(["x", "y"])),
            st.builds(Rotate, st.just(source), st.integers(1, 3)),
            st.builds(Roll, st.just(source), st.integers(-9, 9), st.integers(-9, 9)),
            st.builds(Resize, st.just(source), st.integers(1, 9), st.integers(1, 9), st.sampled_from(MODES)),
            placed(source, draw(st.integers(1, 9)), draw(st.integers(1, 9))),
            st.just(Background(cut, colour)),
        )
    )


@st.composite
def variables(draw: st.DrawFn) -> list[ControlVariable]:
    """Draw two controls of one shape. Each wraps along axes of its own."""
    shape = draw(shapes())
    wraps = st.sampled_from(get_args(Wrap))
    return [ControlVariable(name, shape, draw(wraps)) for name in ("x1", "x2")]


@st.composite
def operators(draw: st.DrawFn) -> ObservationOperator:
    """Draw any linear or affine operator, alone or with maps."""
    of = draw(variables())
    sources = [st.just(Identity(of[0])), crops(of[0]), windowed_composites(of), collages(of)]
    operator = draw(st.one_of(*sources, composites(of, soft=False), composites(of, soft=True)))
    chain: list[LatentMap] = []
    for _ in range(draw(st.integers(0, 3))):
        chain.append(draw(maps(chain[-1].shape if chain else operator.shape)))
    return Compose(operator, *chain) if chain else operator
