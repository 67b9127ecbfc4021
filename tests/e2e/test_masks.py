"""Masks painted on the canvas, of patches and of the part of a start picture that is redrawn, in a real browser."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Studio
from tests.e2e.hands import (
    choose,
    draw_box,
    finished,
    generate,
    picture,
    place,
    resource,
    set_sampling,
    stored_draft,
    turn_to,
)

WIDTH, HEIGHT = SIZE = 256, 128


def drag(page: Page, *points: tuple[float, float]) -> None:
    """Drag along points of the canvas, in its pixels."""
    first, *others = [place(page, SIZE, *point) for point in points]
    page.mouse.move(*first)
    page.mouse.down()
    for other in others:
        page.mouse.move(*other, steps=6)
    page.mouse.up()


def set_brush(page: Page, size: int, softness: int = 0) -> None:
    for name, value in (("size", size), ("softness", softness)):
        field = page.get_by_test_id(f"brush-{name}")
        field.fill(str(value))
        field.press("Enter")


def uploaded(page: Page, studio: Studio, id: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(page.request.get(f"{studio.url}/api/uploads/{id}").body())).convert("L"))


def patches(page: Page, studio: Studio, job: str) -> list[dict[str, Any]]:
    return resource(page, studio, job)["spec"]["layout"]["patches"]


@pytest.fixture
def regions(page: Page) -> Page:
    choose(page, "regions", WIDTH, HEIGHT)
    page.get_by_test_id("prompt").fill("a meadow by day")
    set_sampling(page, 2, 3)
    return page


def test_a_mask_is_painted_over_a_box_and_sent_as_an_upload(regions: Page, studio: Studio) -> None:
    page = regions
    draw_box(page, 0.3, 0.3, 0.45, 0.6)
    page.keyboard.type("a lighthouse")
    page.keyboard.press("Escape")
    box = {side: int(page.get_by_test_id(f"box-{side}").input_value()) for side in ("x", "y", "width", "height")}
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_test_id("tool-brush").click()
    expect(page.get_by_test_id("brush-says")).to_contain_text("mask of the box")
    set_brush(page, 16)
    drag(page, (160, 100), (230, 100))  # beside the box
    page.get_by_test_id("tool-eraser").click()
    drag(page, (box["x"], box["y"] + 8), (box["x"] + box["width"], box["y"] + 8))
    page.get_by_test_id("tool-lasso").click()
    drag(page, (180, 20), (240, 20), (240, 60), (180, 60))
    page.keyboard.down("Alt")
    drag(page, (200, 30), (220, 30), (220, 50), (200, 50))
    page.keyboard.up("Alt")
    expect(page.get_by_test_id("mask")).to_contain_text("4 strokes")
    drag(page, (20, 90), (40, 90), (40, 110))
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("mask")).to_contain_text("4 strokes")
    before = stored_draft(page)
    page.reload()
    assert stored_draft(page) == before
    generate(page)
    job = finished(page)
    (patch,) = patches(page, studio, job)
    assert patch["box"] is None
    mask = uploaded(page, studio, patch["mask"])
    assert mask.shape == (HEIGHT, WIDTH)
    inside = box["y"] + box["height"] - 4, box["x"] + box["width"] // 2
    assert mask[inside] == 255
    assert mask[box["y"] + 8, box["x"] + box["width"] // 2] == 0  # erased
    assert mask[100, 200] == 255  # the brush
    assert mask[25, 190] == 255  # the lasso
    assert mask[40, 210] == 0  # taken out of it
    assert mask[100, 35] == 0  # undone
    assert sum("kind=mask" in url for url in sent) <= 5  # once the hand rests, not while it moves


def test_the_first_stroke_over_nothing_adds_a_patch_with_soft_edges(regions: Page, studio: Studio) -> None:
    page = regions
    page.get_by_test_id("tool-brush").click()
    expect(page.get_by_test_id("brush-says")).to_contain_text("new box")
    set_brush(page, 40, 100)
    drag(page, (60, 64), (200, 64))
    expect(page.get_by_test_id("mask")).to_contain_text("1 stroke")
    page.get_by_test_id("stop-painting").click()
    page.get_by_test_id("patch-prompt").fill("a lake")
    generate(page)
    (patch,) = patches(page, studio, finished(page))
    column = uploaded(page, studio, patch["mask"])[:, 130].astype(int)
    assert column[64] > 220
    assert 60 < column[64 - 10] < 190  # half way to the edge of the brush
    assert column[64 - 24] < 8
    assert np.abs(column[44:64] - column[64:84][::-1]).max() <= 12


def test_a_polygon_is_clicked_closed_and_cancelled(regions: Page) -> None:
    page = regions
    page.keyboard.press("Escape")
    page.get_by_test_id("tool-lasso").click()
    for point in ((60, 20), (120, 20), (120, 100)):
        page.mouse.click(*place(page, SIZE, *point))
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("announcer")).to_have_text("The lasso was cancelled")
    for point in ((60, 20), (120, 20)):
        page.mouse.click(*place(page, SIZE, *point))
    page.mouse.dblclick(*place(page, SIZE, 120, 100))
    expect(page.get_by_test_id("mask")).to_contain_text("1 stroke")
    page.get_by_test_id("back-to-box").click()
    expect(page.get_by_test_id("mask")).to_have_count(0)
    assert 56 <= int(page.get_by_test_id("box-width").input_value()) <= 64


def test_a_mask_of_the_document_is_painted_further(regions: Page, studio: Studio, tmp_path: Path) -> None:
    page = regions
    ground = np.zeros((HEIGHT, WIDTH), np.uint8)
    ground[20:100, 20:100] = 255
    Image.fromarray(ground).save(tmp_path / "mask.png")
    page.get_by_test_id("canvas").press("n")
    page.get_by_test_id("mask-file").set_input_files(tmp_path / "mask.png")
    expect(page.get_by_test_id("mask")).to_contain_text("The shape is a mask")
    page.get_by_test_id("paint-mask").click()
    set_brush(page, 16)
    drag(page, (150, 64), (220, 64))
    page.get_by_test_id("canvas").press("e")
    drag(page, (30, 64), (90, 64))
    expect(page.get_by_test_id("mask")).to_contain_text("2 strokes")
    generate(page)
    (patch,) = patches(page, studio, finished(page))
    mask = uploaded(page, studio, patch["mask"])
    assert [mask[40, 60], mask[64, 60], mask[64, 180], mask[64, 120]] == [255, 0, 255, 0]


def test_an_erased_mask_is_refused_beside_its_field(regions: Page) -> None:
    page = regions
    page.get_by_test_id("canvas").press("n")
    page.get_by_test_id("paint-mask").click()
    page.get_by_test_id("canvas").press("e")
    set_brush(page, 512)
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("Space")
    refusal = page.get_by_test_id("box-fields").get_by_text("The mask is black or transparent everywhere")
    expect(refusal).to_be_visible()
    page.keyboard.press("Control+z")
    expect(refusal).to_have_count(0)


def test_the_inpaint_mask_is_painted(page: Page, studio: Studio, tmp_path: Path) -> None:
    choose(page, "texture", WIDTH, HEIGHT)
    page.get_by_test_id("prompt").fill("a desert by day")
    set_sampling(page, 4, 3)
    Image.new("RGB", (WIDTH, HEIGHT), "#9fd3ee").save(tmp_path / "sky.png")
    turn_to(page, "picture")
    page.get_by_test_id("start-picture").set_input_files(tmp_path / "sky.png")
    page.get_by_test_id("paint-start").click()
    expect(page.get_by_test_id("brush-says")).to_contain_text("inpaint mask")
    set_brush(page, 48)
    drag(page, (160, 64), (230, 64))
    expect(page.get_by_test_id("redraw")).to_have_value("mask outside")
    page.reload()
    generate(page)
    job = finished(page)
    start = resource(page, studio, job)["spec"]["start"]
    assert (start["box"], start["keep"]) == (None, "outside")
    mask = uploaded(page, studio, start["mask"])
    assert [mask[64, 200], mask[64, 60]] == [255, 0]
    made = np.asarray(picture(page, studio, job).convert("RGB"), int)
    assert np.abs(made[:, :100] - (0x9F, 0xD3, 0xEE)).max() == 0  # kept
    assert np.abs(made[56:72, 180:210] - (0x9F, 0xD3, 0xEE)).max() > 20  # redrawn
