"""The residual of a run, by which the best of several pictures is chosen (docs/quality.md)."""

import math

from inlay_engine.sampler import Step


def added_residual(step: Step) -> float:
    """Return how much a step adds to the residual of its run.

    In the second half of the planned steps this is the root mean square of `step.residual` over the observables, and
    in the first half 0. The observables of the step count equally, those with a normal law as well; those that watch do
    not count.
    """
    at, planned = step.place
    if at < planned // 2:
        return 0.0
    squares = [step.residual[name] ** 2 for name, view in step.views.items() if view.weight.any()]
    return math.sqrt(math.fsum(squares) / len(squares))
