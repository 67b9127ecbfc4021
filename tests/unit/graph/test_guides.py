"""Guides become laws of the graph, and those that cannot be are refused with their field."""

from typing import Any

import numpy as np
import pytest

from backend.contracts.graph import LawSpec
from backend.contracts.job import Compiled, Job
from backend.contracts.uploads import named
from backend.geometry.operators import GraphGeometry
from backend.graph import LayoutError, Limits, compile_job, resolve
from tests.unit.graph.documents import MODELS, canvas, panorama

PICTURE, MASK = "a" * 64, "b" * 64
SKETCH = {"kind": "sketch", "picture": PICTURE}
PALETTE = {"kind": "palette", "colour": [1.0, 0.5, 0.0]}
CLOSE = {"kind": "keep_close", "picture": PICTURE}


def _masks(id: str) -> np.ndarray | None:
    """Return an L of 128 x 64 pixels: its left half, and the upper half of its right half."""
    picture = np.zeros((128, 512), np.uint8)
    picture[:64, 128:192] = picture[:32, 128:256] = 255
    return picture if id == MASK else None


def _sizes(id: str) -> tuple[int, int] | None:
    return {PICTURE: (64, 16), MASK: (512, 128)}.get(id)


def _compiled(layout: dict[str, Any], sampling: dict[str, Any] | None = None, **rest: Any) -> Compiled:
    job = Job.model_validate({"layout": layout, "sampling": {"model": "papercut", **(sampling or {})}, **rest})
    return compile_job(resolve(job, MODELS, Limits()), MODELS, Limits(), _masks, _sizes)


def _laws(*guides: dict[str, Any]) -> list[LawSpec]:
    return _compiled(panorama(512, 128, guides=list(guides))).graph.laws


@pytest.mark.parametrize(
    ("guide", "size"),
    [
        (SKETCH, (16, 4)),  # squares of 32 pixels, a quarter of the model's native size
        (SKETCH | {"scale": 64}, (8, 2)),
        (SKETCH | {"box": {"x": 0, "y": 0, "width": 96, "height": 64}}, (3, 2)),
        (PALETTE, (16, 4)),
        (PALETTE | {"mask": MASK}, (4, 2)),
        (PALETTE | {"box": {"x": 0, "y": 0, "width": 8, "height": 8}}, (1, 1)),
        (CLOSE, (64, 16)),
        (CLOSE | {"box": {"x": 64, "y": 0, "width": 128, "height": 64}}, (16, 8)),
        (CLOSE | {"mask": MASK}, (16, 8)),
    ],
)
def test_a_guide_is_a_law_for_its_part_of_the_picture(guide: dict[str, Any], size: tuple[int, int]) -> None:
    compiled = _compiled(panorama(512, 128, guides=[guide]))
    (law,) = compiled.graph.laws
    assert GraphGeometry.of(compiled.graph).size(law.operator) == size
    assert compiled.graph.nodes[-1] == law.name == f"{guide['kind']}1"


@pytest.mark.parametrize("guide", [SKETCH, PALETTE, CLOSE])
def test_a_guide_costs_no_view_forward(guide: dict[str, Any]) -> None:
    without, guided = _compiled(panorama(512, 128)), _compiled(panorama(512, 128, guides=[guide]))
    assert (guided.cost, guided.views) == (without.cost, without.views)


def test_inside_a_mask_only_the_cells_of_the_mask_are_averaged() -> None:
    graph = _compiled(panorama(512, 128, guides=[PALETTE | {"mask": MASK, "scale": 128}])).graph
    operator = graph.laws[0].operator
    whole = np.zeros((16, 64))
    whole[4:, 24:] = 1  # what the L leaves out

    def seen(field: np.ndarray) -> list[list[float]]:
        return GraphGeometry.of(graph).forward(operator, lambda _, rows, columns: field[np.ix_(rows, columns)]).tolist()

    assert seen(whole) == [[0.0]]
    assert 0.7 < seen(1 - whole)[0][0] < 0.9  # three quarters, weighted by a triangle


def test_a_mask_limits_how_far_a_close_picture_is_trusted() -> None:
    (law,) = _laws(CLOSE | {"mask": MASK})
    assert law.precision.inside is not None
    assert law.precision.inside.mask == "keep_close1"


def test_the_stored_document_has_the_scale_that_the_run_takes() -> None:
    job = _compiled(panorama(512, 128, guides=[SKETCH, PALETTE])).job
    assert job.layout.kind == "panorama"
    assert [one.scale for one in job.layout.guides if one.kind != "keep_close"] == [32, 32]


def test_guides_of_a_scene_are_about_its_composite() -> None:
    part = {"prompt": "a city"}
    box = {"x": 32, "y": 32, "width": 64, "height": 64}
    scene = {"kind": "scene", "canvas": canvas(256, 128), "box": box, "background": part, "object": part, "whole": part}
    graph = _compiled({**scene, "guides": [CLOSE | {"fit": "crop"}, CLOSE | {"fit": "crop", "box": box}]}).graph
    assert [one.operator.kind for one in graph.laws] == ["composite", "composite"]
    assert GraphGeometry.of(graph).size(graph.laws[1].operator) == (8, 8)


def test_a_law_gives_way_where_a_start_keeps_its_picture() -> None:
    start = {"picture": PICTURE, "box": {"x": 0, "y": 0, "width": 128, "height": 128}}
    (law,) = _compiled(panorama(512, 128, guides=[SKETCH]), start=start).graph.laws
    assert len(law.precision.outside) == 1


def test_every_upload_of_a_guide_is_found() -> None:
    guides = [SKETCH, PALETTE | {"mask": MASK}]
    job = Job.model_validate({"layout": panorama(512, 128, guides=guides), "sampling": {"model": "papercut"}})
    assert [one.id for one in named(job)] == [PICTURE, MASK]


@pytest.mark.parametrize(
    ("guide", "field", "reason"),
    [
        (SKETCH | {"picture": "c" * 64}, "picture", "there is no upload"),
        (CLOSE | {"picture": "c" * 64}, "picture", "there is no upload"),
        (PALETTE | {"mask": "c" * 64}, "mask", "there is no upload"),
        (SKETCH | {"picture": PICTURE, "scale": 4}, "scale", "less than one latent cell; make it at least 8 pixels"),
        (PALETTE | {"box": {"x": 500, "y": 0, "width": 64, "height": 64}}, "box", "outside the canvas"),
    ],
)
def test_a_guide_that_does_not_fit_is_refused_with_its_field(guide: dict[str, Any], field: str, reason: str) -> None:
    with pytest.raises(LayoutError, match=reason) as refused:
        _laws(PALETTE, guide)
    assert refused.value.location == ["layout", "guides", 1, field]


def test_a_picture_of_another_shape_is_refused_unless_it_may_be_cut_or_distorted() -> None:
    square = panorama(256, 128, guides=[SKETCH])
    with pytest.raises(LayoutError, match="64 x 16 pixels and the canvas 256 x 128") as refused:
        _compiled(square)
    assert refused.value.location == ["layout", "guides", 0, "fit"]
    assert _compiled(panorama(256, 128, guides=[SKETCH | {"fit": "crop"}])).graph.laws


def test_the_counting_solver_takes_no_guides() -> None:
    with pytest.raises(LayoutError, match="takes no laws and no guides") as refused:
        _compiled(panorama(512, 128, guides=[PALETTE]), {"agree": {"solver": "counting"}, "coarse": {"weight": 0.0}})
    assert refused.value.location == ["sampling", "agree", "solver"]
