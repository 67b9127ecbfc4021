"""Act as a user does while the studio is measured, with a real mouse in a real browser."""

import json
import math
import statistics
import time
from typing import Any

from playwright.sync_api import Browser, FilePayload, Page

from benchmarks.studio.measures import Gaps, gaps

SIZE: Any = {"width": 1440, "height": 900}
MEASURED = 3.0  # seconds of a drag and of a scroll
PAINTS = 5
JOB = 1_200_000  # milliseconds that a job may take on a busy machine
FRAMES = """() => { window.frames_ = []; const next = (at) => { window.frames_.push(at); requestAnimationFrame(next) };
requestAnimationFrame(next) }"""
TASKS = """() => { window.tasks_ = [];
new PerformanceObserver((list) => window.tasks_.push(...list.getEntries().map((one) => one.duration)))
.observe({ type: 'longtask' }) }"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
SCROLLER = """(drawer) => [drawer, ...drawer.querySelectorAll('*')]
.map((one) => ({ one, down: one.scrollHeight - one.clientHeight, across: one.scrollWidth - one.clientWidth }))
.filter(({ one, down, across }) => Math.max(down, across) > 10 && /auto|scroll/.test(getComputedStyle(one).overflow))
.map(({ one, down, across }) => ({ area: one.getBoundingClientRect().toJSON(), across: across > down,
  by: Math.max(down, across) }))
.sort((a, b) => b.by - a.by)[0]"""


def first_paint(browser: Browser, url: str) -> float:
    """Return the median of several first paints, each in a browser profile that has cached nothing (milliseconds)."""
    times = []
    for _ in range(PAINTS):
        context = browser.new_context(viewport=SIZE)
        page = context.new_page()
        page.goto(url)
        page.get_by_test_id("canvas").wait_for()
        times.append(page.evaluate(PAINT))
        context.close()
    return statistics.median(times)


def patches(side: int, canvas: tuple[int, int]) -> dict[str, Any]:
    """Return a layout of `side` times `side` patches that fill the canvas."""
    width, height = canvas[0] // side, canvas[1] // side
    boxes = [
        {"x": x * width, "y": y * height, "width": width, "height": height} for y in range(side) for x in range(side)
    ]
    drawn = [{"id": f"p{at + 1}", "prompt": f"a tree, {at + 1}", "box": box} for at, box in enumerate(boxes)]
    size = {"width": canvas[0], "height": canvas[1]}
    return {"kind": "regions", "canvas": size, "prompt": "a meadow by day", "patches": drawn}


def open_job(page: Page, name: str, layout: dict[str, Any], steps: int) -> None:
    """Open a job document from a file of this name."""
    document = {"layout": layout, "sampling": {"model": "papercut", "steps": steps, "seed": 1}}
    file: FilePayload = {"name": name, "mimeType": "application/json", "buffer": json.dumps(document).encode()}
    page.get_by_test_id("open-file").set_input_files(file)
    page.get_by_text(f"{name} is open.").wait_for()


def draft_of(page: Page) -> dict[str, Any]:
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    return json.loads(page.evaluate("sessionStorage['inlay.draft.1']"))["state"]["draft"]


def drag(page: Page) -> Gaps:
    """Drag one of the patches near the middle of the canvas in circles, and return the times between frames."""
    view = page.get_by_test_id("canvas").bounding_box()
    if view is None:
        raise RuntimeError("The canvas is not visible.")
    x, y = view["x"] + view["width"] / 2 + 20, view["y"] + view["height"] / 2 + 15
    before = draft_of(page)["regions"]["patches"]
    page.mouse.click(x, y)
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(FRAMES)
    began = time.monotonic()
    while (seconds := time.monotonic() - began) < MEASURED:
        angle = 2 * math.pi * seconds
        page.mouse.move(x + 80 * math.sin(angle), y + 80 * (1 - math.cos(angle)))
    frames = page.evaluate("window.frames_")
    page.mouse.move(x + 60, y + 40)
    page.mouse.up()
    after = draft_of(page)["regions"]["patches"]
    if sum(one != other for one, other in zip(before, after, strict=True)) != 1:
        raise RuntimeError("The drag did not move one patch, so its figures say nothing.")
    return gaps(frames)


def longest_task(page: Page) -> float:
    """Run the job on the screen, and return the longest task of the page while its previews arrive (milliseconds; 0:
    none was over 50)."""
    page.evaluate(TASKS)
    page.get_by_test_id("generate").click()
    page.get_by_test_id("preview").wait_for(state="attached", timeout=JOB)
    page.get_by_test_id("result").wait_for(state="attached", timeout=JOB)
    return max(page.evaluate("window.tasks_"), default=0.0)


def scroll_gallery(page: Page) -> Gaps:
    """Open the gallery, turn the wheel over it, and return the times between frames."""
    page.get_by_test_id("open-gallery").click()
    drawer = page.get_by_test_id("drawer")
    drawer.locator("img").first.wait_for()
    scroller = drawer.evaluate(SCROLLER)
    if scroller is None:
        raise RuntimeError("Nothing in the gallery can be scrolled.")
    area, across = scroller["area"], scroller["across"]
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    page.evaluate(FRAMES)
    began = time.monotonic()
    while time.monotonic() - began < MEASURED:
        page.mouse.wheel(*((300, 0) if across else (0, 300)))
    return gaps(page.evaluate("window.frames_"))
