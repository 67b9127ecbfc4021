"""The main views of the studio look as they did. A snapshot is small: how letters are smoothed does not matter, and a
panel that is gone, empty or over another one does."""

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2 as httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import DESKTOP, PHONE, Studio
from tests.e2e.hands import MINUTE, finished, generate, open_document, open_gallery, show_graph

SNAPSHOTS = Path(__file__).parent / "snapshots"
SHRUNK = 8  # pixels of the page for one pixel of a snapshot, along each side
LOUD = 10  # levels of 255 between two pixels that look different; panels and the canvas are 15 apart
MOST_CHANGED = 0.004  # of the pixels: a square of 70 pixels on a desktop

PROMPT = "a meadow under the first snapshot"
LAYOUT: dict[str, Any] = {
    "kind": "regions",
    "canvas": {"width": 512, "height": 256},
    "prompt": PROMPT,
    "patches": [
        {"id": "city", "prompt": "a city by day", "box": {"x": 48, "y": 24, "width": 160, "height": 160}},
        {"id": "sea", "prompt": "the sea by day", "box": {"x": 304, "y": 72, "width": 176, "height": 144}},
    ],
}
# Times, memory and messages differ from run to run, so a snapshot does not show them. The tags that other tests give
# would widen a field of the gallery.
HIDE = """() => {
  window.varies = new CSSStyleSheet();
  window.varies.replaceSync(`
    [data-testid=model-needs], [data-testid=open-queue] span, [data-testid=generate] span { display: none !important }
    [data-testid=progress] span, [data-testid=queue] > div:first-child p, [data-figure=seconds], [role=status] {
      visibility: hidden !important }
    [data-testid=filter-tag] { inline-size: 5rem !important }`);
  document.adoptedStyleSheets.push(window.varies);
}"""
SHOW = "() => document.adoptedStyleSheets.splice(document.adoptedStyleSheets.indexOf(window.varies), 1)"
STILL = "() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))"


def document(seed: int) -> dict[str, Any]:
    """Return a job of random weights: its picture stays the same when the bundled model is trained anew."""
    return {"layout": LAYOUT, "sampling": {"model": "tiny", "steps": 4, "seed": seed}}


def press(page: Page, key: str) -> None:
    """Press a key outside of every field."""
    page.evaluate("document.activeElement?.blur()")
    page.keyboard.press(key)


def empty(page: Page) -> None:
    expect(page.locator("[data-testid^=example-] img")).to_have_count(3)


def regions(page: Page) -> None:
    open_document(page, document(1))


def run(page: Page) -> None:
    generate(page)
    finished(page)


def gallery(page: Page) -> None:
    open_gallery(page)
    page.get_by_test_id("gallery-search").fill(PROMPT)
    expect(page.get_by_test_id("gallery-item")).to_have_count(1)
    expect(page.get_by_test_id("gallery-item").locator("img")).to_be_visible()


def queue(page: Page) -> None:
    page.get_by_test_id("close-drawer").click()
    page.get_by_test_id("open-queue").click()
    expect(page.get_by_test_id("queue-empty")).to_be_visible()


def graph(page: Page) -> None:
    page.get_by_test_id("close-drawer").click()
    show_graph(page)
    expect(page.locator(".react-flow__node")).not_to_have_count(0)


def compare(page: Page) -> None:
    page.get_by_test_id("graph-switch").click()
    first = finished(page)
    open_document(page, document(2))
    generate(page)
    expect(page.get_by_test_id("result")).not_to_have_attribute("data-job", first, timeout=MINUTE)
    finished(page)
    page.get_by_label("More to do with this job").click()
    page.get_by_test_id("compare-with").click()
    page.get_by_test_id("choose-right").click()
    page.locator(f'[data-testid="pick-picture"][data-job="{first}"]').click()
    expect(page.get_by_test_id("compare-right")).to_be_visible()


def palette(page: Page) -> None:
    page.get_by_test_id("compare-close").click()
    press(page, "Control+k")
    expect(page.get_by_test_id("palette-input")).to_be_focused()


def keys(page: Page) -> None:
    page.keyboard.press("Escape")
    press(page, "?")
    expect(page.get_by_test_id("help")).to_be_visible()


# Each view begins where the last one ended.
VIEWS: dict[str, Callable[[Page], None]] = {
    "empty": empty,
    "regions": regions,
    "run": run,
    "gallery": gallery,
    "queue": queue,
    "graph": graph,
    "compare": compare,
    "palette": palette,
    "help": keys,
}
ON_PHONE = ("empty", "regions", "run")
SIZES = {"desktop": (DESKTOP, tuple(VIEWS)), "phone": (PHONE, ON_PHONE)}
Seen = dict[str, Image.Image]


def photographed(page: Page) -> Image.Image:
    """Return what the page shows, small."""
    page.mouse.move(0, 0)
    page.evaluate(STILL)
    page.wait_for_timeout(250)  # what is decoded and drawn after the last event
    page.evaluate(HIDE)
    photograph = page.screenshot(animations="disabled", caret="hide")
    page.evaluate(SHOW)
    with Image.open(BytesIO(photograph)) as image:
        return image.convert("RGB").reduce(SHRUNK)


@pytest.fixture(scope="module")
def seen(browser: Browser, studio: Studio) -> Seen:
    """Walk through all views in both sizes, each in both themes, and return their pictures."""
    clear(studio)
    pictures: Seen = {}
    for size, (viewport, names) in SIZES.items():
        context = browser.new_context(viewport=viewport, has_touch=size == "phone", reduced_motion="reduce")
        page = context.new_page()
        page.goto(studio.url)
        page.get_by_test_id("canvas").wait_for()
        for name in names:
            VIEWS[name](page)
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)
                pictures[f"{name}-{size}-{theme}"] = photographed(page)
        context.close()
    return pictures


def clear(studio: Studio) -> None:
    """Put the failed and cancelled jobs of other tests into the trash, because the queue shows them. A cancelled job
    runs on until the end of its step."""
    with httpx.Client(base_url=studio.url) as client:
        for state in ("queued", "running"):
            while client.get("/api/jobs", params={"state": state, "limit": 1}).json()["items"]:
                time.sleep(0.1)
        for state in ("failed", "cancelled"):
            while items := client.get("/api/jobs", params={"state": state, "limit": 100}).json()["items"]:
                client.post("/api/trash", json={"ids": [item["id"] for item in items]}).raise_for_status()


def changed(one: Image.Image, other: Image.Image) -> float:
    """Return the share of pixels that look different."""
    apart = np.abs(np.asarray(one, dtype=int) - np.asarray(other, dtype=int)).max(axis=-1)
    return float((apart > LOUD).mean())


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", [f"{name}-{size}" for size, (_, names) in SIZES.items() for name in names])
def test_a_view_looks_as_it_did(
    seen: Seen, view: str, theme: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    now = seen[f"{view}-{theme}"]
    kept = SNAPSHOTS / f"{view}-{theme}.png"
    if request.config.getoption("write_snapshots", default=False):
        now.save(kept, optimize=True)
    now.save(tmp_path / kept.name)
    with Image.open(kept) as image:
        assert image.size == now.size
        share = changed(now, image.convert("RGB"))
    assert share <= MOST_CHANGED, f"{100 * share:.2f} % of {kept.name} changed; now it is {tmp_path / kept.name}"


PANELS = {"tools": (0, 7, 6, 112), "layers": (135, 7, 180, 24), "dock": (6, 96, 135, 112), "header": (0, 0, 180, 6)}


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_without_a_panel_is_refused(panel: str, theme: str) -> None:
    with Image.open(SNAPSHOTS / f"run-desktop-{theme}.png") as image:
        before = image.convert("RGB")
    after = before.copy()
    left, top, right, bottom = PANELS[panel]
    after.paste(before.crop((20, 20, 21, 21)).resize((right - left, bottom - top)), (left, top))  # as around the canvas
    assert changed(before, after) > MOST_CHANGED


def test_letters_that_are_smoothed_in_another_way_are_no_change() -> None:
    with Image.open(SNAPSHOTS / "run-desktop-light.png") as image:
        before = image.convert("RGB")
    noise = np.random.default_rng(0).integers(-6, 7, (before.height, before.width, 3))
    after = Image.fromarray(np.clip(np.asarray(before, dtype=int) + noise, 0, 255).astype(np.uint8))
    assert changed(before, after) <= MOST_CHANGED
