"""Agree: the controls X0 that all active observables together make likeliest (paper, Eq. 29, in clean space).

The solver is chosen from the operators, never by guess.
"""

from collections.abc import Callable, Mapping

from worker.engine.agree.diagonal import diagonal
from worker.engine.errors import GraphError
from worker.engine.graph import Graph
from worker.engine.variables import Latent

Solver = Callable[[Graph, Mapping[str, Latent], Mapping[str, Latent]], dict[str, Latent]]
"""(graph, d_i, W_i) -> X0."""


def solver_for(graph: Graph) -> Solver:
    """The exact solver for these operators; GraphError where some operator mixes cells, for which there is none yet."""
    for observable in graph.observables:
        if not observable.operator.selects:
            raise GraphError(
                f"Observable {observable.name!r} mixes several controls in one cell, which the diagonal solver cannot "
                f"bring to agree; use masks of only 0 and 1."
            )
    return diagonal
