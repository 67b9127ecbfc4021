"""Hands on the canvas by mouse and by keyboard, in a real browser: zoom, pan, select, move, align, copy, lock, hide."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Studio
from tests.e2e.hands import choose, draw_box, finished, generate, resource, set_sampling

KEPT = "JSON.parse(localStorage['inlay.draft.1']).state.draft"


def draft(page: Page) -> dict[str, Any]:
    """Return the draft once it is kept."""
    page.wait_for_timeout(600)
    return page.evaluate(KEPT)


def boxes(page: Page) -> dict[str, tuple[int, int, int, int]]:
    """Return the box of every patch, as x, y, width and height."""
    found = {patch["id"]: patch["box"] for patch in draft(page)["regions"]["patches"]}
    return {id: (box["x"], box["y"], box["width"], box["height"]) for id, box in found.items()}


class Eye:
    """The place of canvas pixels on the screen, as the zoom bar and the size of the canvas say."""

    def __init__(self, page: Page, width: int, height: int) -> None:
        area = page.get_by_test_id("canvas").bounding_box()
        assert area is not None
        self.page = page
        self.scale = min((area["width"] - 80) / width, (area["height"] - 80) / height, 6)
        self.left = area["x"] + (area["width"] - width * self.scale) / 2
        self.top = area["y"] + (area["height"] - height * self.scale) / 2

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.left + x * self.scale, self.top + y * self.scale

    def drag(self, start: tuple[float, float], end: tuple[float, float], release: bool = True) -> None:
        self.page.mouse.move(*self.at(*start))
        self.page.mouse.down()
        self.page.mouse.move(*self.at((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), steps=3)
        self.page.mouse.move(*self.at(*end), steps=3)
        if release:
            self.page.mouse.up()


def percent(page: Page) -> float:
    return float(page.get_by_test_id("zoom").inner_text().removesuffix(" %"))


@pytest.fixture
def three(page: Page) -> Page:
    """Regions of 512 x 256 with three boxes of 64 x 64, not aligned."""
    document = {
        "layout": {
            "kind": "regions",
            "canvas": {"width": 512, "height": 256},
            "prompt": "a meadow by day",
            "patches": [
                {"id": f"p{n}", "prompt": prompt, "box": {"x": x, "y": y, "width": 64, "height": 64}, "feather": 16}
                for n, (prompt, x, y) in enumerate([("a house", 32, 32), ("a tree", 176, 88), ("a barn", 400, 160)], 1)
            ],
        },
        "sampling": {"model": "papercut", "steps": 2, "seed": 1},
    }
    page.get_by_test_id("open-file").set_input_files(
        {"name": "job.json", "mimeType": "application/json", "buffer": json.dumps(document).encode()}
    )
    expect(page.get_by_text("job.json is open.").last).to_be_visible()
    return page


def test_the_canvas_zooms_at_the_pointer_pans_and_fits(three: Page) -> None:
    eye = Eye(three, 512, 256)
    fitted = percent(three)
    assert fitted == pytest.approx(100 * eye.scale, abs=1)
    three.mouse.move(*eye.at(64, 64))
    three.keyboard.down("Control")
    for _ in range(4):
        three.mouse.wheel(0, -120)
    three.keyboard.up("Control")
    expect(three.get_by_test_id("zoom")).not_to_have_text(f"{fitted:.0f} %")
    assert percent(three) > 2 * fitted
    three.mouse.click(*eye.at(64, 64))  # the box under the pointer is where it was
    expect(three.get_by_test_id("patch-p1")).to_have_attribute("data-selected", "true")
    three.mouse.move(*eye.at(64, 64))
    three.mouse.wheel(40 * eye.scale * 2, 0)  # and moves with the wheel
    three.get_by_test_id("canvas").focus()
    three.keyboard.press("Shift+1")
    assert percent(three) == fitted
    three.keyboard.press("Control+=")
    assert percent(three) == pytest.approx(1.25 * fitted, abs=1)
    three.keyboard.press("Shift+0")
    assert percent(three) == 100
    three.keyboard.press("Shift+2")
    assert percent(three) > fitted
    three.get_by_test_id("fit").click()
    three.set_viewport_size({"width": 1100, "height": 700})  # a canvas that fits follows the window
    three.wait_for_timeout(300)
    assert percent(three) == pytest.approx(100 * Eye(three, 512, 256).scale, abs=1)


@pytest.mark.parametrize("by", ["space", "middle", "hand"])
def test_a_drag_moves_the_canvas_and_no_box(three: Page, by: str) -> None:
    eye = Eye(three, 512, 256)
    before = boxes(three)
    three.get_by_test_id("canvas").focus()
    if by == "hand":
        three.keyboard.press("h")
    three.mouse.move(*eye.at(64, 64))
    if by == "space":
        three.keyboard.down("Space")
    three.mouse.down(button="middle" if by == "middle" else "left")
    three.mouse.move(*eye.at(164, 114), steps=4)
    three.mouse.up(button="middle" if by == "middle" else "left")
    if by == "space":
        three.keyboard.up("Space")
    three.keyboard.press("v")
    three.mouse.click(*eye.at(164, 114))
    expect(three.get_by_test_id("patch-p1")).to_have_attribute("data-selected", "true")
    assert boxes(three) == before


def test_a_very_wide_canvas_is_drawn_on_at_every_zoom(page: Page) -> None:
    choose(page, "regions", 16384, 128)
    page.get_by_test_id("prompt").fill("a meadow by day")
    assert percent(page) < 10
    area = page.get_by_test_id("canvas").bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    page.keyboard.down("Control")
    for _ in range(14):
        page.mouse.wheel(0, -120)
    page.keyboard.up("Control")
    assert percent(page) > 100
    draw_box(page, 0.5, 0.45, 0.6, 0.55)
    (drawn,) = boxes(page).values()
    assert drawn[0] > 1000
    assert 8 <= drawn[2] < 200
    page.get_by_test_id("fit").click()
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("ArrowRight")
    assert boxes(page)["p1"][0] == drawn[0] + 8


def test_a_frame_selects_what_it_touches_and_all_is_moved_aligned_and_deleted(three: Page) -> None:
    eye = Eye(three, 512, 256)
    three.get_by_test_id("canvas").focus()
    three.keyboard.press("v")
    eye.drag((8, 8), (200, 120))
    bar = three.get_by_test_id("selection-bar")
    expect(bar).to_be_visible()
    eye.drag((64, 64), (80, 80))
    assert boxes(three) == {"p1": (48, 48, 64, 64), "p2": (192, 104, 64, 64), "p3": (400, 160, 64, 64)}
    three.keyboard.press("Control+z")
    three.keyboard.press("Shift+ArrowRight")
    assert [box[0] for box in boxes(three).values()] == [64, 208, 400]
    three.keyboard.press("Control+z")
    three.mouse.move(*eye.at(432, 192))
    three.keyboard.down("Shift")
    three.mouse.down()
    three.mouse.up()
    three.keyboard.up("Shift")
    bar.get_by_role("button", name="Align top edges").click()
    bar.get_by_role("button", name="Distribute horizontally").click()
    assert boxes(three) == {"p1": (32, 32, 64, 64), "p2": (216, 32, 64, 64), "p3": (400, 32, 64, 64)}
    three.get_by_test_id("canvas").focus()
    three.keyboard.press("Delete")
    assert boxes(three) == {}
    three.keyboard.press("Control+z")
    expect(three.get_by_test_id("patch-list").get_by_role("listitem")).to_have_count(3)
    three.keyboard.press("Control+a")
    expect(bar).to_be_visible()


def test_keys_held_during_a_drag_change_it_and_escape_takes_it_back(three: Page) -> None:
    eye = Eye(three, 512, 256)
    three.get_by_test_id("canvas").focus()
    three.keyboard.press("v")
    three.mouse.click(*eye.at(64, 64))
    eye.drag((64, 64), (160, 100), release=False)
    three.keyboard.press("Escape")
    three.mouse.up()
    assert boxes(three)["p1"] == (32, 32, 64, 64)
    three.keyboard.down("Control")
    eye.drag((64, 64), (75, 64))
    three.keyboard.up("Control")
    x = boxes(three)["p1"][0]
    assert x % 8 != 0  # no snapping
    assert x == pytest.approx(43, abs=1)
    three.keyboard.press("Control+z")
    three.keyboard.down("Shift")
    eye.drag((96, 96), (128, 100))  # the lower right corner, in proportion
    three.keyboard.up("Shift")
    assert boxes(three)["p1"] == (32, 32, 96, 96)
    three.keyboard.press("Control+z")
    three.keyboard.down("Alt")
    eye.drag((96, 64), (104, 64))  # the right edge, from the centre
    three.keyboard.up("Alt")
    assert boxes(three)["p1"] == (24, 32, 80, 64)
    three.keyboard.press("Control+z")
    three.keyboard.down("Alt")
    eye.drag((64, 64), (160, 160))
    three.keyboard.up("Alt")
    assert boxes(three)["p4"] == (128, 128, 64, 64)
    assert boxes(three)["p1"] == (32, 32, 64, 64)


def test_the_rectangle_tool_draws_over_a_box_and_moves_the_selected_one(three: Page) -> None:
    eye = Eye(three, 512, 256)
    three.get_by_test_id("canvas").focus()
    three.keyboard.press("r")
    eye.drag((40, 40), (80, 72))  # inside of a box that is not selected
    assert boxes(three)["p4"] == (40, 40, 40, 32)
    three.keyboard.type("a red door")
    expect(three.get_by_test_id("patch-prompt")).to_have_value("a red door")
    three.keyboard.press("Escape")  # from the prompt on the box to the canvas
    eye.drag((56, 56), (56, 72))
    assert boxes(three)["p4"] == (40, 56, 40, 32)
    three.mouse.click(*eye.at(500, 250))
    expect(three.get_by_test_id("patch-list").locator("[data-selected]")).to_have_count(0)


def test_boxes_are_ordered_locked_and_hidden_by_keys(three: Page, studio: Studio) -> None:
    canvas = three.get_by_test_id("canvas")
    canvas.focus()
    three.keyboard.press("]")
    three.keyboard.press("Control+Shift+]")
    assert list(boxes(three)) == ["p2", "p3", "p1"]
    three.keyboard.press("Control+[")
    assert list(boxes(three)) == ["p2", "p1", "p3"]
    three.keyboard.press("Control+Shift+l")
    three.keyboard.press("ArrowRight")
    expect(three.get_by_test_id("announcer")).to_contain_text("is locked")
    three.keyboard.press("Delete")
    assert boxes(three)["p1"] == (32, 32, 64, 64)
    eye = Eye(three, 512, 256)
    eye.drag((64, 64), (160, 100))
    assert boxes(three)["p1"] == (32, 32, 64, 64)
    canvas.focus()
    three.keyboard.press("]")
    three.keyboard.press("Control+Shift+h")
    hidden = draft(three)["flags"]["regions"]["hidden"]
    assert len(hidden) == 1
    set_sampling(three, 2, 1)
    generate(three)
    sent = resource(three, studio, finished(three))["spec"]["layout"]["patches"]
    assert [patch["id"] for patch in sent] == [id for id in boxes(three) if id not in hidden]


def test_two_boxes_are_drawn_arranged_and_prompted_by_keyboard_alone(page: Page) -> None:
    choose(page, "regions", 512, 256)
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("n")
    page.keyboard.press("Enter")
    page.keyboard.type("a house, red roof")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    for key in ["Shift+ArrowRight"] * 4 + ["Alt+ArrowDown", "ArrowUp"]:
        page.keyboard.press(key)
    page.keyboard.press("Control+d")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+Shift+l")
    page.keyboard.press("Control+Shift+l")
    assert len(boxes(page)) == 3
    assert draft(page)["regions"]["patches"][0]["prompt"] == "a house, red roof"


def test_boxes_are_copied_into_the_same_and_into_another_layout(three: Page) -> None:
    canvas = three.get_by_test_id("canvas")
    canvas.focus()
    three.keyboard.press("]")
    three.keyboard.press("Control+c")
    three.keyboard.press("Control+v")
    assert boxes(three)["p4"] == (48, 48, 64, 64)
    three.keyboard.press("Control+x")
    assert list(boxes(three)) == ["p1", "p2", "p3"]
    three.get_by_test_id("kind").select_option("scene")
    canvas.focus()
    three.keyboard.press("Control+v")
    scene = draft(three)["scene"]
    assert scene["object"]["prompt"] == "a house"
    assert (scene["box"]["width"], scene["box"]["height"]) == (64, 64)
