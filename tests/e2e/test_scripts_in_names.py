"""Texts that people choose are shown as texts, whatever they hold: prompts, names of boxes and layouts, tags, and
labels of keys."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.e2e.conftest import DESKTOP, WAIT, Keyed, Studio
from tests.e2e.hands import finished, open_gallery
from tests.e2e.test_gallery import document, search, sent, tiles

SCRIPT = "<img src=x onerror=hit=1>"
WORSE = f"\"'>{SCRIPT}<script>window.hit=1</script><svg onload=hit=1>{{{{7*7}}}}${{7*7}}\u202e"
WATCH = """
window.refused = [];
document.addEventListener('securitypolicyviolation', (event) => window.refused.push(event.violatedDirective));
"""
FOUND = """() => ({
  ran: window.hit ?? null,
  refused: window.refused,
  elements: document.querySelectorAll('img[src="x"], svg[onload], [onerror], body script').length,
})"""


@pytest.fixture(params=["en-GB", "fa-IR"])
def page(browser: Browser, studio: Studio, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The studio in English and in Persian. It counts what the browser's policy had to refuse."""
    context = browser.new_context(viewport=DESKTOP, locale=request.param, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.add_init_script(WATCH)
    page.goto(studio.url)
    yield page
    context.close()


def nothing_ran(page: Page) -> None:
    assert page.evaluate(FOUND) == {"ran": None, "refused": [], "elements": 0}


def with_boxes(word: str) -> dict[str, Any]:
    box = {"x": 0, "y": 0, "width": 128, "height": 128}
    patches = [{"id": "a", "prompt": f"{word} {WORSE}", "negative_prompt": WORSE, "box": box}]
    canvas = {"width": 128, "height": 128}
    layout = {"kind": "regions", "canvas": canvas, "prompt": f"{word} {WORSE}", "patches": patches}
    return {"layout": layout, "sampling": {"model": "tiny", "steps": 1, "seed": 1}}


def test_prompts_and_tags_are_texts_in_the_gallery_and_on_the_canvas(page: Page, studio: Studio) -> None:
    word = f"w{uuid4().hex[:8]}"
    job = sent(page, studio, with_boxes(word))
    tag = f"{SCRIPT} {word}"
    assert page.request.patch(f"{studio.url}/api/jobs/{job}", data={"tags": [tag]}).ok
    page.reload()
    search(page, word)
    expect(tiles(page)).to_have_count(1)
    expect(page.get_by_test_id("filter-tag")).to_contain_text(tag)
    page.get_by_test_id("gallery-picture").click()
    expect(page.get_by_test_id("tags")).to_contain_text(tag)
    nothing_ran(page)
    page.get_by_test_id("show-on-canvas").click()
    assert finished(page) == job
    nothing_ran(page)


def test_prompts_are_texts_in_the_queue(page: Page, studio: Studio) -> None:
    page.request.patch(f"{studio.url}/api/queue", data={"paused": True})
    try:
        made = page.request.post(f"{studio.url}/api/jobs", data=document(WORSE)).json()["id"]
        page.get_by_test_id("open-queue").click()
        row = page.locator(f"[data-testid=queue-item][data-job='{made}']")
        expect(row).to_contain_text(SCRIPT)
        nothing_ran(page)
    finally:
        page.request.post(f"{studio.url}/api/cancel", data={"all": True})
        page.request.patch(f"{studio.url}/api/queue", data={"paused": False})


def test_names_of_layouts_and_files_are_texts(page: Page, studio: Studio) -> None:
    name = f"{SCRIPT} {uuid4().hex[:8]}"
    kept = page.request.post(f"{studio.url}/api/layouts", data={"name": name, "document": with_boxes("kept")}).json()
    open_gallery(page)
    page.get_by_test_id("gallery-layouts").check()
    page.get_by_test_id("layout-search").fill(name)
    expect(page.get_by_test_id("layout-item")).to_have_count(1)
    expect(page.get_by_test_id("layout-item")).to_contain_text(SCRIPT)
    page.goto(f"{studio.url}/?layout={kept['id']}")
    expect(page.get_by_text(name)).to_be_visible()
    expect(page.get_by_test_id("prompt").first).to_have_value(f"kept {WORSE}")
    nothing_ran(page)


def test_a_document_from_elsewhere_is_read_as_texts(page: Page) -> None:
    made = with_boxes("opened")
    made["layout"]["patches"][0]["id"] = SCRIPT
    made["sampling"]["model"] = WORSE
    file: FilePayload = {
        "name": f"{SCRIPT}.json",
        "mimeType": "application/json",
        "buffer": json.dumps(made).encode(),
    }
    page.get_by_test_id("open-file").set_input_files(file)
    expect(page.get_by_text(f"{SCRIPT}.json")).to_be_visible()
    nothing_ran(page)


@pytest.mark.parametrize("locale", ["en-GB", "fa-IR"])
def test_labels_of_keys_are_texts_for_an_admin(browser: Browser, keyed: Keyed, locale: str) -> None:
    studio, users = keyed
    owner = f"labels-{locale}"
    users.add(owner)
    users.add_key(owner, "read", SCRIPT)
    context = browser.new_context(viewport=DESKTOP, locale=locale)
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.add_init_script(WATCH)
    page.goto(studio.url)
    page.get_by_test_id("api-key").fill(users.add_key(owner, "admin", f"\"'>{SCRIPT}").secret)
    page.keyboard.press("Enter")
    page.get_by_test_id("file").click()
    page.get_by_test_id("show.admin").click()
    page.get_by_test_id("tab-keys").click()
    expect(page.get_by_test_id("key").filter(has_text=SCRIPT).filter(has_text=owner)).to_have_count(2)
    nothing_ran(page)
    page.get_by_test_id("tab-audit").click()
    expect(page.get_by_test_id("audit-entry").first).to_be_visible()
    nothing_ran(page)
    context.close()
