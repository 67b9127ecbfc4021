"""The exported layers, read back: OpenRaster as its specification says, and Photoshop's format by psd-tools."""

import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, fromstring
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from psd_tools import PSDImage
from psd_tools.api.layers import Layer as PsdLayer

from backend.api.layers import openraster, photoshop
from backend.api.layers.cuts import Cuts
from backend.api.layers.plan import Plan, Planner
from backend.contracts.job import Compiled
from backend.geometry.shares import Shares
from tests.unit.graph.documents import box, compiled, illusion, panorama, portrait, regions, scene, texture

Picture = NDArray[np.uint8]
CELL, WHEN = 8, datetime(2026, 11, 29, 14, 22, 33, tzinfo=UTC)
PROMPT = '草地 🏠 & <b>"x"</b>\n]]>\x00\u200b' + " very long" * 30
TWO_BOXES = regions((40, 24, 90, 100), (400, 8, 112, 120), width=512, height=128, feather=16)
LAYOUTS: dict[str, dict[str, Any]] = {
    "regions": TWO_BOXES,
    "regions of odd size": regions((170, 30, 80, 100), width=250, height=130),
    "regions of any words": {**TWO_BOXES, "prompt": PROMPT},
    "panorama around": panorama(320, 128, wrap="x"),
    "scene": scene(soft=24),
    "portrait": portrait(),
    "illusion": illusion({"transform": "identity"}, {"transform": "rotate_90"}, {"transform": "flip_x"}),
    "texture": texture(),
}


class Read(NamedTuple):
    """A layer that was read back. `alpha` is from 0 to 1."""

    name: str
    x: int
    y: int
    pixels: Picture
    alpha: NDArray[np.float64]
    visible: bool


def picture_of(width: int, height: int, seed: int) -> Picture:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def pictures_of(job: Compiled) -> dict[str, Picture]:
    """Return a picture for each output of a job. A composite shows its parts as the composite's masks say."""
    made = {one.node: picture_of(one.width, one.height, seed) for seed, one in enumerate(job.graph.outputs)}
    controls = {name: made[name] for name in made if name in {one.name for one in job.graph.controls}}
    for output in job.graph.outputs:
        if output.operator is not None:
            made[output.node] = Cuts(job.graph, CELL, controls).view(output.operator)[: output.height, : output.width]
    return made


def planned(job: Compiled, pictures: Mapping[str, Picture], views: bool = True, **own: Picture) -> Planner:
    cuts, shares = Cuts(job.graph, CELL, pictures), Shares(job.graph, range(10), 10)
    return Planner(
        cuts, shares, next(iter(pictures)), {name: partial(np.copy, one) for name, one in own.items()}, views=views
    )


def exported(name: str) -> tuple[Plan, Picture]:
    job = compiled(LAYOUTS[name], {"steps": 10})
    pictures = pictures_of(job)
    return planned(job, pictures).plan(), next(iter(pictures.values()))


def as_openraster(plan: Plan, merged: Picture) -> ZipFile:
    return ZipFile(io.BytesIO(b"".join(openraster.openraster(plan, merged, WHEN))))


def as_photoshop(plan: Plan, merged: Picture) -> PSDImage:
    return PSDImage.open(io.BytesIO(photoshop.photoshop(plan, merged)))


def read_openraster(file: ZipFile) -> Iterator[Read]:
    """Yield the layers of an OpenRaster file, the lowest first."""

    def walk(stack: Element, shown: bool) -> Iterator[Read]:
        for one in reversed(stack):
            visible = shown and one.get("visibility") == "visible"
            if one.tag == "stack":
                yield from walk(one, visible)
                continue
            rgba = np.asarray(Image.open(file.open(one.attrib["src"])).convert("RGBA"))
            place = int(one.attrib["x"]), int(one.attrib["y"])
            assert (one.get("opacity"), one.get("composite-op")) == ("1.0", "svg:src-over")
            yield Read(one.attrib["name"], *place, rgba[..., :3], rgba[..., 3] / 255, visible)

    (root,) = fromstring(file.read("stack.xml"))
    return walk(root, True)


def read_photoshop(file: PSDImage) -> Iterator[Read]:
    """Yield the layers of a Photoshop document, the lowest first."""
    for layer in file.descendants():
        if not layer.is_group():
            picture = layer.topil()
            assert picture is not None
            place = (layer.left, layer.top)
            yield Read(layer.name, *place, np.asarray(picture.convert("RGB")), _mask(layer), layer.is_visible())


def _mask(layer: PsdLayer) -> NDArray[np.float64]:
    if layer.mask is None:
        return np.ones((layer.height, layer.width))
    assert layer.mask.bbox == layer.bbox
    mask = layer.mask.topil()
    assert mask is not None
    return np.asarray(mask.convert("L")) / 255


def composited(layers: Iterator[Read], width: int, height: int) -> NDArray[np.float64]:
    """Return what the visible layers show together, each over those below it."""
    shown = np.zeros((height, width, 3))
    for layer in layers:
        if layer.visible:
            part = shown[layer.y :, layer.x :][: layer.pixels.shape[0], : layer.pixels.shape[1]]
            rows, columns, _ = part.shape
            alpha = layer.alpha[:rows, :columns, None]
            part[:] = alpha * layer.pixels[:rows, :columns] + (1 - alpha) * part
    return shown


@pytest.mark.parametrize("name", LAYOUTS)
def test_an_openraster_file_is_as_its_specification_says(name: str) -> None:
    plan, merged = exported(name)
    file = as_openraster(plan, merged)
    first, *rest = file.infolist()
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", ZIP_STORED, b"")
    assert file.read("mimetype") == b"image/openraster"
    assert first.header_offset == 0
    assert file.testzip() is None
    image = fromstring(file.read("stack.xml"))
    height, width, _ = merged.shape
    assert (image.tag, image.get("w"), image.get("h")) == ("image", str(width), str(height))
    named = {one.attrib["src"] for one in image.iter("layer")}
    assert len(named) == len([*plan.layers])
    assert {one.filename for one in rest} == named | {"stack.xml", "mergedimage.png", "Thumbnails/thumbnail.png"}
    assert (np.asarray(Image.open(file.open("mergedimage.png"))) == merged).all()
    thumbnail = Image.open(file.open("Thumbnails/thumbnail.png"))
    assert max(thumbnail.size) <= 256
    assert thumbnail.width / thumbnail.height == pytest.approx(width / height, rel=0.02)


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_visible_layers_make_the_merged_picture(name: str) -> None:
    plan, merged = exported(name)
    height, width, _ = merged.shape
    for layers in (read_openraster(as_openraster(plan, merged)), read_photoshop(as_photoshop(plan, merged))):
        assert np.abs(composited(layers, width, height) - merged).max() < 1e-6


@pytest.mark.parametrize("name", LAYOUTS)
def test_both_formats_have_the_layers_of_the_plan(name: str) -> None:
    plan, merged = exported(name)
    for read in (read_openraster(as_openraster(plan, merged)), read_photoshop(as_photoshop(plan, merged))):
        for layer, found in zip(plan.layers, read, strict=True):
            assert (found.name, found.x, found.y) == (layer.name, layer.x, layer.y)
            assert found.pixels.shape == (layer.height, layer.width, 3)
            assert (found.pixels == layer.pixels()).all()
            expected = 1.0 if layer.mask is None else layer.mask() / 255
            assert np.abs(found.alpha - expected).max() < 1e-9


def test_a_photoshop_document_has_folders_and_the_merged_picture() -> None:
    plan, merged = exported("regions")
    file = as_photoshop(plan, merged)
    assert (np.asarray(file.topil()) == merged).all()
    shown = {one.name: one.visible for one in file if one.is_group()}
    assert shown == {"background windows": False, "p0: a house": True, "p1: a house": True}


def test_a_name_is_one_short_line_of_the_prompt() -> None:
    plan, _ = exported("regions of any words")
    name = next(layer.name for layer in plan.layers if layer.name.startswith("y1: "))
    assert name.startswith('y1: 草地 🏠 & <b>"x"</b> ]]> very long')
    assert len(name) < 90
    assert name.isprintable()


def test_a_patch_is_cut_where_its_views_count() -> None:
    job = compiled(TWO_BOXES, {"steps": 10})
    pictures = pictures_of(job)
    plan = planned(job, pictures).plan()
    (cut,) = (layer for layer in plan.layers if layer.name == "p1 (cut from x)")
    assert cut.mask is not None
    mask = np.zeros((128, 512))
    mask[cut.y : cut.y + cut.height, cut.x : cut.x + cut.width] = cut.mask() / 255
    views = [one for one in job.graph.observables if one.patch == "p1"]
    share = Shares(job.graph, range(10), 10).on_control(views, "x")
    assert share is not None
    assert np.abs(mask - share.repeat(CELL, 0).repeat(CELL, 1)).max() < 0.51 / 255
    assert (cut.pixels() == pictures["x"][cut.y : cut.y + cut.height, cut.x : cut.x + cut.width]).all()


def test_the_object_of_a_scene_covers_the_background_as_its_mask_says() -> None:
    job = compiled(scene(soft=24), {"steps": 10})
    pictures = pictures_of(job)
    plan = planned(job, pictures).plan()
    layers = {layer.name: layer for layer in plan.layers}
    cut = layers["x2 in scene"]
    assert cut.mask is not None
    shown = layers["x1 (picture)"].pixels().astype(float)
    part = shown[cut.y : cut.y + cut.height, cut.x : cut.x + cut.width]
    alpha = cut.mask()[..., None] / 255
    part[:] = alpha * cut.pixels() + (1 - alpha) * part
    assert np.abs(shown - pictures["scene"]).max() < 1.01
    assert {(layer.width, layer.height) for layer in plan.layers if "(picture)" in layer.name} == {(256, 128)}


def test_a_view_of_an_illusion_is_turned_as_its_model_sees_it() -> None:
    job = compiled(LAYOUTS["illusion"], {"steps": 10})
    whole = pictures_of(job)["x"]
    plan = planned(job, {"x": whole}).plan()
    seen = {layer.name.split(":")[0]: layer.pixels() for layer in plan.layers}
    assert (seen["y1"] == whole).all()
    assert (seen["y2"] != whole).any()
    assert any((seen["y2"] == np.rot90(whole, turns)).all() for turns in (1, 3))
    assert (seen["y3"] == whole[:, ::-1]).all()


def test_a_window_across_an_edge_that_wraps_shows_both_sides() -> None:
    job = compiled(panorama(320, 128, wrap="x"), {"steps": 10})
    whole = pictures_of(job)["x"]
    layers = [layer for layer in planned(job, {"x": whole}).plan().layers if layer.x + layer.width > 320]
    assert layers
    for layer in layers:
        assert (layer.pixels() == np.roll(whole, -layer.x, 1)[:, : layer.width]).all()


def test_a_saved_picture_of_a_view_takes_the_place_of_its_cut() -> None:
    job = compiled(TWO_BOXES, {"steps": 10})
    own = picture_of(128, 128, 9)
    plan = planned(job, pictures_of(job), y2=own).plan()
    (layer,) = (layer for layer in plan.layers if layer.name.startswith("y2:"))
    assert layer.name.endswith("(saved picture)")
    assert (layer.pixels() == own).all()


def test_views_can_be_left_out() -> None:
    job = compiled(TWO_BOXES, {"steps": 10})
    names = [layer.name for layer in planned(job, pictures_of(job), views=False).plan().layers]
    assert names == ["x (picture)", "p0 (cut from x)", "p1 (cut from x)"]


def test_a_guide_is_a_view_too() -> None:
    palette = {"kind": "palette", "colour": [0.9, 0.5, 0.2], "box": box(0, 0, 256, 48)}
    job = compiled(panorama(256, 128, guides=[palette]), {"steps": 10})
    (law,) = job.graph.laws
    layers = [layer for layer in planned(job, pictures_of(job)).plan().layers if layer.name.startswith(law.name)]
    assert len(layers) == 1
    assert layers[0].mask is not None


def test_only_what_has_a_picture_is_a_layer() -> None:
    job = compiled(scene(), {"steps": 10})
    scenery = pictures_of(job)["scene"]
    plan = planned(job, {"scene": scenery}).plan()
    assert {layer.name.rpartition("(")[2] for layer in plan.layers} == {"picture)", "cut from scene)"}
