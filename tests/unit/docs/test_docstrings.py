"""No docstring begins with a word that makes it a fragment, such as "What" or "Whether"."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FRAGMENT = re.compile(r"\s*(What|Whether|Of|Within|Where)\b")


def docstrings(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and text of every docstring: of modules, classes, functions and attributes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value


def fragments(source: str) -> list[int]:
    return [line for line, text in docstrings(source) if FRAGMENT.match(text)]


def test_no_docstring_begins_with_a_fragment() -> None:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [ROOT / name for name in listed.stdout.splitlines()]
    assert len(files) > 100
    found = [f"{file.relative_to(ROOT)}:{line}" for file in files for line in fragments(file.read_text("utf-8"))]
    assert not found, "Rewrite these docstrings as sentences: subject, verb, object."


@pytest.mark.parametrize(
    "source",
    [
        '"""What a module does."""',
        'class A:\n    """Where A is."""',
        'async def a() -> None:\n    """\n    Whether it is so.\n    """',
        'A = 1\n"""Of the model."""',
        'class A:\n    a: int\n    """Within the canvas, in pixels."""',
    ],
)
def test_fragments_are_found(source: str) -> None:
    assert len(fragments(source)) == 1


def test_sentences_and_other_texts_pass() -> None:
    assert fragments('"""Offer a file."""\nsaid = "What a text."\nprint("Where it is.")') == []
