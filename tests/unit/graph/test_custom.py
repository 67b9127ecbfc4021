"""Graphs of the user's own: those that the layouts make are accepted, and those that no worker could run are refused,
with the field named."""

import copy
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from backend.contracts.job import Job
from backend.geometry.operators import GraphGeometry
from backend.graph import LayoutError
from tests.unit.graph.documents import MODEL, compiled, custom, illusion, panorama, portrait, regions, scene, texture

Graph = dict[str, Any]


def prompted(**changes: Any) -> dict[str, Any]:
    return {"prompt": "a hill", "negative_prompt": "", "guidance": 3.0, "model": "papercut", **changes}


def crop(x: int, control: str = "x", width: int = 16, **rest: Any) -> dict[str, Any]:
    return {"kind": "crop", "control": control, "box": {"x": x, "y": 0, "width": width, "height": 16}, **rest}


def observable(name: str, operator: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"name": name, "operator": operator, "prompted": prompted(), "precision": {"group": "all"}, **changes}


def control(name: str = "x", width: int = 32, height: int = 16, **changes: Any) -> dict[str, Any]:
    return {"name": name, "channels": 8, "width": width, "height": height, **changes}


GOOD: Graph = {
    "controls": [control()],
    "observables": [observable("y1", crop(0)), observable("y2", crop(16))],
    "outputs": [{"node": "x", "width": 256, "height": 128}],
}


def test_a_graph_of_ones_own_is_run_as_it_is() -> None:
    result = compiled(custom(GOOD), {"steps": 10})
    assert result.graph.model_dump(exclude_defaults=True)["observables"][0]["name"] == "y1"
    assert (result.views, result.cost, result.boxes) == (2, 2 * 10 * 2, [])
    assert result.job.outputs == ["x"]
    assert result.job.sampling.agree.solver == "diagonal"


@pytest.mark.parametrize(
    ("layout", "sampling"),
    [
        (panorama(512, 128, wrap="x"), {"coarse": {"weight": 10.0}}),
        (panorama(512, 256), {"windows": {"shift": True, "weights": "gaussian"}}),
        (regions((0, 0, 256, 200), (300, 20, 60, 60), feather=16, active=[0.0, 0.7]) | {"bootstrap": 0.2}, {}),
        (scene(soft=24), {"coarse": {"weight": 10.0}}),
        (scene(), {"windows": {"shift": True}}),
        (portrait(), {}),
        (illusion({"transform": "rotate_90"}, {"transform": "flip_x"}), {}),
        (texture(), {"coarse": {"weight": 3.0}}),
    ],
)
def test_what_other_layouts_make_can_be_given_back(layout: dict[str, Any], sampling: dict[str, Any]) -> None:
    made = compiled(layout, sampling)
    again = compiled(custom(json.loads(made.graph.model_dump_json())))
    assert again.graph == made.graph
    assert (again.cost, again.views) == (made.cost, made.views)
    assert again.job.sampling.agree.solver == made.job.sampling.agree.solver


SHORT: Graph = {
    "controls": [{"name": "x", "width": 16, "height": 16}, {"name": "z", "width": 32, "height": 16}],
    "observables": [
        {"name": "y1", "operator": {"kind": "identity", "control": "x"}, "prompted": {"prompt": "a hill"}},
        {"name": "y2", "operator": {"kind": "identity", "control": "z"}, "prompted": {"prompt": "", "guidance": 1}},
    ],
}


def test_what_a_graph_leaves_out_is_filled_in_and_stored() -> None:
    result = compiled(custom(SHORT), {"guidance": 4.5, "guidance_rescale": 0.5})
    x, y1, y2 = result.graph.controls[0], *result.graph.observables
    assert x.channels == 8
    assert y1.prompted.model_dump(include={"negative_prompt", "guidance", "guidance_rescale", "model"}) == {
        "negative_prompt": "",
        "guidance": 4.5,
        "guidance_rescale": 0.5,
        "model": "papercut",
    }
    assert y2.prompted.guidance == 1
    assert (y1.precision.group, y2.precision.group, y1.precision.weight) == ("y1", "y2", 1)
    assert [(one.node, one.width, one.height) for one in result.graph.outputs] == [("x", 128, 128), ("z", 256, 128)]
    assert result.job.outputs == ["x", "z"]
    stored = result.job.model_dump(mode="json")
    assert stored["layout"]["graph"] == result.graph.model_dump(mode="json")
    again = compiled(stored["layout"], {"guidance": 9.0})
    assert again.graph == result.graph


def test_an_open_guidance_is_the_models() -> None:
    assert compiled(custom(SHORT)).graph.observables[0].prompted.guidance == MODEL.description.defaults.guidance


def test_an_output_takes_the_size_of_its_node_or_operator() -> None:
    turned = {"kind": "rotate", "of": {"kind": "identity", "control": "z"}, "turns": 1}
    outputs = [{"node": "y2", "width": 100}, {"node": "tall", "operator": turned}]
    graph = compiled(custom(SHORT | {"outputs": outputs})).graph
    assert [(one.node, one.width, one.height) for one in graph.outputs] == [("y2", 100, 128), ("tall", 128, 256)]


def test_the_name_of_an_observable_without_a_group_is_no_other_group() -> None:
    graph = copy.deepcopy(SHORT)
    graph["observables"][1]["precision"] = {"group": "y1"}
    with pytest.raises(LayoutError, match="another view names that group") as refused:
        compiled(custom(graph))
    assert refused.value.location == ["layout", "graph", "observables", 0, "name"]


def test_larger_views_cost_more() -> None:
    whole = GOOD | {"observables": [observable("y1", {"kind": "identity", "control": "x"})]}
    assert compiled(custom(whole), {"steps": 10}).cost == 2 * 10 * 2


def test_outputs_are_as_large_as_they_are_seen() -> None:
    picture = {"node": "left", "width": 100, "height": 90, "operator": {"kind": "flip", "of": crop(0), "axis": "x"}}
    graph = GOOD | {"outputs": [*GOOD["outputs"], picture]}
    outputs = compiled(custom(graph), outputs=["left", "y2", "x"]).graph.outputs
    assert [(one.node, one.width, one.height) for one in outputs] == [
        ("left", 100, 90),
        ("y2", 128, 128),
        ("x", 256, 128),
    ]


def nested(depth: int) -> dict[str, Any]:
    operator = crop(0)
    for _ in range(depth):
        operator = {"kind": "flip", "of": operator, "axis": "x"}
    return operator


def composite(*controls: str, **rest: Any) -> dict[str, Any]:
    region = {"box": {"x": 0, "y": 0, "width": 8, "height": 8}, "feather": 3.0}
    parts = [{"control": name, "region": region, "inverse": n == 0} for n, name in enumerate(controls)]
    return {"kind": "composite", "parts": parts, **rest}


def picture_in_picture(shifts: bool = False, layers: bool = True) -> dict[str, Any]:
    """A control with a reduced copy of itself in it, at (4, 4)."""
    small = {"kind": "resize", "of": crop(8, shifts=shifts), "width": 8, "height": 8}
    return {"kind": "composite", "parts": [{"control": "x"}, {"of": small, "x": 4, "y": 4}], "layers": layers}


def with_operator(operator: dict[str, Any]) -> Callable[[Graph], None]:
    def change(graph: Graph) -> None:
        graph["observables"].append(observable("y3", operator))

    return change


def set_at(*path: str | int, to: Any) -> Callable[[Graph], None]:
    def change(graph: Graph) -> None:
        here: Any = graph
        for part in path[:-1]:
            here = here[part]
        here[path[-1]] = to

    return change


def two_controls(**second: Any) -> Callable[[Graph], None]:
    def change(graph: Graph) -> None:
        graph["controls"].append(control("z", **second))
        graph["observables"] += [observable("y3", composite("x", "z")), observable("y4", crop(0, "z", 16))]

    return change


def three_controls(graph: Graph) -> None:
    graph["controls"] += [control("z"), control("w")]
    graph["observables"] += [
        observable("y3", composite("x", "z", "w")),
        *(observable(f"{name}{x}", crop(x, name)) for name in "zw" for x in (0, 16)),
    ]


def shifting_part(graph: Graph) -> None:
    graph["shift"] = {"x": 4, "y": 4}
    with_operator(picture_in_picture(shifts=True))(graph)


AT_Y3 = ["observables", 2, "operator"]
REFUSED: list[tuple[Callable[[Graph], None], list[str | int], str]] = [
    (set_at("controls", 0, "channels", to=4), ["controls", 0, "channels"], "4 channels and the model 8"),
    (set_at("observables", 1, "name", to="y1"), [], "two nodes are called 'y1'"),
    (set_at("observables", 1, "name", to="x"), [], "two nodes are called 'x'"),
    (
        set_at("observables", 1, "operator", to=crop(0)),
        [],
        "control 'x', x = 128 to 256, y = 0 to 128 pixels, at step 1",
    ),
    (
        set_at("observables", 1, "precision", to={"group": "all", "active": [0.5, 1.0]}),
        [],
        "x = 128 to 256, y = 0 to 128 pixels, at step 1;",
    ),
    (
        set_at("observables", 1, "precision", to={"group": "all", "active": [0.0, 0.5]}),
        [],
        "x = 128 to 256, y = 0 to 128 pixels, at step 16;",
    ),
    (set_at("observables", 1, "precision", to={"group": "all", "weight": 0.0}), [], "x = 128 to 256"),
    (with_operator(crop(0, "nobody")), AT_Y3, "there is no control 'nobody'; the graph has x"),
    (with_operator(crop(20)), AT_Y3, "from x = 20 to 36 cells, and control 'x' from 0 to 32"),
    (with_operator(crop(-1)), AT_Y3, "from x = -1 to 15"),
    (with_operator(crop(0, shifts=True)), AT_Y3, "needs the graph's `shift`"),
    (with_operator(crop(0, width=10)), AT_Y3, r"10 cells wide; the model takes multiples of 4 cells \(32 pixels\)"),
    (
        with_operator({"kind": "resize", "of": crop(0), "width": 4096, "height": 128}),
        AT_Y3,
        "a view of 4096 x 128 cells is larger than the 262,144 cells",
    ),
    (shifting_part, [*AT_Y3, "parts", 1, "of"], "must not shift"),
    (
        with_operator(picture_in_picture(layers=False)),
        AT_Y3,
        "must sum to 1 on every cell, and in column 4, row 4 they sum to 2",
    ),
    (
        with_operator({"kind": "composite", "parts": [{"control": "x", "x": 4}, {"control": "x", "x": 20}]}),
        AT_Y3,
        "in column 0, row 0 they sum to 0",
    ),
    (with_operator(nested(8)), AT_Y3, "nested 9 deep; the most is 8"),
    (three_controls, AT_Y3, "must sum to 1 on every cell, and in column"),
    (
        with_operator(
            {
                "kind": "background",
                "of": crop(0),
                "colour": [0.0, 0.0, 0.0],
                "region": {"box": crop(0)["box"], "mask": "m"},
            }
        ),
        AT_Y3,
        "no mask 'm'",
    ),
    (set_at("outputs", 0, "node", to="z"), ["outputs", 0, "node"], "the graph has no node 'z'"),
    (
        set_at("observables", 0, "prompted", to=prompted(model="nobody")),
        ["observables", 0, "prompted", "model"],
        "no model 'nobody'",
    ),
    (
        set_at("observables", 0, "prompted", to=prompted(model="poseless", pose={"joints": [[1.0, 2.0]]})),
        ["observables", 0, "prompted", "pose"],
        "'poseless' has no pose ControlNet",
    ),
    (set_at("controls", 0, to=control(width=4096, height=4096)), ["controls", 0], "more than the 262,144"),
]


@pytest.mark.parametrize(("change", "location", "says"), REFUSED, ids=[says[:40] for *_, says in REFUSED])
def test_what_no_worker_could_run_is_refused(
    change: Callable[[Graph], None], location: list[str | int], says: str
) -> None:
    graph = copy.deepcopy(GOOD)
    change(graph)
    with pytest.raises(LayoutError, match=says) as refused:
        compiled(custom(graph))
    assert refused.value.location == ["layout", "graph", *location]


def test_views_may_be_placed_enlarged_and_laid_over_each_other() -> None:
    inset = observable("inset", picture_in_picture())
    larger = observable("larger", {"kind": "resize", "of": crop(0, width=8), "width": 16, "height": 32})
    side_by_side = {
        "kind": "composite",
        "width": 32,
        "height": 16,
        "parts": [{"of": crop(16)}, {"of": {"kind": "flip", "of": crop(0), "axis": "x"}, "x": 16}],
    }
    graph = GOOD | {"observables": [*GOOD["observables"], inset, larger, observable("swapped", side_by_side)]}
    made = compiled(custom(graph))
    sizes = [GraphGeometry.of(made.graph).size(one.operator) for one in made.graph.observables]
    assert sizes == [(16, 16), (16, 16), (32, 16), (16, 32), (32, 16)]
    assert made.job.sampling.agree.solver == "conjugate"
    placed_only = GOOD | {"observables": [*GOOD["observables"], observable("swapped", side_by_side)]}
    assert compiled(custom(placed_only)).job.sampling.agree.solver == "diagonal"


def test_a_part_shows_a_control_or_a_view_and_not_both() -> None:
    for part in ({}, {"control": "x", "of": crop(0)}):
        with pytest.raises(ValidationError, match="either a `control` or a view"):
            compiled(custom(GOOD | {"observables": [observable("y", {"kind": "composite", "parts": [part, part]})]}))


def test_a_mask_is_as_large_as_its_box() -> None:
    graph: Graph = copy.deepcopy(GOOD) | {"masks": {"m": {"width": 2, "height": 1, "cells": "ff00"}}}
    inside: dict[str, Any] = {"box": {"x": 0, "y": 0, "width": 2, "height": 2}, "mask": "m"}
    graph["observables"].append(observable("y3", crop(0), precision={"group": "m", "inside": inside}))
    with pytest.raises(LayoutError, match="has 2 x 1 cells and its box 2 x 2"):
        compiled(custom(graph))
    inside["box"] = {"x": 0, "y": 0, "width": 2, "height": 1}
    assert compiled(custom(graph)).views == 3


@pytest.mark.parametrize("cells", ["ff", "ff0000", "gg00", "FF00", ""])
def test_a_mask_has_a_byte_for_each_cell(cells: str) -> None:
    graph = GOOD | {"masks": {"m": {"width": 2, "height": 1, "cells": cells}}}
    with pytest.raises(ValidationError):
        compiled(custom(graph))


@pytest.mark.parametrize(
    ("sampling", "location"),
    [
        ({"coarse": {"weight": 10.0}}, ["sampling", "coarse", "weight"]),
        ({"windows": {"shift": True}}, ["sampling", "windows", "shift"]),
        ({"windows": {"weights": "gaussian"}}, ["sampling", "windows", "weights"]),
    ],
)
def test_what_a_graph_says_itself_is_no_setting(sampling: dict[str, Any], location: list[str | int]) -> None:
    with pytest.raises(LayoutError, match="custom graph") as refused:
        compiled(custom(GOOD), sampling)
    assert refused.value.location == location


def test_numbered_pictures_may_not_meet_other_nodes() -> None:
    graph = copy.deepcopy(GOOD)
    graph["observables"][0]["name"] = "x.2"
    assert compiled(custom(graph), outputs=["x", "x.2"]).graph.outputs[1].node == "x.2"
    with pytest.raises(LayoutError, match="rename the nodes"):
        compiled(custom(graph), outputs=["x", "x.2"], images=2)


def test_operators_nested_beyond_reason_are_refused_while_they_are_read() -> None:
    depth = 100_000
    text = json.dumps({"layout": custom(GOOD), "sampling": {"model": "papercut"}})
    inner = json.dumps(crop(0))
    deep = '{"kind": "flip", "axis": "x", "of": ' * depth + inner + "}" * depth
    with pytest.raises(ValidationError):
        Job.model_validate_json(text.replace(inner, deep, 1))


def test_a_graph_that_takes_long_to_check_is_refused_at_once_and_any_other_is_checked_soon() -> None:
    whole = {"kind": "resize", "of": {"kind": "identity", "control": "x"}, "width": 16, "height": 16}

    def large(views: int, ranges: int) -> Graph:
        spans = [[0.0, (n + 1) / 200] for n in range(ranges - 1)]
        brief = [
            observable(f"y{n}", whole, precision={"group": "all", "active": spans[n % len(spans)]})
            for n in range(views)
        ]
        return GOOD | {
            "controls": [control(width=512, height=512)],
            "observables": [observable("all", whole), *brief],
        }

    began = time.process_time()
    with pytest.raises(LayoutError, match=r"read 52,690,944 cells .* in 200 ranges of steps"):
        compiled(custom(large(200, 200)), {"steps": 200})
    assert time.process_time() - began < 2
    began = time.process_time()
    assert compiled(custom(large(50, 10)), {"steps": 200}).views == 51
    assert time.process_time() - began < 10
