"""Measure the studio in headless Chromium: python -m benchmarks.studio [--json FILE]

A real server runs real jobs of the bundled model, and a real mouse moves. The figures are:

first_script_kb_gz        all scripts that the studio's page names, in thousands of bytes as the server sends them
first_paint_ms            the first paint in an empty cache, median of five; the worker does nothing meanwhile
drag64_median_ms          times between frames while one of 64 patches is dragged for three seconds
drag64_p95_ms
longest_task_ms           the longest task of the page while the previews of a job arrive; 0: none took 50 ms
gallery5000_scroll_p95_ms times between frames while a gallery of 5,000 jobs is scrolled for three seconds

Build the studio first: `npm run build` in frontend/. The command needs the packages of the tests, and Chromium. Other
work on the machine makes every time longer.
"""

import argparse
import json
import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from backend.store.database import connect
from benchmarks.bundled import MODEL, MODELS
from benchmarks.studio.app import ROOT, chromium, running_studio
from benchmarks.studio.gallery import fill_gallery
from benchmarks.studio.hands import (
    SIZE,
    drag,
    first_paint,
    longest_task,
    open_job,
    patches,
    scroll_gallery,
)
from benchmarks.studio.measures import first_script_bytes

PICTURES = ("a meadow by day", "the sea at night", "a forest", "a desert at sunset")
ROWS = 5_000


def make_pictures(url: str) -> None:
    """Run a small job for each of the prompts, and wait for all of them."""
    for prompt in PICTURES:
        layout = {"kind": "texture", "canvas": {"width": 128, "height": 128}, "prompt": prompt}
        job = {"layout": layout, "sampling": {"model": MODEL, "steps": 2, "seed": 1}}
        request = urllib.request.Request(
            f"{url}/api/jobs", json.dumps(job).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request).close()
    while True:
        with urllib.request.urlopen(f"{url}/api/jobs") as answer:
            states = [job["state"] for job in json.load(answer)["items"]]
        if all(state == "succeeded" for state in states):
            return
        if {*states} & {"failed", "cancelled"}:
            raise SystemExit(f"A job did not succeed: {states}")
        time.sleep(0.2)


def measure(folder: Path) -> Iterator[tuple[str, float]]:
    """Yield each figure with its name as soon as it is measured."""
    settings = {"INLAY_MODELS": str(MODELS), "PORT": "0"}
    with running_studio(folder, settings) as studio, chromium() as browser:
        yield "first_script_kb_gz", first_script_bytes(studio.url) / 1000
        yield "first_paint_ms", first_paint(browser, studio.url)
        page = browser.new_context(viewport=SIZE).new_page()
        page.goto(studio.url)
        open_job(page, "many.json", patches(8, (1024, 512)), steps=4)
        dragged = drag(page)
        yield "drag64_median_ms", dragged.median
        yield "drag64_p95_ms", dragged.p95
        open_job(page, "few.json", patches(2, (512, 256)), steps=10)
        yield "longest_task_ms", longest_task(page)
        make_pictures(studio.url)
        fill_gallery(connect(f"sqlite:///{folder / 'data' / 'inlay.db'}"), ROWS)
        page.reload()
        yield "gallery5000_scroll_p95_ms", scroll_gallery(page).p95


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file")
    arguments = parser.parse_args()
    if not (ROOT / "frontend" / "dist" / "index.html").is_file():
        raise SystemExit("The studio is not built. Run `npm run build` in frontend/.")
    busy = os.getloadavg()[0]
    if busy > 1:
        print(
            f"Other work loads this machine ({busy:.1f} processes at once), so the times are too long.", file=sys.stderr
        )
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, value in measure(Path(folder)):
            figures[name] = round(value, 1)
            print(f"{name:26} {value:10.1f}", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
