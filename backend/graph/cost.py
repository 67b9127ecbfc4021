"""The cost of a graph: model evaluations, each of one native window."""

import math

from backend.contracts.graph import GraphSpec, ObservableSpec
from backend.contracts.job import Job
from backend.contracts.model import ModelDescription
from backend.geometry.operators import GraphGeometry
from backend.geometry.ranges import is_active


def views_a_step(graph: GraphSpec, job: Job) -> int:
    """The most observables that are active at one step."""
    ranges = [one.precision.active for one in graph.observables]
    return max(sum(is_active(active, step, job.sampling.steps) for active in ranges) for step in job.taken)


def forwards(graph: GraphSpec, job: Job, model: ModelDescription) -> int:
    """The view-forwards of all images: every active step is denoised once, and again in each round of re-noising and
    each corrector step after it."""
    sampling = job.sampling
    rounds = 1 + sampling.harmonise + sampling.corrector_steps
    window = (sampling.windows.size or model.defaults.window) // model.cell
    geometry = GraphGeometry.of(graph)
    each = [_forwards(one, geometry, window * window, job) for one in graph.observables]
    return sum(each) * rounds * job.images


def _forwards(observable: ObservableSpec, geometry: GraphGeometry, native: int, job: Job) -> int:
    """Return the view-forwards of one observable in one round: its active steps, times the native windows that its view
    takes, times 2 where guidance needs both prompts."""
    active = sum(is_active(observable.precision.active, step, job.sampling.steps) for step in job.taken)
    passes = 1 if observable.prompted.guidance in (0, 1) else 2
    return active * passes * math.ceil(math.prod(geometry.size(observable.operator)) / native)
