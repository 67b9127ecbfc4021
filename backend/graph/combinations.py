"""Settings of the sampling that exclude each other."""

from backend.contracts.job import Job
from backend.contracts.sampling import Fresh
from backend.graph.errors import LayoutError

_COUNTED = ("panorama", "texture", "custom")


def check_combinations(job: Job) -> None:
    """Raises LayoutError for the first pair of settings that exclude each other. The job's sampling must be
    filled in."""
    sampling = job.sampling
    if sampling.scheduler != "ddim" and sampling.eta:
        raise LayoutError(
            f"the {sampling.scheduler} scheduler adds no fresh noise; set eta to 0, or the scheduler to ddim",
            ["sampling", "eta"],
        )
    if sampling.scheduler != "ddim" and sampling.fresh is not None:
        _check_unmoved(sampling.scheduler, sampling.fresh)
    if sampling.agree.solver == "counting":
        _check_counting(job)
    if job.layout.kind == "custom":
        _check_custom(job)


def _check_unmoved(scheduler: str | None, fresh: Fresh) -> None:
    """Raises LayoutError if noise shall be drawn anew, which only the DDIM scheduler does."""
    for name, moved in (("share", fresh.share), ("filled", fresh.filled)):
        if moved:
            raise LayoutError(
                f"the {scheduler} scheduler draws no noise anew; leave `fresh` out, or set the scheduler to ddim",
                ["sampling", "fresh", name],
            )


def _check_counting(job: Job) -> None:
    sampling = job.sampling
    counting: list[str | int] = ["sampling", "agree", "solver"]
    if job.layout.kind not in _COUNTED:
        raise LayoutError(
            "the counting solver adds up windows without weights, so it cannot make a layout of kind "
            f"{job.layout.kind}; choose a panorama, a texture or a custom graph, or leave the solver unset",
            counting,
        )
    if sampling.agree.step_size != "fixed":
        raise LayoutError(
            'the counting solver does not support moving step sizes; set step_size to "fixed", or leave the solver '
            "unset",
            ["sampling", "agree", "step_size"],
        )
    if sampling.coarse is not None and sampling.coarse.weight > 0:
        raise LayoutError(
            "the counting solver takes no coarse view; set the view's weight to 0, or leave the solver unset",
            ["sampling", "coarse", "weight"],
        )
    if job.layout.graph.laws if job.layout.kind == "custom" else job.layout.guides:
        raise LayoutError(
            "the counting solver adds up the views of models without weights, so it takes no laws and no guides; leave "
            "them out, or leave the solver unset",
            counting,
        )
    if sampling.windows.shift:
        raise LayoutError(
            "the counting solver needs overlaps that stay in place; set shift to false, or leave the solver unset",
            ["sampling", "windows", "shift"],
        )
    if sampling.windows.weights != "uniform":
        raise LayoutError(
            "the counting solver takes no window weights; set the weights to uniform, or leave the solver unset",
            ["sampling", "windows", "weights"],
        )


def _check_custom(job: Job) -> None:
    """Raises LayoutError for settings that other layouts use to make their views. A custom graph names its views
    itself."""
    sampling = job.sampling
    if sampling.coarse is not None and sampling.coarse.weight > 0:
        raise LayoutError(
            "a custom graph has only the views that it names; add an observable that resizes, and set this weight to 0",
            ["sampling", "coarse", "weight"],
        )
    if sampling.windows.shift:
        raise LayoutError(
            "a custom graph names the windows that shift; set `shifts` on these windows, and the graph's `shift`",
            ["sampling", "windows", "shift"],
        )
    if sampling.windows.weights != "uniform":
        raise LayoutError(
            "a custom graph names the weights of its windows; set `shape` in the windows' precision",
            ["sampling", "windows", "weights"],
        )
