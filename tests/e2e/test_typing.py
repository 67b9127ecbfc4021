"""Keys that are typed into the studio are text, unless the visitor focused the canvas."""

from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.hands import choose, choose_kind, draw_box, turn_to

SAID = "a blue barn in snow, new roof"


def test_what_is_typed_after_drawing_is_the_prompt_of_the_box(page: Page) -> None:
    choose(page, "regions", 512, 256)
    page.get_by_test_id("prompt").fill("a meadow by day")
    for number, text in enumerate((SAID, "rabbits run by"), start=1):
        draw_box(page, 0.1 + 0.3 * number, 0.4, 0.25 + 0.3 * number, 0.6)
        page.keyboard.type(text)
        expect(page.get_by_test_id("patch-list").get_by_role("listitem")).to_have_count(number)
        expect(page.get_by_test_id("patch-prompt")).to_have_value(text)
    expect(page.get_by_test_id("canvas")).to_have_attribute("data-tool", "rectangle")


def test_what_is_typed_after_drawing_the_one_box_of_a_layout_is_its_prompt(page: Page) -> None:
    free = {"scene": (0.6, 0.35, 0.85, 0.6), "portrait": (0.45, 0.7, 0.55, 0.85)}  # of the boxes of these examples
    for kind, example, prompt in (
        ("scene", "scene-lonely-person", "prompt-object"),
        ("portrait", "portrait-doctor", "prompt-head"),
    ):
        choose_kind(page, kind)
        page.get_by_test_id(f"example-{example}").click()
        page.get_by_test_id(prompt).fill("")
        draw_box(page, *free[kind])
        page.keyboard.type(SAID)
        expect(page.get_by_test_id(prompt)).to_have_value(SAID)


def test_letters_are_no_commands_after_drawing_the_part_to_inpaint(page: Page, tmp_path: Path) -> None:
    Image.new("RGB", (512, 256), "#9fd3ee").save(tmp_path / "sky.png")
    choose_kind(page, "panorama")
    turn_to(page, "picture")
    page.get_by_test_id("start-picture").set_input_files(tmp_path / "sky.png")
    page.get_by_test_id("redraw").select_option("box outside")
    draw_box(page, 0.4, 0.45, 0.6, 0.55)
    canvas = page.get_by_test_id("canvas")
    expect(canvas).to_be_focused()  # no text belongs to that part, so the canvas keeps the arrows
    page.keyboard.type("haven")
    expect(canvas).to_have_attribute("data-tool", "rectangle")
    left = int(page.get_by_test_id("box-x").input_value())
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("box-x")).to_have_value(str(left + 8))
    page.keyboard.press("Tab")
    canvas.focus()
    page.keyboard.type("h")
    expect(canvas).to_have_attribute("data-tool", "hand")


def test_letters_and_brackets_are_commands_once_the_canvas_is_chosen(page: Page) -> None:
    choose(page, "regions", 512, 256)
    page.get_by_test_id("canvas").focus()
    page.keyboard.type("nn")
    patches = page.get_by_test_id("patch-list").get_by_role("listitem")
    expect(patches).to_have_count(2)
    expect(page.get_by_test_id("patch-p2")).to_have_attribute("data-selected", "true")
    press = """([key, code]) => document.activeElement.dispatchEvent(
      new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }))"""
    page.evaluate(press, ["ü", "BracketLeft"])  # a German keyboard
    expect(page.get_by_test_id("patch-p1")).to_have_attribute("data-selected", "true")
    page.evaluate(press, ["$", "BracketRight"])  # a French one
    expect(page.get_by_test_id("patch-p2")).to_have_attribute("data-selected", "true")
    page.keyboard.press("Enter")
    page.keyboard.type(SAID)
    expect(page.get_by_test_id("patch-prompt")).to_have_value(SAID)
    page.keyboard.press("Escape")  # and back to the canvas
    page.keyboard.press("n")
    expect(patches).to_have_count(3)
