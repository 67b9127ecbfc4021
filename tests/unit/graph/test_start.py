"""Jobs that start from a picture: their graph, their cost, and refusals."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from backend.contracts.job import Compiled, Job
from backend.contracts.uploads import named
from backend.graph import LayoutError, Limits, compile_job, resolve
from tests.unit.graph.documents import MODELS, box, custom, panorama, regions, scene

PICTURE, MASK = "a" * 64, "b" * 64
SIZE = (512, 128)


def drawn(*rows_and_columns: int) -> np.ndarray:
    """Return a mask that is white from (top, left) to (bottom, right)."""
    mask = np.zeros(SIZE[::-1], np.uint8)
    if rows_and_columns:
        top, left, bottom, right = rows_and_columns
        mask[top:bottom, left:right] = 255
    return mask


def compiled(
    start: dict[str, Any] | None,
    layout: dict[str, Any] | None = None,
    sampling: dict[str, Any] | None = None,
    mask: np.ndarray | None = None,
    size: tuple[int, int] | None = SIZE,
    **rest: Any,
) -> Compiled:
    job = Job.model_validate(
        {
            "layout": layout or panorama(512, 128),
            "sampling": {"model": "papercut", "steps": 20, **(sampling or {})},
            "start": start if start is None else {"picture": PICTURE, **start},
            **rest,
        }
    )
    models, limits = MODELS, Limits()
    return compile_job(resolve(job, models, limits), models, limits, {MASK: mask}.get, {PICTURE: size}.get)


def windows(result: Compiled) -> list[str]:
    return [one.name for one in result.graph.observables]


@pytest.mark.parametrize(
    ("strength", "steps", "left"), [(1, 20, 20), (0.75, 20, 15), (0.01, 20, 1), (0.5, 1, 1), (0.33, 7, 2)]
)
def test_a_start_takes_its_share_of_the_steps_and_costs_as_much(strength: float, steps: int, left: int) -> None:
    started = compiled({"strength": strength}, sampling={"steps": steps})
    whole = compiled(None, sampling={"steps": steps})
    assert len(started.job.taken) == left
    assert started.cost * steps == whole.cost * left
    assert windows(started) == windows(whole)


def test_only_what_sees_the_redrawn_part_is_run() -> None:
    """Windows begin every 64 pixels and are 128 pixels wide."""
    by_box = compiled({"box": box(200, 0, 48, 128), "strength": 1})
    by_mask = compiled({"mask": MASK, "strength": 1}, mask=drawn(0, 200, 128, 248))
    assert windows(by_box) == windows(by_mask) == ["y3", "y4"]
    assert by_box.cost == compiled(None).cost * 2 // 7
    assert by_box.graph.masks == by_mask.graph.masks
    inside = compiled({"box": box(128, 0, 384, 128), "keep": "inside"})
    assert windows(inside) == ["y1", "y2"]


def test_an_output_is_run_whatever_it_sees() -> None:
    assert "y7" in windows(compiled({"box": box(0, 0, 64, 128)}, outputs=["x", "y7"]))


def test_views_that_shift_are_all_run() -> None:
    sampling = {"windows": {"shift": True}}
    assert windows(compiled({"box": box(0, 0, 64, 128)}, sampling=sampling)) == windows(
        compiled(None, sampling=sampling)
    )


def test_the_mask_of_the_kept_part_covers_all_cells_outside_the_box() -> None:
    result = compiled({"box": box(204, 8, 40, 56)})  # cells 25 (from its middle) to 30 (to its middle), rows 1 to 7
    (mask,) = result.graph.masks.values()
    kept = np.frombuffer(bytes.fromhex(mask.cells), np.uint8).reshape(16, 64)
    expected = np.full((16, 64), 255, np.uint8)
    expected[1:8, 25:31] = 0
    assert np.array_equal(kept, expected)
    assert all(one.precision.outside[-1].region.mask in result.graph.masks for one in result.graph.observables)


def test_a_box_may_reach_over_an_edge_that_wraps() -> None:
    result = compiled({"box": box(496, 0, 32, 128)}, layout=panorama(512, 128, wrap="x"))
    (mask,) = result.graph.masks.values()
    kept = np.frombuffer(bytes.fromhex(mask.cells), np.uint8).reshape(16, 64)
    assert np.flatnonzero(kept[0] == 0).tolist() == [0, 1, 62, 63]


def test_the_redrawn_part_may_have_noise_of_its_own() -> None:
    graph = compiled({"box": box(200, 0, 48, 128), "seed": 7}).graph
    (reseed,) = graph.controls[0].reseeds
    assert reseed.seed == 7
    assert reseed.region.mask is not None
    assert graph.masks[reseed.region.mask].cells.count("ff") == 16 * 6


def test_a_redrawn_part_takes_fresh_noise_where_nothing_else_is_said() -> None:
    part = {"box": box(200, 0, 48, 128)}
    etas = [
        compiled(part).job.sampling.eta,
        compiled({}).job.sampling.eta,
        compiled(part, sampling={"eta": 0.5}).job.sampling.eta,
        compiled(part, sampling={"scheduler": "dpmsolver++"}).job.sampling.eta,
    ]
    assert etas == [1.0, 0.0, 0.5, 0.0]


def test_names_of_patches_stay_free() -> None:
    layout = regions((0, 0, 64, 64), width=512, height=128)
    patch = layout["patches"][0] | {"id": "start.0", "mask": MASK}
    del patch["box"]
    result = compiled({"mask": MASK}, layout | {"patches": [patch]}, mask=drawn(0, 0, 64, 64))
    assert set(result.graph.masks) == {"start.0", "start.1"}


CELLS = {"channels": 8, "width": 16, "height": 16}
TWO_SIZES: dict[str, Any] = {
    "controls": [{"name": "a", **CELLS}, {"name": "b", **CELLS, "width": 32}],
    "observables": [
        {
            "name": f"y{name}",
            "operator": {"kind": "identity", "control": name},
            "prompted": {"prompt": "", "negative_prompt": "", "guidance": 1.0, "model": "papercut"},
            "precision": {"group": name},
        }
        for name in "ab"
    ],
    "outputs": [{"node": "a", "width": 128, "height": 128}],
}


def wide(cells: int) -> dict[str, Any]:
    """Return a graph with one control that windows observe."""
    windows = [
        {
            **TWO_SIZES["observables"][0],
            "name": f"y{x}",
            "operator": {"kind": "crop", "control": "a", "box": box(x, 0, 64, 16)},
        }
        for x in range(0, cells, 64)
    ]
    return {**TWO_SIZES, "controls": [{**CELLS, "name": "a", "width": cells}], "observables": windows}


@pytest.mark.parametrize(
    ("start", "options", "location", "says"),
    [
        ({}, {"size": None}, "picture", "upload the picture first"),
        ({}, {"size": (512, 120)}, "fit", "512 x 120 pixels and the canvas 512 x 128, which is another shape"),
        ({"mask": MASK}, {}, "mask", "upload the mask first"),
        ({"mask": MASK}, {"mask": np.zeros((64, 64), np.uint8)}, "mask", "the mask has 64 x 64 pixels and the canvas"),
        ({"mask": MASK}, {"mask": drawn()}, "mask", "there is nothing to redraw"),
        ({"mask": MASK, "keep": "inside"}, {"mask": drawn(0, 0, 128, 512)}, "mask", "there is nothing to redraw"),
        ({"box": box(0, 0, 512, 128), "keep": "inside"}, {}, "box", "there is nothing to redraw"),
        ({"box": box(496, 0, 32, 128)}, {}, "box", "reaches from x = 496 to 528, outside the canvas"),
        ({"box": box(0, 0, 64, 64), "seed": 1}, {"images": 2}, "seed", "each of several images"),
        ({}, {"layout": custom(TWO_SIZES)}, None, "controls of this graph differ"),
        ({}, {"layout": custom(wide(4096))}, None, "32,768 x 128 pixels, and a picture has at most 16,384"),
    ],
)
def test_a_start_that_does_not_fit_the_job_is_refused(
    start: dict, options: dict, location: str | None, says: str
) -> None:
    with pytest.raises(LayoutError, match=says) as caught:
        compiled(start, **options)
    assert caught.value.location == ["start", *([location] if location else [])]


@pytest.mark.parametrize(
    ("agree", "location"),
    [
        ({"solver": "counting"}, "solver"),
        ({"solver": "descent"}, "solver"),
        ({"step_size": {"mu": 1.0}}, "step_size"),
    ],
)
def test_settings_that_cannot_keep_a_part_are_refused(agree: dict, location: str) -> None:
    sampling = {"agree": agree, "coarse": {"weight": 0.0}}
    assert compiled({}, sampling=sampling).cost > 0
    with pytest.raises(LayoutError, match="redraw the whole picture") as caught:
        compiled({"box": box(0, 0, 64, 64)}, sampling=sampling)
    assert caught.value.location == ["sampling", "agree", location]


@pytest.mark.parametrize(
    "start",
    [
        {"strength": 0},
        {"strength": 2},
        {"picture": "../../etc/passwd"},
        {"mask": MASK, "box": box(0, 0, 64, 64)},
        {"seed": 1},
        {"feather": -1},
    ],
)
def test_an_invalid_start_is_refused(start: dict) -> None:
    with pytest.raises(ValidationError):
        compiled(start)


@pytest.mark.parametrize("fit", ["crop", "stretch"])
def test_a_picture_of_another_shape_is_accepted_with_crop_or_stretch(fit: str) -> None:
    assert compiled({"fit": fit}, size=(100, 900)).job.start is not None


def test_a_scene_starts_from_a_picture_too() -> None:
    start = {"box": box(0, 0, 64, 64)}
    graph = compiled(start, scene(512, 128)).graph
    assert {one.operator.kind for one in graph.observables} >= {"crop", "composite"}


def test_the_uploads_of_a_document_are_told_with_their_places() -> None:
    layout = regions((0, 0, 64, 64))
    patch = layout["patches"][0] | {"mask": MASK, "control": {"kind": "edges", "picture": "c" * 64, "controlnet": "e"}}
    del patch["box"]
    document = {
        "layout": layout | {"patches": [patch]},
        "sampling": {"model": "m"},
        "start": {"picture": PICTURE, "mask": "d" * 64},
    }
    assert [(".".join(map(str, place)), id[0]) for place, id in named(Job.model_validate(document))] == [
        ("layout.patches.0.control.picture", "c"),
        ("layout.patches.0.mask", "b"),
        ("start.picture", "a"),
        ("start.mask", "d"),
    ]
