"""The prompts of a panorama and the head of a portrait, moved on the canvas in a real browser."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Studio
from tests.e2e.hands import choose, finished, generate, place, resource, set_sampling, stored_draft

SIZE = 512, 128


def drag(page: Page, size: tuple[int, int], start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*place(page, size, *start))
    page.mouse.down()
    page.mouse.move(*place(page, size, *end), steps=6)
    page.mouse.up()


def marker_row(page: Page) -> float:
    """Return how far down the markers lie, in pixels of the canvas: 18 pixels of the screen above its lower edge."""
    scale = place(page, SIZE, 1, 0)[0] - place(page, SIZE, 0, 0)[0]
    return SIZE[1] - 18 / scale


@pytest.fixture
def three(page: Page) -> Page:
    """A panorama under three prompts."""
    choose(page, "panorama", *SIZE)
    page.get_by_test_id("prompt").fill("a desert by day")
    for prompt in ("a meadow by day", "a sea by day"):
        page.get_by_test_id("add-anchor").click()
        page.get_by_test_id("prompt").last.fill(prompt)
    set_sampling(page, 2, 3)
    return page


def test_a_prompt_of_a_panorama_is_dragged_along_the_canvas(three: Page, studio: Studio) -> None:
    page = three
    fields = page.get_by_test_id("anchor-position")
    before = [fields.nth(index).input_value() for index in range(3)]
    assert before == ["85", "256", "427"]
    down = marker_row(page)
    drag(page, SIZE, (256, down), (160, down))
    expect(fields.nth(1)).to_have_value("160")
    drag(page, SIZE, (427, down), (20, down))  # never past its neighbour
    expect(fields.nth(2)).to_have_value("161")
    page.keyboard.press("Control+z")
    expect(fields.nth(2)).to_have_value("427")
    fields.nth(0).fill("40")
    fields.nth(0).press("Enter")
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.reload()
    positions = [int(fields.nth(index).input_value()) / SIZE[0] for index in range(3)]
    generate(page)
    layout = resource(page, studio, finished(page))["spec"]["layout"]
    assert layout["positions"] == pytest.approx(positions, abs=1e-3)
    assert positions[0] < 0.2
    page.keyboard.press("Escape")
    page.get_by_test_id("spread-anchors").click()
    expect(fields.nth(1)).to_have_value("256")
    page.keyboard.press("Control+z")
    expect(fields.nth(1)).to_have_value(str(round(positions[1] * SIZE[0])))


def test_the_head_of_a_portrait_follows_its_joint_until_it_is_moved_by_hand(page: Page) -> None:
    size = 256, 256
    choose(page, "portrait", *size)
    page.get_by_test_id("prompt-head").fill("a house")
    page.get_by_test_id("pose").click()
    corner = [page.get_by_test_id(f"box-{side}") for side in "xy"]
    before = [int(field.input_value()) for field in corner]
    side = [int(page.get_by_test_id(f"box-{side}").input_value()) for side in ("width", "height")]
    nose = json.loads(stored_draft(page))["state"]["draft"]["portrait"]["body"]["control"]["joints"][0]
    drag(page, size, (nose[0], nose[1]), (nose[0] + 20, nose[1] + 12))
    expect(corner[0]).not_to_have_value(str(before[0]))
    moved = [int(field.input_value()) for field in corner]
    assert [now - then for now, then in zip(moved, before, strict=True)] == pytest.approx([20, 12], abs=2)
    assert [int(page.get_by_test_id(f"box-{name}").input_value()) for name in ("width", "height")] == side
    corner[1].fill("64")  # by hand
    corner[1].press("Enter")
    drag(page, size, (nose[0] + 20, nose[1] + 12), (nose[0] - 16, nose[1] + 40))
    page.wait_for_timeout(300)
    assert [int(field.input_value()) for field in corner] == [moved[0], 64]
