"""The command finds its checkout from any folder, and says what to do if it was installed without one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from backend.version import VERSION

CHECKOUT = Path(__file__).parents[3]
PACKAGES = ("backend", "inlay", "inlay_engine", "training", "worker")


def inlay(*words: str, folder: Path, code: Path = CHECKOUT) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("INLAY_")}
    command = [sys.executable, "-m", "inlay.cli", *words]
    return subprocess.run(
        command, cwd=folder, env=environment | {"PYTHONPATH": str(code)}, capture_output=True, text=True
    )


def test_from_another_folder_it_has_the_models_of_the_checkout(tmp_path: Path) -> None:
    done = inlay("models", "list", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "papercut" in done.stdout


def test_the_version_is_the_projects(tmp_path: Path) -> None:
    assert inlay("--version", folder=tmp_path).stdout.strip() == VERSION


def test_packages_without_their_checkout_say_what_to_do(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(CHECKOUT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    done = inlay("models", "list", folder=tmp_path, code=tmp_path)
    assert done.returncode == 1
    assert "Inlay works only from its checkout" in done.stderr
    assert "pip install --editable ." in done.stderr
