"""Choose the solver that brings a graph's observables to agree. The choice follows from their operators."""

from backend.contracts.graph import GraphSpec
from backend.contracts.job import Job
from backend.geometry.operators import GraphGeometry
from backend.graph.errors import LayoutError

_SELECTS = {
    "diagonal": "averages cell by cell, which is exact only if every cell of a view reads one cell; take conjugate, or "
    "leave the solver unset",
    "counting": "counts views of whole cells; leave that view out, or leave the solver unset",
}


def settled(job: Job, graph: GraphSpec) -> Job:
    """Return the job with its solver chosen. If the job leaves it open, take the diagonal solver if all views select
    cells, and conjugate gradients if not. Views of weight 0 only watch, so they do not matter here. Raises LayoutError
    for a solver that cannot solve this graph."""
    geometry, agree = GraphGeometry.of(graph), job.sampling.agree
    trusted = [one for one in graph.views if one.precision.weight > 0]
    mixing = next((one.name for one in trusted if not geometry.selects(one.operator)), None)
    if mixing is not None and agree.solver in _SELECTS:
        raise LayoutError(
            f"view {mixing} mixes cells (it is resized, or softly masked), and the {agree.solver} solver "
            f"{_SELECTS[agree.solver]}",
            ["sampling", "agree", "solver"],
        )
    if agree.solver != "auto":
        return job
    solver = "diagonal" if mixing is None else "conjugate"
    sampling = job.sampling.model_copy(update={"agree": agree.model_copy(update={"solver": solver})})
    return job.model_copy(update={"sampling": sampling})
