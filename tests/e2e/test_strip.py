"""The strip below the canvas: the three pictures of a scene, and the readings of an illusion, in a real browser."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.axe import serious_findings
from tests.e2e.conftest import PHONE
from tests.e2e.hands import ENDLESS, MINUTE, choose_kind, finished, generate, open_document

PIXELS = """(shown) => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [shown.naturalWidth || shown.width, shown.naturalHeight || shown.height];
  canvas.getContext('2d').drawImage(shown, 0, 0);
  return canvas.toDataURL();
}"""
TILES = ("background", "object", "composite")
SCENE: dict[str, Any] = {
    "kind": "scene",
    "canvas": {"width": 128, "height": 128},
    "box": {"x": 32, "y": 32, "width": 64, "height": 64},
    "background": {"prompt": "a meadow by day"},
    "object": {"prompt": "a house"},
    "whole": {"prompt": "a house on a meadow"},
    "soft": 0,
}
ILLUSION: dict[str, Any] = {
    "kind": "illusion",
    "canvas": {"width": 128, "height": 128},
    "views": [
        {"prompt": "the sea by day", "transform": "identity"},
        {"prompt": "a desert by day", "transform": "rotate_180"},
    ],
}


def begin(page: Page, layout: dict[str, Any], steps: int, **further: Any) -> None:
    """Open a job document with this layout, and run it."""
    sampling = {"model": "papercut", "steps": steps, "seed": 3}
    open_document(page, {"layout": layout, "sampling": sampling} | further)
    generate(page)


def tile(page: Page, name: str) -> Locator:
    return page.get_by_test_id(f"strip-{name}")


def shown(page: Page, name: str) -> Locator:
    """Return the picture of a tile."""
    return tile(page, name).get_by_test_id("strip-picture")


def live(page: Page, *names: str) -> None:
    """Wait until each of these tiles shows a preview of the running job."""
    for name in names:
        expect(page.locator(f"[data-testid=strip-{name}] canvas[data-step]")).to_be_attached(timeout=MINUTE)
    expect(page.get_by_test_id("progress")).to_have_attribute("data-state", "running")


def test_a_scene_shows_its_three_pictures_live_and_after_the_run(page: Page) -> None:
    begin(page, SCENE, steps=ENDLESS)
    live(page, *TILES)
    page.get_by_test_id("stop").click()
    job = finished(page)
    for name in TILES:
        expect(tile(page, name).locator("img")).to_be_visible()
    assert len({shown(page, name).evaluate(PIXELS) for name in TILES}) == 3
    expect(tile(page, "composite")).to_have_attribute("aria-pressed", "true")
    tile(page, "object").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("result")).to_have_attribute("data-name", "x2")
    expect(tile(page, "object")).to_have_attribute("aria-pressed", "true")
    expect(tile(page, "composite")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_test_id("tab-region")).to_have_attribute("aria-selected", "true")
    assert serious_findings(page) == []
    page.reload()
    expect(page.get_by_test_id("result")).to_have_attribute("data-job", job)
    for name in TILES:
        expect(tile(page, name).locator("img")).to_be_visible()


def test_a_scene_shows_the_kept_frames_of_what_was_not_saved(page: Page) -> None:
    begin(page, SCENE, steps=3, outputs=["scene", "x2"], preview={"keep": "all"})
    finished(page)
    page.reload()
    expect(shown(page, "background")).to_have_attribute("data-step", "3", timeout=MINUTE)
    expect(tile(page, "object").locator("img")).to_be_visible()
    tile(page, "background").click()
    expect(page.get_by_test_id("view")).to_have_attribute("data-view", "x1/x0")
    tile(page, "composite").click()
    expect(page.get_by_test_id("view")).to_have_count(0)
    page.get_by_test_id("scrubber").focus()
    page.keyboard.press("Home")
    for name in TILES:
        expect(shown(page, name)).to_have_attribute("data-step", "1")


def test_a_tile_says_that_its_picture_was_not_kept(page: Page) -> None:
    begin(page, SCENE, steps=2, outputs=["scene"])
    finished(page)
    page.reload()
    expect(tile(page, "composite").locator("img")).to_be_visible()
    expect(tile(page, "background")).to_contain_text("Not kept. Before a run, tick it in Sampling, Outputs.")


def test_the_strip_is_closed_and_gives_its_room_to_the_canvas(page: Page) -> None:
    def height() -> float:
        box = page.get_by_test_id("canvas").bounding_box()
        assert box is not None
        return box["height"]

    alone = height()
    begin(page, SCENE, steps=2)
    finished(page)
    beside = height()
    toggle = page.get_by_test_id("strip-toggle")
    toggle.focus()
    page.keyboard.press("Enter")
    expect(toggle).to_be_focused()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(tile(page, "object")).to_have_count(0)
    assert beside + 60 < height() < alone
    page.reload()
    expect(toggle).to_have_text("Pictures of the scene")
    page.keyboard.press("Control+k")
    page.get_by_test_id("palette-input").fill("strip")
    page.keyboard.press("Enter")
    expect(tile(page, "object")).to_be_visible()
    choose_kind(page, "texture")
    expect(page.get_by_test_id("strip")).to_have_count(0)
    assert height() == alone


def test_an_illusion_shows_its_readings_side_by_side(page: Page) -> None:
    begin(page, ILLUSION, steps=ENDLESS)
    live(page, "view1", "view2")
    page.get_by_test_id("stop").click()
    finished(page)
    for name, turn in (("view1", "matrix(1, 0, 0, 1, 0, 0)"), ("view2", "matrix(-1, 0, 0, -1, 0, 0)")):
        expect(tile(page, name).locator("img")).to_have_css("transform", turn)
    expect(tile(page, "view1")).to_have_attribute("aria-pressed", "true")
    tile(page, "view2").click()
    expect(page.get_by_test_id("look")).to_have_value("rotate_180")
    expect(tile(page, "view2")).to_have_attribute("aria-pressed", "true")
    page.set_viewport_size(PHONE)
    for part in (tile(page, "view1"), tile(page, "view2"), page.get_by_test_id("strip-toggle")):
        expect(part).to_be_in_viewport(ratio=1)
        box = part.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
        assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["width"]
