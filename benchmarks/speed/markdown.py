"""Write the tables and charts of docs/benchmarks.md: python -m benchmarks.speed.markdown FILE

FILE is what `python -m benchmarks.speed --json FILE` wrote. The command replaces what stands between the two comments
of the document that name the device of the file, and the charts in docs/images/benchmarks.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.running import ROOT
from benchmarks.speed.bars import bars_of
from benchmarks.speed.plots import Bar, chart
from benchmarks.speed.rows import Row

DOCUMENT = ROOT / "docs" / "benchmarks.md"
CHARTS = ROOT / "docs" / "images" / "benchmarks"
HEADINGS = {
    "network": "A whole job and its bare network",
    "rivals": "The same panorama by diffusers",
    "windows": "More windows",
    "boxes": "More boxes",
    "canvases": "Larger canvases",
    "workers": "One worker and two on one queue",
    "ranks": "One canvas by one rank and by two",
    "convolutions": "Convolutions as diffusers loads them, and ours",
    "waits": "Waiting",
}
CHARTED = ("network", "rivals", "windows", "canvases")
COLUMNS = ("name", "canvas", "views", "steps", "passes", "seconds", "milliseconds", "range")
TITLES = {"name": "", "passes": "forward passes", "milliseconds": "ms for each", "range": "lowest to highest"}


def tables(saved: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the document: the machine, the figures with their bars, and a table for each part."""
    kind = _kind(saved)
    device = f"{saved['processor']}, {saved['cores']} cores, {saved['threads']} threads"
    device = device if kind == "cpu" else f"{saved['device']}; {device}"
    yield f"`{saved['command']}`, {saved['date']}. {device}. Load before the start: {saved['load']}."
    yield f"torch {saved['torch']}, diffusers {saved['diffusers']}.\n"
    yield from _figures(saved, kind)
    for part, rows in saved["parts"].items():
        name, _, model = part.partition(" ")
        yield f"### {HEADINGS[name]}: {model}\n"
        yield from _table(rows)
        if name in CHARTED:
            yield f"![{HEADINGS[name]}: {model}](images/benchmarks/{_file(part, kind)})\n"


def _figures(saved: dict[str, Any], kind: str) -> Iterator[str]:
    bars = bars_of(kind)
    yield "| figure | value | lowest to highest | bar | |"
    yield "|---|---:|---:|---:|---|"
    for name, (low, high) in saved["ranges"].items():
        bar = bars.get(name.partition(".")[0])
        asked = f"at {'most' if bar.below else 'least'} {bar.limit:g}" if bar else ""
        verdict = ("met" if bar.met(saved[name]) else "**missed**") if bar else ""
        yield f"| `{name}` | {saved[name]:.3f} | {low:.3f} to {high:.3f} | {asked} | {verdict} |"
    yield ""
    for name, bar in bars.items():
        yield f"- `{name}`: {bar.means}{'' if name in saved['ranges'] else ' (not measured)'}"
    yield ""


def _table(rows: list[Row]) -> Iterator[str]:
    columns = [name for name in COLUMNS if name in rows[0]]
    yield f"| {' | '.join(TITLES.get(name, name) for name in columns)} |"
    yield f"|---|{'---:|' * (len(columns) - 1)}"
    for row in rows:
        yield f"| {' | '.join(_cell(row[name]) for name in columns)} |"
    yield ""


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return f"{value[0]:.3g} to {value[1]:.3g}"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def charts(saved: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name of each chart's file, and its SVG."""
    for part, rows in saved["parts"].items():
        name, _, model = part.partition(" ")
        if name not in CHARTED:
            continue
        measure = "milliseconds" if "milliseconds" in rows[0] else "seconds"
        unit = f"{measure} {'for ' + rows[0]['per'] if 'per' in rows[0] else ''}".strip()
        bars = [Bar(row["name"], row[measure], *row["range"]) for row in rows]
        yield _file(part, _kind(saved)), chart(f"{HEADINGS[name]} ({model})", unit, bars)


def _kind(saved: dict[str, Any]) -> str:
    return "cpu" if saved["device"] == "cpu" else "cuda"


def _file(part: str, kind: str) -> str:
    return f"{part.replace(' ', '-')}-{kind}.svg"


def replaced(document: str, kind: str, lines: list[str]) -> str:
    """Return the document with these lines between the two comments of a kind of device."""
    begin, end = f"<!-- {kind}: begin -->", f"<!-- {kind}: end -->"
    before, found, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"The document has no comments {begin} and {end}.")
    return "\n".join([f"{before}{begin}\n", *lines, f"{end}{after}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    content = json.loads(parser.parse_args().file.read_text())
    DOCUMENT.write_text(replaced(DOCUMENT.read_text(), _kind(content), list(tables(content))))
    CHARTS.mkdir(parents=True, exist_ok=True)
    for name, svg in charts(content):
        (CHARTS / name).write_text(svg)


if __name__ == "__main__":
    main()
