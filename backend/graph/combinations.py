"""Settings that exclude each other."""

from backend.contracts.job import Job
from backend.graph.errors import LayoutError

_COUNTED = ("panorama", "texture", "custom")


def check_combinations(job: Job) -> None:
    """LayoutError for the first pair of settings that cannot go together."""
    sampling = job.sampling
    if sampling.scheduler not in (None, "ddim") and sampling.eta:
        raise LayoutError(
            f"{sampling.scheduler} adds no noise; set eta to 0, or the scheduler to ddim", ["sampling", "eta"]
        )
    if sampling.agree.solver == "counting":
        _check_counting(job)
    if job.layout.kind == "custom":
        _check_custom(job)


def _check_counting(job: Job) -> None:
    sampling = job.sampling
    counting: list[str | int] = ["sampling", "agree", "solver"]
    if job.layout.kind not in _COUNTED:
        raise LayoutError(
            f"counting adds windows up without weights, so it knows no {job.layout.kind}; take a panorama, a texture "
            "or a custom graph, or leave the solver open",
            counting,
        )
    if sampling.agree.step_size != "fixed":
        raise LayoutError(
            "counting is no least squares, so lambda stays 1; set step_size to fixed, or leave the solver open",
            ["sampling", "agree", "step_size"],
        )
    if sampling.coarse is not None and sampling.coarse.weight > 0:
        raise LayoutError(
            "counting takes windows alone; set the coarse view's weight to 0, or leave the solver open",
            ["sampling", "coarse", "weight"],
        )
    if sampling.windows.shift:
        raise LayoutError(
            "counting needs windows whose overlaps stay; set shift to false, or leave the solver open",
            ["sampling", "windows", "shift"],
        )
    if sampling.windows.weights != "uniform":
        raise LayoutError(
            "counting takes windows without weights; set weights to uniform, or leave the solver open",
            ["sampling", "windows", "weights"],
        )


def _check_custom(job: Job) -> None:
    """What layouts make of these settings, a graph of one's own says itself."""
    sampling = job.sampling
    if sampling.coarse is not None and sampling.coarse.weight > 0:
        raise LayoutError(
            "a custom graph has the views that it names; add an observable that resizes, and set this weight to 0",
            ["sampling", "coarse", "weight"],
        )
    if sampling.windows.shift:
        raise LayoutError(
            "a custom graph says itself which windows shift: set `shifts` on them, and the graph's `shift`",
            ["sampling", "windows", "shift"],
        )
    if sampling.windows.weights != "uniform":
        raise LayoutError(
            "a custom graph says itself how its windows are weighted: set `shape` in their precision",
            ["sampling", "windows", "weights"],
        )
