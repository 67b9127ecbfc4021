"""Agreement where all operators are linear and lambda is fixed: one linear solve."""

from inlay_engine.agree.conjugate import conjugate_gradients, tolerance
from inlay_engine.agree.direct import factored, is_cheaper
from inlay_engine.agree.normal import LinearSolver, Normal, Solved
from inlay_engine.agree.problem import Agree, Agreement, Problem


def least_squares(problem: Problem, how: Agree) -> Agreement:
    """X0 = A^+ F^T W x, A = F^T W F. The residual is that of the linear solve."""
    found = linear_solver(problem, how)(Normal(problem).right_side(problem.targets))
    converged = found.residual <= tolerance(problem.dtype)
    return Agreement(found.controls, problem.unit_step_sizes(), found.residual, found.iterations, converged)


def linear_solver(problem: Problem, how: Agree, sides: int = 1) -> LinearSolver:
    """A^+ for right-hand sides of which there may be `sides` at once: an average where all operators select, else the
    quicker of conjugate gradients (the only one where it is asked for) and a factored matrix."""
    normal = Normal(problem)
    if how.solver != "conjugate":
        if normal.is_diagonal:
            return lambda right: Solved(normal.scaled(right), residual=0.0, iterations=0)
        if is_cheaper(problem, sides):
            return factored(normal)
    return lambda right: conjugate_gradients(normal, right, how.iterations)
