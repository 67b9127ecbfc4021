"""Chromium, for the studio that `inlay run` serves."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from benchmarks.running import ROOT, AppError, Studio, running_studio

__all__ = ["ROOT", "AppError", "Studio", "chromium", "running_studio"]

# The headless shell is Chromium without the windows around a page. It loads the studio in half of the processor's time.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


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
