"""The layers of a real picture, exported from the studio as OpenRaster and as a Photoshop document."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from psd_tools import PSDImage

from tests.e2e.axe import serious_findings
from tests.e2e.conftest import Studio
from tests.e2e.hands import MINUTE, open_gallery, picture

HOUSE = {"id": "house", "prompt": "a red house", "box": {"x": 16, "y": 16, "width": 96, "height": 96}, "feather": 16}
LAYOUT = {"kind": "regions", "canvas": {"width": 256, "height": 128}, "prompt": "a green meadow", "patches": [HOUSE]}


@pytest.fixture
def job(page: Page, studio: Studio) -> str:
    """A finished regions job of two images, whose second picture is on the canvas."""
    body = {"layout": LAYOUT, "sampling": {"model": "papercut", "steps": 3, "seed": 5}, "images": 2}
    headers = {"Prefer": "wait=60"}
    made = page.request.post(f"{studio.url}/api/jobs", data=body, headers=headers, timeout=2 * MINUTE).json()
    assert made["state"] == "succeeded", made
    page.evaluate("id => sessionStorage['inlay.session'] = JSON.stringify({state: {job: id}, version: 0})", made["id"])
    page.reload()
    page.get_by_test_id("picture").select_option("x.2")
    expect(page.get_by_test_id("result")).to_be_attached()
    return made["id"]


def downloaded(page: Page, folder: Path, act: Callable[[], Any]) -> Path:
    with page.expect_download() as download:
        act()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def composited(layers: list[tuple[Image.Image, int, int]], size: tuple[int, int]) -> Image.Image:
    """Return these layers, each over those before it."""
    shown = Image.new("RGBA", size)
    for layer, x, y in layers:
        whole = Image.new("RGBA", size)
        whole.paste(layer, (x, y))
        shown.alpha_composite(whole)
    return shown.convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    return np.abs(np.asarray(one.convert("RGB"), float) - np.asarray(other.convert("RGB"), float)).max()


def test_the_file_menu_exports_an_openraster_file(page: Page, studio: Studio, job: str, tmp_path: Path) -> None:
    page.get_by_test_id("file").click()
    entry = page.get_by_test_id("file.layers.ora")
    file = downloaded(page, tmp_path, entry.click)
    assert file.name == f"inlay-{job[:8]}-layers-2.ora"
    expect(page.get_by_text(f"{file.name} is saved.")).to_be_visible()
    with ZipFile(file) as ora:
        assert ora.infolist()[0].filename == "mimetype"
        merged = Image.open(ora.open("mergedimage.png")).convert("RGB")
        (stack,) = fromstring(ora.read("stack.xml"))
        house = next(one for one in stack if one.get("name") == "house: a red house")
        cut = next(one for one in house if one.get("name") == "house (cut from x)")
        layers = [
            (Image.open(ora.open(one.attrib["src"])).convert("RGBA"), int(one.attrib["x"]), int(one.attrib["y"]))
            for one in (stack[-1], cut)
        ]
    assert stack[-1].get("name") == "x (picture)"
    assert difference(merged, picture(page, studio, job, "x.2")) == 0
    assert difference(composited(layers, merged.size), merged) <= 1
    mask = np.asarray(layers[1][0])[..., 3]
    assert (layers[1][1:], mask.shape, mask.max()) == ((16, 16), (96, 96), 255)
    assert mask[0, 0] < mask[48, 48]


def test_the_menu_of_a_picture_exports_a_photoshop_document(
    page: Page, studio: Studio, job: str, tmp_path: Path
) -> None:
    page.get_by_test_id("job-menu").click()
    assert serious_findings(page) == []
    file = downloaded(page, tmp_path, page.get_by_test_id("layers-psd").click)
    assert file.name == f"inlay-{job[:8]}-layers-2.psd"
    document = PSDImage.open(file)
    shown = document.topil()
    assert shown is not None
    assert difference(shown, picture(page, studio, job, "x.2")) == 0
    (house,) = (one for one in document if one.name == "house: a red house")
    (cut,) = (one for one in document.descendants() if one.name == "house (cut from x)")
    assert (house.visible, cut.bbox, cut.mask is not None) == (True, (16, 16, 112, 112), True)
    assert any(one.name.startswith("y1: a green meadow (cut from x)") for one in document.descendants())


def test_the_gallery_exports_layers_without_the_canvas(page: Page, job: str, tmp_path: Path) -> None:
    open_gallery(page)
    page.get_by_test_id("gallery-picture").first.click()
    page.get_by_test_id("export-layers").click()
    file = downloaded(page, tmp_path, page.get_by_test_id("layers-ora").click)
    assert file.name == f"inlay-{job[:8]}-layers-1.ora"


def test_the_command_palette_exports_layers(page: Page, job: str, tmp_path: Path) -> None:
    page.keyboard.press("Control+k")
    field = page.get_by_test_id("palette-input")
    field.fill("krita")
    expect(page.get_by_test_id("palette").get_by_role("option")).to_have_count(1)
    file = downloaded(page, tmp_path, lambda: field.press("Enter"))
    assert file.suffix == ".ora"


def test_without_a_picture_there_are_no_layers_to_export(page: Page) -> None:
    page.get_by_test_id("file").click()
    expect(page.get_by_test_id("file.layers.ora")).to_be_disabled()
