"""Photograph the studio's main views in three sizes and two themes, after real jobs of papercut large.

`make screenshots` writes all of them to `screenshots/`, which git ignores, and those that `docs/studio.md` shows to
`docs/images/studio/`.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page

from benchmarks.studio.app import ROOT, Studio, chromium, running_studio

View = Callable[[Page], None]
Theme = Literal["light", "dark"]

SIZES = {"desktop": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
THEMES: tuple[Theme, ...] = ("light", "dark")
SHOWN = ROOT / "docs" / "images" / "studio"
JOB = 1_200_000  # milliseconds that a job may take on a busy machine
STILL = 700  # milliseconds that menus, drawers and pictures take to settle
WEBP_QUALITY = 82

CITY = {"x": 96, "y": 48, "width": 320, "height": 320}
SEA = {"x": 608, "y": 144, "width": 352, "height": 288}
DOCUMENT: dict[str, Any] = {
    "layout": {
        "kind": "regions",
        "canvas": {"width": 1024, "height": 512},
        "prompt": "a meadow by day",
        "patches": [
            {"id": "city", "prompt": "a city by day", "box": CITY, "feather": 32},
            {"id": "sea", "prompt": "the sea by day, a sailboat", "box": SEA, "feather": 32},
        ],
    },
    "sampling": {"model": "papercut-large"},
    "preview": {"keep": "all"},
}


SEEDS = (8, 9)
"""The seeds of the picture to compare with, and of the picture on the canvas, chosen by eye among six."""


def letter(key: str) -> View:
    """Press a key outside of every field."""

    def press(page: Page) -> None:
        page.evaluate("document.activeElement?.blur()")
        page.keyboard.press(key)

    return press


def as_it_is(page: Page) -> None:
    """Show the picture of the job on the canvas."""
    page.get_by_test_id("result").wait_for(state="attached")


def look_back(page: Page) -> None:
    """Go back to a step early in the run, and show where the views disagree."""
    as_it_is(page)
    scrubber = page.get_by_test_id("scrubber")
    scrubber.focus()
    for _ in range(4):  # of the default's 8 steps
        scrubber.press("ArrowLeft")
    page.get_by_test_id("show-residual").click()


def compare(page: Page) -> None:
    """Compare the two pictures under a slider."""
    as_it_is(page)
    page.get_by_label("More to do with this job").click()
    page.get_by_test_id("compare-with").click()
    page.get_by_test_id("choose-right").click()
    page.get_by_test_id("pick-picture").nth(1).click()
    page.get_by_test_id("compare-right").wait_for()


def gallery(page: Page) -> None:
    page.get_by_test_id("open-gallery").click()
    page.get_by_test_id("drawer").locator("img").first.wait_for()


def graph(page: Page) -> None:
    letter("g")(page)
    page.get_by_test_id("graph-view").wait_for()


def sampling(page: Page) -> None:
    page.get_by_test_id("tab-sampling").click()


VIEWS: dict[str, View] = {
    "canvas": as_it_is,
    "run": look_back,
    "graph": graph,
    "compare": compare,
    "gallery": gallery,
    "sampling": sampling,
    "palette": letter("Control+k"),
    "help": letter("?"),
}
IN_DOCS = [
    ("canvas", "desktop", "light"),
    ("run", "desktop", "dark"),
    ("graph", "desktop", "light"),
    ("compare", "desktop", "light"),
    ("gallery", "desktop", "light"),
    ("canvas", "phone", "dark"),
    ("empty", "desktop", "light"),
]


def open_document(page: Page, seed: int) -> None:
    """Open the job document with a seed, as a user opens a file."""
    document = DOCUMENT | {"sampling": DOCUMENT["sampling"] | {"seed": seed}}
    name = f"meadow-{seed}.json"
    file: FilePayload = {"name": name, "mimeType": "application/json", "buffer": json.dumps(document).encode()}
    page.get_by_test_id("open-file").set_input_files(file)
    page.get_by_text(f"{name} is open.").wait_for()


def generate(page: Page, seed: int) -> str:
    """Run the document with a seed, and return the job's id."""
    open_document(page, seed)
    page.get_by_test_id("generate").click()
    page.get_by_test_id("preview").wait_for(state="attached", timeout=JOB)
    result = page.get_by_test_id("result")
    result.wait_for(state="attached", timeout=JOB)
    return result.get_attribute("data-job") or ""


def storage_of(page: Page) -> dict[str, dict[str, str]]:
    """Return what the page keeps in the browser, once it has stored its draft as it does when it is left."""
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    return page.evaluate("({ localStorage: { ...localStorage }, sessionStorage: { ...sessionStorage } })")


def prepare(browser: Browser, studio: Studio) -> dict[str, dict[str, str]]:
    """Run two jobs, and return the storage of a tab that shows the second one."""
    context = new_context(browser, "desktop", "light")
    page = context.new_page()
    page.goto(studio.url)
    first = generate(page, SEEDS[0])
    page.evaluate("sessionStorage.clear()")
    second = generate(page, SEEDS[1])
    if first == second:
        raise RuntimeError("The second job did not appear.")
    storage = storage_of(page)
    context.close()
    return storage


def new_context(browser: Browser, size: str, theme: Theme) -> BrowserContext:
    width, height = SIZES[size]
    touch = size == "phone"
    return browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, has_touch=touch)


def restore(context: BrowserContext, storage: dict[str, dict[str, str]]) -> None:
    """Give every new page of the context what another tab has stored."""
    context.add_init_script(
        f"for (const [place, kept] of Object.entries({json.dumps(storage)}))"
        " for (const [name, text] of Object.entries(kept)) window[place].setItem(name, text)"
    )


def photograph(page: Page, to: Path) -> None:
    """Save what the page shows as a WebP."""
    page.wait_for_timeout(STILL)
    png = to.with_suffix(".png")
    page.screenshot(path=png, animations="disabled", caret="hide")
    with Image.open(png) as image:
        image.convert("RGB").save(to, quality=WEBP_QUALITY, method=6)
    png.unlink()


def photograph_all(browser: Browser, studio: Studio, folder: Path) -> list[Path]:
    """Photograph every view in every size and theme, and return the files."""
    storage = prepare(browser, studio)
    files = []
    for size in SIZES:
        for theme in THEMES:
            for name, view in [("empty", None), *VIEWS.items()]:
                context = new_context(browser, size, theme)
                if view is not None:
                    restore(context, storage)
                page = context.new_page()
                page.goto(studio.url)
                page.get_by_test_id("canvas").wait_for()
                if view is not None:
                    view(page)
                files.append(folder / f"{name}-{size}-{theme}.webp")
                photograph(page, files[-1])
                context.close()
    return files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "screenshots", help="where all screenshots go")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    SHOWN.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, chromium() as browser:
        settings = {"INLAY_MODELS": str(ROOT / "models"), "PORT": "0"}
        with running_studio(Path(data), settings) as studio:
            files = photograph_all(browser, studio, folder)
    for name, size, theme in IN_DOCS:
        (SHOWN / f"{name}-{size}.webp").write_bytes((folder / f"{name}-{size}-{theme}.webp").read_bytes())
    print(f"{len(files)} screenshots are in {folder}, {len(IN_DOCS)} of them in {SHOWN}.")


if __name__ == "__main__":
    main()
