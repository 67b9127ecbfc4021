"""From a resolved job to the graph that runs it, and what that costs."""

from collections.abc import Mapping

from backend.contracts.graph import GraphSpec, ObservableSpec, OutputSpec
from backend.contracts.job import Compiled, Job, SnappedBox
from backend.contracts.model import Model
from backend.graph import panorama, regions, windows
from backend.graph.errors import LayoutError
from backend.graph.grid import Grid
from backend.graph.limits import Limits


def compile_job(job: Job, models: Mapping[str, Model], limits: Limits) -> Compiled:
    """The graph of a resolved job, its views, its cost in view-forwards, and the boxes on the latent grid. LayoutError
    where the layout cannot be run or costs too much."""
    if job.layout.kind != "panorama" and job.layout.kind != "regions":
        raise LayoutError("this server cannot run such a layout yet", ["layout", "kind"])
    grid = Grid.of(job.layout.canvas, job.sampling.windows, models[job.sampling.model].description)
    _check_windows(job, grid, limits)
    if job.layout.kind == "panorama":
        graph = panorama.graph(job.layout, job.sampling, models, grid)
    else:
        graph = regions.graph(job.layout, job.sampling, models, grid)
    graph = _with_outputs(graph, job.outputs or [], grid)
    compiled = Compiled(
        job=job,
        graph=graph,
        views=len(graph.observables),
        cost=sum(_forwards(observable, job.sampling.steps) for observable in graph.observables),
        seconds=None,
        boxes=_snapped(job, grid),
    )
    limits.check_cost(compiled)
    return compiled


def _check_windows(job: Job, grid: Grid, limits: Limits) -> None:
    """LayoutError for far too many windows, before any of them is laid: a small stride can ask for millions."""
    limits.check_views(windows.number_over_canvas(grid))
    if job.layout.kind == "regions":
        boxes = [grid.snap(p.box, ["layout", "patches", i, "box"]) for i, p in enumerate(job.layout.patches) if p.box]
        limits.check_views(sum(windows.number_over_box(box, grid) for box in boxes))


def _forwards(observable: ObservableSpec, steps: int) -> int:
    """Model evaluations of one observable: its active steps, twice unless guidance needs one prompt only."""
    first, last = observable.precision.active
    active = sum(first <= step / steps < last or (last == 1.0 and first <= step / steps) for step in range(steps))
    return active * (1 if observable.prompted.guidance in (0, 1) else 2)


def _snapped(job: Job, grid: Grid) -> list[SnappedBox]:
    if job.layout.kind != "regions":
        return []
    return [
        SnappedBox(id=patch.id, box=grid.pixels(grid.snap(patch.box, ["layout", "patches", index, "box"])))
        for index, patch in enumerate(job.layout.patches)
        if patch.box
    ]


def _with_outputs(graph: GraphSpec, names: list[str], grid: Grid) -> GraphSpec:
    """The graph with the asked-for nodes as outputs: a control at the canvas's size, an observable at its window's."""
    known = {output.node: output for output in graph.outputs}
    window = grid.window * grid.cell
    for observable in graph.observables:
        known[observable.name] = OutputSpec(node=observable.name, width=window, height=window)
    for index, name in enumerate(names):
        if name not in known:
            last = graph.observables[-1].name
            raise LayoutError(
                f"the layout has no node {name!r}; outputs are among x and y1 to {last}", ["outputs", index]
            )
    return graph.model_copy(update={"outputs": [known[name] for name in dict.fromkeys(names)] or graph.outputs})
