"""A job that starts from a picture: the part to redraw, and the part of the graph that then has to run.

A latent cell that is kept whole takes the known picture: the precision of every observable and law is 0 there. An
observable that sees only such cells is left out.
"""

import numpy as np
from numpy.typing import NDArray

from backend.contracts.geometry import Box, Canvas, CellBox
from backend.contracts.graph import (
    CompositeSpec,
    ControlSpec,
    GraphSpec,
    LawSpec,
    Mask,
    ObservableSpec,
    PrecisionSpec,
    Region,
    Reseed,
    Yield,
)
from backend.contracts.job import Job
from backend.contracts.limits import MAX_MASK_CELLS, MAX_SIDE
from backend.contracts.start import Start
from backend.geometry.canvases import shows_controls, source
from backend.geometry.cells import pool
from backend.geometry.operators import GraphGeometry
from backend.geometry.regions import Rows
from backend.graph.errors import LayoutError
from backend.graph.grid import check_inside
from backend.graph.masks import Grey, Masks
from backend.graph.pictures import Sizes, check_picture

Redrawn = NDArray[np.uint8]
"""The share of each pixel that is redrawn: height x width numbers from 0 (kept) to 255 (redrawn)."""


def canvas(job: Job, graph: GraphSpec, cell: int) -> Canvas:
    """Return the canvas that the picture must cover. Raises LayoutError for a graph whose controls differ in size or in
    wrap, or are larger than pictures may be."""
    if job.layout.kind != "custom":
        return job.layout.canvas
    if len({(control.width, control.height, control.wrap) for control in graph.controls}) > 1:
        raise LayoutError(
            "the controls of this graph differ in size or in wrap, and a start picture needs controls that do not; "
            "leave `start` out",
            ["start"],
        )
    control = graph.controls[0]
    width, height = control.width * cell, control.height * cell
    if max(width, height) > MAX_SIDE:
        raise LayoutError(
            f"the graph's controls have {width:,} x {height:,} pixels, and a picture has at most {MAX_SIDE:,} on a "
            "side; leave `start` out",
            ["start"],
        )
    return Canvas(width=width, height=height, wrap=control.wrap)


def started(graph: GraphSpec, job: Job, cell: int, masks: Masks, sizes: Sizes) -> GraphSpec:
    """Return the job's graph with its start: every observable gives way on the kept part of the picture. Raises
    LayoutError for a start that cannot run."""
    start = job.start
    if start is None:
        return graph
    on = canvas(job, graph, cell)
    check_picture(start.picture, start.fit, on, sizes, ["start"])
    if not start.keeps:
        return graph
    _check_keeping(job, graph.controls[0])
    share = redrawn(start, on, _mask(start, on, masks))
    if not share.any():
        raise LayoutError(
            "the start keeps the whole picture, so there is nothing to redraw; keep less of the picture",
            ["start", "mask" if start.mask else "box"],
        )
    _check_composites(graph)
    control = graph.controls[0]
    touched = pool(share, control.height, control.width, cell, "max", beyond="edge") > 0
    return _kept(graph, job, touched)


def redrawn(start: Start, on: Canvas, mask: Grey | None) -> Redrawn:
    """Return the part to redraw, without its feather. `mask` is the picture of the start's mask, at the canvas's size,
    or None if the start has a box."""
    if mask is None:
        assert start.box is not None  # a start without a mask keeps a part only if it has a box
        share = np.zeros((on.height, on.width), np.uint8)
        rows, columns = (np.arange(first, first + length) for first, length in _extents(start.box))
        share[np.ix_(rows % on.height, columns % on.width)] = 255
    else:
        share = mask
    return 255 - share if start.keep == "inside" else share


def _extents(box: Box) -> tuple[tuple[int, int], tuple[int, int]]:
    return (box.y, box.height), (box.x, box.width)


def _check_keeping(job: Job, control: ControlSpec) -> None:
    """Raises LayoutError if the job's solver, step size or seed does not allow it to keep a part, or if the canvas has
    more cells than a mask can have."""
    if control.width * control.height > MAX_MASK_CELLS:
        raise LayoutError(
            f"the canvas has {control.width * control.height:,} latent cells, and a job that keeps a part of a "
            f"picture may have at most {MAX_MASK_CELLS:,}; redraw the whole picture, or take a smaller canvas",
            ["start"],
        )
    agree = job.sampling.agree
    if agree.solver == "counting":
        raise LayoutError(
            "the counting solver adds up views without weights, so it cannot keep a part of the picture; leave the "
            "solver unset, or redraw the whole picture",
            ["sampling", "agree", "solver"],
        )
    if agree.solver == "descent":
        raise LayoutError(
            "the descent solver has one rate for all cells, and a kept part weighs so much that the rest would not "
            "move; leave the solver unset, or redraw the whole picture",
            ["sampling", "agree", "solver"],
        )
    if agree.step_size != "fixed":
        raise LayoutError(
            "moving step sizes would change the kept part as well; set step_size to fixed, or redraw the whole picture",
            ["sampling", "agree", "step_size"],
        )
    if job.start is not None and job.start.seed is not None and job.images > 1:
        raise LayoutError(
            "each of several images has its own seed for the redrawn part; leave this seed out, or make one image",
            ["start", "seed"],
        )


def _check_composites(graph: GraphSpec) -> None:
    """Raises LayoutError for a composite of placed views, on which the kept part of the canvas has no one place."""
    controls = {control.name: control for control in graph.controls}
    for one in graph.views:
        bottom = source(one.operator)
        if isinstance(bottom, CompositeSpec) and not shows_controls(bottom, controls):
            raise LayoutError(
                f"the view {one.name!r} is a composite of placed views, and a start that keeps a part of the picture "
                "needs composites of whole controls; redraw the whole picture, or leave that view out",
                ["start"],
            )


def _mask(start: Start, on: Canvas, masks: Masks) -> Grey | None:
    """Return the mask's picture, or None if the start has a box. Raises LayoutError for a box or a mask that does not
    fit the canvas, and for a mask that does not exist."""
    if start.mask is None:
        assert start.box is not None
        check_inside(start.box, on, ["start", "box"])
        return None
    mask = masks(start.mask)
    if mask is None:
        raise LayoutError(f"there is no upload {start.mask[:12]}… here; upload the mask first", ["start", "mask"])
    height, width = mask.shape
    if (width, height) != (on.width, on.height):
        raise LayoutError(
            f"the mask has {width} x {height} pixels and the canvas {on.width} x {on.height}; draw the mask at the "
            "size of the canvas",
            ["start", "mask"],
        )
    return mask


def _kept(graph: GraphSpec, job: Job, touched: NDArray[np.bool_]) -> GraphSpec:
    """Return the graph whose observables and laws give way on the cells that are kept whole, with the start's seed on
    the rest. An observable that sees only kept cells is left out, unless it is an output or the graph's windows
    shift."""
    assert job.start is not None
    kept, free = _free_names(graph)
    whole = CellBox(x=0, y=0, width=touched.shape[1], height=touched.shape[0])
    gives_way = Yield(region=Region(box=whole, mask=kept), weight=1.0)
    masks = {kept: _mask_of(~touched)} | ({} if job.start.seed is None else {free: _mask_of(touched)})
    reseeds = [] if job.start.seed is None else [Reseed(region=Region(box=whole, mask=free), seed=job.start.seed)]
    return graph.model_copy(
        update={
            "masks": graph.masks | masks,
            "controls": [one.model_copy(update={"reseeds": [*one.reseeds, *reseeds]}) for one in graph.controls],
            "observables": [
                one.model_copy(update={"precision": _giving_way(one, gives_way)})
                for one in graph.observables
                if graph.shift is not None or one.name in (job.outputs or ()) or _sees(one, graph, touched)
            ],
            "laws": [one.model_copy(update={"precision": _giving_way(one, gives_way)}) for one in graph.laws],
        }
    )


def _free_names(graph: GraphSpec) -> tuple[str, str]:
    """Return two names that no mask of the graph has."""
    free = [name for number in range(len(graph.masks) + 2) if (name := f"start.{number}") not in graph.masks]
    return free[0], free[1]


def _giving_way(one: ObservableSpec | LawSpec, to: Yield) -> PrecisionSpec:
    return one.precision.model_copy(update={"outside": [*one.precision.outside, to]})


def _sees(one: ObservableSpec, graph: GraphSpec, cells: NDArray[np.bool_]) -> bool:
    """Tell whether the view of an observable contains any of these cells."""

    def field(_: str, rows: Rows, columns: Rows) -> NDArray[np.floating]:
        return cells[np.ix_(rows, columns)].astype(float)

    return bool(GraphGeometry.of(graph).forward(one.operator, field).any())


def _mask_of(cells: NDArray[np.bool_]) -> Mask:
    height, width = cells.shape
    return Mask(width=width, height=height, cells=(cells.astype(np.uint8) * 255).tobytes().hex())
