"""Agreement by a weighted average. It is exact if every cell of every view reads one cell of one control."""

from collections.abc import Mapping

from inlay_engine.graph import Graph
from inlay_engine.variables import Latent


def diagonal(graph: Graph, clean: Mapping[str, Latent], weights: Mapping[str, Latent]) -> dict[str, Latent]:
    """Return argmin_X sum_i |d_i - f_i(X)|^2_{W_i} = (F^T W F)^-1 F^T W d. The matrix is diagonal here.

    `weights` contains the active observables, and covers every cell of every control (`graph.check` checks this). With
    equal weights, this is MultiDiffusion's average (arXiv 2302.08113, Eq. 5).
    """
    total = graph.adjoint({name: weight * clean[name] for name, weight in weights.items()})
    mass = graph.adjoint(weights)
    return {control.name: total[control.name] / mass[control.name] for control in graph.controls}
