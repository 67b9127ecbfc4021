"""Layouts become graphs: bad ones are refused, boxes snap to the grid, and every cell is observed."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contracts.graph import CropSpec, GraphSpec
from backend.contracts.job import Job
from backend.graph import LayoutError, Limits, resolve
from tests.unit.graph.documents import MODELS, compiled, panorama, regions


def crops(graph: GraphSpec, group: str) -> list[tuple[int, int]]:
    of_group = [o.operator for o in graph.observables if o.precision.group == group]
    return [(crop.box.x, crop.box.y) for crop in of_group if isinstance(crop, CropSpec)]


def test_a_panorama_is_windows_along_its_axis() -> None:
    graph = compiled(panorama(512, 128)).graph
    assert [x for x, _ in crops(graph, "windows")] == [0, 8, 16, 24, 32, 40, 48]
    assert (graph.controls[0].width, graph.controls[0].height) == (64, 16)


def test_each_window_takes_the_nearest_prompt() -> None:
    layout = panorama(512, 128) | {"prompt": None, "windows": [{"prompt": p} for p in ("left", "middle", "right")]}
    prompts = [o.prompted.prompt for o in compiled(layout).graph.observables]
    assert prompts == ["left", "left", "middle", "middle", "middle", "right", "right"]


def test_the_last_window_ends_with_the_canvas_and_padding_is_cropped_back() -> None:
    result = compiled(panorama(300, 100))
    assert [x for x, _ in crops(result.graph, "windows")] == [0, 8, 16, 22]
    assert (result.graph.controls[0].width, result.graph.controls[0].height) == (38, 16)
    assert (result.graph.outputs[0].width, result.graph.outputs[0].height) == (300, 100)


@given(
    width=st.integers(1, 900),
    height=st.integers(1, 300),
    stride=st.integers(4, 16),
    wrap=st.sampled_from(["none", "x"]),
)
def test_every_cell_lies_in_a_window(width: int, height: int, stride: int, wrap: str) -> None:
    if wrap == "x":
        width = max(128, width // 8 * 8)
    graph = compiled(panorama(width, height, wrap=wrap), {"windows": {"stride": stride * 8}}).graph
    control = graph.controls[0]
    seen = {
        ((x + dx) % control.width, y + dy) for x, y in crops(graph, "windows") for dx in range(16) for dy in range(16)
    }
    assert seen == {(x, y) for x in range(control.width) for y in range(control.height)}


def test_a_small_box_gets_the_native_window_around_it_and_a_large_one_is_tiled() -> None:
    graph = compiled(regions((200, 100, 40, 40), (0, 0, 256, 256))).graph
    assert crops(graph, "patch:p0") == [(20, 8)]
    assert crops(graph, "patch:p1") == [(0, 0), (8, 0), (16, 0), (0, 8), (8, 8), (16, 8), (0, 16), (8, 16), (16, 16)]


def test_a_small_box_in_a_corner_keeps_its_window_inside_the_canvas() -> None:
    assert crops(compiled(regions((472, 0, 40, 40))).graph, "patch:p0") == [(48, 0)]


def test_background_windows_that_a_patch_owns_are_not_computed() -> None:
    whole, soft = compiled(regions((0, 0, 512, 256))), compiled(regions((0, 0, 512, 256), weight=0.5))
    assert crops(whole.graph, "background") == []
    assert len(crops(soft.graph, "background")) == 21


def test_boxes_snap_to_the_latent_grid() -> None:
    (snapped,) = compiled(regions((3, 5, 30, 30))).boxes
    assert snapped.box.model_dump() == {"x": 0, "y": 8, "width": 32, "height": 24}


def test_cost_counts_guidance_and_active_steps() -> None:
    assert compiled(panorama(512, 128), {"steps": 10}).cost == 7 * 10 * 2
    assert compiled(panorama(512, 128), {"steps": 10, "guidance": 1.0}).cost == 7 * 10
    half = compiled(regions((0, 0, 64, 64), active=[0.0, 0.5]), {"steps": 10})
    assert half.cost == 21 * 20 + 10


def test_resolving_twice_changes_nothing() -> None:
    first = compiled(panorama(512, 128)).job
    assert first.sampling.seed is not None
    assert resolve(Job.model_validate_json(first.model_dump_json()), MODELS, Limits()) == first


def test_an_observable_can_be_an_output() -> None:
    outputs = compiled(panorama(512, 128), outputs=["x", "y3"]).graph.outputs
    assert [(o.node, o.width, o.height) for o in outputs] == [("x", 512, 128), ("y3", 128, 128)]


REFUSED = [
    (regions((500, 0, 40, 40)), {}, ["layout", "patches", 0, "box"], "outside the canvas"),
    (regions((-8, 0, 40, 40)), {}, ["layout", "patches", 0, "box"], "outside the canvas"),
    (regions((0, 0, 4, 40)), {}, ["layout", "patches", 0, "box", "width"], "at least 8 pixels"),
    (regions(*[(0, 0, 64, 64)] * 65), {}, ["layout", "patches"], "more than the 64"),
    (regions((0, 0, 64, 64), model="nonesuch"), {}, ["layout", "patches", 0, "model"], "choose one of: papercut"),
    (panorama(16_000, 16_000), {}, ["layout", "canvas"], "pixels"),
    (panorama(4096, 4096), {}, ["layout"], "views a step"),
    (panorama(512, 128), {"steps": 900}, ["sampling", "steps"], "more than the 200"),
    (panorama(512, 128), {"model": "nonesuch"}, ["sampling", "model"], "papercut"),
    (panorama(512, 128), {"windows": {"stride": 60}}, ["sampling", "windows", "stride"], "nearest is 64"),
    (panorama(512, 128), {"windows": {"stride": 256}}, ["sampling", "windows", "stride"], "gaps"),
    (panorama(500, 128, wrap="x"), {}, ["layout", "canvas", "width"], "nearest to 500 is 496"),
]


@pytest.mark.parametrize(("layout", "sampling", "location", "says"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_cannot_run_is_refused_with_a_sentence(
    layout: dict[str, Any], sampling: dict[str, Any], location: list[str | int], says: str
) -> None:
    with pytest.raises(LayoutError, match=says) as refused:
        compiled(layout, sampling)
    assert refused.value.location == location


def test_millions_of_windows_are_refused_before_they_are_laid() -> None:
    before = time.process_time()
    small_stride = {"windows": {"stride": 8}}
    with pytest.raises(LayoutError, match="views a step"):
        compiled(panorama(4096, 4096), small_stride)
    with pytest.raises(LayoutError, match="views a step"):
        compiled(regions(*[(0, 0, 4096, 4096)] * 64, width=4096, height=4096), small_stride)
    assert time.process_time() - before < 2


def test_a_document_made_with_another_model_is_refused() -> None:
    pin = {"id": "papercut", "revision": "0.9", "sha256": "1" * 64}
    with pytest.raises(LayoutError, match=r"was made with papercut 0\.9"):
        compiled(panorama(512, 128), models=[pin])


def test_an_unknown_output_is_refused() -> None:
    with pytest.raises(LayoutError, match="choose from x, y1, y2, y3, y4, y5, y6, y7"):
        compiled(panorama(512, 128), outputs=["z"])


def test_a_canvas_too_small_for_its_model_is_told_of() -> None:
    [note] = compiled(panorama(512, 56)).notes
    assert note.startswith("the canvas of 512 x 56 pixels is much smaller than the 128 x 128 that papercut sees")
    assert compiled(panorama(64, 128)).notes == []


def test_a_background_without_a_prompt_behind_boxes_is_told_of() -> None:
    def notes(background: str, *prompts: str) -> list[str]:
        size = {"x": 0, "y": 0, "width": 64, "height": 64}
        patches = [{"id": f"p{index}", "prompt": prompt, "box": size} for index, prompt in enumerate(prompts)]
        canvas = {"width": 256, "height": 128}
        return compiled({"kind": "regions", "canvas": canvas, "prompt": background, "patches": patches}).notes

    assert notes(" ", "", "a house") == [
        "the background has no prompt, so papercut shows anything there; say what is around the boxes"
    ]
    assert notes("a meadow", "a house") == notes("", "") == notes("") == []
