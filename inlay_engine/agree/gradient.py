"""Agreement by gradient descent on X0, from the Jacobi guess: for all operators that can be differentiated. The paper's
own algorithm, which descends on X^{t-1} from X^t, is in `agree/descent.py`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from inlay_engine.agree.metric import linear_part, metric
from inlay_engine.agree.normal import Normal, dot, moved, ratio
from inlay_engine.agree.problem import Agree, Agreement, Problem, StepSize, inner
from inlay_engine.graph import Observable
from inlay_engine.variables import Controls, Latent

LIMIT, RATE = 500, 1.0
SMALLEST = 2.0**-20  # the smallest step, relative to the first; below it, only rounding raises the objective


def tolerance(dtype: torch.dtype) -> float:
    """Return the relative residual that a descent must reach: 3e-4 in float32, 1.5e-8 in float64. The error of the
    objective is of the order of its square."""
    return math.sqrt(torch.finfo(dtype).eps)


def gradient(problem: Problem, how: Agree, start: Controls | None = None) -> Agreement:
    """Minimise by X <- X - s M^-1 grad, with the best lambda for each X: a soft threshold around 1, then the bounds.

    The objective, minimised over lambda, has its gradient at that lambda. Its curvature is at most the curvature at
    fixed lambda, F^T W F <= M. M is diagonal: F^T W F 1 for linear operators, and for each other operator the largest
    eigenvalue of J^T W J on all cells that it reads, where J is its derivative at the start. So s is relative to 1/L,
    cell by cell, and every s below 2 descends if all operators are linear. If the objective of a sample rises
    nevertheless, that sample takes the step back and halves its s, so the objective never rises. `how.rate` is the
    first s, and `how.iterations` is the largest number of steps.

    The descent starts from `start`, or from the Jacobi guess. The residual is |grad| in the norm of M^-1, relative to
    |x|_W.
    """
    X = _guess(problem) if start is None else dict(start)
    inverse = {name: torch.where(cells > 0, 1 / cells, 0) for name, cells in metric(problem, X).items()}
    here = _look(problem, how, X)
    size = torch.stack([inner(problem.weights[name] * x, x) for name, x in problem.targets.items()]).sum(0).sqrt()
    first = how.rate or RATE
    rate, goal = torch.full_like(here.value, first), tolerance(problem.dtype) * size
    iterations = 0
    while iterations < (how.iterations or LIMIT):
        direction = {name: inverse[name] * slope for name, slope in here.slope.items()}
        runs = (dot(here.slope, direction).sqrt() > goal) & (rate > SMALLEST * first)
        if not runs.any():
            break
        there = _look(problem, how, moved(here.controls, torch.where(runs, -rate, 0), direction))
        fell = there.value <= here.value
        here, rate = _chosen(fell & runs, there, here), torch.where(fell, rate, rate / 2)
        iterations += 1
    left = dot(here.slope, {name: inverse[name] * slope for name, slope in here.slope.items()}).sqrt()
    residual = ratio(left, size)
    step_sizes = {name: 1 + delta for name, delta in here.deltas.items()}
    return Agreement(here.controls, step_sizes, residual, iterations, residual <= tolerance(problem.dtype))


@dataclass(frozen=True, eq=False)
class _Point:
    """X with its best lambda - 1, its objective (one number per sample) and the gradient in X."""

    controls: dict[str, Latent]
    deltas: dict[str, Float[Tensor, "*batch"]]
    value: Float[Tensor, "*batch"]
    slope: dict[str, Latent]


def _look(problem: Problem, how: Agree, X: dict[str, Latent]) -> _Point:
    deltas, values, slope = {}, [], {name: torch.zeros_like(value) for name, value in X.items()}
    for observable in problem.active:
        name, weight = observable.name, problem.weights[observable.name]
        off = problem.targets[name] - observable.operator.forward(X)
        deltas[name], penalty = _best_delta(problem, how, observable, off)
        if problem.noisy is not None and how.step_size is not None:
            off = off + deltas[name].to(off.dtype)[..., None, None, None] * problem.moves[name]
        values.append(inner(weight * off, off) / 2 + penalty)
        for parent, share in observable.operator.pullback(-weight * off, X).items():
            slope[parent] = slope[parent] + share
    return _Point(X, deltas, torch.stack(values).sum(0), slope)


def _best_delta(
    problem: Problem, how: Agree, observable: Observable, off: Latent
) -> tuple[Float[Tensor, "*batch"], Float[Tensor, "*batch"]]:
    """Return argmin over delta = lambda - 1 of 1/2 |off + delta v|^2_W + rho |delta| within the bounds, and the penalty
    there."""
    if problem.noisy is None or not isinstance(how.step_size, StepSize):
        none = torch.zeros(problem.batch, dtype=torch.float64, device=off.device)
        return none, none
    move = problem.moves[observable.name]
    pull = problem.weights[observable.name] * move
    square, downhill = inner(pull, move), -inner(pull, off)
    rho, least, most = how.step_size.mu * square, how.step_size.least - 1, how.step_size.most - 1
    soft = downhill.sign() * (downhill.abs() - rho).clamp(min=0)
    delta = torch.where(square > 0, soft / square, 0).clamp(least, most)
    return delta, rho * delta.abs()


def _chosen(which: Bool[Tensor, "*batch"], new: _Point, old: _Point) -> _Point:
    """Return the new point for the samples in `which`, and the old point for the others."""

    def latents(new: Mapping[str, Latent], old: Mapping[str, Latent]) -> dict[str, Latent]:
        return {name: torch.where(which[..., None, None, None], new[name], value) for name, value in old.items()}

    return _Point(
        latents(new.controls, old.controls),
        {name: torch.where(which, new.deltas[name], delta) for name, delta in old.deltas.items()},
        torch.where(which, new.value, old.value),
        latents(new.slope, old.slope),
    )


def _guess(problem: Problem) -> dict[str, Latent]:
    """Return the Jacobi guess from the linear operators only. It is 0 where they see nothing."""
    linear = linear_part(problem)
    if not linear.active:
        like = problem.clean[problem.active[0].name]
        return {c.name: like.new_zeros(*problem.batch, *c.shape) for c in problem.graph.controls}
    normal = Normal(linear)
    return normal.scaled(normal.right_side(linear.targets))
