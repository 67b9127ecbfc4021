"""The problem that agreement solves at one step, the settings of the solver, and the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from inlay_engine.errors import GraphError
from inlay_engine.graph import Graph, Observable
from inlay_engine.variables import Controls, Latent

Solver = Literal["auto", "diagonal", "conjugate", "gradient", "counting"]

StepSizes = Mapping[str, Float[Tensor, "*batch"]]
"""lambda_i of every active observable, one number for each sample of the batch."""


@dataclass(frozen=True)
class StepSize:
    """Free step sizes: lambda_i may leave 1, within [least, most], with the penalty rho_i |lambda_i - 1| and rho_i = mu
    |v_i|^2_W. This is the Laplace prior of Eq. 41, made independent of scale.

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
class Agree:
    """Settings of the agreement. The solver `auto` stands for diagonal if all operators select cells, conjugate if all
    are linear, and gradient if not. `step_size` None fixes lambda at 1. `iterations` is the limit of an iterative
    solver. `rate` is the step of gradient descent, in the units of `agree.gradient`. For `iterations` and `rate`, None
    stands for the solver's default.

    Raises GraphError for iterations or a rate that are not positive.
    """

    solver: Solver = "auto"
    step_size: StepSize | None = None
    iterations: int | None = None
    rate: float | None = None

    def __post_init__(self) -> None:
        if not (self.iterations is None or self.iterations >= 1) or not (self.rate is None or self.rate > 0):
            raise GraphError(f"A solver needs 1 or more iterations and a positive rate, not {self}.")


@dataclass(frozen=True, eq=False)
class Problem:
    """The agreement of one step: argmin over X0 and lambda (Eqs. 29, 30 and 41, in clean space) of

        sum_i 1/2 |x0_i(lambda_i) - f_i(X0)|^2_{W_i} + rho_i |lambda_i - 1|,   x0_i(lambda) = y_i/alpha_t + lambda v_i,

    with v_i = d_i - y_i/alpha_t; x0_i(lambda) is Eq. 30. `clean` is d_i. `noisy` is y_i/alpha_t, or None if lambda
    stays 1, as at alpha_t = 0. `weights` is W_i of the active observables; the others do not count. Latents may have
    any leading batch axes.
    """

    graph: Graph
    clean: Mapping[str, Latent]
    noisy: Mapping[str, Latent] | None
    weights: Mapping[str, Latent]

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
        return replace(self, clean=cast(self.clean), noisy=noisy, weights=cast(self.weights))

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
    """Return the value that the problem minimises, in float64, for each sample. If `how.step_size` is None, there is no
    penalty."""
    terms = []
    for observable in problem.active:
        name, weight = observable.name, problem.weights[observable.name]
        off = problem.targets[name] - observable.operator.forward(controls)
        if problem.noisy is not None:
            move, delta = problem.moves[name], step_sizes[name] - 1
            off = off + delta[..., None, None, None] * move
            mu = 0.0 if how.step_size is None else how.step_size.mu
            terms.append(mu * inner(weight * move, move) * delta.abs())
        terms.append(inner(weight * off, off) / 2)
    return torch.stack(terms).sum(0)
