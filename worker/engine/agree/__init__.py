"""Agree: the controls X0, and where wanted the step sizes, that all active observables together make likeliest (paper,
Eqs. 29 and 41, in clean space)."""

from collections.abc import Callable, Mapping

from worker.engine.agree.diagonal import diagonal
from worker.engine.agree.problem import Agree, Agreement, Problem, Solver, StepSize, StepSizes, objective
from worker.engine.errors import GraphError
from worker.engine.graph import Graph
from worker.engine.variables import Latent

__all__ = ["Agree", "Agreement", "Problem", "Solver", "StepSize", "StepSizes", "agree", "objective"]


def agree(problem: Problem, how: Agree) -> Agreement:
    """Solve the problem; GraphError where the solver asked for cannot, naming the observable."""
    for observable in problem.active:
        if not observable.operator.selects:
            raise GraphError(
                f"Observable {observable.name!r} mixes several controls in one cell, which the diagonal solver cannot "
                f"bring to agree; use masks of only 0 and 1."
            )
    return Agreement(diagonal(problem.graph, problem.targets, problem.weights), problem.unit_step_sizes())


def solver_for(graph: Graph) -> Callable[[Graph, Mapping[str, Latent], Mapping[str, Latent]], dict[str, Latent]]:
    """The exact solver for these operators; GraphError where some operator mixes cells, for which there is none yet."""
    for observable in graph.observables:
        if not observable.operator.selects:
            raise GraphError(
                f"Observable {observable.name!r} mixes several controls in one cell, which the diagonal solver cannot "
                f"bring to agree; use masks of only 0 and 1."
            )
    return diagonal
