"""`make` uses the Python and the Node of the machine only if they suffice."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backend.settings import CHECKOUT
from inlay import node


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("version", "suits"),
    [
        ("v18.20.8", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v23.11.0", False),
        ("v24.0.0", True),
        ("v26.1.0", True),
        ("nothing", False),
    ],
)
def test_a_node_on_which_the_tools_do_not_run_is_not_used(
    version: str, suits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "node", f"echo {version}")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert node.suits(node.version()) is suits


def test_make_asks_again_for_an_environment_that_was_not_made(tmp_path: Path) -> None:
    """On Debian without python3-venv, Python makes the folder and its program, and then fails."""
    half = 'mkdir -p "$3/bin"; touch "$3/bin/python"; exit 1'
    broken = program(tmp_path / "python", f'[ "$1" = -m ] || exec {sys.executable} "$@"\n{half}')
    make = shutil.which("make")
    assert make is not None
    target = tmp_path / "env/bin/python"
    command = [make, str(target), f"PYTHON={broken}", f"VENV={tmp_path / 'env'}"]
    for _ in range(2):
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
        assert done.returncode != 0
        assert "apt install python3-venv" in done.stdout
        assert not target.exists()
