"""Agreement with linear operators and a fixed lambda: one linear solve."""

from inlay_engine.agree.conjugate import conjugate_gradients, tolerance
from inlay_engine.agree.direct import factored, is_cheaper
from inlay_engine.agree.normal import LinearSolver, Normal, Solved
from inlay_engine.agree.problem import Agree, Agreement, Problem


def least_squares(problem: Problem, how: Agree) -> Agreement:
    """Return X0 = A^+ F^T W x with A = F^T W F. The residual is that of the linear solve."""
    found = linear_solver(problem, how)(Normal(problem).right_side(problem.targets))
    converged = found.residual <= tolerance(problem.dtype)
    return Agreement(found.controls, problem.unit_step_sizes(), found.residual, found.iterations, converged)


def linear_solver(problem: Problem, how: Agree, sides: int = 1) -> LinearSolver:
    """Return A^+ as a solver for up to `sides` right-hand sides at once. It is an average if all operators select
    cells. If not, it is the faster of a factored matrix and conjugate gradients. If the settings ask for conjugate
    gradients, it is always that."""
    normal = Normal(problem)
    if how.solver != "conjugate":
        if normal.is_diagonal:
            return lambda right: Solved(normal.scaled(right), residual=0.0, iterations=0)
        if is_cheaper(problem, sides):
            return factored(normal)
    return lambda right: conjugate_gradients(normal, right, how.iterations)
