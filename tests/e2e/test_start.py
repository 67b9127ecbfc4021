"""Jobs that start from a picture, and jobs that redraw a box of a finished one, in a real browser."""

import base64
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Studio
from tests.e2e.hands import MINUTE, choose, draw_box, finished, generate, picture, resource, set_sampling, turn_to


@pytest.fixture
def hill(tmp_path: Path) -> Path:
    """A picture of 512 x 256 with a sky, a hill and a sun."""
    made = Image.new("RGB", (512, 256), "#9fd3ee")
    draw = ImageDraw.Draw(made)
    draw.ellipse((60, 130, 700, 500), fill="#4d8f4a")
    draw.ellipse((60, 30, 120, 90), fill="#f6d55c")
    made.save(tmp_path / "hill.png")
    return tmp_path / "hill.png"


FALL = """([field, bytes]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], 'hill.png'));
  for (const type of ['dragenter', 'dragover', 'drop']) {
    field.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  }
}"""


def start_from(page: Page, file: Path) -> None:
    """Drop a file on the field for the start picture."""
    turn_to(page, "picture")
    field = page.get_by_role("group", name="Start picture").element_handle()
    page.evaluate(FALL, [field, base64.b64encode(file.read_bytes()).decode()])
    expect(page.get_by_test_id("start-picture-chosen")).to_be_visible()
    expect(page.get_by_text("could not be opened")).to_have_count(0)  # as a document, which a drop elsewhere is


def test_a_low_strength_keeps_close_to_the_picture(page: Page, studio: Studio, hill: Path) -> None:
    choose(page, "regions", 256, 128)
    page.get_by_test_id("prompt").fill("a meadow by day")
    start_from(page, hill)
    page.get_by_test_id("strength").fill("20")
    set_sampling(page, 10, 3)
    page.reload()  # the draft remembers what it starts from
    expect(page.get_by_test_id("start-note")).to_be_visible()
    generate(page)
    job = finished(page)
    start = resource(page, studio, job)["spec"]["start"]
    assert (start["strength"], start["fit"], start["box"]) == (0.2, "same", None)
    expect(page.get_by_test_id("progress")).to_have_attribute("data-of", "2")
    was = np.asarray(Image.open(hill).resize((256, 128)), float)
    made = np.asarray(picture(page, studio, job).convert("RGB"), float)
    assert np.abs(made - was).mean() < 16
    page.get_by_test_id("forget-start").click()
    expect(page.get_by_test_id("start-note")).to_have_count(0)
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("start-note")).to_be_visible()


def test_a_box_of_a_finished_picture_is_rerolled_and_the_rest_keeps_its_bytes(page: Page, studio: Studio) -> None:
    choose(page, "regions", 256, 128)
    page.get_by_test_id("prompt").fill("a meadow by day")
    draw_box(page, 0.4, 0.4, 0.6, 0.6)
    page.get_by_test_id("patch-prompt").fill("a house")
    set_sampling(page, 4, 5)
    generate(page)
    first = finished(page)
    before = np.asarray(picture(page, studio, first))
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("Shift+R")
    expect(page.get_by_test_id("result")).not_to_have_attribute("data-job", first, timeout=3 * MINUTE)
    second = finished(page)
    start = resource(page, studio, second)["spec"]["start"]
    assert start["strength"] == 1
    assert start["seed"] is not None
    box = start["box"]
    inside = np.zeros(before.shape[:2], bool)
    inside[box["y"] : box["y"] + box["height"], box["x"] : box["x"] + box["width"]] = True
    after = np.asarray(picture(page, studio, second))
    assert 0 < inside.sum() < inside.size
    assert np.array_equal(after[~inside], before[~inside])
    assert not np.array_equal(after[inside], before[inside])
    page.get_by_test_id("reroll-box").click()  # and once more, from a seed of its own again
    expect(page.get_by_test_id("result")).not_to_have_attribute("data-job", second, timeout=3 * MINUTE)
    third = resource(page, studio, finished(page))["spec"]["start"]
    assert third["box"] == box
    assert third["seed"] != start["seed"]
