"""Every cell is observed at every step. This is true of all layouts, and the checker finds graphs for which
it is not."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contracts.geometry import CellBox
from backend.contracts.graph import GraphSpec, ObservableSpec
from backend.geometry.canvases import Canvas
from backend.geometry.operators import GraphGeometry
from backend.geometry.regions import Cells, Rows
from backend.graph import LayoutError, Limits
from backend.graph.coverage import Gap, gap
from tests.unit.graph.documents import box, canvas, compiled, illusion, panorama, portrait, scene, texture

STEPS = 8
MANY_VIEWS = Limits(max_views=1000)
PLACES = [(step, STEPS) for step in range(STEPS)]
shares = st.sampled_from([[0.0, 1.0], [0.0, 0.5], [0.5, 1.0], [0.25, 0.75]])


@st.composite
def canvases(draw: st.DrawFn) -> dict[str, Any]:
    wrap = draw(st.sampled_from(["none", "x", "y", "both"]))
    width, height = draw(st.integers(8, 500)), draw(st.integers(8, 300))
    width = max(128, width // 32 * 32) if wrap in ("x", "both") else width
    height = max(128, height // 32 * 32) if wrap in ("y", "both") else height
    return canvas(width, height, wrap)


@st.composite
def boxes(draw: st.DrawFn, on: dict[str, Any]) -> dict[str, int]:
    x, y = draw(st.integers(0, on["width"] - 8)), draw(st.integers(0, on["height"] - 8))
    return box(x, y, draw(st.integers(8, on["width"] - x)), draw(st.integers(8, on["height"] - y)))


@st.composite
def patches(draw: st.DrawFn, on: dict[str, Any], id: str) -> dict[str, Any]:
    return {
        "id": id,
        "prompt": "a house",
        "box": draw(boxes(on)),
        "active": draw(shares),
        "weight": draw(st.sampled_from([0.3, 1.0, 3.0])),
        "feather": draw(st.sampled_from([0, 24])),
    }


@st.composite
def layouts(draw: st.DrawFn) -> dict[str, Any]:
    kind, on = draw(st.sampled_from(["panorama", "regions", "scene", "portrait", "illusion", "texture"])), None
    on = draw(canvases())
    match kind:
        case "panorama":
            return panorama(256, 128) | {"canvas": on}
        case "regions":
            drawn = [draw(patches(on, f"p{n}")) for n in range(draw(st.integers(0, 3)))]
            bootstrap = draw(st.sampled_from([0.0, 0.3, 1.0]))
            return {"kind": kind, "canvas": on, "prompt": "m", "patches": drawn, "bootstrap": bootstrap}
        case "scene":
            whole = {"prompt": "both", "active": draw(shares)}
            return scene(canvas=on, box=draw(boxes(on)), whole=whole, soft=draw(st.sampled_from([0, 24])))
        case "portrait":
            return portrait(head={"box": draw(boxes(on)), "active": draw(shares)}) | {"canvas": on}
        case "illusion":
            turned = draw(st.sampled_from(["flip_x", "flip_y", "rotate_90", "rotate_180", "rotate_270"]))
            views = ({"transform": "identity"}, {"transform": turned, "active": draw(shares)})
            return illusion(*views) | {"canvas": on}
        case _:
            return texture(max(128, on["width"] // 8 * 8), max(128, on["height"] // 8 * 8))


def trust(one: ObservableSpec, geometry: GraphGeometry, on: Canvas, rows: Rows, columns: Rows, share: float) -> Cells:
    """Return an observable's precision on its canvas, without the division by its group."""
    cells = np.full((len(rows), len(columns)), one.precision.weight)
    if one.precision.inside is not None:
        cells *= geometry.profile(one.precision.inside, on, rows, columns)
    for other in one.precision.outside:
        if other.active[0] <= share < other.active[1]:
            cells *= 1 - min(1.0, other.weight) * geometry.profile(other.region, on, rows, columns)
    return cells


def least_seen(graph: GraphSpec, step: int, offset: tuple[int, int]) -> float:
    """Return the least sum of precisions on any cell of any control."""
    geometry, share = GraphGeometry.of(graph, offset), step / STEPS
    totals = {one.name: np.zeros((one.height, one.width)) for one in graph.controls}
    for one in graph.observables:
        if one.precision.active[0] <= share < one.precision.active[1]:
            view = geometry.seen(
                one.operator, lambda on, rows, columns, one=one: trust(one, geometry, on, rows, columns, share)
            )
            geometry.adjoint(one.operator, view, totals)
    return min(float(total.min()) for total in totals.values())


@settings(deadline=None, max_examples=60)
@given(
    layout=layouts(),
    coarse=st.sampled_from([0.0, 10.0]),
    weights=st.sampled_from(["uniform", "gaussian"]),
    shift=st.booleans(),
    stride=st.sampled_from([32, 64, 128]),
    data=st.data(),
)
def test_every_layout_observes_every_cell(
    layout: dict[str, Any], coarse: float, weights: str, shift: bool, stride: int, data: st.DataObject
) -> None:
    windows = {"weights": weights, "shift": shift, "stride": stride}
    sampling = {"steps": STEPS, "coarse": {"weight": coarse, "active": [0.0, 0.5]}, "windows": windows}
    graph = compiled(layout, sampling, limits=MANY_VIEWS).graph
    step, offset = data.draw(st.integers(0, STEPS - 1)), (0, 0)
    if graph.shift is not None:
        offset = (data.draw(st.integers(0, graph.shift.x - 1)), data.draw(st.integers(0, graph.shift.y - 1)))
    assert least_seen(graph, step, offset) > 1e-4
    assert gap(graph, PLACES) is None


def test_the_checker_finds_what_a_missing_window_leaves() -> None:
    graph = compiled(panorama(512, 128), {"windows": {"stride": 96}}).graph
    kept = [one for one in graph.observables if one.name != "y2"]
    found = gap(graph.model_copy(update={"observables": kept}), PLACES)
    assert found == Gap("x", 0, CellBox(x=16, y=0, width=8, height=16), 0.0)


def test_the_checker_finds_what_a_missing_shifting_window_leaves_at_some_offset() -> None:
    graph = compiled(panorama(512, 128), {"windows": {"shift": True}}).graph
    last = graph.model_copy(update={"observables": graph.observables[:-1]})
    found = gap(last, PLACES)
    assert found is not None
    assert found.box.x + found.box.width == 64


def test_the_checker_knows_at_which_step_a_gap_opens() -> None:
    layout = illusion({"transform": "identity", "active": [0.0, 0.6]}, {"transform": "flip_x", "active": [0.0, 0.5]})
    with pytest.raises(LayoutError, match="no model observes control 'x', all of it, at step 19") as refused:
        compiled(layout)
    assert refused.value.location == ["layout", "views"]
    changing = illusion({"transform": "identity", "active": [0.0, 0.6]}, {"transform": "flip_x", "active": [0.5, 1.0]})
    assert compiled(changing).views == 2
