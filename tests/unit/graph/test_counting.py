"""Windows with counting numbers: each cell counts one, overlaps must fit the model, and senseless numbers
are refused."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contracts.graph import CropSpec, GraphSpec
from backend.contracts.job import Compiled
from backend.graph import LayoutError
from backend.graph.coverage import gap
from tests.unit.graph.documents import compiled, custom, illusion, panorama, portrait, regions, scene, texture


def counted(layout: dict[str, Any], **sampling: Any) -> Compiled:
    return compiled(layout, {"agree": {"solver": "counting"}} | sampling)


def windows(graph: GraphSpec) -> list[tuple[int, int, float]]:
    """Return windows of these widths, heights and counting numbers."""
    crops = [(one.operator, one.count) for one in graph.observables]
    return [(crop.box.width, crop.box.height, count) for crop, count in crops if isinstance(crop, CropSpec)]


def test_windows_count_one_and_their_overlaps_minus_one() -> None:
    graph = counted(panorama(256, 128)).graph
    assert windows(graph) == [(16, 16, 1.0)] * 3 + [(8, 16, -1.0)] * 2
    assert [one.name for one in graph.observables] == ["y1", "y2", "y3", "y4", "y5"]


def test_corners_where_four_windows_meet_count_one_again() -> None:
    found = windows(counted(panorama(192, 192)).graph)
    assert found[:4] == [(16, 16, 1.0)] * 4
    assert sorted(found[4:]) == [(8, 8, 1.0), (8, 16, -1.0), (8, 16, -1.0), (16, 8, -1.0), (16, 8, -1.0)]


def test_windows_that_only_touch_have_no_overlaps() -> None:
    assert windows(counted(panorama(256, 128), windows={"stride": 128}).graph) == [(16, 16, 1.0)] * 2


def legal_stride(layout: dict[str, Any], stride: int) -> int | None:
    """Return the stride itself or the one that the refusal names, or None if no stride fits the canvas."""
    try:
        counted(layout, windows={"stride": stride})
    except LayoutError as refused:
        named = re.search(r"nearest stride that fits is (\d+) pixels", refused.detail)
        return int(named[1]) if named else None
    return stride


@settings(deadline=None, max_examples=80)
@given(
    width=st.integers(100, 300),
    height=st.integers(100, 200),
    stride=st.integers(6, 16),
    wrap=st.sampled_from(["none", "x", "y", "both"]),
)
def test_every_cell_counts_one_or_the_nearest_stride_that_fits_is_named(
    width: int, height: int, stride: int, wrap: str
) -> None:
    width = max(128, width // 8 * 8) if wrap in ("x", "both") else width
    height = max(128, height // 8 * 8) if wrap in ("y", "both") else height
    layout = panorama(width, height, wrap=wrap)
    legal = legal_stride(layout, stride * 8)
    if legal is None:
        cells = [max(-(-side // 8), 16) for side in (width, height)]
        assert any(side % 4 for side in cells), "a canvas of whole units has a stride that fits"
        return
    graph = counted(layout, windows={"stride": legal}).graph
    assert gap(graph, [(0, 1)], counting=True) is None
    assert all(width % 4 == 0 and height % 4 == 0 for width, height, _ in windows(graph))


def test_a_canvas_that_leaves_an_odd_overlap_at_its_end_is_refused() -> None:
    with pytest.raises(LayoutError, match="one is 80 pixels long; the model takes multiples of 32") as refused:
        counted(panorama(304, 128))
    assert refused.value.location == ["layout", "canvas", "width"]


@pytest.mark.parametrize(
    ("layout", "sampling", "location", "says"),
    [
        (panorama(256, 128), {"coarse": {"weight": 1.0}}, ["sampling", "coarse", "weight"], "no coarse view"),
        (
            panorama(256, 128),
            {"windows": {"shift": True}},
            ["sampling", "windows", "shift"],
            "overlaps that stay",
        ),
        (panorama(256, 128), {"windows": {"weights": "gaussian"}}, ["sampling", "windows", "weights"], "uniform"),
        (
            panorama(256, 128),
            {"agree": {"solver": "counting", "step_size": {"mu": 1.0}}},
            ["sampling", "agree", "step_size"],
            "does not support moving step sizes",
        ),
        *(
            (layout, {}, ["sampling", "agree", "solver"], "choose a panorama, a texture or a custom graph")
            for layout in (regions((0, 0, 64, 64)), scene(), portrait(), illusion())
        ),
    ],
)
def test_what_counting_cannot_do_is_refused(
    layout: dict[str, Any], sampling: dict[str, Any], location: list[str | int], says: str
) -> None:
    with pytest.raises(LayoutError, match=says) as refused:
        counted(layout, **sampling)
    assert refused.value.location == location


def test_a_texture_can_be_counted() -> None:
    assert gap(counted(texture()).graph, [(0, 1)], counting=True) is None


def test_a_graph_of_ones_own_must_count_every_cell_once() -> None:
    graph = counted(panorama(256, 128)).graph
    assert counted(custom(graph.model_dump())).graph == graph
    double = [one.model_copy(update={"count": 1.0}) for one in graph.observables]
    with pytest.raises(LayoutError, match="must sum to 1; they sum to 3 on control 'x', x = 64 to 192"):
        counted(custom(graph.model_copy(update={"observables": double}).model_dump()))
