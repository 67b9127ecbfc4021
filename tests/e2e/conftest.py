"""The whole studio: `inlay run` on an empty data folder, with the bundled model, in a real Chromium."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.tiny.stable_diffusion import write_tiny_checkpoint

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)


@dataclass(frozen=True)
class Studio:
    url: str
    log: Path


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A running Inlay that offers papercut, a tiny model without a ControlNet, and another tiny model with its own
    latent space."""
    folder = tmp_path_factory.mktemp("studio")
    models = folder / "models"
    shutil.copytree(ROOT / "models" / "papercut", models / "papercut")
    write_tiny_checkpoint(models / "tiny")
    write_tiny_checkpoint(models / "foreign", id="foreign", channels=4)
    with running_studio(folder, {"INLAY_MODELS": str(models), "PORT": "0"}) as studio:
        yield studio


@contextmanager
def running_studio(folder: Path, settings: dict[str, str]) -> Iterator[Studio]:
    """Run `inlay run` with its data in `folder`, and end it with SIGTERM, as a terminal does."""
    log = folder / "log"
    environment = os.environ | {"INLAY_DATA": str(folder / "data"), "HOST": "127.0.0.1"} | settings
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "inlay"), "run"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        yield Studio(_address(log, process), log)
    finally:
        process.terminate()
        process.wait(60)


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for line in log.read_text(errors="replace").splitlines():
            if line.startswith("Inlay is at "):
                return line.split()[3]
        time.sleep(0.1)
    raise AssertionError(f"Inlay did not start:\n{log.read_text(errors='replace')[-3000:]}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. It is closed at the end of a module, because Playwright's event loop disturbs the tests of other
    modules."""
    names = ("chromium", "chromium-browser", "google-chrome")
    executable = next((path for name in names if (path := shutil.which(name))), None)
    assert executable, "The browser tests need Chromium: apt install chromium (Debian), brew install chromium (macOS)."
    quiet = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*quiet, "--no-first-run", *root])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, studio: Studio) -> Iterator[Page]:
    """An empty studio in a new browser context. The test fails on a JavaScript error of the page."""
    context = browser.new_context(viewport=DESKTOP, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(20_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(studio.url)
    yield page
    context.close()
    assert errors == []
