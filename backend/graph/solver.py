"""Which solver brings a graph's observables to agree: it follows from their operators."""

from backend.contracts.graph import GraphSpec
from backend.contracts.job import Job
from backend.geometry.operators import GraphGeometry
from backend.graph.errors import LayoutError

_SELECTS = {
    "diagonal": "averages cell by cell, which is exact only where every cell of a view reads one cell; take conjugate, "
    "or leave the solver open",
    "counting": "counts views of whole cells; leave that view out, or the solver open",
}


def settled(job: Job, graph: GraphSpec) -> Job:
    """The job with its solver chosen, where it was left open: the diagonal one where all views select cells, else
    conjugate gradients. LayoutError for one that cannot solve this graph."""
    geometry, agree = GraphGeometry.of(graph), job.sampling.agree
    mixing = next((one.name for one in graph.observables if not geometry.selects(one.operator)), None)
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
