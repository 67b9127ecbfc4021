"""The cost of a graph in view-forwards. A view-forward is one model evaluation of one native window."""

import math

from backend.contracts.graph import GraphSpec, ObservableSpec
from backend.contracts.job import Job
from backend.contracts.model import ModelDescription
from backend.geometry.operators import GraphGeometry
from backend.geometry.ranges import is_active


def views_a_step(graph: GraphSpec, job: Job) -> int:
    """Return the largest number of observables that are active at one step."""
    ranges = [one.precision.active for one in graph.observables]
    return max(sum(is_active(active, *place) for active in ranges) for place in job.places)


def forwards(graph: GraphSpec, job: Job, model: ModelDescription) -> int:
    """Return the view-forwards of all images. Every active step is denoised once, and once more in each round of
    re-noising and in each corrector step after it."""
    sampling = job.sampling
    rounds = 1 + sampling.harmonise + sampling.corrector_steps
    window = (sampling.windows.size or model.defaults.window) // model.cell
    geometry = GraphGeometry.of(graph)
    each = [_forwards(one, geometry, window * window, job) for one in graph.observables]
    return sum(each) * rounds * job.images


def _forwards(observable: ObservableSpec, geometry: GraphGeometry, native: int, job: Job) -> int:
    """Return the view-forwards of one observable in one round: its active steps, times the size of its view in native
    windows (rounded up), times 2 if guidance needs both prompts."""
    active = sum(is_active(observable.precision.active, *place) for place in job.places)
    passes = 1 if observable.prompted.guidance in (0, 1) else 2
    return active * passes * math.ceil(math.prod(geometry.size(observable.operator)) / native)
