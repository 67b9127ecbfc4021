"""Colour guides: a sketch painted on the canvas, a palette, and a picture to keep close to, in a real browser."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Studio
from tests.e2e.hands import choose, draw_box, finished, generate, picture, resource, set_sampling, turn_to

SKY, GREEN = (0x9F, 0xD3, 0xEE), (0x2F, 0x5A, 0x3F)


@pytest.fixture
def texture(page: Page) -> Page:
    """A texture of 128 x 128, which one view sees, with the tab of the colour guides open."""
    choose(page, "texture", 128, 128)
    page.get_by_test_id("prompt").fill("a meadow by day")
    set_sampling(page, 4, 3)
    turn_to(page, "picture")
    return page


def stroke(page: Page, colour: str, *points: tuple[float, float]) -> None:
    """Paint a stroke. The coordinates of its points are fractions of the visible canvas."""
    page.get_by_role("button", name=f"Paint in {colour}", exact=True).click()
    view = page.get_by_test_id("canvas").bounding_box()
    assert view is not None
    places = [(view["x"] + x * view["width"], view["y"] + y * view["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def size_brush(page: Page, size: int) -> None:
    field = page.get_by_test_id("brush-size")
    field.fill(str(size))
    field.press("Enter")


def guides(page: Page, studio: Studio, job: str) -> list[dict[str, Any]]:
    return resource(page, studio, job)["spec"]["layout"]["guides"]


def uploaded(page: Page, studio: Studio, id: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(page.request.get(f"{studio.url}/api/uploads/{id}").body())))


def paint_meadow(page: Page) -> None:
    """Paint a sky over a meadow, and leave a strip between them free."""
    page.get_by_test_id("add-sketch").click()
    size_brush(page, 70)
    stroke(page, "sky", (0.2, 0.2), (0.8, 0.2))
    stroke(page, "dark green", (0.2, 0.85), (0.8, 0.85))


def test_a_painted_sketch_survives_a_reload_and_the_picture_follows_it(texture: Page, studio: Studio) -> None:
    paint_meadow(texture)
    stroke(texture, "red", (0.5, 0.5), (0.5, 0.52))
    expect(texture.get_by_test_id("sketch-says")).to_contain_text("3 strokes")
    texture.keyboard.press("Control+z")
    expect(texture.get_by_test_id("sketch-says")).to_contain_text("2 strokes")
    texture.get_by_test_id("stop-painting").click()
    expect(texture.get_by_test_id("brush-bar")).to_have_count(0)
    texture.reload()
    generate(texture)
    job = finished(texture)
    (guide,) = guides(texture, studio, job)
    assert (guide["kind"], guide["box"], guide["weight"]) == ("sketch", None, 3)
    painting, mask = uploaded(texture, studio, guide["picture"]), uploaded(texture, studio, guide["mask"])
    assert painting.shape == (128, 128, 3)
    assert np.abs(painting[15, 64].astype(int) - SKY).max() <= 2
    assert np.abs(painting[115, 64].astype(int) - GREEN).max() <= 2
    assert [mask[row, 64] for row in (15, 115)] == [255, 255]
    assert 0 < (mask == 0).mean() < 0.5
    made = np.asarray(picture(texture, studio, job).convert("RGB"), float)
    assert made[:32, :, 2].mean() > made[-32:, :, 2].mean() + 40  # blue above, and no blue below


def test_a_document_with_guides_opens_again_with_its_pictures(texture: Page, studio: Studio, tmp_path: Path) -> None:
    paint_meadow(texture)
    texture.get_by_test_id("stop-painting").click()
    texture.get_by_test_id("file").click()
    with texture.expect_download() as saved:
        texture.get_by_role("menuitem", name="Save as JSON").click()
    file = tmp_path / "meadow.json"
    saved.value.save_as(file)
    (guide,) = json.loads(file.read_text())["layout"]["guides"]
    texture.get_by_test_id("file").click()
    texture.get_by_role("menuitem", name="Begin anew").click()
    expect(texture.get_by_test_id("guide-list")).to_have_count(0)
    texture.get_by_test_id("open-file").set_input_files(file)
    texture.get_by_test_id("guide-~g1").get_by_role("button", name="Colour sketch").click()
    expect(texture.get_by_test_id("sketch-picture-chosen").locator("img")).to_be_visible()
    texture.get_by_test_id("paint").click()
    stroke(texture, "red", (0.5, 0.2), (0.5, 0.22))  # over the sky of the document
    texture.get_by_test_id("file").click()
    with texture.expect_download() as saved:
        texture.get_by_role("menuitem", name="Save as JSON").click()
    saved.value.save_as(file)
    (painted,) = json.loads(file.read_text())["layout"]["guides"]
    before, after = (uploaded(texture, studio, one["picture"]) for one in (guide, painted))
    assert np.abs(after[115, 64].astype(int) - before[115, 64]).max() <= 2
    assert after[15, 64, 0] > 150 > after[15, 64, 2]


def test_a_sketch_is_painted_by_keys_alone(texture: Page) -> None:
    texture.get_by_test_id("add-sketch").focus()
    texture.keyboard.press("Enter")
    expect(texture.get_by_test_id("canvas")).to_be_focused()
    for keys in ("Space", "ArrowLeft", "Shift+ArrowUp", "]", "e", "Space"):
        texture.keyboard.press(keys)
    expect(texture.get_by_test_id("announcer")).to_have_text("Erased at 56, 56")
    expect(texture.get_by_test_id("sketch-says")).to_contain_text("3 strokes")
    expect(texture.get_by_test_id("brush-size")).to_have_value("30")
    texture.keyboard.press("Control+z")
    expect(texture.get_by_test_id("sketch-says")).to_contain_text("2 strokes")
    texture.keyboard.press("Escape")
    expect(texture.get_by_test_id("brush-bar")).to_have_count(0)
    expect(texture.get_by_test_id("generate")).to_be_enabled()
    texture.get_by_role("button", name="Remove this guide").press("Enter")
    expect(texture.get_by_test_id("guide-list")).to_have_count(0)
    texture.keyboard.press("Control+z")
    expect(texture.get_by_test_id("guide-~g1")).to_be_visible()


def test_a_palette_gives_a_drawn_box_its_colour(texture: Page, studio: Studio) -> None:
    texture.get_by_test_id("add-palette").click()
    draw_box(texture, 0.3, 0.1, 0.7, 0.5)
    texture.get_by_test_id("palette-colour").fill("#c02020")
    weight = texture.get_by_test_id("guide-weight")
    weight.fill("much")
    weight.press("Tab")
    expect(texture.get_by_test_id("unfit")).to_contain_text("Weight")
    weight.fill("40")
    weight.press("Tab")
    texture.get_by_test_id("guides").get_by_role("button", name="Hide, and leave out of the picture").click()
    texture.reload()
    generate(texture)
    hidden = finished(texture)
    assert guides(texture, studio, hidden) == []
    turn_to(texture, "picture")
    texture.get_by_test_id("guides").get_by_role("button", name="Show, and use again").click()
    generate(texture)
    expect(texture.get_by_test_id("result")).not_to_have_attribute("data-job", hidden, timeout=180_000)
    job = finished(texture)
    (guide,) = guides(texture, studio, job)
    assert guide["colour"] == pytest.approx([0xC0 / 255, 0x20 / 255, 0x20 / 255], abs=1e-4)
    assert guide["weight"] == 40
    box = guide["box"]
    assert box["y"] == 0 or box["y"] % 8 == 0
    made = np.asarray(picture(texture, studio, job).convert("RGB"), float)
    inside = made[box["y"] : box["y"] + box["height"], box["x"] : box["x"] + box["width"]].mean((0, 1))
    assert inside[0] > inside[1] + 30  # red
    assert inside[0] > inside[2] + 30


def test_the_box_of_a_palette_is_moved_and_removed_by_keys(page: Page) -> None:
    choose(page, "regions", 256, 128)
    turn_to(page, "picture")
    page.get_by_test_id("add-palette").press("Enter")
    left = page.get_by_test_id("box-x")
    before = int(left.input_value())
    canvas = page.get_by_test_id("canvas")
    canvas.focus()
    canvas.press("Escape")
    expect(page.get_by_test_id("box-x")).to_have_count(0)
    for key in ("]", "ArrowRight", "ArrowRight", "ArrowLeft"):
        canvas.press(key)
    expect(left).to_have_value(str(before + 8))
    expect(page.get_by_test_id("announcer")).to_contain_text("Box of Palette #5b8fd6 at")
    canvas.press("Delete")
    expect(page.get_by_test_id("guide-list")).to_have_count(0)
    canvas.press("Control+z")
    expect(page.get_by_test_id("guide-~g1")).to_be_visible()


def test_a_new_picture_keeps_close_to_the_one_on_the_canvas(texture: Page, studio: Studio) -> None:
    texture.set_viewport_size(PHONE)
    generate(texture)
    first = finished(texture)
    texture.get_by_test_id("add-keep_close").click()
    expect(texture.get_by_text("Until a picture is chosen, it has no effect.")).to_be_visible()
    texture.get_by_test_id("keep-shown").click()
    expect(texture.get_by_test_id("keep-picture-chosen")).to_be_visible()
    texture.get_by_test_id("guide-area").select_option("box")
    turn_to(texture, "region")
    texture.get_by_test_id("prompt").fill("a desert by day")
    generate(texture)
    expect(texture.get_by_test_id("result")).not_to_have_attribute("data-job", first, timeout=180_000)
    second = finished(texture)
    (guide,) = guides(texture, studio, second)
    before, after = (np.asarray(picture(texture, studio, job).convert("RGB"), float) for job in (first, second))
    box = guide["box"]
    inside = np.zeros(before.shape[:2], bool)
    inside[box["y"] : box["y"] + box["height"], box["x"] : box["x"] + box["width"]] = True
    change = np.abs(after - before).mean(-1)
    assert change[inside].mean() < 0.7 * change[~inside].mean()


def test_what_the_server_refuses_is_said_beside_the_guide(page: Page) -> None:
    choose(page, "regions", 256, 128)
    turn_to(page, "picture")
    page.get_by_test_id("add-palette").click()
    guide = page.get_by_test_id("guide-~g1")
    page.get_by_test_id("guide-more").locator("> summary").click()
    scale = page.get_by_test_id("guide-scale")
    scale.fill("4")
    scale.press("Tab")
    expect(guide).to_contain_text("less than one latent cell", timeout=20_000)
    scale.fill("16")
    scale.press("Tab")
    expect(guide).not_to_have_attribute("data-faulty", "true", timeout=20_000)
    left = page.get_by_test_id("box-x")
    left.fill("200")
    left.press("Tab")
    page.get_by_test_id("canvas-width").fill("128")
    page.get_by_test_id("canvas-width").press("Enter")
    expect(guide).to_have_attribute("data-faulty", "true", timeout=20_000)
    page.get_by_role("button", name="Bring inside").click()
    expect(guide).not_to_have_attribute("data-faulty", "true", timeout=20_000)
