"""A picture of two regions without a mouse: from the opened page to the finished picture."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Studio
from tests.e2e.hands import finished, resource

RING = "() => { const { outlineStyle: s, outlineWidth: w } = getComputedStyle(document.activeElement); return s + w; }"


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until a part of the page has the focus, which must be seen on each part before it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(RING) == "solid2px", "the focus is not seen"
        if page.evaluate("document.activeElement.dataset.testid") == name:
            return
    raise AssertionError(f"Tab does not reach {name}")


def test_two_regions_are_drawn_and_generated_by_keys_alone(page: Page, studio: Studio) -> None:
    expect(page.get_by_test_id("canvas")).to_be_visible()
    tab_to(page, "to-canvas")
    expect(page.get_by_test_id("to-canvas")).to_be_in_viewport(ratio=1)
    tab_to(page, "kind")
    page.keyboard.type("regions")
    expect(page.get_by_test_id("kind")).to_have_value("regions")
    press(page, "Shift+Tab", "Shift+Tab", "Enter")  # back to the button that goes to the canvas
    expect(page.get_by_test_id("canvas")).to_be_focused()
    for prompt, way in (("a house", "ArrowLeft"), ("a tree", "ArrowRight")):
        press(page, "n", f"Shift+{way}", f"Shift+{way}", "Alt+ArrowDown", "Enter")
        expect(page.get_by_test_id("prompt-on-box")).to_be_focused()
        page.keyboard.type(prompt)
        page.keyboard.press("Escape")  # the words that the model knows
        if page.get_by_test_id("prompt-on-box").count():
            page.keyboard.press("Escape")
        expect(page.get_by_test_id("canvas")).to_be_focused()
    tab_to(page, "tab-region")
    press(page, "ArrowRight", "ArrowRight", "Enter")
    expect(page.get_by_test_id("steps")).to_be_visible()
    tab_to(page, "steps")
    press(page, "Control+a")
    page.keyboard.type("3")
    press(page, "Control+Enter")
    patches = resource(page, studio, finished(page))["spec"]["layout"]["patches"]
    assert [patch["prompt"] for patch in patches] == ["a house", "a tree"]
    assert patches[0]["box"]["x"] < patches[1]["box"]["x"]


def test_the_tools_are_one_stop_of_tab_and_arrows_go_between_them(page: Page) -> None:
    page.get_by_test_id("kind").select_option("regions")
    tab_to(page, "tool-select")
    press(page, "ArrowDown")
    expect(page.get_by_test_id("tool-rectangle")).to_be_focused()
    press(page, "ArrowUp", "Enter")
    expect(page.get_by_test_id("tool-select")).to_have_attribute("aria-pressed", "true")
    press(page, "Tab")
    expect(page.get_by_test_id("canvas")).to_be_focused()


def test_a_box_added_by_its_key_takes_the_next_keys(page: Page) -> None:
    page.get_by_test_id("kind").select_option("regions")
    page.get_by_test_id("open-queue").focus()
    press(page, "n")
    expect(page.get_by_test_id("canvas")).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_test_id("prompt-on-box")).to_be_focused()
