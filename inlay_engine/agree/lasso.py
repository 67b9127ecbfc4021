"""Exact agreement with free step sizes: after X0 is eliminated, a LASSO over the step sizes is left (paper, Eq. 41)."""

from collections.abc import Iterator, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from inlay_engine.agree.coordinate_descent import Quadratic, minimise
from inlay_engine.agree.normal import LinearSolver, Normal
from inlay_engine.agree.patches import Patches, add, cut, overlap, whole
from inlay_engine.agree.problem import Agreement, Problem, StepSize, inner
from inlay_engine.variables import Controls

GOOD = 1e-6
MOST_AT_ONCE = 2**24  # the most numbers in the right-hand sides of one linear solve


def lasso(problem: Problem, solve: LinearSolver, step_size: StepSize, limit: int | None = None) -> Agreement:
    """Solve for X0 and lambda. X0 is linear in lambda: X0 = A^+ F^T W x0(lambda) with A = F^T W F. If it is
    substituted, the problem over delta = lambda - 1 becomes

        1/2 delta^T G delta + h^T delta + rho |delta|,
        G_ij = [i = j] |v_i|^2_W - (F_i^T W_i v_i)^T A^+ (F_j^T W_j v_j),   h_i = <v_i, x_i - F_i A^+ F^T W x>_W.

    `problem` must be in float64 with linear operators, and `solve` is A^+. The residual is the KKT residual relative to
    the largest rho, or the residual of the linear solves if that is larger.
    """
    normal = Normal(problem)
    right = normal.right_side(problem.targets)
    fixed = solve(right)
    given, slopes, squares = [], [], []
    for observable in problem.active:
        name, operator, weight = observable.name, observable.operator, problem.weights[observable.name]
        pull = weight * problem.moves[name]
        given.append(cut(operator.adjoint(pull), operator.adjoint(weight)))
        slopes.append(inner(pull, problem.targets[name] - operator.forward(fixed.controls)).flatten())
        squares.append(inner(pull, problem.moves[name]).flatten())
    h, square = torch.stack(slopes), torch.stack(squares)
    G, inexact = _coupling(square, given, _answers(given, right, normal, solve))
    found = minimise(Quadratic(G, h, square, step_size.mu, step_size.least - 1, step_size.most - 1), limit)

    deltas = [row.view(problem.batch) for row in found.delta]
    for delta, patches in zip(deltas, given, strict=True):
        add(patches, right, delta)
    agreed = solve(right)
    residual = max(float(found.residual.max()), inexact, fixed.residual, agreed.residual)
    step_sizes = {o.name: 1 + delta for o, delta in zip(problem.active, deltas, strict=True)}
    return Agreement(agreed.controls, step_sizes, residual, found.sweeps, residual <= GOOD)


def _coupling(
    square: Float[Tensor, "m batch"], given: Sequence[Patches], answers: Iterator[tuple[Patches, float]]
) -> tuple[Float[Tensor, "m m batch"], float]:
    """Return G, and the largest residual of the linear solves."""
    G = torch.diag_embed(square.T).permute(1, 2, 0).contiguous()
    inexact = 0.0
    for j, (answer, residual) in enumerate(answers):
        inexact = max(inexact, residual)
        for i in range(j + 1):
            product = overlap(given[i], answer)
            if product is not None:
                G[i, j] -= product.flatten()
                G[j, i] = G[i, j]
    return G, inexact


def _answers(
    given: Sequence[Patches], like: Controls, normal: Normal, solve: LinearSolver
) -> Iterator[tuple[Patches, float]]:
    """Yield A^+ of each element of `given`, with the residual of the solve. If all operators select cells, only views
    with common cells are coupled, and this needs no whole canvases. If not, this solves for several whole canvases at a
    time."""
    if normal.is_diagonal:
        for patches in given:
            yield {name: patch.times(normal.inverse_mass[name]) for name, patch in patches.items()}, 0.0
        return
    at_once = max(1, MOST_AT_ONCE // sum(value.numel() for value in like.values()))
    for begin in range(0, len(given), at_once):
        some = given[begin : begin + at_once]
        sides = {name: value.new_zeros(len(some), *value.shape) for name, value in like.items()}
        for k, patches in enumerate(some):
            add(patches, {name: side[k] for name, side in sides.items()})
        solved = solve(sides)
        for k in range(len(some)):
            yield whole({name: value[k] for name, value in solved.controls.items()}), solved.residual
