"""The version is in pyproject.toml, and every other file that names it agrees."""

import json
import tomllib
from pathlib import Path

import yaml

from backend.version import VERSION

ROOT = Path(__file__).parents[3]


def test_every_file_names_the_version_of_pyproject() -> None:
    named = {
        "the installed package": VERSION,
        "CITATION.cff": yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"],
        "frontend/package.json": json.loads((ROOT / "frontend/package.json").read_text())["version"],
        "frontend/openapi.json": json.loads((ROOT / "frontend/openapi.json").read_text())["info"]["version"],
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert named == dict.fromkeys(named, project["version"])
