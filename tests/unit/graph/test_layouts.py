"""The observables of each layout: their controls, operators and prompts."""

from typing import Any

import numpy as np
import pytest

from backend.contracts.graph import CompositeSpec, CropSpec, GraphSpec, ObservableSpec, ResizeSpec
from backend.graph import LayoutError, Limits
from tests.unit.graph.documents import box, canvas, compiled, illusion, panorama, portrait, regions, scene, texture

COARSE: dict[str, Any] = {"coarse": {"weight": 10.0}}


def of_group(graph: GraphSpec, group: str) -> list[ObservableSpec]:
    return [one for one in graph.observables if one.precision.group == group]


def named(graph: GraphSpec, name: str) -> ObservableSpec:
    return next(one for one in graph.observables if one.name == name)


def test_a_scene_observes_both_pictures_and_their_composite() -> None:
    result = compiled(scene(soft=16))
    graph = result.graph
    assert [control.name for control in graph.controls] == ["x1", "x2"]
    prompts = [one.prompted.prompt for one in graph.observables]
    assert prompts == ["a desert"] * 3 + ["a cactus"] * 3 + ["a cactus in a desert"] * 3
    y9 = graph.observables[-1].operator
    assert isinstance(y9, CompositeSpec)
    assert [(part.control, part.inverse, part.region and part.region.feather) for part in y9.parts] == [
        ("x1", True, 2.0),
        ("x2", False, 2.0),
    ]
    assert [(snapped.id, snapped.box.model_dump()) for snapped in result.boxes] == [("object", box(64, 32, 64, 64))]
    assert result.job.sampling.agree.solver == "conjugate"
    assert compiled(scene()).job.sampling.agree.solver == "diagonal"


def test_a_scene_gives_its_composite_and_then_its_controls_and_every_node_can_be_a_picture() -> None:
    result = compiled(scene())
    graph = result.graph
    picture, *_ = graph.outputs
    assert [(one.node, one.width, one.height) for one in graph.outputs] == [
        ("scene", 256, 128),
        ("x1", 256, 128),
        ("x2", 256, 128),
    ]
    assert result.job.outputs == ["scene", "x1", "x2"]
    assert isinstance(picture.operator, CompositeSpec)
    assert picture.operator.box is None
    assert graph.nodes == ["x1", "x2", *(f"y{n}" for n in range(1, 10)), "scene"]
    outputs = compiled(scene(), outputs=["x2", "scene", "y9"]).graph.outputs
    assert [(one.node, one.width, one.height) for one in outputs] == [
        ("x2", 256, 128),
        ("scene", 256, 128),
        ("y9", 128, 128),
    ]


def test_a_scenes_seeds_belong_to_its_controls() -> None:
    layout = scene(object={"prompt": "a cactus", "seed": 7})
    x1, x2 = compiled(layout).graph.controls
    assert (x1.reseeds, [(one.seed, one.region.box.width) for one in x2.reseeds]) == ([], [(7, 32)])


def test_each_picture_of_a_scene_has_its_coarse_view() -> None:
    graph = compiled(scene(whole={"prompt": "both", "active": [0.0, 0.5]}), COARSE).graph
    coarse = [named(graph, f"coarse{n}") for n in (1, 2, 3)]
    assert [one.prompted.prompt for one in coarse] == ["a desert", "a cactus", "both"]
    assert [one.precision.active for one in coarse] == [[0.0, 1.0], [0.0, 1.0], [0.0, 0.5]]
    own = compiled(scene(), {"coarse": {"prompt": "a postcard"}}).graph
    assert [named(own, f"coarse{n}").prompted.prompt for n in (1, 2, 3)] == ["a desert", "a cactus", "a postcard"]


def test_a_portrait_observes_the_figure_and_its_head() -> None:
    pose = {"kind": "pose", "joints": [[64.0, 20.0], [64.0, 60.0]], "strength": 0.8}
    graph = compiled(portrait(control=pose)).graph
    (head,) = of_group(graph, "head")
    assert isinstance(head.operator, CropSpec)
    assert (head.operator.box.x, head.operator.box.y) == (0, 0)
    assert head.precision.inside is not None
    assert head.precision.inside.box.model_dump() == box(4, 0, 8, 8)
    assert (head.precision.weight, head.precision.inside.feather) == (4.0, 2.0)
    (body,) = of_group(graph, "body")
    assert body.operator.kind == "identity", "the whole canvas at once, twice the model's own size"
    assert body.prompted.pose is not None
    assert (body.prompted.pose.joints[1], body.prompted.pose.strength) == ([64.0, 60.0], 0.8)
    assert head.prompted.pose is None


def test_the_head_of_a_portrait_has_the_given_weight() -> None:
    (head,) = of_group(compiled(portrait(head={"weight": 1.5, "feather": 8})).graph, "head")
    assert head.precision.inside is not None
    assert (head.precision.weight, head.precision.inside.feather) == (1.5, 1.0)


def test_a_portrait_is_padded_to_a_size_that_one_view_can_have() -> None:
    graph = compiled(portrait(width=130, height=250)).graph
    assert [(one.width, one.height) for one in graph.controls] == [(20, 32)]
    assert [(one.width, one.height) for one in graph.outputs] == [(130, 250)]
    with pytest.raises(
        LayoutError, match="one view of the whole canvas, and the model takes at most 512 pixels in hei"
    ):
        compiled(portrait(height=600))


def test_a_pose_needs_a_model_that_takes_it() -> None:
    pose = {"kind": "pose", "joints": [[64.0, 20.0]]}
    with pytest.raises(LayoutError, match="'poseless' has no pose ControlNet") as refused:
        compiled(portrait(control=pose), {"model": "poseless"})
    assert refused.value.location == ["layout", "body", "control"]


@pytest.mark.parametrize(
    ("transform", "kind", "field", "value"),
    [
        ("flip_x", "flip", "axis", "x"),
        ("flip_y", "flip", "axis", "y"),
        ("rotate_90", "rotate", "turns", 1),
        ("rotate_180", "rotate", "turns", 2),
        ("rotate_270", "rotate", "turns", 3),
    ],
)
def test_an_illusions_views_are_the_same_windows_transformed(
    transform: str, kind: str, field: str, value: str | int
) -> None:
    layout = illusion({"transform": "identity"}, {"transform": transform}, width=256)
    graph = compiled(layout, COARSE).graph
    plain, turned = ([one.operator.model_dump() for one in of_group(graph, f"view{n}")] for n in (1, 2))
    assert [(one["kind"], one[field], one["of"]) for one in turned] == [(kind, value, crop) for crop in plain]
    coarse = named(graph, "coarse2").operator.model_dump()
    assert (coarse["kind"], coarse["of"]["kind"], coarse["of"]["of"]) == (
        "resize",
        kind,
        {"kind": "identity", "control": "x"},
    )


def test_a_texture_wraps_on_both_axes_whether_it_says_so_or_not() -> None:
    result = compiled(texture())
    assert result.graph.controls[0].wrap == "both"
    assert result.job.layout.kind == "texture"
    assert result.job.layout.canvas.wrap == "both"
    assert len(result.graph.observables) == 16
    assert compiled(texture() | {"canvas": canvas(256, 256, "both")}).graph == result.graph


def test_the_coarse_view_squeezes_the_whole_canvas_into_one_window() -> None:
    graph = compiled(panorama(512, 128), {"coarse": {"weight": 3.3, "active": [0.0, 0.5]}}).graph
    coarse = named(graph, "coarse")
    assert isinstance(coarse.operator, ResizeSpec)
    assert (coarse.operator.width, coarse.operator.height, coarse.operator.of.kind) == (16, 16, "identity")
    assert (coarse.precision.weight, coarse.precision.active) == (3.3, [0.0, 0.5])
    assert coarse.prompted.prompt == "a desert"
    assert graph.nodes[-1] == "coarse"


def test_a_canvas_that_one_window_sees_has_no_coarse_view() -> None:
    for layout in (panorama(128, 128), panorama(100, 90), texture(128, 128)):
        result = compiled(layout, COARSE)
        assert "coarse" not in result.graph.nodes
        assert result.job.sampling.agree.solver == "diagonal"
    assert "coarse" not in compiled(panorama(512, 128), {"coarse": {"weight": 0.0}}).graph.nodes


def test_the_coarse_view_of_several_prompts_is_asked_for_all_of_them() -> None:
    windows = [{"prompt": p} for p in ("dunes", "dunes", "the sea", "")]
    layout = panorama(512, 128) | {"prompt": None, "windows": windows, "negative_prompt": "fog"}
    prompted = named(compiled(layout, COARSE).graph, "coarse").prompted
    assert (prompted.prompt, prompted.negative_prompt) == ("dunes, the sea", "fog")
    own = compiled(layout, {"coarse": {"prompt": "a coast"}}).graph
    assert named(own, "coarse").prompted.prompt == "a coast"
    long = panorama(512, 128) | {"prompt": None, "windows": [{"prompt": c * 2000} for c in "ab"]}
    assert len(named(compiled(long, COARSE).graph, "coarse").prompted.prompt) == 2000


def test_the_coarse_view_yields_to_patches_unless_it_has_its_own_prompt() -> None:
    layout = regions((64, 0, 128, 128), active=[0.0, 0.5])
    plain = named(compiled(layout, COARSE).graph, "coarse")
    assert (plain.prompted.prompt, [one.active for one in plain.precision.outside]) == ("a meadow", [[0.0, 0.5]])
    own = named(compiled(layout, {"coarse": {"prompt": "a house in a meadow"}}).graph, "coarse")
    assert own.precision.outside == []


def test_a_bootstrapped_patch_is_seen_over_grey_at_first() -> None:
    layout = regions((64, 64, 64, 64), feather=16, active=[0.1, 1.0]) | {"bootstrap": 0.25}
    result = compiled(layout, {"steps": 20})
    first, then = of_group(result.graph, "patch:p0")
    assert (first.operator.kind, first.precision.active) == ("background", [0.1, 0.25])
    assert (then.operator.kind, then.precision.active) == ("crop", [0.25, 1.0])
    spec = first.operator.model_dump()
    assert (spec["region"]["feather"], spec["colour"], spec["of"]) == (0.0, [0.5, 0.5, 0.5], then.operator.model_dump())
    assert result.views == 22
    assert result.cost == 21 * 40 + 18 * 2
    assert result.job.sampling.agree.solver == "diagonal"
    only = compiled(regions((64, 64, 64, 64), active=[0.5, 1.0]) | {"bootstrap": 0.25}).graph
    assert [one.operator.kind for one in of_group(only, "patch:p0")] == ["crop"]
    ever = compiled(regions((64, 64, 64, 64)) | {"bootstrap": 1.0}).graph
    assert [one.operator.kind for one in of_group(ever, "patch:p0")] == ["background"]


def drawn(values: np.ndarray) -> Any:
    """Return a regions layout with one masked patch, and its mask."""
    height, width = values.shape
    patch = {"id": "hill", "prompt": "a hill", "mask": "0" * 64}
    layout = {"kind": "regions", "canvas": canvas(width, height), "prompt": "a meadow", "patches": [patch]}
    return layout, lambda _: values


def test_a_mask_covers_cells_by_area_inside_its_bounding_box() -> None:
    values = np.zeros((128, 132), np.uint8)
    values[8:24, 20:40] = 255
    values[100:128, 128:132] = 255  # the last cell is half outside the canvas
    layout, masks = drawn(values)
    result = compiled(layout, masks=masks)
    mask = result.graph.masks["hill"]
    cells = np.frombuffer(bytes.fromhex(mask.cells), np.uint8).reshape(mask.height, mask.width)
    assert result.boxes[0].box.model_dump() == box(16, 8, 116, 120)
    assert (mask.width, mask.height) == (15, 15)
    assert cells[0].tolist() == [128, 255, 255] + [0] * 12
    assert cells[11:, -1].tolist() == [128, 255, 255, 255]
    (patch, *_) = of_group(result.graph, "patch:hill")
    assert patch.precision.inside is not None
    assert patch.precision.inside.mask == "hill"
    background = of_group(result.graph, "background")[0]
    assert [one.region.mask for one in background.precision.outside] == ["hill"]


def test_a_masked_patch_never_silences_the_background() -> None:
    layout, masks = drawn(np.full((128, 256), 255, np.uint8))
    assert len(of_group(compiled(layout, masks=masks).graph, "background")) == 3


def test_a_window_of_one_cell_is_refused() -> None:
    """A transformer reads patches of 2 x 2 cells."""
    with pytest.raises(LayoutError, match=r"a window of 8 pixels is one latent cell .* take at least 16") as refused:
        compiled(panorama(128, 128), {"windows": {"size": 8, "stride": 8}})
    assert refused.value.location == ["sampling", "windows", "size"]
    limits = Limits(max_views=300)
    assert compiled(panorama(128, 128), {"windows": {"size": 16, "stride": 16}}, limits=limits).views > 1


def test_shifting_windows_do_not_overlap_and_are_one_more() -> None:
    result = compiled(panorama(512, 128), {"windows": {"shift": True}})
    starts = [one.operator.box.x for one in result.graph.observables if isinstance(one.operator, CropSpec)]
    assert starts == [0, 16, 32, 48, 63]
    assert all(isinstance(one.operator, CropSpec) and one.operator.shifts for one in result.graph.observables)
    assert result.graph.shift is not None
    assert (result.graph.shift.x, result.graph.shift.y) == (16, 1)
    assert result.job.sampling.windows.stride == 128
    around = compiled(panorama(512, 128, wrap="x"), {"windows": {"shift": True, "stride": 64}}).graph
    assert len(around.observables) == 8


def test_patches_stand_still_while_the_background_shifts() -> None:
    graph = compiled(regions((0, 0, 256, 128)), {"windows": {"shift": True}}).graph
    patch = [one.operator for one in of_group(graph, "patch:p0")]
    assert [one.box.x for one in patch if isinstance(one, CropSpec) and not one.shifts] == [0, 8, 16]


def test_gaussian_weights_shape_windows_and_not_the_coarse_view() -> None:
    sampling = COARSE | {"windows": {"weights": "gaussian"}}
    graph = compiled(regions((0, 0, 64, 64)), sampling).graph
    assert {one.name: one.precision.shape for one in graph.observables if one.precision.shape == "uniform"} == {
        "coarse": "uniform"
    }


def test_each_prompt_has_its_own_guidance_or_the_jobs() -> None:
    layout = regions((0, 0, 128, 128), (256, 0, 128, 128), guidance=5.0)
    layout["patches"][0]["guidance_rescale"] = 0.7
    graph = compiled(layout, {"guidance": 2.0, "guidance_rescale": 0.2, "coarse": {"weight": 0}}).graph
    found = {one.patch: (one.prompted.guidance, one.prompted.guidance_rescale) for one in graph.observables}
    assert found == {None: (2.0, 0.2), "p0": (5.0, 0.7), "p1": (5.0, 0.2)}


def test_a_patch_that_fades_is_drawn_over_a_background_that_stays() -> None:
    """The background's windows are kept, also where a patch that does not fade would take them completely."""
    fading = regions((0, 0, 256, 256), fade=[0.2, 0.1]) | {"bootstrap": 0.3}
    graph = compiled(fading).graph
    names = {one.precision.group for one in graph.observables}
    assert len([one for one in graph.observables if one.precision.group == "background"]) == 21
    assert names == {"background", "patch:p0"}
    parts = {(*one.precision.active, *(one.precision.span or ())) for one in graph.observables if one.patch == "p0"}
    assert parts == {(0.0, 0.3, 0.0, 1.0), (0.3, 1.0, 0.0, 1.0)}
    background = next(one for one in graph.observables if one.precision.group == "background")
    assert [(way.active, way.fade) for way in background.precision.outside] == [([0.0, 1.0], [0.2, 0.1])]


def test_what_must_act_during_the_whole_run_does_not_fade() -> None:
    with pytest.raises(LayoutError, match="leave `fade` out") as refused:
        compiled(scene(background={"prompt": "a desert", "fade": [0.1, 0.0]}))
    assert refused.value.location == ["layout", "background", "fade"]
