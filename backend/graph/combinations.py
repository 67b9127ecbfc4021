"""Settings of the sampling that exclude each other."""

from backend.contracts.job import Job
from backend.contracts.sampling import Agree, DescentStepSize, Fresh, Sampling, StepSize
from backend.graph.errors import LayoutError

_COUNTED = ("panorama", "texture", "custom")
_WITHOUT = {
    "eta": "set eta to 0",
    "harmonise": "set harmonise to 0",
    "corrector_steps": "set corrector_steps to 0",
    "fresh": "leave `fresh` out",
}


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
        _check_no_fresh(sampling.scheduler, sampling.fresh)
    if sampling.agree.solver == "counting":
        _check_counting(job)
    _check_step_size(sampling.agree)
    if sampling.agree.solver == "descent":
        _check_descent(sampling)
    if job.layout.kind == "custom":
        _check_custom(job)


def _check_no_fresh(scheduler: str | None, fresh: Fresh) -> None:
    """Raises LayoutError if `fresh` draws noise anew, which only the DDIM scheduler can do."""
    for name, moved in (("share", fresh.share), ("filled", fresh.filled)):
        if moved:
            raise LayoutError(
                f"the {scheduler} scheduler cannot draw noise anew; leave `fresh` out, or set the scheduler to ddim",
                ["sampling", "fresh", name],
            )


def _check_step_size(agree: Agree) -> None:
    """Raises LayoutError if the step size belongs to another solver."""
    place: list[str | int] = ["sampling", "agree", "step_size"]
    if agree.solver == "descent" and isinstance(agree.step_size, StepSize):
        raise LayoutError(
            "the step sizes of the descent solver have a rho and a rate; give these instead of mu, min and max, or "
            "leave the solver unset",
            place,
        )
    if agree.solver != "descent" and isinstance(agree.step_size, DescentStepSize):
        raise LayoutError(
            "step sizes with a rho belong to the descent solver; set the solver to descent, or give a mu instead", place
        )


def _check_descent(sampling: Sampling) -> None:
    """Raises LayoutError for noise and transitions that the paper's descent does not allow, and for rates at which it
    would diverge."""
    agree = sampling.agree
    if sampling.scheduler != "ddim":
        raise LayoutError(
            f"the descent solver computes a DDIM step, and not one of {sampling.scheduler}; set the scheduler to ddim, "
            "or leave the solver unset",
            ["sampling", "scheduler"],
        )
    noises = {
        "eta": sampling.eta,
        "harmonise": sampling.harmonise,
        "corrector_steps": sampling.corrector_steps,
        "fresh": sampling.fresh is not None and (sampling.fresh.share or sampling.fresh.filled),
    }
    for name, noise in noises.items():
        if noise:
            raise LayoutError(
                f"the descent solver computes a step without fresh noise; {_WITHOUT[name]}, or leave the solver unset",
                ["sampling", name],
            )
    total = (agree.rate or 0.0) + (agree.step_size.rate if isinstance(agree.step_size, DescentStepSize) else 0.0)
    if total >= 2:
        raise LayoutError(
            f"the rates of the descent solver sum to {total:g}, at which it may diverge; they must sum to less than 2",
            ["sampling", "agree", "rate"],
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
