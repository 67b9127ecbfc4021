"""The whole of Inlay for browsers: `inlay run` on a folder of its own, and Chromium."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


class AppError(Exception):
    """Inlay does not start, or there is no Chromium."""


@dataclass(frozen=True)
class Studio:
    url: str
    log: Path


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
    raise AppError(f"Inlay did not start:\n{log.read_text(errors='replace')[-3000:]}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium that is installed, without a window."""
    executable = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if executable is None:
        raise AppError("There is no Chromium: apt install chromium (Debian), brew install chromium (macOS).")
    quiet = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*quiet, "--no-first-run", *root])
        yield browser
        browser.close()
