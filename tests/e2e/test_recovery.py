"""The studio is never blank: a draft that it cannot render or read is set aside, and can be opened again."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import DESKTOP, Studio
from tests.e2e.hands import choose, choose_kind, turn_to, write_graph

KEPT_AS = "inlay.draft.1"


@pytest.fixture
def picture_file(tmp_path: Path) -> Path:
    Image.new("RGB", (512, 128), "#9fd3ee").save(tmp_path / "sky.png")
    return tmp_path / "sky.png"


def store(page: Page, text: str) -> None:
    """Replace the studio's draft in the browser's storage, and reload."""
    page.add_init_script(
        f"if (!sessionStorage.put) sessionStorage['{KEPT_AS}'] = {json.dumps(text)}; sessionStorage.put = 1"
    )
    page.reload()


def stored(page: Page) -> dict[str, Any]:
    return json.loads(page.evaluate(f"localStorage['{KEPT_AS}']"))


def test_a_start_picture_goes_with_every_kind_of_layout_and_over_a_reload(page: Page, picture_file: Path) -> None:
    turn_to(page, "picture")
    page.get_by_test_id("start-picture").set_input_files(picture_file)
    expect(page.get_by_test_id("start-picture-chosen")).to_be_visible()
    for part in ("all", "box outside", "mask outside"):
        page.get_by_test_id("redraw").select_option(part)
        for kind in ("custom", "panorama", "scene", "custom"):
            choose_kind(page, kind)
            expect(page.get_by_test_id("kind")).to_have_value(kind)
            turn_to(page, "sampling")
            expect(page.get_by_test_id("sampling")).to_be_visible()
        page.reload()
        expect(page.get_by_test_id("graph-open")).to_be_visible()
        expect(page.get_by_test_id("start-note")).to_be_visible()
        turn_to(page, "picture")
    turn_to(page, "region")
    for text in ("{", "[]", '{"outputs": [null]}', '{"outputs": [{"width": 1e999, "height": 0}]}'):
        write_graph(page, text)
        expect(page.get_by_test_id("canvas")).to_be_visible()


@pytest.mark.parametrize("text", ['{"state": {"draft": {"kind": "reg', '{"state": {"draft": {}}, "version": 9}'])
def test_a_draft_that_cannot_be_read_is_set_aside_word_for_word(page: Page, text: str) -> None:
    store(page, text)
    aside = page.get_by_test_id("aside")
    expect(aside).to_contain_text("cannot read all of the draft")
    choose(page, "texture", 128, 128)
    page.get_by_test_id("prompt").fill("the sea")
    page.reload()
    expect(page.get_by_test_id("prompt")).to_have_value("the sea")
    with page.expect_download() as download:
        page.get_by_test_id("download-aside").click()
    assert Path(download.value.path()).read_text() == text
    page.get_by_test_id("discard-aside").click()
    expect(aside).to_have_count(0)


def test_a_studio_that_stops_offers_an_empty_draft_and_the_last_one_back(browser: Browser, studio: Studio) -> None:
    context = browser.new_context(viewport=DESKTOP, accept_downloads=True)
    page = context.new_page()
    page.goto(studio.url)
    choose(page, "texture", 256, 128)
    page.get_by_test_id("prompt").fill("the sea")
    expect(page.get_by_test_id("generate")).to_be_enabled()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script("if (!sessionStorage.healed) window.ResizeObserver = undefined")
    page.reload()
    expect(page.get_by_test_id("stopped")).to_contain_text("Your draft is kept")
    assert errors
    with page.expect_download() as download:
        page.get_by_test_id("download-draft").click()
    kept = Path(download.value.path())
    assert json.loads(kept.read_text())["state"]["draft"]["texture"]["prompt"] == "the sea"
    page.get_by_test_id("reset-draft").click()
    assert stored(page)["state"]["draft"]["texture"]["prompt"] == ""

    page.evaluate("sessionStorage.healed = 1")
    page.reload()
    expect(page.get_by_test_id("aside")).to_contain_text("The draft was reset")
    page.get_by_test_id("bring-back").click()
    expect(page.get_by_test_id("prompt")).to_have_value("the sea")
    page.get_by_test_id("prompt").fill("a forest")
    page.get_by_test_id("open-file").set_input_files(kept)
    expect(page.get_by_test_id("prompt")).to_have_value("the sea")
    context.close()
