"""A job that starts from a picture: what of it is redrawn, and what of the graph is then left to run.

Where a latent cell is kept whole the picture is known: no observable but the known picture has a say there, and one
that sees nothing else is left out.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from backend.contracts.geometry import Box, Canvas, CellBox
from backend.contracts.graph import ControlSpec, GraphSpec, Mask, ObservableSpec, PrecisionSpec, Region, Reseed, Yield
from backend.contracts.job import Job
from backend.contracts.limits import MAX_MASK_CELLS, MAX_SIDE
from backend.contracts.start import Start
from backend.geometry.cells import pool
from backend.geometry.operators import GraphGeometry
from backend.geometry.regions import Rows
from backend.graph.errors import LayoutError
from backend.graph.grid import check_inside
from backend.graph.masks import Grey, Masks

ASPECT_TOLERANCE = 0.01  # by which a picture may be wider or higher than the canvas and still be of its shape

Sizes = Callable[[str], tuple[int, int] | None]
"""An upload's width and height in pixels by its id; None for one that is not there."""
Redrawn = NDArray[np.uint8]
"""The share of each pixel of a canvas that is redrawn: height x width, 255 for all of it."""


def canvas(job: Job, graph: GraphSpec, cell: int) -> Canvas:
    """Return the canvas that the picture must cover. LayoutError for a graph whose controls have several sizes, or are
    larger than pictures may be."""
    if job.layout.kind != "custom":
        return job.layout.canvas
    if len({(control.width, control.height, control.wrap) for control in graph.controls}) > 1:
        raise LayoutError(
            "a picture can be the start of controls of one size, and this graph has several; leave `start` out",
            ["start"],
        )
    control = graph.controls[0]
    width, height = control.width * cell, control.height * cell
    if max(width, height) > MAX_SIDE:
        raise LayoutError(
            f"the graph's controls are {width:,} x {height:,} pixels, and a picture has at most {MAX_SIDE:,} a side; "
            "leave `start` out",
            ["start"],
        )
    return Canvas(width=width, height=height, wrap=control.wrap)


def started(graph: GraphSpec, job: Job, cell: int, masks: Masks, sizes: Sizes) -> GraphSpec:
    """The graph of a job with its start: nothing has a say where the picture is kept. LayoutError for a start that
    cannot be."""
    start = job.start
    if start is None:
        return graph
    on = canvas(job, graph, cell)
    _check_picture(start, on, sizes)
    if not start.keeps:
        return graph
    _check_keeping(job, graph.controls[0])
    share = redrawn(start, on, _mask(start, on, masks))
    if not share.any():
        raise LayoutError(
            "everything is kept and nothing redrawn; paint what shall be redrawn white, or keep less of the picture",
            ["start", "mask" if start.mask else "box"],
        )
    control = graph.controls[0]
    touched = pool(share, control.height, control.width, cell, "max", beyond="edge") > 0
    return _kept(graph, job, touched)


def redrawn(start: Start, on: Canvas, mask: Grey | None) -> Redrawn:
    """The part to redraw, without its feather; `mask` is the picture of the start's mask, of the canvas's size."""
    if mask is None:
        assert start.box is not None  # else nothing is kept
        share = np.zeros((on.height, on.width), np.uint8)
        rows, columns = (np.arange(first, first + length) for first, length in _extents(start.box))
        share[np.ix_(rows % on.height, columns % on.width)] = 255
    else:
        share = mask
    return 255 - share if start.keep == "inside" else share


def _extents(box: Box) -> tuple[tuple[int, int], tuple[int, int]]:
    return (box.y, box.height), (box.x, box.width)


def _check_picture(start: Start, on: Canvas, sizes: Sizes) -> None:
    size = sizes(start.picture)
    if size is None:
        raise LayoutError(
            f"there is no upload {start.picture[:12]}… here; upload the picture first", ["start", "picture"]
        )
    width, height = size
    if start.fit == "same" and abs(width * on.height / (height * on.width) - 1) > ASPECT_TOLERANCE:
        raise LayoutError(
            f"the picture has {width} x {height} pixels and the canvas {on.width} x {on.height}, another shape; make "
            "one like the other, or have the picture cut (`fit`: crop) or distorted (`fit`: stretch)",
            ["start", "fit"],
        )


def _check_keeping(job: Job, control: ControlSpec) -> None:
    """LayoutError for a solver that cannot keep a part still, and for a canvas of more cells than travel with a job."""
    if control.width * control.height > MAX_MASK_CELLS:
        raise LayoutError(
            f"a canvas of {control.width * control.height:,} latent cells is too large to keep a part of it, for which "
            f"{MAX_MASK_CELLS:,} are the most; redraw all of the picture, or take a smaller canvas",
            ["start"],
        )
    agree = job.sampling.agree
    if agree.solver == "counting":
        raise LayoutError(
            "counting adds views up without weights, so that nothing of the picture could be kept; leave the solver "
            "open, or redraw all of the picture",
            ["sampling", "agree", "solver"],
        )
    if agree.step_size != "fixed":
        raise LayoutError(
            "a lambda that moves would move the kept part as well; set step_size to fixed, or redraw all of the "
            "picture",
            ["sampling", "agree", "step_size"],
        )
    if job.start is not None and job.start.seed is not None and job.images > 1:
        raise LayoutError(
            "each of several images redraws the part with a seed of its own; leave this one out, or make one image",
            ["start", "seed"],
        )


def _mask(start: Start, on: Canvas, masks: Masks) -> Grey | None:
    """The mask's picture; None where the part is a box. LayoutError where either does not lie on the canvas."""
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
            "canvas's size",
            ["start", "mask"],
        )
    return mask


def _kept(graph: GraphSpec, job: Job, touched: NDArray[np.bool_]) -> GraphSpec:
    """The graph whose observables give way where the picture is kept whole, less those that then have no say and are
    no output; the noise of the rest is the start's."""
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
        }
    )


def _free_names(graph: GraphSpec) -> tuple[str, str]:
    """Two names that no mask of the graph has."""
    free = [name for number in range(len(graph.masks) + 2) if (name := f"start.{number}") not in graph.masks]
    return free[0], free[1]


def _giving_way(one: ObservableSpec, to: Yield) -> PrecisionSpec:
    return one.precision.model_copy(update={"outside": [*one.precision.outside, to]})


def _sees(one: ObservableSpec, graph: GraphSpec, cells: NDArray[np.bool_]) -> bool:
    """Tell whether any of these cells is in an observable's view."""

    def field(_: str, rows: Rows, columns: Rows) -> NDArray[np.floating]:
        return cells[np.ix_(rows, columns)].astype(float)

    return bool(GraphGeometry.of(graph).forward(one.operator, field).any())


def _mask_of(cells: NDArray[np.bool_]) -> Mask:
    height, width = cells.shape
    return Mask(width=width, height=height, cells=(cells.astype(np.uint8) * 255).tobytes().hex())
