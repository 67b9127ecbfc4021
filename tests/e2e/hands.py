"""Actions of a user in the studio, and helpers that read the server's jobs after them."""

import io
import json
import re
from typing import Any

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.conftest import Studio

MINUTE = 60_000
ENDLESS = 1_000
"""So many steps that a job runs on, even if the page is slow, until the test stops or cancels it."""


def draw_box(page: Page, left: float, top: float, right: float, bottom: float) -> None:
    """Drag a box between two points. Their coordinates are fractions of the visible canvas."""
    view = page.get_by_test_id("canvas").bounding_box()
    assert view is not None
    x = [view["x"] + share * view["width"] for share in (left, right)]
    y = [view["y"] + share * view["height"] for share in (top, bottom)]
    page.mouse.move(x[0], y[0])
    page.mouse.down()
    page.mouse.move((x[0] + x[1]) / 2, (y[0] + y[1]) / 2, steps=4)
    page.mouse.move(x[1], y[1], steps=4)
    page.mouse.up()


PLACE = """([width, height, x, y]) => {
  const frame = document.querySelector('[data-testid=canvas]').getBoundingClientRect();
  const margin = frame.width < 600 ? 24 : 80;
  const scale = Math.min((frame.width - margin) / width, (frame.height - margin) / height);
  const [middle, centre] = [frame.left + frame.width / 2, frame.top + frame.height / 2];
  return [middle + (x - width / 2) * scale, centre + (y - height / 2) * scale];
}"""


def place(page: Page, size: tuple[int, int], x: float, y: float) -> tuple[float, float]:
    """Return the point of the screen where a pixel of a canvas of this size is, while the whole canvas is shown."""
    right, down = page.evaluate(PLACE, [*size, x, y])
    return right, down


def choose_kind(page: Page, kind: str) -> None:
    page.get_by_test_id("kind").select_option(kind)


def choose(page: Page, kind: str, width: int, height: int) -> None:
    """Choose a kind of layout, and set the canvas's size in pixels."""
    choose_kind(page, kind)
    for side, value in (("width", width), ("height", height)):
        field = page.get_by_test_id(f"canvas-{side}")
        field.fill(str(value))
        field.press("Enter")


def open_document(page: Page, document: dict[str, Any]) -> None:
    """Open a job document from a file."""
    file: FilePayload = {"name": "job.json", "mimeType": "application/json", "buffer": json.dumps(document).encode()}
    page.get_by_test_id("open-file").set_input_files(file)
    expect(page.get_by_text("job.json is open.").last).to_be_visible()


def show_graph(page: Page) -> None:
    """Show the graph of the layout in place of the canvas."""
    if page.get_by_test_id("graph-view").count() == 0:
        page.get_by_test_id("graph-switch").click()
    expect(page.get_by_test_id("graph-view")).to_be_visible()


def write_graph(page: Page, text: str) -> None:
    """Write the draft's own graph as JSON, and show the canvas again."""
    show_graph(page)
    page.get_by_test_id("graph-json").check()
    page.get_by_test_id("graph-text").get_by_role("textbox").fill(text)
    page.get_by_test_id("graph-switch").click()


def turn_to(page: Page, tab: str) -> None:
    """Turn to a tab of the panel beside the canvas: region, picture or sampling."""
    page.get_by_test_id(f"tab-{tab}").click()


def set_sampling(page: Page, steps: int, seed: int) -> None:
    """Set the steps and the seed, and turn back to the fields of the region."""
    turn_to(page, "sampling")
    for name, value in (("steps", steps), ("seed", seed)):
        field = page.get_by_test_id(name)
        field.fill(str(value))
        field.press("Tab")
    turn_to(page, "region")


def move_by_keys(page: Page, *steps: tuple[str, int]) -> None:
    """Lift the focused row of a list, press each key, which moves the row to this place, and drop it. After each key,
    wait until a screen reader would say where the row is."""
    says = page.locator("[id^=DndLiveRegion]")
    page.keyboard.press("Space")
    expect(says.filter(has_text=re.compile(r": place \d+ of"))).to_have_count(1)
    # The list listens to keys only then.
    page.evaluate("() => new Promise((done) => setTimeout(() => setTimeout(done)))")
    for key, place in steps:
        page.keyboard.press(key)
        expect(says.filter(has_text=f": place {place} of")).to_have_count(1)
    page.keyboard.press("Space")
    expect(says.filter(has_text="Dropped at place")).to_have_count(1)


def open_gallery(page: Page) -> None:
    """Open the gallery over the canvas, if it is not open."""
    if page.get_by_test_id("drawer").count() == 0:
        page.get_by_test_id("open-gallery").click()
    expect(page.get_by_test_id("gallery")).to_be_visible()


def generate(page: Page) -> None:
    button = page.get_by_test_id("generate")
    expect(button).to_be_enabled()
    button.click()


def finished(page: Page, after: str | None = None) -> str:
    """Wait for the picture of a job, and return the job's id. With `after`, the picture of this job does not count."""
    others = "" if after is None else f":not([data-job='{after}'])"
    result = page.locator(f"[data-testid=result]{others}")
    expect(result).to_be_attached(timeout=3 * MINUTE)
    job = result.get_attribute("data-job")
    assert job
    return job


def picture(page: Page, studio: Studio, job: str, name: str = "x") -> Image.Image:
    return Image.open(io.BytesIO(page.request.get(f"{studio.url}/api/jobs/{job}/images/{name}").body()))


def resource(page: Page, studio: Studio, job: str) -> dict[str, Any]:
    return page.request.get(f"{studio.url}/api/jobs/{job}").json()


def stored_draft(page: Page) -> str:
    """Return the tab's draft, exactly as the browser stores it when the page is left."""
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    return page.evaluate("sessionStorage['inlay.draft.1']")


def graph_text(page: Page) -> str:
    """Return the text of the draft's own graph."""
    return json.loads(stored_draft(page))["state"]["draft"]["custom"]["text"]


def forget_draft(page: Page) -> None:
    """Delete the draft and its history from the browser, as a visitor does who clears the site's data, and reload."""
    stored_draft(page)
    page.evaluate(
        "for (const place of [localStorage, sessionStorage])"
        " for (const name of Object.keys(place)) if (name !== 'inlay.session') place.removeItem(name)"
    )
    page.reload()
