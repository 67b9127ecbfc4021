"""Do ten first tasks in the studio as a new user would, by mouse and again by keyboard, and count what each takes.

python -m scripts.first_tasks            prints the table of docs/studio.md
python -m scripts.first_tasks --steps 4  as fast as possible

Every task begins in a new browser, in the layout Regions without boxes. Pictures of earlier tasks are in the gallery.
Choosing from a list counts two clicks, as does choosing a file. What a task needs first, such as a finished picture, is
not counted. Each task ends with a check that it was done.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from benchmarks.studio.app import ROOT, Studio, chromium, running_studio
from scripts.first_tasks.hand import Hand
from scripts.first_tasks.tasks import TASKS, Step, Task, set_steps

PATIENCE = 30_000  # milliseconds until the studio has done what was asked


@contextmanager
def studio_opened(browser: Browser, studio: Studio, steps: int | None) -> Iterator[Page]:
    """Open the studio in a new browser, in the layout Regions without boxes and without a picture."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=f"{studio.url}/")
    page = context.new_page()
    page.goto("")
    page.get_by_test_id("canvas").wait_for()
    page.get_by_test_id("file").click()
    page.get_by_role("menuitem", name="Begin anew").click()
    if steps is not None:
        set_steps(page, steps)
    page.reload()  # the keyboard begins at the top of the page
    page.get_by_test_id("generate").and_(page.locator(":enabled")).wait_for()
    yield page
    context.close()


def effort(browser: Browser, studio: Studio, steps: int | None, task: Task, act: Step) -> Hand:
    """Do a task in a new browser, and return the hand that did it."""
    with studio_opened(browser, studio, steps) as page:
        hand = Hand(page)
        task.before(hand)
        act(hand)
        task.done(Hand(page))
        return hand


def row(browser: Browser, studio: Studio, steps: int | None, task: Task) -> str:
    mouse, keys = (effort(browser, studio, steps, task, act) for act in (task.by_mouse, task.by_keys))
    return f"| {task.name} | {mouse.clicks} | {mouse.drags} | {mouse.texts} | {', '.join(keys.keys)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, help="steps of every job but the examples' (default: the model's)")
    parser.add_argument("--only", default="", help="do only the tasks whose name has this text")
    asked = parser.parse_args()
    expect.set_options(timeout=PATIENCE)
    print("| task | clicks | drags | texts | by keyboard |\n|---|---|---|---|---|")  # noqa: T201
    with tempfile.TemporaryDirectory() as data, chromium() as browser:
        settings = {"INLAY_MODELS": str(ROOT / "models"), "PORT": "0"}
        with running_studio(Path(data), settings) as studio:
            for task in TASKS:
                if asked.only in task.name:
                    print(row(browser, studio, asked.steps, task), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
