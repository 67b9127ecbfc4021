"""The whole of Inlay as a person starts it: `inlay run` on a folder of its own."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
START_SECONDS = 180  # ten seconds are enough on an idle machine


class AppError(Exception):
    """Inlay does not start, or there is no Chromium."""


@dataclass(frozen=True)
class Studio:
    url: str
    log: Path


@contextmanager
def running_studio(folder: Path, settings: dict[str, str]) -> Iterator[Studio]:
    """Run `inlay run` with its data in `folder`, wait until it can run jobs, and end it with SIGTERM, as a terminal
    does."""
    log = folder / "log"
    environment = os.environ | {"INLAY_DATA": str(folder / "data"), "INLAY_HOST": "127.0.0.1"} | settings
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "inlay"), "run"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        url = _address(log, process, deadline)
        _wait_until_ready(url, deadline)
        yield Studio(url, log)
    finally:
        process.terminate()
        process.wait(60)


def _address(log: Path, process: subprocess.Popen[bytes], deadline: float) -> str:
    while time.monotonic() < deadline and process.poll() is None:
        for line in log.read_text(errors="replace").splitlines():
            if line.startswith("Inlay is at "):
                return line.split()[3]
        time.sleep(0.1)
    raise AppError(f"Inlay did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _wait_until_ready(url: str, deadline: float) -> None:
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=START_SECONDS):
                return
        except urllib.error.HTTPError:
            time.sleep(0.05)
    raise AppError(f"Inlay's worker did not start within {START_SECONDS} s.")
