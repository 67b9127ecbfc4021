"""Prompts: completion, history, weights, length, and the prompt that is typed on its box."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PHONE
from tests.e2e.hands import choose, draw_box, finished, generate, set_sampling

LONG = "a desert by day, " * 12


def begin(page: Page) -> Locator:
    """Begin a texture, whose one prompt is that of the whole picture."""
    choose(page, "texture", 128, 128)
    return page.get_by_test_id("prompt")


def test_a_phrase_is_completed_by_keyboard(page: Page) -> None:
    prompt = begin(page)
    prompt.press_sequentially("a house, at ni")
    options = page.get_by_role("listbox", name="Completions").get_by_role("option")
    expect(options.first).to_have_text("at night")
    combobox = page.get_by_role("combobox", expanded=True)
    expect(combobox).to_have_value("a house, at ni")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(combobox).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "none")
    page.keyboard.press("Enter")
    expect(prompt).to_have_value("a house, at night")
    expect(page.get_by_role("listbox")).to_have_count(0)
    prompt.press_sequentially(", a des")
    expect(options.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(prompt).to_be_focused()
    page.keyboard.press("Enter")  # with no list, it is a new line
    expect(prompt).to_have_value("a house, at night, a des\n")


def test_all_phrases_are_offered_by_group_and_taken_with_the_mouse(page: Page) -> None:
    prompt = begin(page)
    prompt.fill("a house ")
    page.keyboard.press("Control+Space")
    lists = page.get_by_role("listbox", name="Completions")
    expect(lists.get_by_role("group", name="Times of day")).to_be_visible()
    assert lists.get_by_role("option").count() > 100
    page.keyboard.press("Control+Space")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Words that the model knows").click()
    lists.get_by_role("option", name="in fog", exact=True).click()
    expect(prompt).to_have_value("a house in fog")
    expect(prompt).to_be_focused()


def test_a_composition_takes_no_completion(page: Page) -> None:
    prompt = begin(page)
    prompt.press_sequentially("at ni")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_have_count(1)
    press = """(field) => field.dispatchEvent(new KeyboardEvent('keydown',
      { key: 'Enter', code: 'Enter', isComposing: true, bubbles: true, cancelable: true }))"""
    prompt.evaluate(press)  # Enter ends the composition of an input method
    expect(prompt).to_have_value("at ni")
    expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_have_count(1)


def test_words_are_weighed_by_keys(page: Page) -> None:
    prompt = begin(page)
    prompt.fill("a red ball in grass")
    prompt.evaluate("(field) => field.setSelectionRange(2, 10)")
    page.keyboard.press("Control+ArrowUp")
    page.keyboard.press("Control+ArrowUp")
    expect(prompt).to_have_value("a (red ball)1.2 in grass")
    expect(page.get_by_test_id("prompt-weights")).to_have_text("Weights: red ball 1.2")
    assert prompt.evaluate("(field) => field.value.slice(field.selectionStart, field.selectionEnd)") == "red ball"
    page.keyboard.press("End")
    page.keyboard.press("Control+ArrowDown")
    expect(prompt).to_have_value("a (red ball)1.2 in grass-")
    expect(page.get_by_test_id("prompt-weights")).to_have_text("Weights: red ball 1.2, grass 0.9")
    page.keyboard.press("Control+z")
    expect(prompt).to_have_value("a (red ball)1.2 in grass")
    page.keyboard.press("Control+z")
    expect(prompt).to_have_value("a (red ball)1.1 in grass")
    expect(page.locator("[data-weight='1.1']")).to_have_text(["red", "ball"])  # two: it does not know "ball"


def test_a_bracket_without_a_partner_is_marked(page: Page) -> None:
    prompt = begin(page)
    prompt.fill("a (red ball, in grass")
    expect(page.get_by_test_id("prompt-remark")).to_have_text("One “(” is never closed, and is read as text.")
    expect(page.locator("[data-bracket=unmatched]")).to_have_text("(")
    prompt.press_sequentially(")")
    expect(page.locator("[data-bracket=unmatched]")).to_have_count(0)
    expect(page.locator("[data-bracket=matched]")).to_have_text(["(", ")"])


def test_tokens_are_counted_against_the_limit_of_the_model(page: Page) -> None:
    prompt = begin(page)
    prompt.fill("a desert at night")
    expect(page.get_by_test_id("prompt-tokens")).to_have_text("4 of 46 tokens")
    prompt.fill("a (desert)1.2 at night++")
    expect(page.get_by_test_id("prompt-tokens")).to_have_text("4 of 46 tokens")
    prompt.fill(LONG)
    expect(page.get_by_test_id("prompt-tokens")).to_have_text("60 of 46 tokens")
    expect(page.get_by_test_id("prompt-chunks")).to_contain_text("it reads this prompt in 2 parts")
    page.get_by_test_id("canvas").focus()
    expect(page.get_by_test_id("prompt-chunks")).to_be_visible()


def test_prompts_are_remembered_after_a_reload(page: Page) -> None:
    prompt = begin(page)
    prompt.fill("a green meadow by day")
    set_sampling(page, steps=1, seed=1)
    generate(page)
    finished(page)
    page.reload()
    prompt.fill("")
    prompt.press("Alt+ArrowUp")
    expect(prompt).to_have_value("a green meadow by day")
    prompt.press("Alt+ArrowDown")
    expect(prompt).to_have_value("")
    prompt.press_sequentially("something of my own")
    prompt.press("Alt+ArrowUp")  # the field was changed, so the key is left to the text
    expect(prompt).to_have_value("something of my own")
    page.get_by_role("button", name="Prompts used before").click()
    page.get_by_role("option", name="a green meadow by day", exact=True).click()
    expect(prompt).to_have_value("a green meadow by day")
    page.get_by_role("button", name="Prompts used before").click()
    page.get_by_role("option", name="something of my own").click()  # what was replaced is not lost
    expect(prompt).to_have_value("something of my own")


def test_a_prompt_is_typed_on_its_box(page: Page) -> None:
    choose(page, "regions", 512, 256)
    page.get_by_test_id("prompt").fill("a meadow")
    draw_box(page, 0.4, 0.4, 0.5, 0.5)
    on_box = page.get_by_test_id("prompt-on-box")
    expect(on_box).to_be_focused()
    page.keyboard.type("new barn")
    expect(page.get_by_test_id("patch-prompt")).to_have_value("new barn")
    expect(page.get_by_test_id("patch-list").get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(on_box).to_have_count(0)
    canvas = page.get_by_test_id("canvas")
    expect(canvas).to_be_focused()
    page.keyboard.press("Enter")
    expect(on_box).to_be_focused()
    page.keyboard.type("s")
    expect(page.get_by_test_id("patch-prompt")).to_have_value("new barns")
    page.get_by_test_id("patch-prompt").fill("a house")
    expect(on_box).to_have_count(0)
    view = canvas.bounding_box()
    assert view is not None
    page.mouse.dblclick(view["x"] + 0.45 * view["width"], view["y"] + 0.45 * view["height"])
    expect(on_box).to_have_value("a house")
    box = on_box.bounding_box()
    assert box is not None
    assert box["width"] > 200, "the text of a small box is wide enough to write in"


def test_a_run_from_the_prompt_on_a_box_is_not_covered_by_it(page: Page) -> None:
    choose(page, "regions", 512, 256)
    page.get_by_test_id("prompt").fill("a meadow")
    set_sampling(page, 2, 5)
    draw_box(page, 0.4, 0.4, 0.5, 0.5)
    page.keyboard.type("a barn")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("prompt-on-box")).to_have_count(0)
    expect(page.get_by_test_id("canvas")).to_be_focused()
    finished(page)
    expect(page.get_by_test_id("patch-prompt")).to_have_value("a barn")


def test_the_prompt_on_a_box_stays_above_the_keyboard_of_a_phone(page: Page) -> None:
    choose(page, "regions", 512, 256)
    page.get_by_test_id("prompt").fill("a meadow")
    page.set_viewport_size(PHONE)
    draw_box(page, 0.6, 0.6, 0.9, 0.8)
    on_box = page.get_by_test_id("prompt-on-box")
    expect(on_box).to_be_focused()
    for height in (844, 400):  # the keyboard takes more than half of the screen
        page.set_viewport_size({"width": 390, "height": height})
        page.wait_for_timeout(200)
        box = on_box.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height
