"""Agreement by conjugate gradients: for all linear operators, over all controls together, without a matrix."""

import torch

from inlay_engine.agree.normal import Normal, Solved, dot, moved
from inlay_engine.variables import Controls

LIMIT = 500


def tolerance(dtype: torch.dtype) -> float:
    """Return the relative residual that a linear solve must reach: 2e-5 in float32, 4e-11 in float64."""
    return torch.finfo(dtype).eps ** (2 / 3)


def conjugate_gradients(normal: Normal, right: Controls, limit: int | None = None) -> Solved:
    """Solve A X = b with the Jacobi preconditioner diag(mass), from the Jacobi guess, in at most `limit` iterations.

    Each sample of the batch stops on its own. A may be singular, because b = F^T W x is in its range. Of all solutions,
    this returns the one with the least mass-weighted norm.
    """
    X = normal.scaled(right)
    made = normal(X)
    R = {name: right[name] - made[name] for name in right}
    Z = normal.scaled(R)
    P, square = Z, dot(R, Z)
    goal = (tolerance(next(iter(right.values())).dtype) / 8 * normal.size(right)) ** 2
    iterations = 0
    while iterations < (limit or LIMIT) and bool((square > goal).any()):
        AP = normal(P)
        curvature = dot(P, AP)
        runs = (square > goal) & (curvature > 0)
        if not runs.any():
            break
        step = torch.where(runs, square / curvature, 0)
        X, R = moved(X, step, P), moved(R, -step, AP)
        Z = normal.scaled(R)
        square, before = torch.where(runs, dot(R, Z), square), square
        P = moved(Z, torch.where(runs, square / before, 0), P)
        iterations += 1
    return normal.solved(right, X, iterations)
