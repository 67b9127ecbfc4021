"""The frames that a job keeps of its run, and how many bytes they take (docs/protocol.md, Frames)."""

from collections.abc import Iterator

from backend.contracts.events import What
from backend.contracts.graph import GraphSpec
from backend.contracts.job import Job, Keep
from backend.geometry.frames import cells_of_nodes, frame_size
from backend.geometry.ranges import Timing

HEAD_BYTES = 120  # of every frame: the headers of its message, and its place in the index
TABLE_BYTES = 540  # of every frame: the tables of its JPEG
BYTES_PER_PIXEL: dict[What, float] = {"x0": 0.14, "noisy": 0.29, "residual": 0.1, "weights": 0.05}
"""The other bytes of a frame per pixel, measured over whole runs of papercut (`python -m benchmarks.frames`)."""


def kept_views(graph: GraphSpec, keep: Keep) -> list[tuple[int, What]]:
    """Return the views that a job keeps frames of: an index into GraphSpec.nodes, and the kind of picture."""
    match keep:
        case "none":
            return []
        case "outputs":
            return [(graph.nodes.index(output.node), "x0") for output in graph.outputs]
        case "all":
            return [(node, what) for node in range(len(graph.nodes)) for what in BYTES_PER_PIXEL]


def is_shown(job: Job, image: int, done: int) -> bool:
    """Tell whether the worker makes previews and frames after step `done` (from 1) of image `image` (from 0)."""
    taken, every = len(job.taken), job.preview.every
    return bool(every) and ((image * taken + done) % every == 0 or done == taken)


def shown_steps(job: Job) -> Iterator[tuple[int, int]]:
    """Yield the image (from 0) and the finished steps (from 1) at which the worker makes previews and frames."""
    for image in range(job.images):
        for done in range(1, len(job.taken) + 1):
            if is_shown(job, image, done):
                yield image, done


def frames_bytes(graph: GraphSpec, job: Job) -> int:
    """Estimate the bytes of all frames that a job keeps."""
    views = kept_views(graph, job.preview.keep)
    if not views:
        return 0
    steps = sum(1 for _ in shown_steps(job))
    changes = _changes_of_weights(graph, job) if job.preview.keep == "all" else 0
    sizes = [frame_size(cells) for cells in cells_of_nodes(graph)]
    total = 0.0
    for node, what in views:
        each = HEAD_BYTES + TABLE_BYTES + BYTES_PER_PIXEL[what] * sizes[node].width * sizes[node].height
        total += (changes if what == "weights" else steps) * each
    return round(total)


def strengths(graph: GraphSpec, step: float, of: int) -> tuple[float, ...]:
    """Return numbers that are the same at two places `step` of `of` of a run if the weights are, unless windows
    shift."""
    precisions = [view.precision for view in graph.views]
    timings = dict.fromkeys(Timing.of(one) for own in precisions for one in (own, *own.outside))
    return tuple(timing.strength(step, of) for timing in timings)


def _changes_of_weights(graph: GraphSpec, job: Job) -> int:
    """Count the shown steps whose weights differ from those of the shown step before."""
    shown = [job.places[done - 1] for _, done in shown_steps(job)]
    if graph.shift is not None:
        return len(shown)
    each = [strengths(graph, *place) for place in shown]
    return sum(before != now for before, now in zip([None, *each], each, strict=False))
