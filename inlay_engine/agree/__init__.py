"""Agree: find the controls X0, and the step sizes if they are free, that are most likely under all active observables
together (paper, Eqs. 29 and 41, in clean space).

The choice of the solver follows from the operators, if the settings do not name one. If an exact solver does not
converge, gradient descent continues from its result.
"""

from collections.abc import Iterable
from dataclasses import replace

import torch

from inlay_engine.agree.counting import counting
from inlay_engine.agree.descent import descent
from inlay_engine.agree.diagonal import diagonal
from inlay_engine.agree.gradient import gradient
from inlay_engine.agree.lasso import lasso
from inlay_engine.agree.linear import least_squares, linear_solver
from inlay_engine.agree.problem import (
    Agree,
    Agreement,
    DdimStep,
    DescentStepSize,
    Problem,
    Solver,
    StepSize,
    StepSizes,
    objective,
)
from inlay_engine.errors import GraphError
from inlay_engine.graph import Observable

__all__ = [
    "Agree",
    "Agreement",
    "DdimStep",
    "DescentStepSize",
    "Problem",
    "Solver",
    "StepSize",
    "StepSizes",
    "agree",
    "check_supported",
    "objective",
]


def agree(problem: Problem, how: Agree) -> Agreement:
    """Solve the problem of one step. If `how.step_size` is None or alpha_t = 0, lambda stays 1.

    The notices of the answer name each solver that did not converge, and the solver that continued. Raises the
    GraphErrors of `check_supported`, and DivergedError if the paper's descent diverges.
    """
    check_supported(problem.active, how)
    if problem.noisy is None:
        how = replace(how, step_size=None)
    operators = [observable.operator for observable in problem.active]
    selects, linear = all(each.selects for each in operators), all(each.linear for each in operators)
    if how.solver == "counting":
        return counting(problem)
    if how.solver == "descent":
        return descent(problem.to(torch.promote_types(problem.dtype, torch.float32)), how).to(problem.dtype)
    if how.step_size is None and how.solver in ("auto", "diagonal") and selects:
        return Agreement(diagonal(problem.graph, problem.targets, problem.weights), problem.unit_step_sizes())
    if how.solver == "gradient" or not linear:
        answer = _descend(problem.to(torch.promote_types(problem.dtype, torch.float32)), how)
    elif how.step_size is None:
        answer = _solve(problem.to(torch.promote_types(problem.dtype, torch.float32)), how)
    else:
        answer = _solve(problem.to(torch.float64), how)
    return answer.to(problem.dtype)


def check_supported(observables: Iterable[Observable], how: Agree) -> None:
    """Raises GraphError if the requested solver cannot solve for an observable's operator; the message names the
    observable. Raises GraphError as well if step sizes move under the counting solver, or for a model of another latent
    space."""
    if how.solver == "counting" and how.step_size is not None:
        raise GraphError("The counting solver has no best step size; keep the step sizes fixed.")
    for observable in observables:
        if observable.foreign is not None and how.solver == "descent":
            raise GraphError(
                f"The model of observable {observable.name!r} works in another latent space, where a noisy canvas of "
                f"the run has no counterpart; the descent solver needs models of one latent space."
            )
        if observable.foreign is not None and how.step_size is not None:
            raise GraphError(
                f"The model of observable {observable.name!r} works in another latent space, so its input is not a "
                f"latent of the run; keep the step sizes fixed."
            )
        if how.solver in ("diagonal", "counting") and not observable.operator.selects:
            raise GraphError(
                f"Observable {observable.name!r} mixes or scales cells, which the {how.solver} solver cannot bring to "
                f"agree; set the solver to auto, or use masks of only 0 and 1 and no resizing."
            )
        if how.solver == "conjugate" and not observable.operator.linear:
            raise GraphError(
                f"Observable {observable.name!r} is not a linear function of the controls, which conjugate gradients "
                f"cannot bring to agree; set the solver to auto or to gradient."
            )


def _solve(problem: Problem, how: Agree) -> Agreement:
    """Solve with an exact solver. If it does not converge, continue from its result with gradient descent."""
    if isinstance(how.step_size, StepSize):
        solve = linear_solver(problem, how, sides=len(problem.active))
        title, found = "The LASSO over the step sizes", lasso(problem, solve, how.step_size, how.iterations)
    else:
        title, found = "The linear solve", least_squares(problem, how)
    if found.converged:
        return found
    notice = f"{title} left a residual of {_residual_of(found)}; gradient descent continued from there."
    then = _descend(problem, replace(how, iterations=None), found)
    return replace(then, notices=(notice, *then.notices))


def _descend(problem: Problem, how: Agree, start: Agreement | None = None) -> Agreement:
    found = gradient(problem, how, None if start is None else start.controls)
    if found.converged:
        return found
    return replace(
        found, notices=(f"Gradient descent left a residual of {_residual_of(found)}; the best result is kept.",)
    )


def _residual_of(found: Agreement) -> str:
    return f"{found.residual:.1e} after {found.iterations} iteration{'' if found.iterations == 1 else 's'}"
