"""The problem that agreement solves at one step, the settings of the solver, and the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from inlay_engine.clock import Instant
from inlay_engine.errors import GraphError
from inlay_engine.graph import Graph, Observable
from inlay_engine.variables import Controls, Latent

Solver = Literal["auto", "diagonal", "conjugate", "gradient", "descent", "counting"]

DESCENT_RATE = 1.0
"""The default of `Agree.rate` for the descent solver."""

StepSizes = Mapping[str, Float[Tensor, "*batch"]]
"""lambda_i of every active observable, one number for each sample of the batch."""


@dataclass(frozen=True)
class StepSize:
    """Free step sizes: lambda_i may leave 1, within [least, most], with the penalty rho_i |lambda_i - 1| and rho_i = mu
    |v_i|^2_W. This is the Laplace prior of Eq. 41, made independent of scale. The descent solver takes a
    `DescentStepSize` instead.

    Raises GraphError for a negative mu, and for bounds that are infinite or exclude 1.
    """

    mu: float
    least: float = 0.0
    most: float = 2.0

    def __post_init__(self) -> None:
        if not (0 <= self.mu < torch.inf and -torch.inf < self.least <= 1 <= self.most < torch.inf):
            raise GraphError(
                f"Step sizes need a penalty of 0 or more and bounds around 1, not mu {self.mu} and {self.least} to "
                f"{self.most}."
            )


@dataclass(frozen=True)
class DescentStepSize:
    """Free step sizes for the descent solver: lambda_i has the fixed penalty rho |lambda_i - 1| of Eq. 41, the same for
    every observable and at every step, and no bounds. `rate` is its step in the units of `agree.descent`, where 1 goes
    to the best lambda_i in one step if X^s stands still.

    Raises GraphError for a negative or infinite rho, and for a rate that is not positive.
    """

    rho: float
    rate: float = 0.3

    def __post_init__(self) -> None:
        if not (0 <= self.rho < torch.inf and self.rate > 0):
            raise GraphError(f"Step sizes need a rho of 0 or more and a positive rate, not {self.rho} and {self.rate}.")


@dataclass(frozen=True)
class Agree:
    """Settings of the agreement. The solver `auto` stands for diagonal if all operators select cells, conjugate if all
    are linear, and gradient if not. `descent` is the paper's own algorithm. `step_size` None fixes lambda at 1; the
    descent solver takes a `DescentStepSize`, and every other solver a `StepSize`. `iterations` is the limit of an
    iterative solver, and the number of iterations of the descent. `rate` is the step in X of gradient descent, in the
    units of `agree.gradient` or `agree.descent`. For `iterations` and `rate`, None stands for the solver's default.

    Raises GraphError for iterations or a rate that are not positive, for step sizes of another solver, and for rates at
    which the descent would diverge.
    """

    solver: Solver = "auto"
    step_size: StepSize | DescentStepSize | None = None
    iterations: int | None = None
    rate: float | None = None

    def __post_init__(self) -> None:
        if self.solver == "descent":
            self._check_descent()
        elif isinstance(self.step_size, DescentStepSize):
            raise GraphError(f"A fixed rho belongs to the descent solver; the {self.solver} solver takes mu.")
        if not (self.iterations is None or self.iterations >= 1) or not (self.rate is None or self.rate > 0):
            raise GraphError(f"A solver needs 1 or more iterations and a positive rate, not {self}.")

    def _check_descent(self) -> None:
        if isinstance(self.step_size, StepSize):
            raise GraphError("The descent solver takes step sizes with a fixed rho and a rate, and not mu.")
        rate = DESCENT_RATE if self.rate is None else self.rate
        total = rate + (0 if self.step_size is None else self.step_size.rate)
        if not total < 2:
            raise GraphError(f"The rates of the descent solver sum to {total:g}; they must sum to less than 2.")


class DdimStep(NamedTuple):
    """A DDIM step at eta 0 from instant t to instant s. `noisy` is X^t. X^s = a X^t + b X0, and every view moves in the
    same way: y_i^s = a y_i^t + b d_i."""

    noisy: Controls
    t: Instant
    s: Instant

    @property
    def kept(self) -> float:
        """The factor a = sigma_s / sigma_t."""
        return self.s.sigma / self.t.sigma

    @property
    def gained(self) -> float:
        """The factor b = alpha_s - a alpha_t, which is 0 only if s = t."""
        return self.s.alpha - self.kept * self.t.alpha

    def clean(self, control: str, at_s: Latent) -> Latent:
        """Return the X0 of a control from which the step leads to `at_s`. If s = t, every X0 does, and this is alpha_t
        X^t."""
        noisy = self.noisy[control]
        return (at_s - self.kept * noisy) / self.gained if self.gained > 0 else self.t.alpha * noisy


@dataclass(frozen=True, eq=False)
class Problem:
    """The agreement of one step: argmin over X0 and lambda (Eqs. 29, 30 and 41, in clean space) of

        sum_i 1/2 |x0_i(lambda_i) - f_i(X0)|^2_{W_i} + rho_i |lambda_i - 1|,   x0_i(lambda) = y_i/alpha_t + lambda v_i,

    with v_i = d_i - y_i/alpha_t; x0_i(lambda) is Eq. 30. `clean` is d_i. `noisy` is y_i/alpha_t, or None if lambda
    stays 1, as at alpha_t = 0. `weights` is W_i of the active observables; the others do not count. `step` is the step
    that follows, which only the descent solver reads. Latents may have any leading batch axes.
    """

    graph: Graph
    clean: Mapping[str, Latent]
    noisy: Mapping[str, Latent] | None
    weights: Mapping[str, Latent]
    step: DdimStep | None = None

    @cached_property
    def active(self) -> tuple[Observable, ...]:
        return tuple(observable for observable in self.graph.observables if observable.name in self.weights)

    @property
    def batch(self) -> torch.Size:
        return self.clean[self.active[0].name].shape[:-3]

    @property
    def dtype(self) -> torch.dtype:
        return self.clean[self.active[0].name].dtype

    @cached_property
    def targets(self) -> dict[str, Latent]:
        """d_i minus the constant of an affine operator. The linear part of f_i has to match this."""
        targets = {}
        for observable in self.active:
            clean, offset = self.clean[observable.name], observable.operator.offset
            targets[observable.name] = clean if offset is None else clean - offset.to(clean)
        return targets

    @cached_property
    def moves(self) -> dict[str, Latent]:
        """v_i = d_i - y_i/alpha_t, the direction in which lambda_i moves. Raises GraphError if `noisy` is None."""
        if self.noisy is None:
            raise GraphError("At alpha 0 a noisy view says nothing of a clean one; the step sizes stay 1 there.")
        return {o.name: self.clean[o.name] - self.noisy[o.name] for o in self.active}

    def to(self, dtype: torch.dtype) -> "Problem":
        """Return the same problem in another dtype."""

        def cast(latents: Mapping[str, Latent]) -> dict[str, Latent]:
            return {name: latents[name].to(dtype) for name in self.weights}

        noisy = None if self.noisy is None else cast(self.noisy)
        step = self.step
        if step is not None:
            step = step._replace(noisy={name: value.to(dtype) for name, value in step.noisy.items()})
        return replace(self, clean=cast(self.clean), noisy=noisy, weights=cast(self.weights), step=step)

    def unit_step_sizes(self) -> dict[str, Float[Tensor, "*batch"]]:
        """Return lambda_i = 1 for every active observable."""
        like = self.clean[self.active[0].name]
        return dict.fromkeys(self.weights, like.new_ones(self.batch))


@dataclass(frozen=True, eq=False)
class Agreement:
    """X0 and lambda. `residual` is the relative residual in the solver's own measure, the largest of the batch; it is 0
    for the diagonal and counting solvers. `converged` says whether the residual is small enough. `notices` are
    sentences about solvers that failed."""

    controls: dict[str, Latent]
    step_sizes: StepSizes
    residual: float = 0.0
    iterations: int = 0
    converged: bool = True
    notices: tuple[str, ...] = ()

    def to(self, dtype: torch.dtype) -> "Agreement":
        """Return the same answer in another dtype."""
        return replace(
            self,
            controls={name: value.to(dtype) for name, value in self.controls.items()},
            step_sizes={name: value.to(dtype) for name, value in self.step_sizes.items()},
        )


def inner(first: Latent, second: Latent) -> Float[Tensor, "*batch"]:
    """Return <a, b> of every sample, summed in float64."""
    return (first * second).sum((-3, -2, -1), dtype=torch.float64)


def objective(problem: Problem, controls: Controls, step_sizes: StepSizes, how: Agree) -> Float[Tensor, "*batch"]:
    """Return the value that the problem minimises, in float64, for each sample. The penalty is that of a `StepSize`;
    with any other `how.step_size` there is none."""
    terms = []
    mu = how.step_size.mu if isinstance(how.step_size, StepSize) else 0.0
    for observable in problem.active:
        name, weight = observable.name, problem.weights[observable.name]
        off = problem.targets[name] - observable.operator.forward(controls)
        if problem.noisy is not None:
            move, delta = problem.moves[name], step_sizes[name] - 1
            off = off + delta[..., None, None, None] * move
            terms.append(mu * inner(weight * move, move) * delta.abs())
        terms.append(inner(weight * off, off) / 2)
    return torch.stack(terms).sum(0)
