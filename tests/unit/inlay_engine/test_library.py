"""The engine as a library: what it exports and imports, and the researcher's script in `examples/engine`."""

import ast
import io
import re
import subprocess
import sys
import tokenize
from itertools import pairwise
from pathlib import Path

import pytest
import torch

import inlay_engine
from inlay_engine import Schedule

ROOT = Path(inlay_engine.__file__).parent
SCRIPT = ROOT.parent / "examples" / "engine" / "two_gaussians.py"


def test_the_engine_imports_torch_jaxtyping_and_the_standard_library_only() -> None:
    imported = set()
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
    assert imported - sys.stdlib_module_names == {"inlay_engine", "jaxtyping", "torch"}


def test_every_public_name_is_there_typed_and_explained() -> None:
    assert inlay_engine.__all__ == sorted(inlay_engine.__all__, key=_order)
    assert (ROOT / "py.typed").exists()
    for name in inlay_engine.__all__:
        public = getattr(inlay_engine, name)
        if isinstance(public, type):
            assert public.__doc__, name


def _order(name: str) -> tuple[int, str]:
    """Sort constants first, then classes, then functions, each by name, as ruff sorts `__all__`."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


@pytest.mark.slow
def test_a_researcher_composes_two_gaussians_in_at_most_25_lines_of_code() -> None:
    assert len(_lines_of_code(SCRIPT.read_text())) <= 25
    run = subprocess.run([sys.executable, SCRIPT], cwd=ROOT.parent, capture_output=True, text=True, check=True)
    exact = _exact_covariance(*_constants(SCRIPT.read_text()))
    printed = re.findall(r"cells (\d+) and (\d+): (-?\d\.\d+)", run.stdout)
    assert len(printed) == 3
    for one, other, composed in printed:
        assert abs(float(composed) - float(exact[int(one), int(other)])) < 0.03, run.stdout


def _lines_of_code(source: str) -> set[int]:
    """Return the lines of code, without blank lines, comments and the docstring."""
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    docstring = range(1, (ast.parse(source).body[0].end_lineno or 0) + 1)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    lines = {line for token in tokens if token.type not in silent for line in range(token.start[0], token.end[0] + 1)}
    return lines - {*docstring}


def _constants(source: str) -> tuple[int, int, int]:
    """Return WIDTH, CROP and STEPS as the script sets them."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            width, crop, steps, _ = ast.literal_eval(node.value)
            return width, crop, steps
    raise AssertionError("the script sets no constants")


def _exact_covariance(width: int, crop: int, steps: int) -> torch.Tensor:
    """Return the covariance that the sampler must reach, from the equations in matrix form.

    Both models are affine, so X0 = M X, and M is the mean over the crops of S_i (a^2 S_i + s^2 I)^-1 a. A DDIM step at
    eta 0 multiplies X by a_s M + (s_s / s_t) (I - a_t M).
    """
    cells = torch.arange(width)
    truth, unit = 0.9 ** (cells[:, None] - cells).abs().double(), torch.eye(width).double()
    crops = [unit[start : start + crop] for start in (0, width - crop)]
    seen = sum(torch.diag(part.T @ part) for part in crops)
    reached = unit
    instants = Schedule.of_alphas_squared(torch.linspace(0, 1, steps + 1).tolist()).instants
    for t, s in pairwise(instants):
        clean = torch.zeros_like(unit)
        for part in crops:
            law = part @ truth @ part.T
            noisy = t.alpha**2 * law + t.sigma**2 * torch.eye(crop).double()
            clean += part.T @ (t.alpha * law @ torch.linalg.inv(noisy)) @ part
        clean = clean / torch.as_tensor(seen)[:, None]
        reached = (s.alpha * clean + s.sigma / t.sigma * (unit - t.alpha * clean)) @ reached
    return reached @ reached.T
