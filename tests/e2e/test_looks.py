"""Pictures that a visitor brings, and ways to look at pictures that Inlay made, in a real browser."""

import base64
import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Studio
from tests.e2e.hands import choose, choose_kind, finished, generate, set_sampling, stored_draft


def _png(made: Image.Image) -> bytes:
    kept = io.BytesIO()
    made.save(kept, "PNG")
    return kept.getvalue()


@pytest.fixture
def hill() -> bytes:
    """A PNG of 256 x 128 with a sky and a hill."""
    made = Image.new("RGB", (256, 128), "#9fd3ee")
    ImageDraw.Draw(made).ellipse((30, 65, 350, 250), fill="#4d8f4a")
    return _png(made)


COPY = """async (bytes) => {
  const picture = new Blob([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], { type: 'image/png' });
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
}"""

FALL = """(target, [name, type, bytes, zeros]) => {
  const dataTransfer = new DataTransfer();
  const content = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0));
  dataTransfer.items.add(new File([content, new Uint8Array(zeros)], name, { type }));
  const { left, top } = target.getBoundingClientRect();
  for (const event of ['dragenter', 'dragover', 'drop']) {
    const at = { clientX: left + 200, clientY: top + 100 };
    target.dispatchEvent(new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true, ...at }));
  }
}"""


def paste(page: Page, picture: bytes) -> None:
    """Copy a picture to the system's clipboard, and paste it over the canvas."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(COPY, base64.b64encode(picture).decode())
    page.mouse.move(500, 300)
    page.keyboard.press("Control+v")


def drop(page: Page, name: str, kind: str, content: bytes, zeros: int = 0) -> None:
    """Drop a file on the canvas. The page itself adds `zeros` bytes at its end, because sending many takes minutes."""
    page.get_by_test_id("canvas").evaluate(FALL, [name, kind, base64.b64encode(content).decode(), zeros])


def test_a_picture_from_the_clipboard_becomes_what_the_visitor_chooses(page: Page, hill: bytes) -> None:
    choose(page, "regions", 256, 128)
    page.get_by_test_id("canvas").focus()
    for use in ("start", "sketch", "keep"):
        paste(page, hill)
        menu = page.get_by_role("menu")
        expect(menu).to_contain_text("The pasted picture, 256 × 128")
        menu.get_by_test_id(f"use-{use}").click()
        expect(menu).to_have_count(0)
        expect(page.get_by_test_id({"start": "start-note"}.get(use, "guide-list"))).to_be_visible()
    expect(page.get_by_test_id("guide-list").get_by_role("listitem")).to_have_count(2)
    before = stored_draft(page)
    for leave in ("Escape", "use-nothing"):
        paste(page, hill)
        expect(page.get_by_role("menu")).to_be_visible()
        if leave == "Escape":
            page.keyboard.press(leave)
        else:
            page.get_by_test_id(leave).click()
        expect(page.get_by_role("menu")).to_have_count(0)
    assert stored_draft(page) == before
    expect(page.get_by_test_id("canvas")).to_be_focused()


def test_a_text_field_keeps_its_paste(page: Page, hill: bytes) -> None:
    choose(page, "regions", 256, 128)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(COPY, base64.b64encode(hill).decode())
    page.get_by_test_id("prompt").press("Control+v")
    page.wait_for_timeout(500)
    expect(page.get_by_role("menu")).to_have_count(0)


def test_a_dropped_picture_of_ours_can_be_opened_or_used(page: Page, studio: Studio) -> None:
    choose(page, "regions", 256, 128)
    page.get_by_test_id("prompt").fill("a meadow by day")
    set_sampling(page, 2, 3)
    generate(page)
    job = finished(page)
    ours = page.request.get(f"{studio.url}/api/jobs/{job}/images/x").body()
    choose_kind(page, "texture")
    drop(page, "ours.png", "image/png", ours)
    page.get_by_test_id("use-document").click()
    expect(page.get_by_test_id("kind")).to_have_value("regions")
    expect(page.get_by_text("ours.png is open.")).to_be_visible()
    drop(page, "ours.png", "image/png", ours)
    page.get_by_test_id("use-start").click()
    expect(page.get_by_test_id("start-note")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "kind", "content", "zeros", "says"),
    [
        ("half.png", "image/png", lambda hill: hill[: len(hill) // 2], 0, "half.png cannot be read as a picture"),
        ("note.txt", "text/plain", lambda _: b"buy milk", 0, "note.txt could not be opened"),
        ("drawing.svg", "image/svg+xml", lambda _: b"<svg xmlns='x'/>", 0, "drawing.svg cannot be read as a picture"),
        ("empty.jpg", "image/jpeg", lambda _: b"", 0, "empty.jpg cannot be read as a picture"),
        (
            "huge.png",
            "image/png",
            lambda hill: hill,
            64_000_001,
            "huge.png is larger than 64 MB. Choose a smaller file.",
        ),
    ],
)
def test_a_wrong_file_gets_a_sentence(
    page: Page, hill: bytes, name: str, kind: str, content: Callable[[bytes], bytes], zeros: int, says: str
) -> None:
    drop(page, name, kind, content(hill), zeros)
    expect(page.get_by_text(says)).to_be_visible()
    expect(page.get_by_role("menu")).to_have_count(0)
