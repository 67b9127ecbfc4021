"""Custom: a graph that the user wrote. This module checks what other layouts satisfy by construction."""

import math
from collections.abc import Iterator, Mapping

import numpy as np

from backend.contracts.geometry import Canvas
from backend.contracts.graph import (
    CompositeSpec,
    ControlSpec,
    CropSpec,
    GraphSpec,
    IdentitySpec,
    LawSpec,
    ObservableSpec,
    OperatorSpec,
    OutputSpec,
    PictureMean,
    Region,
)
from backend.contracts.layout import Custom
from backend.contracts.limits import MAX_DEPTH, MAX_SIDE, MAX_VIEW_SIDE, MAX_WORK
from backend.contracts.model import Model
from backend.contracts.sampling import Sampling
from backend.geometry.canvases import Source, canvas_of, controls_of, depth, frame, regions_of, source, within
from backend.geometry.operators import GraphGeometry
from backend.graph import filling, prompts
from backend.graph.errors import LayoutError
from backend.graph.pictures import Sizes, check_picture
from backend.graph.windows import SIDE_UNIT

MASK_TOLERANCE = 1e-5  # the most by which a sum of masks may differ from 1, here and in the engine

Location = list[str | int]
GRAPH: Location = ["layout", "graph"]


def graph(layout: Custom, sampling: Sampling, models: Mapping[str, Model], max_pixels: int, sizes: Sizes) -> GraphSpec:
    """Return the user's graph, filled in. Raises LayoutError, with the node's place in the document, if no worker could
    run it."""
    model = models[sampling.model].description
    spec, most = filling.filled(layout.graph, sampling, model), max_pixels // model.cell**2
    _check_names(spec)
    for index, control in enumerate(spec.controls):
        _check_control(control, model.channels, most, [*GRAPH, "controls", index])
    for operator, location in _operators(spec):
        _check_operator(operator, spec, most, location)
    for index, output in enumerate(spec.outputs):
        _check_output(output, spec, [*GRAPH, "outputs", index])
    for region, location in _regions(spec):
        _check_region(region, spec, location)
    for operator, location in _operators(spec):
        _check_composites(operator, spec, location)
    for index, observable in enumerate(spec.observables):
        _check_observable(observable, sampling, models, spec, [*GRAPH, "observables", index])
    for index, law in enumerate(spec.laws):
        _check_law(law, spec, model.cell, sizes, [*GRAPH, "laws", index])
    _check_work(spec)
    return filling.sized(spec, layout.graph, model.cell)


def _check_names(spec: GraphSpec) -> None:
    seen: set[str] = set()
    for name in spec.nodes:
        if name in seen:
            raise LayoutError(f"two nodes are called {name!r}; give each its own name", GRAPH)
        seen.add(name)


def _check_control(control: ControlSpec, channels: int, most: int, location: Location) -> None:
    if control.channels != channels:
        raise LayoutError(
            f"control {control.name!r} has {control.channels} channels and the model {channels}; give both the same "
            "number",
            [*location, "channels"],
        )
    if control.width * control.height > most:
        raise LayoutError(
            f"control {control.name!r} has {control.width * control.height:,} cells, more than the {most:,} that this "
            "server takes",
            location,
        )


def _views(spec: GraphSpec) -> Iterator[tuple[ObservableSpec | LawSpec, Location]]:
    """Yield the observables and the laws of the graph, with their places in the document."""
    yield from ((one, [*GRAPH, "observables", index]) for index, one in enumerate(spec.observables))
    yield from ((one, [*GRAPH, "laws", index]) for index, one in enumerate(spec.laws))


def _operators(spec: GraphSpec) -> Iterator[tuple[OperatorSpec, Location]]:
    """Yield the outermost operators of the graph, with their places in the document."""
    for one, location in _views(spec):
        yield one.operator, [*location, "operator"]
    for index, output in enumerate(spec.outputs):
        if output.operator is not None:
            yield output.operator, [*GRAPH, "outputs", index, "operator"]


def _check_operator(operator: OperatorSpec, spec: GraphSpec, most: int, location: Location) -> None:
    """Raises LayoutError if an operator, or one inside it, reads a control that does not exist, does not fit its input,
    or is larger than the server takes."""
    geometry = GraphGeometry.of(spec)
    if depth(operator) > MAX_DEPTH:
        raise LayoutError(f"the operator is nested {depth(operator)} deep; the most is {MAX_DEPTH}", location)
    for name in controls_of(operator):
        if name not in geometry.controls:
            there = ", ".join(geometry.controls)
            raise LayoutError(f"there is no control {name!r}; the graph has {there}", location)
    for one, place in within(operator):
        width, height = geometry.size(one)
        if width * height > most:
            raise LayoutError(
                f"a view of {width} x {height} cells is larger than the {most:,} cells that this server takes",
                [*location, *place],
            )
        if isinstance(one, Source):
            _check_window(one, spec, [*location, *place])
        if isinstance(one, CompositeSpec):
            _check_parts(one, geometry, [*location, *place])


def _check_output(output: OutputSpec, spec: GraphSpec, location: Location) -> None:
    """Raises LayoutError if the output names no node, or if its window shifts. Only an observable's window
    can shift."""
    if output.operator is None:
        if output.node not in spec.nodes:
            raise LayoutError(
                f"the graph has no node {output.node!r}; name a control or an observable, or give the output an "
                "operator",
                [*location, "node"],
            )
        return
    bottom = source(output.operator)
    if not isinstance(bottom, IdentitySpec) and bottom.shifts:
        raise LayoutError(
            f"the window of the output {output.node!r} shifts, and the window of an output must not; set its `shifts` "
            "to false",
            [*location, "operator"],
        )


def _check_window(operator: Source, spec: GraphSpec, location: Location) -> None:
    if isinstance(operator, IdentitySpec) or operator.box is None:
        return
    if operator.shifts and spec.shift is None:
        raise LayoutError("a window that shifts needs the graph's `shift`, which is the range of its offsets", location)
    canvas = canvas_of(operator, GraphGeometry.of(spec).controls)
    name = f"control {operator.control!r}" if isinstance(operator, CropSpec) else "the composite"
    for axis, start, length, size in (
        ("x", operator.box.x, operator.box.width, canvas.width),
        ("y", operator.box.y, operator.box.height, canvas.height),
    ):
        free = operator.shifts or canvas.wrap in (axis, "both")
        if length > size or not (free or 0 <= start <= size - length):
            raise LayoutError(
                f"the window reaches from {axis} = {start} to {start + length} cells, and {name} from 0 to {size}; "
                "keep the window inside",
                location,
            )


def _check_parts(operator: CompositeSpec, geometry: GraphGeometry, location: Location) -> None:
    on = frame(operator, geometry.controls)
    for index, part in enumerate(operator.parts):
        bottom, place = source(part.view), [*location, "parts", index]
        if not isinstance(bottom, IdentitySpec) and bottom.shifts:
            raise LayoutError(
                "the window inside a part of a composite must not shift; set its `shifts` to false", [*place, "of"]
            )
        for axis, length, size in zip("xy", geometry.size(part.view), on[:2], strict=True):
            if on.wrap in (axis, "both") and length > size:
                raise LayoutError(
                    f"the part has {length} cells along {axis}, where the composite wraps after {size}; make the part "
                    "smaller",
                    place,
                )


def _regions(spec: GraphSpec) -> Iterator[tuple[Region, Location]]:
    """Yield every region of the graph, with its place in the document. An operator's region has the place of the
    operator."""
    for index, control in enumerate(spec.controls):
        yield from ((one.region, [*GRAPH, "controls", index, "reseeds"]) for one in control.reseeds)
    for one, location in _views(spec):
        place: Location = [*location, "precision"]
        yield from ((other.region, place) for other in one.precision.outside)
        if one.precision.inside is not None:
            yield one.precision.inside, place
    for operator, location in _operators(spec):
        yield from ((region, location) for region in regions_of(operator))


def _check_region(region: Region, spec: GraphSpec, location: Location) -> None:
    if region.mask is None:
        return
    if region.mask not in spec.masks:
        raise LayoutError(f"there is no mask {region.mask!r} in the graph's `masks`", location)
    mask = spec.masks[region.mask]
    if (mask.width, mask.height) != (region.box.width, region.box.height):
        raise LayoutError(
            f"the mask {region.mask!r} has {mask.width} x {mask.height} cells and its box {region.box.width} x "
            f"{region.box.height}; give both the same size",
            location,
        )


def _check_composites(operator: OperatorSpec, spec: GraphSpec, location: Location) -> None:
    """Raises LayoutError for a composite whose masks do not sum to 1 on every cell."""
    for one, place in within(operator):
        if not isinstance(one, CompositeSpec):
            continue
        total = np.sum(GraphGeometry.of(spec).shares(one.model_copy(update={"shifts": False, "box": None})), axis=0)
        wrong = np.abs(total - 1) > MASK_TOLERANCE
        if wrong.any():
            row, column = (int(index) for index in np.argwhere(wrong)[0])
            raise LayoutError(
                f"the masks of a composite must sum to 1 on every cell, and in column {column}, row {row} they sum to "
                f"{float(total[row, column]):.3g}; give one part the region and the other part its inverse, or set "
                "`layers` and let the first part cover everything",
                [*location, *place],
            )


def _check_observable(
    one: ObservableSpec, sampling: Sampling, models: Mapping[str, Model], spec: GraphSpec, location: Location
) -> None:
    model = prompts.sharing_model(one.prompted.model, sampling, models, [*location, "prompted", "model"])
    if one.prompted.pose is not None and one.prompted.pose.controlnet is None:
        prompts.check_pose(model, [*location, "prompted", "pose"])
    if one.prompted.picture is not None:
        canvas = canvas_of(one.operator, GraphGeometry.of(spec).controls)
        size = canvas.width * model.cell, canvas.height * model.cell
        _check_side(f"the canvas of {one.name!r}", size, [*location, "prompted", "picture"])
    native = model.native_size // model.cell
    for name, side in zip(("wide", "high"), GraphGeometry.of(spec).size(one.operator), strict=True):
        if side % SIDE_UNIT or side > MAX_VIEW_SIDE * native:
            raise LayoutError(
                f"observable {one.name!r} is {side} cells {name}; the model takes multiples of {SIDE_UNIT} cells "
                f"({SIDE_UNIT * model.cell} pixels), up to {MAX_VIEW_SIDE * native} cells, and was trained at {native}",
                [*location, "operator"],
            )


def _check_law(one: LawSpec, spec: GraphSpec, cell: int, sizes: Sizes, location: Location) -> None:
    if isinstance(one.mean, PictureMean):
        first = next(control for control in spec.controls if control.name == controls_of(one.operator)[0])
        width, height = first.width * cell, first.height * cell
        _check_side(f"control {first.name!r}", (width, height), [*location, "mean"])
        check_picture(one.mean.picture, one.mean.fit, Canvas(width=width, height=height), sizes, [*location, "mean"])


def _check_side(what: str, size: tuple[int, int], location: Location) -> None:
    """Raises LayoutError if a picture would have to cover more pixels than a picture has along a side."""
    width, height = size
    if max(width, height) > MAX_SIDE:
        raise LayoutError(
            f"{what} has {width:,} x {height:,} pixels, and a picture has at most {MAX_SIDE:,} on a side; take a "
            "smaller control, or leave the picture out",
            location,
        )


def _check_work(spec: GraphSpec) -> None:
    """Raises LayoutError if a check of the graph, cell by cell in each range of steps, would take more than about a
    second."""
    geometry = GraphGeometry.of(spec)
    cells = sum(_read(one.operator, geometry) * (1 + len(one.precision.outside)) for one in spec.views)
    ranges = {tuple(each.active) for one in spec.views for each in (one.precision, *one.precision.outside)}
    if cells * len(ranges) > MAX_WORK:
        raise LayoutError(
            f"the observables and laws read {cells:,} cells (counted once more for each region in `outside`) in "
            f"{len(ranges)} ranges of steps; this server checks at most {MAX_WORK:,} cells times ranges; take fewer or "
            "smaller views, or fewer ranges",
            [*GRAPH, "observables"],
        )


def _read(operator: OperatorSpec, geometry: GraphGeometry) -> int:
    """Return the number of cells that a view reads, and those of the views inside a composite."""
    bottom = source(operator)
    inside = sum(math.prod(geometry.size(one)) for one, _ in within(bottom))
    return max(inside, math.prod(geometry.size(bottom)))
