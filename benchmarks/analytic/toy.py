"""The toy: signals with a known distribution, and graphs that see them through windows and as a whole.

A signal is a line of cells, drawn from one of two normal distributions with means +m and -m on every cell. Both have
the same stationary covariance of unit variance: a Matern kernel of order 3/2, and a little white noise. So the
distribution of every window, of every shrunk view of the whole, and the ideal denoiser of each are known.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import torch

from inlay_engine.clock import Instant, Schedule
from inlay_engine.graph import TRUSTED, Denoiser, Graph, Observable, Precision, constant
from inlay_engine.noise import Noise
from inlay_engine.operators import Compose, Crop, Identity, Resize, Window
from inlay_engine.testing import Mixture, MixtureModel
from inlay_engine.variables import ControlVariable, Latent, Shape

CORRELATION = 8.0  # the kernel's length, in cells
WHITE = 0.01  # the share of the variance that is white noise
FIRST_ANGLE = 1.56  # of the cosine schedule, in radians: a log-SNR of -9
SPREAD = 0.01  # sigma^2 of Mixture of Diffusers' Gaussian weights, by the window's side squared (arXiv 2302.02412)


@dataclass(frozen=True)
class Case:
    """The parameters of a toy (`length`, `window` and `stride` in cells, the modes' `mean`), the seed, and the number
    of samples."""

    length: int = 96
    window: int = 32
    stride: int = 16
    mean: float = 2.0
    seed: int = 0
    samples: int = 4096

    def __post_init__(self) -> None:
        if not 1 <= self.stride <= self.window <= self.length:
            raise SystemExit(
                f"Windows must at least touch, and fit the signal: 1 <= stride <= window <= length does not hold for "
                f"stride {self.stride}, window {self.window}, length {self.length}."
            )


def cosine(steps: int) -> Schedule:
    """Return a schedule from almost pure noise to clean, in even steps of the angle whose cosine is alpha."""
    angles = torch.linspace(FIRST_ANGLE, 0, steps + 1, dtype=torch.float64)
    return Schedule.of_alphas_squared((torch.cos(angles) ** 2).tolist())


@dataclass(frozen=True)
class Counter(MixtureModel):
    """The ideal model, which records the number of views of each call."""

    asked: list[int] = field(default_factory=list, compare=False)

    def predict_clean(self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Mixture]) -> list[Latent]:
        self.asked.append(len(noisy))
        return super().predict_clean(noisy, at, conditionings)


@dataclass(frozen=True)
class Pulled:
    """A model that pulls its answers towards their common mean, as CoFi does (arXiv 2606.00837). At the start of a
    `cosine` run, an answer moves by the share `pull` of its distance to the mean. The share falls to 0 over the share
    `until` of the steps. All views must have one size."""

    model: Counter
    pull: float
    until: float
    channels: int = 1

    def predict_clean(self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Mixture]) -> list[Latent]:
        answers = torch.stack(self.model.predict_clean(noisy, at, conditionings))
        done = 1 - math.acos(at.alpha) / FIRST_ANGLE
        share = self.pull * max(0.0, 1 - done / self.until)
        return list(torch.lerp(answers, answers.mean(0), share))


@dataclass(frozen=True, eq=False)
class Toy:
    """The signals of a case, the views of them, and the model that denoises those views."""

    case: Case
    model: Counter = field(default_factory=lambda: Counter(1))
    _laws: dict[int, Mixture] = field(default_factory=dict)

    @cached_property
    def control(self) -> ControlVariable:
        return ControlVariable("x", Shape(1, 1, self.case.length))

    @cached_property
    def law(self) -> Mixture:
        """The distribution of whole signals."""
        places = torch.arange(self.case.length, dtype=torch.float64)
        distance = math.sqrt(3) * (places[:, None] - places).abs() / CORRELATION
        smooth = (1 + distance) * torch.exp(-distance)
        covariance = (1 - WHITE) * smooth + WHITE * torch.eye(self.case.length, dtype=torch.float64)
        mean = torch.full((self.case.length,), self.case.mean, dtype=torch.float64)
        return Mixture(self.control.shape, torch.stack([mean, -mean]), covariance)

    def law_of_patch(self, width: int) -> Mixture:
        """Return the distribution of `width` neighbouring cells, which is the same everywhere. The object is cached, so
        that views share a call."""
        if width not in self._laws:
            self._laws[width] = self.law.seen_by(self.crop(0, width))
        return self._laws[width]

    @cached_property
    def starts(self) -> list[int]:
        """The first cells of the windows: one at every stride, and one at the far end."""
        last = self.case.length - self.case.window
        return [*range(0, last, self.case.stride), last]

    def crop(self, start: int, width: int) -> Crop:
        return Crop(self.control, Window(start, 0, width, 1))

    def patch(
        self, name: str, start: int, width: int, precision: Precision = TRUSTED, count: float = 1.0
    ) -> Observable:
        denoiser = Denoiser(self.model, self.law_of_patch(width))
        return Observable(name, self.crop(start, width), denoiser, precision, count=count)

    def windows(self, starts: Sequence[int], precision: Precision = TRUSTED) -> tuple[Observable, ...]:
        return tuple(self.patch(f"y{k}", start, self.case.window, precision) for k, start in enumerate(starts))

    def overlapping(self, precision: Precision = TRUSTED) -> Graph:
        """Return windows at every stride, as MultiDiffusion has them."""
        return Graph((self.control,), self.windows(self.starts, precision))

    def pulled(self, pull: float, until: float) -> Graph:
        """Return overlapping windows whose answers are pulled towards their common mean."""
        model = Pulled(self.model, pull, until)
        denoiser = Denoiser(model, self.law_of_patch(self.case.window))
        windows = (replace(window, denoiser=denoiser) for window in self.windows(self.starts))
        return Graph((self.control,), tuple(windows))

    def tiles(self) -> Graph:
        """Return windows side by side without any overlap. The last one is cut where the signal ends."""
        length, window = self.case.length, self.case.window
        cut = [(start, min(window, length - start)) for start in range(0, length, window)]
        return Graph((self.control,), tuple(self.patch(f"y{k}", *tile) for k, tile in enumerate(cut)))

    def gaussian_weights(self) -> Graph:
        """Return windows with the largest weight in their middle, as Mixture of Diffusers has them."""
        cells = (torch.arange(self.case.window) + 0.5) / self.case.window - 0.5
        return self.overlapping(constant(torch.exp(-(cells**2) / (2 * SPREAD))[None]))

    def counted(self) -> Graph:
        """Return windows, and the overlaps of neighbours counted -1: on a chain this is DiffCollage's factor graph."""
        width = self.case.window
        pairs = zip(self.starts, self.starts[1:], strict=False)
        overlaps = [(after, before + width - after) for before, after in pairs if before + width > after]
        shared = (self.patch(f"z{k}", *overlap, count=-1.0) for k, overlap in enumerate(overlaps))
        return Graph((self.control,), (*self.windows(self.starts), *shared))

    def with_coarse(self, trust: float, until: float = 1.0) -> Graph:
        """Return overlapping windows, whose weights sum to one view's on every cell, and one more view: the whole
        signal, averaged to the size of a window. `until` is the share of the steps after which that view is released.
        """
        width = self.case.window
        seen = torch.zeros(1, self.case.length)
        for start in self.starts:
            seen[:, start : start + width] += 1
        shares = (
            self.patch(f"y{k}", start, width, constant(1 / seen[:, start : start + width]))
            for k, start in enumerate(self.starts)
        )
        operator = Compose(Identity(self.control), Resize(self.control.shape, width, 1, "area"))
        denoiser = Denoiser(self.model, self.law.seen_by(operator))
        coarse = Observable("coarse", operator, denoiser, released(trust, until))
        return Graph((self.control,), (*shares, coarse))

    def shifted(self, stride: int) -> "Shifted":
        """Return windows at every `stride`, all moved by a different offset at each step, as SpotDiffusion has them."""
        return Shifted(self, stride)


def released(trust: float, until: float) -> Precision:
    """Return a weight that ends after a share of the steps."""
    return lambda step, of: trust if step < until * of else None


@dataclass(frozen=True, eq=False)
class Shifted:
    """Windows that start at multiples of `stride` less an offset in [0, stride), which is drawn anew from the seed at
    each step. A window that would leave the signal is moved to its edge."""

    toy: Toy
    stride: int

    @property
    def controls(self) -> tuple[ControlVariable, ...]:
        return (self.toy.control,)

    def at(self, step: int) -> Graph:
        last = self.toy.case.length - self.toy.case.window
        offset = Noise(self.toy.case.seed).below(self.stride, "shift", step)
        starts = range(0, last + 2 * self.stride - 1, self.stride)
        return Graph(self.controls, self.toy.windows([min(max(start - offset, 0), last) for start in starts]))
