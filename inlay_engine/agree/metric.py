"""Bounds of the curvature of the agreement's objective. They make the step of a gradient descent independent of
scale."""

import math
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from inlay_engine.agree.normal import Normal, dot, moved
from inlay_engine.agree.problem import Problem
from inlay_engine.graph import Observable
from inlay_engine.variables import Controls, Latent

POWER_ITERATIONS = 8
PROBE = 1e-2  # root mean square of the step of a difference quotient


def linear_part(problem: Problem) -> Problem:
    """Return the problem of the observables whose operators are linear."""
    linear = {o.name for o in problem.active if o.operator.linear}
    return replace(problem, weights={name: weight for name, weight in problem.weights.items() if name in linear})


def metric(problem: Problem, X: Controls) -> dict[str, Latent]:
    """Return M, a bound of the curvature F^T W F for each cell of the controls: F^T W F 1 for linear operators, and for
    each other operator the largest eigenvalue of J^T W J at X on all cells that it reads. M is 0 on cells that no
    observable sees."""
    linear = linear_part(problem)
    none = {name: value.new_zeros(1, *value.shape[-2:]) for name, value in X.items()}
    cells = Normal(linear).mass if linear.active else none
    for observable in problem.active:
        if not observable.operator.linear:
            steepness = _steepness(observable, problem.weights[observable.name], X)
            for parent in observable.operator.parents:
                cells[parent.name] = cells[parent.name] + steepness[..., None, None, None].to(cells[parent.name])
    return cells


def largest_curvature(problem: Problem, X: Controls) -> Float[Tensor, "*batch"]:
    """Return a bound of the largest curvature of all cells, for each sample, in float64."""
    largest = [cells.amax((-3, -2, -1)).double().expand(problem.batch) for cells in metric(problem, X).values()]
    return torch.stack(largest).amax(0)


def _steepness(observable: Observable, weight: Latent, at: Controls) -> Float[Tensor, "*batch"]:
    """Return the largest eigenvalue of J^T W J at these controls, for each sample. It comes from a power iteration from
    one fixed direction, with J forward as a difference quotient."""
    operator, generator = observable.operator, torch.Generator().manual_seed(0)
    own = {parent.name: at[parent.name] for parent in operator.parents}
    here = operator.forward(own)
    direction = {
        name: torch.randn(value.shape[-3:], generator=generator, dtype=torch.float64).to(value).expand_as(value)
        for name, value in own.items()
    }
    eigenvalue = dot(direction, direction)
    for _ in range(POWER_ITERATIONS):
        count = sum(value[0].numel() if value.dim() > 3 else value.numel() for value in own.values())
        probe = PROBE * math.sqrt(count) / dot(direction, direction).sqrt()
        changed = operator.forward(moved(own, probe, direction)) - here
        image = operator.pullback(weight * changed, own)
        eigenvalue = dot(image, image).sqrt() / (PROBE * math.sqrt(count))
        direction = image
    return eigenvalue
