"""Compile a resolved job: make the graph that runs it, and count its cost."""

from collections.abc import Mapping

from backend.contracts.geometry import CellBox
from backend.contracts.graph import GraphSpec, ObservableSpec
from backend.contracts.job import Compiled, Job, SnappedBox
from backend.contracts.layout import Panorama
from backend.contracts.model import Model, ModelDescription
from backend.geometry.operators import GraphGeometry
from backend.graph import (
    coverage,
    custom,
    guides,
    illusion,
    latent_spaces,
    masks,
    panorama,
    portrait,
    regions,
    scene,
    start,
    texture,
    windows,
)
from backend.graph.cost import forwards, views_a_step
from backend.graph.errors import LayoutError
from backend.graph.filling import as_custom
from backend.graph.frames import frames_bytes
from backend.graph.grid import Grid
from backend.graph.limits import Limits
from backend.graph.outputs import with_outputs
from backend.graph.pictures import Sizes
from backend.graph.solver import settled


def compile_job(
    job: Job,
    models: Mapping[str, Model],
    limits: Limits,
    load: masks.Masks = masks.none,
    sizes: Sizes = masks.none,
) -> Compiled:
    """Return the job with its solver chosen and a custom graph filled in, its graph, its views a step, its cost in
    view-forwards, and its boxes snapped to the latent grid. `load` returns the picture of a mask, and `sizes` the size
    of an upload. Raises LayoutError if the layout cannot run or costs too much."""
    model = models[job.sampling.model].description
    if job.layout.kind == "custom":
        limits.check_views(len(job.layout.graph.observables))
        graph, boxes = custom.graph(job.layout, job.sampling, models, limits.max_pixels, sizes), []
        job = job.model_copy(update={"layout": job.layout.model_copy(update={"graph": as_custom(graph)})})
    else:
        grid = Grid.of(job.layout.canvas, job.sampling.windows, model)
        graph, boxes = _drawn(job, models, limits, grid, load)
        graph = guides.guided(graph, job.layout, grid, load, sizes)
    if job.layout.kind in ("custom", "illusion"):  # all other layouts cover every cell by construction
        _check_coverage(graph, job, model.cell)
    graph = start.started(graph, job, model.cell, load, sizes)
    _check_view_sizes(graph, job, models)
    graph, job = with_outputs(graph, job, model.cell), settled(job, graph)
    compiled = Compiled(
        job=job,
        graph=graph,
        views=views_a_step(graph, job),
        cost=forwards(graph, job, model),
        seconds=None,
        boxes=boxes,
        notes=[*_notes(job, model), *latent_spaces.notes(graph, job, models)],
        frames_bytes=frames_bytes(graph, job),
    )
    limits.check_cost(compiled)
    return compiled


def _drawn(
    job: Job, models: Mapping[str, Model], limits: Limits, grid: Grid, load: masks.Masks
) -> tuple[GraphSpec, list[SnappedBox]]:
    """Return the graph of a layout on a canvas, and the layout's boxes snapped to the latent grid."""
    layout, sampling = job.layout, job.sampling
    assert layout.kind != "custom"
    # A small stride can need millions of windows, so this counts them before it makes any.
    limits.check_views(windows.number_over_canvas(grid, counting=sampling.agree.solver == "counting"))
    match layout.kind:
        case "panorama":
            return panorama.graph(layout, sampling, models, grid), []
        case "texture":
            return texture.graph(layout, sampling, models, grid), []
        case "illusion":
            return illusion.graph(layout, sampling, models, grid), []
        case "scene":
            box = grid.snap(layout.box, ["layout", "box"])
            return scene.graph(layout, sampling, models, grid), [_snapped("object", box, grid)]
        case "portrait":
            box = grid.snap(layout.head.box, ["layout", "head", "box"])
            limits.check_views(windows.number_over_box(box, grid))
            return portrait.graph(layout, sampling, models, grid), [_snapped("head", box, grid)]
        case "regions":
            patches = regions.drawn(layout, grid, load)
            limits.check_views(sum(windows.number_over_box(one.region.box, grid) for one in patches))
            boxes = [_snapped(one.patch.id, one.region.box, grid) for one in patches]
            return regions.graph(layout, patches, sampling, models, grid), boxes


def _snapped(id: str, box: CellBox, grid: Grid) -> SnappedBox:
    return SnappedBox(id=id, box=grid.pixels(box))


def _notes(job: Job, model: ModelDescription) -> list[str]:
    return [*_smallness(job, model), *_unheard(job, model), *_unnamed(job, model)]


def _smallness(job: Job, model: ModelDescription) -> list[str]:
    """Return a note about a canvas that is much smaller than the model's native size, or no note."""
    if job.layout.kind == "custom":
        return []
    width, height = job.layout.canvas.width, job.layout.canvas.height
    if 2 * min(width, height) >= model.native_size:
        return []
    side = model.native_size
    return [
        f"the canvas of {width} x {height} pixels is much smaller than the {side} x {side} that {model.id} sees at "
        f"once; a prompt has little effect on a picture with a side of fewer than {side // 2} pixels"
    ]


def _unheard(job: Job, model: ModelDescription) -> list[str]:
    """Return a note about each prompt of a panorama that no window takes."""
    layout = job.layout
    return (
        panorama.unheard(layout, Grid.of(layout.canvas, job.sampling.windows, model))
        if isinstance(layout, Panorama)
        else []
    )


def _unnamed(job: Job, model: ModelDescription) -> list[str]:
    """Return a note about a background without a prompt behind boxes that have one, or no note."""
    layout = job.layout
    if layout.kind != "regions" or layout.prompt.strip() or not any(one.prompt.strip() for one in layout.patches):
        return []
    return [f"the background has no prompt, so {model.id} shows anything there; say what is around the boxes"]


def _check_view_sizes(graph: GraphSpec, job: Job, models: Mapping[str, Model]) -> None:
    """Raises LayoutError for a view that is larger than its model takes."""
    geometry = GraphGeometry.of(graph)
    for index, one in enumerate(graph.observables):
        model = models[one.prompted.model].description
        width, height = (model.cell * side for side in geometry.size(one.operator))
        if model.largest_view is None or max(width, height) <= model.largest_view:
            continue
        raise LayoutError(
            f"{model.id!r} sees at most {model.largest_view} pixels along a side, and a view has {width} x {height}; "
            "use smaller views, such as a panorama's windows",
            _place(job, one, index, "width" if width > model.largest_view else "height"),
        )


def _place(job: Job, view: ObservableSpec, index: int, side: str) -> list[str | int]:
    """Return the place in the document that gives an observable its size."""
    if job.layout.kind == "custom":
        return ["layout", "graph", "observables", index, "operator"]
    if job.layout.kind == "portrait" and view.patch is None:  # the body is one view of the whole canvas
        return ["layout", "canvas", side]
    return ["sampling", "windows", "size"]


def _check_coverage(graph: GraphSpec, job: Job, cell: int) -> None:
    counting = job.sampling.agree.solver == "counting"
    found = coverage.gap(graph, job.sampling.places, counting)
    if found is None:
        return
    where = coverage.sentence(found, next(one for one in graph.controls if one.name == found.control), cell)
    location: list[str | int] = ["layout", "graph"] if job.layout.kind == "custom" else ["layout", "views"]
    if counting:
        detail = (
            f"the counting numbers of the views that see a cell must sum to 1; they sum to {found.total:g} on {where}"
        )
    else:
        detail = f"no model observes {where}; add a view that sees these pixels during the whole run"
    raise LayoutError(detail, location)
