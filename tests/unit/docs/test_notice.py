"""NOTICE names the licences of the packages that the built studio contains."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[3]
PERMISSIVE = {"MIT", "ISC", "BSD-3-Clause", "0BSD"}


def test_notice_names_the_licences_of_the_studio() -> None:
    locked = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    used = {path: one for path, one in locked.items() if path and not (one.get("dev") or one.get("devOptional"))}
    notice = (ROOT / "NOTICE").read_text()
    assert "under MIT, ISC, BSD-3-Clause or 0BSD, except" in notice
    for path, one in used.items():
        if one["license"] not in PERMISSIVE:
            name = path.removeprefix("node_modules/")
            assert f"- {name} {one['version']}, {one['license']}, by " in notice, path
