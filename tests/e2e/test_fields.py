"""No field changes a typed value in silence: it shows what is wrong, or which value it used instead."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Studio
from tests.e2e.hands import choose, draw_box, finished, generate, resource, set_sampling, turn_to


@pytest.fixture
def texture(page: Page) -> Page:
    choose(page, "texture", 128, 128)
    page.get_by_test_id("prompt").fill("the sea by day")
    set_sampling(page, 2, 3)
    expect(page.get_by_test_id("generate")).to_be_enabled()
    return page


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("seed", "99999999999999999999", "Write a whole number from 0 to 9,007,199,254,740,991."),
        ("seed", "-1", "Write a whole number from 0"),
        ("seed", "1.5", "Write a whole number from 0"),
        ("steps", "0", "Write a whole number from 1 to 1,000."),
        ("steps", "5000", "Write a whole number from 1 to 1,000."),
        ("steps", "many", "Write a whole number from 1 to 1,000."),
        ("images", "17", "Write a whole number from 1 to 16."),
        ("eta", "0,5", "without commas"),
        ("rescale", "2", "Write a number from 0 to 1."),
        ("canvas-width", "99999", "Write a whole number from 1 to 16,384."),
    ],
)
def test_a_number_that_cannot_be_stays_and_is_said(texture: Page, name: str, typed: str, says: str) -> None:
    if name in ("steps", "images", "eta", "rescale"):
        turn_to(texture, "sampling")
    field = texture.get_by_test_id(name)
    before = field.input_value()
    field.fill(typed)
    field.press("Tab")
    expect(field).to_have_value(typed)
    expect(field).to_have_attribute("aria-invalid", "true")
    note = texture.locator(f"[id='{field.get_attribute('aria-describedby')}']")
    expect(note).to_contain_text(says)
    expect(texture.get_by_test_id("unfit")).to_contain_text("Correct this first")
    expect(texture.get_by_test_id("generate")).to_be_disabled()
    turn_to(texture, "region")  # the button turns back to the tab that hides the field
    texture.get_by_test_id("unfit").get_by_role("button").click()
    expect(field).to_be_focused()
    field.press("Escape")
    expect(field).to_have_value(before)
    expect(texture.get_by_test_id("generate")).to_be_enabled()


def test_a_number_that_is_brought_into_line_says_what_it_took(page: Page) -> None:
    choose(page, "regions", 512, 128)
    width = page.get_by_test_id("canvas-width")
    width.fill("500")
    width.press("Enter")
    expect(width).to_have_value("504")
    expect(page.get_by_text("Took 504, not 500: the model’s grid has cells of 8 pixels.")).to_be_visible()
    page.get_by_test_id("add-box").click()
    left = page.get_by_test_id("box-x")
    wide = int(page.get_by_test_id("box-width").input_value())
    left.fill("600")
    left.press("Enter")
    expect(left).to_have_value(str(504 - wide))
    expect(page.get_by_text(f"Took {504 - wide}, not 600: the box lies inside the canvas.")).to_be_visible()


def test_a_prompt_is_never_cut(texture: Page) -> None:
    prompt = texture.get_by_test_id("prompt")
    long = "the sea by day " * 140
    prompt.fill(long)
    expect(prompt).to_have_value(long)
    expect(texture.get_by_test_id("prompt-error")).to_contain_text("2,100 characters: 100 characters too long")
    expect(texture.get_by_test_id("generate")).to_be_disabled()
    prompt.fill(long[:2000])
    expect(texture.get_by_text("2,000 of 2,000 characters.")).to_be_visible()
    expect(texture.get_by_test_id("generate")).to_be_enabled()


def test_marks_that_weigh_nothing_are_remarked_on_as_they_are_typed(texture: Page) -> None:
    prompt, remark = texture.get_by_test_id("prompt"), texture.get_by_test_id("prompt-remark")
    prompt.fill("((a house)) (")
    expect(remark.first).to_contain_text("never closed, and is read as text")
    expect(remark.last).to_contain_text("Write (a house)1.2")
    prompt.fill("(a house)1.2")
    expect(remark).to_have_count(0)


def test_generating_without_a_prompt_asks_first(page: Page, studio: Studio) -> None:
    choose(page, "texture", 128, 128)
    set_sampling(page, 2, 3)
    prompt = page.get_by_test_id("prompt")
    assert (prompt.get_attribute("placeholder") or "").startswith("For example: ")
    generate(page)
    asks = page.get_by_role("dialog", name="No prompt is written. Generate anyway?")
    expect(asks).to_be_visible()
    page.get_by_test_id("write-prompt").click()
    expect(asks).to_be_hidden()
    expect(prompt).to_be_focused()
    page.keyboard.press("Control+Enter")
    page.get_by_test_id("generate-anyway").click()
    assert resource(page, studio, finished(page))["spec"]["layout"]["prompt"] == ""


def test_a_layout_grows_with_all_that_is_on_it_for_a_model_of_larger_pictures(page: Page) -> None:
    choose(page, "regions", 512, 128)
    expect(page.get_by_test_id("too-small")).to_have_count(0)
    page.get_by_test_id("canvas-height").fill("64")
    page.get_by_test_id("canvas-height").press("Enter")
    draw_box(page, 0.4, 0.47, 0.5, 0.53)
    sides = {name: page.get_by_test_id(f"box-{name}") for name in ("x", "y", "width", "height")}
    expect(sides["x"]).not_to_have_value("")
    before = {name: int(field.input_value()) for name, field in sides.items()}
    note = page.get_by_test_id("too-small")
    expect(note).to_contain_text("Papercut was trained on pictures of 128 × 128 pixels, and this canvas has 512 × 64.")
    note.get_by_role("button", name="Make the layout 2 times as large").click()
    expect(note).to_have_count(0)
    expect(page.get_by_test_id("canvas-width")).to_have_value("1024")
    for name, field in sides.items():
        expect(field).to_have_value(str(2 * before[name]))
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("canvas-width")).to_have_value("512")
    expect(sides["width"]).to_have_value(str(before["width"]))
