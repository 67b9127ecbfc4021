"""Ten first tasks: what is there before each, what a user does by mouse and by keyboard, and how it shows that it was
done."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Locator, Page, expect

from benchmarks.studio.app import ROOT
from scripts.first_tasks.hand import Hand

JOB = 600_000  # milliseconds that a job may take on a busy machine
MANY = 150  # steps of a run that is to be stopped


Step = Callable[[Hand], None]


class Task(NamedTuple):
    name: str
    before: Step
    by_mouse: Step
    by_keys: Step
    done: Step


def set_steps(page: Page, steps: int) -> None:
    page.get_by_test_id("tab-sampling").click()
    page.get_by_test_id("steps").fill(str(steps))
    page.get_by_test_id("steps").press("Tab")
    page.get_by_test_id("tab-region").click()


def nothing(_: Hand) -> None:
    """Nothing has to be there before."""


def finished(hand: Hand) -> str:
    """Wait for the picture on the canvas, and return the id of its job."""
    result = hand.page.get_by_test_id("result")
    result.wait_for(state="attached", timeout=JOB)
    return result.get_attribute("data-job") or ""


def has_picture(hand: Hand) -> None:
    finished(hand)
    expect(hand.page.get_by_test_id("progress")).to_have_attribute("data-state", "succeeded", timeout=JOB)


def to_canvas(hand: Hand) -> None:
    """Go to the canvas as a keyboard does: the first stop of Tab."""
    hand.press("Tab", "Enter")
    expect(hand.page.get_by_test_id("canvas")).to_be_focused()


def generated(hand: Hand) -> None:
    """Have two boxes and their picture: uncounted."""
    two_boxes(Hand(hand.page))
    has_picture(hand)


def two_boxes(hand: Hand) -> None:
    for left, prompt in ((0.15, "a lighthouse by the sea"), (0.6, "a red sailboat")):
        hand.drag(left, 0.4, left + 0.2, 0.6)
        expect(hand.page.get_by_test_id("prompt-on-box")).to_be_focused()
        hand.write(prompt)
    hand.click("generate")


def two_boxes_by_keys(hand: Hand) -> None:
    to_canvas(hand)
    for prompt in ("a lighthouse by the sea", "a red sailboat"):
        hand.press("n", "Enter")
        expect(hand.page.get_by_test_id("prompt-on-box")).to_be_focused()
        hand.write(prompt)
        while hand.page.get_by_test_id("prompt-on-box").count():  # one press closes the list of words, if it is open
            hand.press("Escape")
    hand.press("Control+Enter")


def has_two_boxes(hand: Hand) -> None:
    expect(hand.page.get_by_test_id("patch-list").get_by_role("listitem")).to_have_count(2)
    has_picture(hand)


def panorama(hand: Hand) -> None:
    hand.choose("kind", "panorama")
    hand.choose("canvas-sizes", "1024 × 128")
    hand.click(hand.page.get_by_test_id("prompt").first)
    hand.write("a desert by day")
    hand.click("generate")


def panorama_by_keys(hand: Hand) -> None:
    hand.command("panorama")
    hand.command("1024")
    hand.press("p")
    hand.write("a desert by day")
    hand.press("Control+Enter")


def is_wide(hand: Hand) -> None:
    has_picture(hand)
    expect(hand.page.get_by_test_id("canvas-width")).to_have_value("1024")


EXAMPLE = "example-regions-by-the-sea-at-sunset"


def example(hand: Hand) -> None:
    hand.click(EXAMPLE)
    hand.click(hand.page.get_by_test_id("patch-list").get_by_role("listitem").first.locator("[data-layer]"))
    prompt = hand.page.get_by_test_id("patch-prompt")
    hand.click(prompt)
    hand.press("Control+a")
    hand.write("a castle by the sea at sunset")
    hand.click("generate")


def example_by_keys(hand: Hand) -> None:
    to_canvas(hand)
    hand.press("Tab", "Enter")
    hand.press("]", "Enter", "Control+a")
    hand.write("a castle by the sea at sunset")
    hand.press("Control+Enter")


def has_castle(hand: Hand) -> None:
    """Check that the job was sent with the new prompt. It takes the steps of the example, so it is not waited for."""
    hand.page.get_by_test_id("progress").wait_for(state="attached")
    job = hand.page.request.get("api/jobs?limit=1").json()["items"][0]
    assert "a castle by the sea at sunset" in [patch["prompt"] for patch in job["spec"]["layout"]["patches"]]
    hand.page.request.post(f"api/jobs/{job['id']}/cancel")


def reroll(hand: Hand) -> None:
    before = finished(hand)
    hand.click(hand.page.get_by_test_id("patch-list").get_by_role("listitem").first.locator("[data-layer]"))
    hand.click("reroll-box")
    _redrawn(hand, before)
    hand.click("staged-accept")


def reroll_by_keys(hand: Hand) -> None:
    before = finished(hand)
    hand.command("go to the canvas")
    hand.press("]", "Shift+R")
    _redrawn(hand, before)
    hand.press("Shift+A")


def _redrawn(hand: Hand, before: str) -> None:
    expect(hand.page.get_by_test_id("result")).not_to_have_attribute("data-job", before, timeout=JOB)
    expect(hand.page.get_by_test_id("staged-accept")).to_be_enabled(timeout=JOB)


def is_accepted(hand: Hand) -> None:
    expect(hand.page.get_by_test_id("staged")).to_have_count(0)
    finished(hand)


def compare(hand: Hand) -> None:
    hand.click("job-menu")
    hand.click("compare-with")


def compare_by_keys(hand: Hand) -> None:
    hand.press("c")


def is_compared(hand: Hand) -> None:
    for side in ("left", "right"):
        expect(hand.page.get_by_test_id(f"compare-{side}")).to_be_visible()


def has_a_castle(hand: Hand) -> None:
    """Have a picture of a castle in the gallery: uncounted."""
    box = {"x": 64, "y": 32, "width": 64, "height": 64}
    layout = {
        "kind": "regions",
        "canvas": {"width": 256, "height": 128},
        "prompt": "snow",
        "patches": [{"id": "p1", "prompt": "a castle", "box": box}],
    }
    job = {"layout": layout, "sampling": {"model": "papercut", "steps": 2}}
    made = hand.page.request.post("api/jobs", data=job).json()
    while made["state"] in ("queued", "running"):
        hand.page.wait_for_timeout(500)
        made = hand.page.request.get(f"api/jobs/{made['id']}").json()
    assert made["state"] == "succeeded", made


def find(hand: Hand) -> None:
    hand.click("open-gallery")
    expect(hand.page.get_by_test_id("gallery-search")).to_be_focused()
    hand.write("castle")
    hand.click(_found_picture(hand))
    hand.click("open-layout")


def find_by_keys(hand: Hand) -> None:
    hand.press("Shift+G")
    expect(hand.page.get_by_test_id("gallery-search")).to_be_focused()
    hand.write("castle")
    _found_picture(hand)
    hand.press("ArrowDown", "o")


def _found_picture(hand: Hand) -> Locator:
    pictures = hand.page.get_by_test_id("gallery-picture")
    hand.page.wait_for_function(
        "() => { const all = [...document.querySelectorAll('[data-testid=gallery-picture]')];"
        " return all.length > 0 && all.every((one) => one.ariaLabel.includes('castle')); }"
    )
    return pictures.first


def layout_is_open(hand: Hand) -> None:
    expect(hand.page.get_by_test_id("drawer")).to_have_count(0)
    expect(hand.page.get_by_test_id("patch-list").get_by_role("listitem")).to_have_count(1)


def picture_file() -> Path:
    """Return a file with a picture of 2048 x 256: one of the README's."""
    return ROOT / "docs" / "images" / "panorama.png"


def inpaint(hand: Hand) -> None:
    hand.click("tab-picture")
    hand.open(hand.page.get_by_role("group", name="Start picture").get_by_role("button"), picture_file())
    hand.click("paint-start")
    hand.drag(0.45, 0.5, 0.55, 0.5)
    hand.click("tab-region")
    hand.click(hand.page.get_by_test_id("prompt").first)
    hand.write("a lake in a meadow")
    hand.click("generate")


def inpaints_a_mask(hand: Hand) -> None:
    has_picture(hand)
    start = hand.page.request.get(f"api/jobs/{finished(hand)}").json()["spec"]["start"]
    assert start["mask"] is not None


def layers(hand: Hand) -> None:
    with hand.page.expect_download() as saved:
        hand.click("file")
        hand.click("file.layers.ora")
    assert saved.value.suggested_filename.endswith(".ora")


def layers_by_keys(hand: Hand) -> None:
    with hand.page.expect_download() as saved:
        hand.command("openraster")
    assert saved.value.suggested_filename.endswith(".ora")


def drawn(hand: Hand) -> None:
    """Have a box and its prompt: uncounted."""
    uncounted = Hand(hand.page)
    uncounted.drag(0.4, 0.4, 0.6, 0.6)
    uncounted.write("a red sailboat")
    uncounted.press("Escape")


def four_seeds(hand: Hand) -> None:
    hand.click("generate-otherwise")
    hand.click("generate-variations")
    hand.click("variations-send")
    _four(hand)
    hand.click(hand.page.get_by_test_id("grid-use").nth(2))


def four_seeds_by_keys(hand: Hand) -> None:
    hand.command("variations")
    expect(hand.page.get_by_test_id("variations-count")).to_be_focused()
    hand.press("Enter")
    _four(hand)
    hand.tab_to(hand.page.get_by_test_id("grid-use").nth(2))
    hand.press("Enter")


def _four(hand: Hand) -> None:
    expect(hand.page.get_by_test_id("grid-picture")).to_have_count(4, timeout=JOB)


def keeps_one(hand: Hand) -> None:
    finished(hand)
    shown = hand.page.request.get(f"api/jobs/{finished(hand)}").json()["spec"]["sampling"]["seed"]
    expect(hand.page.get_by_test_id("seed")).to_have_value(str(shown))


def running(hand: Hand) -> None:
    """Have a long run: uncounted."""
    set_steps(hand.page, MANY)
    drawn(hand)
    hand.page.get_by_test_id("generate").click()
    hand.page.get_by_test_id("preview").wait_for(state="attached", timeout=JOB)


def stop_and_continue(hand: Hand) -> None:
    hand.click("stop")
    expect(hand.page.get_by_test_id("continue")).to_be_visible(timeout=JOB)
    hand.click("more-steps")
    hand.click("more-steps-run")


def stop_and_continue_by_keys(hand: Hand) -> None:
    hand.press("Shift+S")
    expect(hand.page.get_by_test_id("continue")).to_be_visible(timeout=JOB)
    hand.command("more steps")
    expect(hand.page.get_by_test_id("more-steps-number")).to_be_focused()
    hand.press("Enter")


def has_continued(hand: Hand) -> None:
    expect(hand.page.get_by_test_id("continue")).to_have_count(0, timeout=JOB)
    has_picture(hand)


def inpaint_by_keys(hand: Hand) -> None:
    hand.press("Control+v")
    hand.page.get_by_test_id("use-start").wait_for()
    hand.press("ArrowDown", "Enter")
    expect(hand.page.get_by_test_id("start-note")).to_be_visible()
    hand.press("b")
    hand.command("go to the canvas")
    hand.press("Space", "Shift+ArrowRight", "p")
    hand.write("a lake in a meadow")
    hand.press("Control+Enter")


COPY = """async (bytes) => {
  const picture = new Blob([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], { type: 'image/png' });
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
}"""


def copied(hand: Hand) -> None:
    """Have a picture in the clipboard: uncounted."""
    hand.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    hand.page.evaluate(COPY, base64.b64encode(picture_file().read_bytes()).decode())


TASKS = [
    Task("draw two boxes with prompts and generate", nothing, two_boxes, two_boxes_by_keys, has_two_boxes),
    Task("widen the canvas to a panorama and generate", nothing, panorama, panorama_by_keys, is_wide),
    Task("open an example, change one prompt, and generate", nothing, example, example_by_keys, has_castle),
    Task("reroll one box of a picture and accept it", generated, reroll, reroll_by_keys, is_accepted),
    Task("compare the picture with the one before", generated, compare, compare_by_keys, is_compared),
    Task("find a picture by a word and open its layout", has_a_castle, find, find_by_keys, layout_is_open),
    Task("inpaint a picture from the disk under the brush", copied, inpaint, inpaint_by_keys, inpaints_a_mask),
    Task("export the layers for Krita", generated, layers, layers_by_keys, nothing),
    Task("try four seeds of one layout and keep one", drawn, four_seeds, four_seeds_by_keys, keeps_one),
    Task(
        "stop a run, keep it, go on with more steps",
        running,
        stop_and_continue,
        stop_and_continue_by_keys,
        has_continued,
    ),
]
