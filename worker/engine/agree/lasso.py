"""Agreement with free step sizes, exact: X0 eliminated, a LASSO over the step sizes is left (Eq. 41)."""

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor

from worker.engine.agree.descent import Quadratic, minimise
from worker.engine.agree.normal import LinearSolver, Normal
from worker.engine.agree.patches import Patches, cut, laid_out, overlap, whole
from worker.engine.agree.problem import Agreement, Problem, StepSize, inner

GOOD = 1e-6
MOST_AT_ONCE = 2**24  # numbers in the right-hand sides of one linear solve


def lasso(problem: Problem, solve: LinearSolver, step_size: StepSize, limit: int | None = None) -> Agreement:
    """X0 is linear in lambda, X0 = A^+ F^T W x0(lambda) with A = F^T W F. Put back, over delta = lambda - 1,

        1/2 delta^T G delta + h^T delta + rho |delta|,
        G_ij = [i = j] |v_i|^2_W - (F_i^T W_i v_i)^T A^+ (F_j^T W_j v_j),   h_i = <v_i, x_i - F_i A^+ F^T W x>_W,

    is left. `problem` is in float64, its operators linear; `solve`: A^+. The residual is the KKT residual relative to
    the largest rho, or that of the linear solves where it is larger.
    """
    normal = Normal(problem)
    fixed = solve(normal.right_side(problem.targets))
    G, square, inexact = _coupling(problem, normal, solve)
    h = [
        inner(
            problem.weights[o.name] * problem.moves[o.name],
            problem.targets[o.name] - o.operator.forward(fixed.controls),
        )
        for o in problem.active
    ]
    quadratic = Quadratic(G, torch.stack(h).flatten(1), square, step_size.mu, step_size.least - 1, step_size.most - 1)
    found = minimise(quadratic, limit)
    delta = {o.name: row.view(problem.batch) for o, row in zip(problem.active, found.delta, strict=True)}
    reached = {
        name: target + delta[name][..., None, None, None] * problem.moves[name]
        for name, target in problem.targets.items()
    }
    agreed = solve(normal.right_side(reached))
    residual = max(float(found.residual.max()), inexact, fixed.residual, agreed.residual)
    step_sizes = {name: 1 + value for name, value in delta.items()}
    return Agreement(agreed.controls, step_sizes, residual, found.sweeps, residual <= GOOD)


def _coupling(
    problem: Problem, normal: Normal, solve: LinearSolver
) -> tuple[Float[Tensor, "m m batch"], Float[Tensor, "m batch"], float]:
    """G, |v_i|^2_W, and the largest residual of the linear solves."""
    seen, squares = [], []
    for observable in problem.active:
        weight, move = problem.weights[observable.name], problem.moves[observable.name]
        seen.append(cut(observable.operator.adjoint(weight * move), observable.operator.adjoint(weight)))
        squares.append(inner(weight * move, move).flatten())
    square = torch.stack(squares)
    G = torch.diag_embed(square.T).permute(1, 2, 0).contiguous()
    inexact = 0.0
    for j, (answer, residual) in enumerate(_answers(problem, normal, seen, solve)):
        inexact = max(inexact, residual)
        for i in range(j + 1):
            product = overlap(seen[i], answer)
            if product is not None:
                G[i, j] -= product.flatten()
                G[j, i] = G[i, j]
    return G, square, inexact


def _answers(
    problem: Problem, normal: Normal, seen: list[Patches], solve: LinearSolver
) -> Iterator[tuple[Patches, float]]:
    """A^+ F_j^T W_j v_j for each j, with the residual of the solve. Where all operators select, only views that share
    cells are coupled, and no canvas is laid out; elsewhere a few canvases at a time are."""
    if all(observable.operator.selects for observable in problem.active):
        for patches in seen:
            yield {name: patch.times(normal.inverse_mass[name]) for name, patch in patches.items()}, 0.0
        return
    blank = normal.right_side({name: torch.zeros_like(move) for name, move in problem.moves.items()})
    at_once = max(1, MOST_AT_ONCE // sum(value.numel() for value in blank.values()))
    for begin in range(0, len(seen), at_once):
        sides = [laid_out(patches, blank) for patches in seen[begin : begin + at_once]]
        solved = solve({name: torch.stack([side[name] for side in sides]) for name in blank})
        for k in range(len(sides)):
            yield whole({name: value[k] for name, value in solved.controls.items()}), solved.residual
