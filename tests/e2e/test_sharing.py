"""Share the job on the canvas, or a saved layout, by a link, and take the link back."""

import json
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import serious_findings
from tests.e2e.conftest import DESKTOP, PHONE, Studio
from tests.e2e.hands import MINUTE, open_gallery, stored_draft
from tests.picture_files import encoded

LAYOUT = {"kind": "panorama", "canvas": {"width": 128, "height": 128}, "prompt": "a shared desert by day"}


@pytest.fixture(scope="module")
def job(studio: Studio, browser: Browser) -> str:
    """A finished job."""
    context = browser.new_context()
    document = json.dumps({"layout": LAYOUT, "sampling": {"model": "papercut", "steps": 2, "seed": 1}})
    headers = {"Content-Type": "application/json", "Prefer": "wait=60"}
    answer = context.request.post(f"{studio.url}/api/jobs", data=document, headers=headers, timeout=2 * MINUTE)
    made = answer.json()
    assert made["state"] == "succeeded", made
    context.close()
    return made["id"]


def regions(page: Page, studio: Studio) -> dict[str, Any]:
    """A document with a box and a mask."""
    drawn = Image.new("L", (256, 128))
    ImageDraw.Draw(drawn).ellipse((160, 16, 224, 80), fill=255)
    sent = page.request.post(f"{studio.url}/api/uploads?kind=mask", data=encoded(drawn))
    house = {"id": "p1", "prompt": "a red house", "box": {"x": 16, "y": 40, "width": 96, "height": 72}}
    moon = {"id": "p2", "prompt": "a bright moon", "mask": sent.json()["id"]}
    canvas = {"width": 256, "height": 128}
    layout = {"kind": "regions", "canvas": canvas, "prompt": "green hills", "patches": [house, moon]}
    return {"layout": layout, "sampling": {"model": "papercut", "steps": 2, "seed": 1}}


def open_sharing(page: Page, job: str) -> None:
    page.evaluate("id => sessionStorage.setItem('inlay.session', JSON.stringify({state: {job: id}, version: 0}))", job)
    page.reload()
    expect(page.get_by_test_id("result")).to_be_attached(timeout=MINUTE)
    page.get_by_test_id("job-menu").click()
    page.get_by_test_id("share-job").click()
    expect(page.get_by_test_id("sharing")).to_be_visible()


def test_a_link_shows_the_picture_until_it_is_taken_back(page: Page, browser: Browser, job: str) -> None:
    open_sharing(page, job)
    page.get_by_test_id("link-days").fill("7")
    page.get_by_test_id("make-link").click()
    link = page.get_by_test_id("new-link").input_value()
    expect(page.get_by_test_id("link")).to_contain_text("ends")
    stranger = browser.new_context()
    shown = stranger.new_page()
    shown.goto(link)
    expect(shown.get_by_test_id("shared-prompt")).to_have_text(LAYOUT["prompt"], timeout=MINUTE)
    shown.wait_for_function("() => document.images.length === 1 && document.images[0].naturalWidth === 128")
    with shown.expect_download() as download:
        shown.get_by_test_id("shared-download").click()
    assert download.value.suggested_filename == "inlay-x.png"
    page.get_by_test_id("take-back").click()
    expect(page.get_by_test_id("link")).to_have_count(0)
    expect(page.get_by_test_id("new-link")).to_have_count(0)
    shown.reload()
    expect(shown.get_by_test_id("shared-gone")).to_be_visible(timeout=MINUTE)
    stranger.close()


def share_layout(page: Page) -> str:
    """Make a link to the first saved layout, and return it."""
    open_gallery(page)
    page.get_by_test_id("gallery-layouts").check()
    page.get_by_test_id("layout-menu").first.click()
    page.get_by_test_id("layout-share").click()
    page.get_by_test_id("make-link").click()
    return page.get_by_test_id("new-link").input_value()


def test_a_link_shows_a_saved_layout_and_opens_a_copy_of_it(page: Page, studio: Studio, browser: Browser) -> None:
    saved = page.request.post(
        f"{studio.url}/api/layouts", data={"name": "Two hills", "document": regions(page, studio)}
    )
    assert saved.ok, saved.text()
    link = share_layout(page)
    stranger = browser.new_context(viewport=DESKTOP)
    shown = stranger.new_page()
    with shown.expect_response(lambda answer: "/uploads/" in answer.url) as mask:
        shown.goto(link)
    assert mask.value.ok
    expect(shown.get_by_test_id("shared-title")).to_have_text("Two hills", timeout=MINUTE)
    expect(shown.get_by_test_id("shared-prompt")).to_have_text(["green hills", "a red house", "a bright moon"])
    expect(shown.get_by_test_id("outline")).to_contain_text("a red house")
    assert serious_findings(shown) == []
    shown.get_by_test_id("shared-copy").click()
    expect(shown.get_by_text("A copy of the shared layout is open.")).to_be_visible(timeout=MINUTE)
    patches = json.loads(stored_draft(shown))["state"]["draft"]["regions"]["patches"]
    assert [patch["prompt"] for patch in patches] == ["a red house", "a bright moon"]
    assert "copy" not in shown.url
    page.get_by_test_id("take-back").click()
    expect(page.get_by_test_id("link")).to_have_count(0)
    shown.goto(link)
    expect(shown.get_by_test_id("shared-gone")).to_be_visible(timeout=MINUTE)
    stranger.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_a_phone(browser: Browser, studio: Studio, job: str, scheme: str) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme=scheme, reduced_motion="reduce")  # pyright: ignore
    page = context.new_page()
    page.goto(studio.url)
    open_sharing(page, job)
    page.get_by_test_id("make-link").click()
    expect(page.get_by_test_id("new-link")).to_be_visible()
    assert serious_findings(page) == []
    context.close()
