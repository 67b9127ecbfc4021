"""The normal equations of linear agreement, F^T W F X0 = F^T W x, and the code that their solvers share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from inlay_engine.agree.problem import Problem, inner
from inlay_engine.variables import Controls, Latent


class Solved(NamedTuple):
    """The result X of a solver: A^+ b or an approximation of it. `residual` is |b - A X| / |b|, where `Normal.size` is
    the norm. Of a batch, it is that of the sample with the largest."""

    controls: dict[str, Latent]
    residual: float
    iterations: int


LinearSolver = Callable[[Controls], Solved]
"""Takes b, with any batch axes, and returns A^+ b."""


@dataclass(frozen=True, eq=False)
class Normal:
    """A = F^T W F of linear operators, as a function of controls and not as a matrix."""

    problem: Problem

    @cached_property
    def is_diagonal(self) -> bool:
        """Tell whether all operators select cells, so that A is diag(mass)."""
        return all(observable.operator.selects for observable in self.problem.active)

    def right_side(self, views: Mapping[str, Latent]) -> dict[str, Latent]:
        """Return F^T W of these views."""
        weights = self.problem.weights
        given = self.problem.graph.adjoint({name: weights[name] * view for name, view in views.items()})
        like = views[self.problem.active[0].name]
        return {
            control.name: given[control.name]
            if control.name in given
            else like.new_zeros(*like.shape[:-3], *control.shape)
            for control in self.problem.graph.controls
        }

    def __call__(self, controls: Controls) -> dict[str, Latent]:
        """Return A X. The operators that select cells reduce to one number per cell, so this applies only the other
        operators."""
        total = {name: self._selected[name] * value for name, value in controls.items()}
        for observable in self.problem.active:
            if not observable.operator.selects:
                view = self.problem.weights[observable.name] * observable.operator.forward(controls)
                for name, share in observable.operator.adjoint(view).items():
                    total[name] = total[name] + share
        return total

    @cached_property
    def mass(self) -> dict[str, Latent]:
        """The product A 1, with one channel: the weight with which the observables see each cell. No operator has a
        negative entry, so A <= diag(mass). The two are equal if all operators select cells."""
        return self(_ones(self.problem))

    @cached_property
    def _selected(self) -> dict[str, Latent]:
        ones = _ones(self.problem)
        total = {name: torch.zeros_like(cells) for name, cells in ones.items()}
        for observable in self.problem.active:
            if observable.operator.selects:
                view = self.problem.weights[observable.name] * observable.operator.forward(ones)
                for name, share in observable.operator.adjoint(view).items():
                    total[name] = total[name] + share
        return total

    @cached_property
    def inverse_mass(self) -> dict[str, Latent]:
        """The inverse 1 / mass, which is 0 on a cell that no observable sees."""
        return {name: torch.where(mass > 0, 1 / mass, 0) for name, mass in self.mass.items()}

    def scaled(self, controls: Controls) -> dict[str, Latent]:
        """Return the controls divided by the mass. For a right-hand side, this is the Jacobi guess at the solution."""
        return {name: self.inverse_mass[name] * value for name, value in controls.items()}

    def size(self, right: Controls) -> Float[Tensor, "*batch"]:
        """Return sqrt(b^T diag(mass)^-1 b) for each sample. It is at most |x|_W if b = F^T W x."""
        return dot(right, self.scaled(right)).sqrt()

    def solved(self, right: Controls, controls: dict[str, Latent], iterations: int = 0) -> Solved:
        """Return a solution with its residual, computed anew."""
        made = self(controls)
        missing = self.size({name: right[name] - made[name] for name in right})
        return Solved(controls, ratio(missing, self.size(right)), iterations)


def _ones(problem: Problem) -> dict[str, Latent]:
    like = problem.weights[problem.active[0].name]
    return {control.name: like.new_ones(1, *control.shape[1:]) for control in problem.graph.controls}


def dot(first: Controls, second: Controls) -> Float[Tensor, "*batch"]:
    """Return <A, B> of every sample over all controls, in float64."""
    return torch.stack([inner(first[name], second[name]) for name in first]).sum(0)


def moved(controls: Controls, step: Float[Tensor, "*batch"], direction: Controls) -> dict[str, Latent]:
    """Return X + step * P, with one step for each sample."""
    return {
        name: value + step.to(value.dtype)[..., None, None, None] * direction[name] for name, value in controls.items()
    }


def ratio(part: Float[Tensor, "*batch"], whole: Float[Tensor, "*batch"]) -> float:
    """Return the largest part / whole in the batch, where 0 / 0 is 0."""
    return float(torch.where(part > 0, part / whole, 0).max())
