"""Write the lock files: the versions that pip installs for pyproject.toml's dependencies in an empty environment."""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
HEAD = "# Written by `make lock` from pyproject.toml; do not edit.\n"


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        run = _install_and_freeze(folder, ["setuptools>=80", *project["dependencies"]])
        test = _install_and_freeze(folder, project["optional-dependencies"]["test"])
    (ROOT / "requirements.lock").write_text(HEAD + "\n".join(run) + "\n")
    (ROOT / "requirements-test.lock").write_text(HEAD + "\n".join(line for line in test if line not in run) + "\n")


def _install_and_freeze(folder: str, requirements: list[str]) -> list[str]:
    """Return every package in the environment as `name==version`. Versions have no local part (torch's +cpu), and a
    requirement's marker is kept."""
    pip = [f"{folder}/bin/python", "-m", "pip"]
    subprocess.run([*pip, "install", "--quiet", *requirements], check=True)
    frozen = subprocess.run([*pip, "freeze", "--all"], check=True, capture_output=True, text=True).stdout
    lines = (line.split("+")[0].split(" @ ")[0] for line in frozen.splitlines())
    markers = {parsed.name: f"; {parsed.marker}" for parsed in map(Requirement, requirements) if parsed.marker}
    pinned = (line + markers.get(line.split("==")[0], "") for line in lines if not line.startswith("pip=="))
    return sorted(pinned, key=str.lower)


if __name__ == "__main__":
    main()
