"""The window around the canvas: keys, the command palette, the help sheet, menus, layers, tabs, drawer and dock."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import findings_in_both_themes
from tests.e2e.conftest import DESKTOP, PHONE, Studio
from tests.e2e.hands import (
    choose,
    choose_kind,
    draw_box,
    finished,
    generate,
    move_by_keys,
    open_gallery,
    set_sampling,
    turn_to,
)

LETTERS = "vrlbehngx?"


def boxes(page: Page) -> list[str]:
    """The names of the patches, the topmost first."""
    return page.get_by_test_id("patch-list").locator("[data-layer]").all_inner_texts()


def three_boxes(page: Page) -> None:
    choose(page, "regions", 512, 256)
    for _ in range(3):
        page.get_by_test_id("add-box").click()
    expect(page.get_by_test_id("patch-list").get_by_role("listitem")).to_have_count(3)


def test_letters_are_text_in_every_field_and_keys_elsewhere(page: Page) -> None:
    choose(page, "regions", 512, 256)
    prompt = page.get_by_test_id("prompt")
    prompt.click()
    page.keyboard.type(LETTERS)
    expect(prompt).to_have_value(LETTERS)
    page.get_by_test_id("seed").click()
    page.keyboard.type("h?r")
    expect(page.get_by_test_id("seed")).to_have_value("h?r")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_test_id("open-queue").focus()
    page.keyboard.press("r")
    expect(page.get_by_test_id("tool-rectangle")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("v")
    expect(page.get_by_test_id("tool-select")).to_have_attribute("aria-pressed", "true")
    choose_kind(page, "panorama")
    expect(page.get_by_test_id("tool-lasso")).to_be_disabled()


def test_the_palette_finds_commands_by_their_words_and_runs_them(page: Page) -> None:
    page.get_by_test_id("prompt").click()
    page.keyboard.press("Control+k")
    field = page.get_by_test_id("palette-input")
    expect(field).to_be_focused()
    field.fill("seam")  # of what a texture does
    expect(page.get_by_test_id("palette").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("kind")).to_have_value("texture")
    expect(page.get_by_test_id("palette")).to_have_count(0)
    page.keyboard.press("Control+k")
    field.fill("qqq")
    expect(page.get_by_text("No command has these words.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("palette")).to_have_count(0)


def test_the_help_sheet_has_every_key_of_the_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    commands = page.get_by_test_id("palette").get_by_role("option")
    expect(commands.first).to_be_visible()
    keyed = [
        (command.locator("> span").last.inner_text(), command.locator("kbd").inner_text())
        for command in commands.all()
        if command.locator("kbd").count()
    ]
    assert len(keyed) > 10
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    sheet = page.get_by_test_id("help")
    expect(sheet).to_be_visible()
    terms, says = (sheet.locator(tag).all_inner_texts() for tag in ("dt", "dd"))
    listed = dict(zip(says, terms, strict=True))
    for label, keys in keyed:
        assert keys in listed[label]
    assert "Ctrl+K" in listed["Command palette"]
    titles = sheet.get_by_role("heading").all_inner_texts()
    assert len({*titles}) == len(titles)
    assert "More" not in titles, "a group of actions has no name"
    assert "On the canvas of a panorama with several prompts" in titles
    everywhere = sheet.locator("section").filter(has_not=page.get_by_role("heading", name=re.compile("^(On|In) the ")))
    keys = everywhere.locator("kbd").all_inner_texts()
    assert [key for key in {*keys} if keys.count(key) > 1] == []


def test_the_drawer_takes_the_focus_and_gives_it_back(page: Page) -> None:
    opener = page.get_by_test_id("open-gallery")
    opener.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_test_id("drawer")
    expect(page.get_by_test_id("gallery-search")).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(opener).to_be_focused()
    page.keyboard.press("Control+k")
    page.get_by_test_id("palette-input").fill("queue")
    page.keyboard.press("Enter")
    expect(drawer).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("close-drawer")).to_be_focused()
    page.keyboard.press("Shift+Q")
    expect(drawer).to_have_count(0)
    page.keyboard.press("Shift+G")
    expect(page.get_by_test_id("gallery-search")).to_be_focused()


def test_the_canvas_is_resized_and_its_prompt_reached_by_keys(page: Page) -> None:
    choose_kind(page, "panorama")
    page.keyboard.press("Control+k")
    page.get_by_test_id("palette-input").fill("size 1024")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("canvas-width")).to_have_value("1024")
    page.evaluate("document.activeElement?.blur()")
    page.get_by_test_id("tab-sampling").click()
    page.keyboard.press("p")
    expect(page.get_by_test_id("prompt").first).to_be_focused()


def test_the_file_menu_works_by_keys(page: Page) -> None:
    page.get_by_test_id("prompt").fill("a meadow")
    page.get_by_test_id("file").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Begin anew")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Begin anew")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("prompt")).to_have_value("")
    page.get_by_test_id("file").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_layers_are_chosen_moved_hidden_and_deleted_by_keys(page: Page) -> None:
    three_boxes(page)
    rows = page.get_by_test_id("patch-list").locator("[data-layer]")
    for index, name in enumerate(("top", "middle", "bottom")):
        rows.nth(index).click()
        page.get_by_test_id("patch-prompt").fill(name)
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_test_id("patch-prompt")).to_have_value("middle")
    rows.nth(2).click(modifiers=["Shift"])
    expect(page.get_by_test_id("patch-list").locator("[data-selected]")).to_have_count(2)
    page.get_by_role("button", name="Move in the list: top").focus()
    move_by_keys(page, ("ArrowDown", 2))
    expect(rows.first).to_contain_text("middle")
    assert [name.split("\n")[0] for name in boxes(page)] == ["middle", "top", "bottom"]
    page.keyboard.press("Control+z")
    expect(rows.first).to_contain_text("top")
    page.get_by_test_id("patch-list").locator("[data-testid^=eye-]").first.press("Enter")
    expect(page.get_by_test_id("patch-list").locator("[data-testid^=eye-]").first).to_have_attribute(
        "aria-pressed", "true"
    )
    rows.nth(2).focus()
    page.keyboard.press("Delete")
    expect(rows).to_have_count(2)


def test_a_layer_is_dragged_by_its_grip(page: Page) -> None:
    three_boxes(page)
    rows = page.get_by_test_id("patch-list").get_by_role("listitem")
    first = rows.first.get_attribute("data-testid")
    rows.first.hover()
    grip = rows.first.get_by_role("button", name=re.compile("Move in the list")).bounding_box()
    last = rows.last.bounding_box()
    assert grip is not None
    assert last is not None
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 10, last["y"] + last["height"] / 2, steps=12)
    page.mouse.up()
    expect(rows.last).to_have_attribute("data-testid", str(first))


def test_the_dock_keeps_its_height_through_a_run(page: Page, studio: Studio) -> None:
    choose(page, "texture", 128, 128)
    page.get_by_test_id("prompt").fill("the sea by day")
    set_sampling(page, 4, 3)
    dock = page.get_by_test_id("dock")
    before = dock.bounding_box()
    generate(page)
    expect(page.get_by_test_id("progress")).to_be_visible()
    assert dock.bounding_box() == before
    job = finished(page)
    assert dock.bounding_box() == before
    page.reload()
    page.evaluate("sessionStorage.clear()")
    open_gallery(page)
    page.locator(f"[data-testid=gallery-item][data-job='{job}']").get_by_test_id("gallery-picture").click()
    page.get_by_test_id("show-on-canvas").click()
    expect(page.get_by_test_id("drawer")).to_have_count(0)
    expect(page.get_by_test_id("result")).to_have_attribute("data-job", job)


def test_axe_finds_nothing_serious(browser: Browser, studio: Studio) -> None:
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    page = context.new_page()
    page.goto(studio.url)
    found = {"empty": findings_in_both_themes(page)}
    choose(page, "regions", 512, 256)
    draw_box(page, 0.3, 0.4, 0.6, 0.6)
    page.keyboard.type("a house")
    expect(page.get_by_test_id("generate")).to_be_enabled()
    found["box"] = findings_in_both_themes(page)
    for tab in ("picture", "sampling"):
        turn_to(page, tab)
        expect(page.get_by_test_id({"picture": "start", "sampling": "sampling"}[tab])).to_be_visible()
        found[tab] = findings_in_both_themes(page)
    open_gallery(page)
    found["gallery"] = findings_in_both_themes(page)
    page.keyboard.press("Escape")
    page.get_by_test_id("open-queue").focus()
    page.keyboard.press("?")
    expect(page.get_by_test_id("help")).to_be_visible()
    found["help"] = findings_in_both_themes(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.get_by_test_id("palette-input")).to_be_focused()
    found["palette"] = findings_in_both_themes(page)
    page.keyboard.press("Escape")
    page.get_by_test_id("file").click()
    expect(page.get_by_role("menuitem", name="Begin anew")).to_be_visible()
    found["menu"] = findings_in_both_themes(page)
    context.close()
    assert {view: says for view, says in found.items() if says} == {}


def test_the_sheet_of_a_phone_opens_and_closes_below_the_canvas(browser: Browser, studio: Studio) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(studio.url)
    canvas, sheet = page.get_by_test_id("canvas"), page.get_by_test_id("sheet")
    expect(page.get_by_test_id("prompt")).to_be_visible()
    small = canvas.bounding_box()
    assert findings_in_both_themes(page) == []
    for tab, part in (("layers", "layers"), ("picture", "start"), ("sampling", "sampling")):
        turn_to(page, tab)
        expect(page.get_by_test_id(part)).to_be_visible()
        expect(page.get_by_test_id("generate")).to_be_in_viewport(ratio=1)
        expect(canvas).to_be_in_viewport()
        assert findings_in_both_themes(page) == []
    sheet.tap()
    expect(page.get_by_test_id("sampling")).to_be_hidden()
    large = canvas.bounding_box()
    assert small is not None
    assert large is not None
    assert large["height"] > small["height"] + 200
    expect(page.get_by_test_id("generate")).to_be_in_viewport(ratio=1)
    turn_to(page, "region")
    expect(page.get_by_test_id("prompt")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()
