"""Every file, link, section, module and make target that the documentation names exists, and so does each that the code
cites."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
CODE = ("backend", "worker", "inlay", "inlay_engine", "training", "benchmarks", "scripts", "tests", "frontend/src")
NOT_IN_A_CLONE = (".venv/", "frontend/dist", "runs/", "data/", "models/")  # Inlay makes them when it runs
SUFFIXES = {".py", ".md", ".ts", ".tsx", ".toml", ".json", ".yml", ".sh", ".png", ".webp"}
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
PATH = re.compile(r"[\w.-]+(/[\w.-]+)*/?")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CITATION = re.compile(r"(docs/[\w/-]+\.md)(?:,\s+([A-Z][\w ]*[\w]))?")


def identity(page: Path) -> str:
    return str(page.relative_to(ROOT))


def headings(page: Path) -> set[str]:
    return set(re.findall(r"^#+ (.+?)$", page.read_text(), re.MULTILINE))


def anchors(page: Path) -> set[str]:
    """Return the anchors that a forge makes from a page's headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(page)}


def prose(page: Path) -> str:
    """Return the page without its code blocks."""
    return re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def named_paths(page: Path) -> Iterator[str]:
    folders = {path.name for path in ROOT.iterdir()}
    for span in SPAN.findall(prose(page)):
        if not PATH.fullmatch(span) or span.startswith(NOT_IN_A_CLONE) or "/" not in span:
            continue
        if span.split("/")[0] in folders or Path(span).suffix in SUFFIXES:
            yield span


@pytest.mark.parametrize("page", PAGES, ids=identity)
def test_every_path_in_backticks_exists(page: Path) -> None:
    assert [path for path in named_paths(page) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=identity)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(prose(page)):
        if link.startswith(("http://", "https://")):
            continue
        file, _, anchor = link.partition("#")
        target = page if not file else page.parent / file
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=identity)
def test_every_command_of_ours_is_there(page: Path) -> None:
    text, targets = page.read_text(), (ROOT / "Makefile").read_text()
    modules = re.findall(r"python -m ((?:benchmarks|training|scripts|backend)[\w.]*)", text)
    files = [ROOT / module.replace(".", "/") for module in modules]
    assert [str(file) for file in files if not file.with_suffix(".py").exists() and not file.is_dir()] == []
    asked = re.findall(r"`make (\w+)`", text)
    assert [target for target in asked if not re.search(rf"^{target}:", targets, re.MULTILINE)] == []


def test_every_button_that_the_pages_name_is_in_the_studio() -> None:
    studio = "".join(file.read_text() for file in (ROOT / "frontend/src").rglob("*.ts*"))
    named = [label for page in PAGES for label in re.findall(r"\b(?:[Pp]ress|open) \*\*(.+?)\*\*", page.read_text())]
    assert len(named) >= 3
    assert [label for label in named if label not in studio] == []


def test_every_page_and_section_that_the_code_cites_exists() -> None:
    wrong = []
    for folder in CODE:
        for file in (ROOT / folder).rglob("*"):
            if file.suffix not in {".py", ".ts", ".tsx"} or file == Path(__file__):
                continue
            for page, section in CITATION.findall(file.read_text()):
                there = ROOT / page
                sections = [name for name in re.split(r" and ", section) if name]
                if not there.exists() or not set(sections) <= headings(there):
                    wrong.append(f"{file.relative_to(ROOT)}: {page}, {section}")
    assert wrong == []


def test_the_code_cites_no_document_that_is_elsewhere() -> None:
    elsewhere = re.compile(r"\b(protocol|design),? Sections?\b", re.IGNORECASE)
    cited = [
        str(file.relative_to(ROOT))
        for folder in CODE
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".py", ".ts", ".tsx"} and elsewhere.search(file.read_text())
    ]
    assert cited == []
