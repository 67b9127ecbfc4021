"""How time grows: with the windows of a canvas, with the boxes on it, and with its pixels, decoding included."""

import statistics
from collections.abc import Iterator
from typing import Any

from backend.contracts.job import Compiled
from benchmarks.speed.rows import Part
from benchmarks.speed.subjects import Bench
from benchmarks.speed.timing import Series, ratio

WINDOWS = ((2, 2), (4, 4), (8, 8), (16, 15))  # across and down; a job has at most 255 views
BOXES = (1, 2, 4, 8, 16, 32)
CANVASES = ((512, 512), (1024, 512), (2048, 512), (2048, 1024), (4096, 1024), (8192, 1024))
PLAIN = {"guidance": 1, "coarse": {"weight": 0}}
"""One pass for each view, so that views and passes are the same number."""
VIEW_STEPS = 32  # views times steps that a job makes at least, so that small canvases are timed as long as large ones
Jobs = dict[int, Compiled]


def windows(bench: Bench) -> Iterator[Part]:
    """Measure a step with 4 to 240 windows."""
    defaults = bench.description.defaults
    jobs: dict[str, Compiled] = {}
    for across, down in WINDOWS[:3] if bench.quick else WINDOWS:
        width, height = (defaults.window + (number - 1) * defaults.stride for number in (across, down))
        layout = {"kind": "panorama", "prompt": "a meadow", "canvas": {"width": width, "height": height}}
        jobs[f"{across * down} windows"] = bench.compiled(layout, steps=_steps(across * down), **PLAIN)
    steps = _measured(bench, jobs, "step")
    each = _each(steps, {name: job.cost for name, job in jobs.items()})
    few, *_, many = each.values()
    yield Part(_rows(bench, jobs, each, "a view"), {"per_view_growth": ratio(many, few)})


def boxes(bench: Bench) -> Iterator[Part]:
    """Measure a step with 1 to 32 boxes of different prompts on one canvas."""
    width, height, side = 1024, 512, bench.description.defaults.window
    jobs: dict[str, Compiled] = {}
    for count in BOXES[::2] if bench.quick else BOXES:
        places = [(index % 8 * side, index // 8 * side) for index in range(count)]
        patches = [
            {"id": f"p{index}", "prompt": f"house {index}", "box": {"x": x, "y": y, "width": side, "height": side}}
            for index, (x, y) in enumerate(places)
        ]
        canvas = {"width": width, "height": height}
        layout = {"kind": "regions", "prompt": "a meadow", "canvas": canvas, "patches": patches}
        jobs[f"{count} {'box' if count == 1 else 'boxes'}"] = bench.compiled(layout, steps=2, **PLAIN)
    each = _each(_measured(bench, jobs, "step"), {name: job.cost for name, job in jobs.items()})
    few, *_, many = each.values()
    yield Part(_rows(bench, jobs, each, "a view"), {"per_box_growth": ratio(many, few)})


def canvases(bench: Bench) -> Iterator[Part]:
    """Measure whole jobs of one step on canvases of up to 8192 x 1024 pixels, and what decoding takes of them."""
    jobs: dict[str, Compiled] = {}
    sizes = CANVASES[:4] if bench.quick else CANVASES
    window = bench.description.defaults.window
    for width, height in sizes:
        layout = {"kind": "panorama", "prompt": "a meadow", "canvas": {"width": width, "height": height}}
        tiles = {"steps": 1, "windows": {"size": 2 * window, "stride": 2 * window}, **PLAIN}  # at most 255 views
        jobs[f"{width}x{height}"] = bench.compiled(layout, **tiles)
    cells = {f"{width}x{height}": width * height // bench.description.cell**2 for width, height in sizes}
    each = _each(_measured(bench, jobs, "decode"), cells)
    few, *_, many = each.values()
    yield Part(_rows(bench, jobs, each, "a cell, decoding"), {"decode_growth": ratio(many, few)})


def _steps(views: int) -> int:
    return max(2, VIEW_STEPS // views)


def _measured(bench: Bench, jobs: dict[str, Compiled], what: str) -> dict[str, list[float]]:
    """Run the jobs in turns, after one turn that is not counted. Returns the seconds of one part of each job."""
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(bench.runs + 1):
        for name, job in jobs.items():
            seconds = bench.run(job)[what]
            if turn:
                taken[name].append(seconds)
    return taken


def _each(taken: Series, counts: dict[str, int]) -> dict[str, list[float]]:
    return {name: [each / counts[name] for each in seconds] for name, seconds in taken.items()}


def _rows(bench: Bench, jobs: dict[str, Compiled], each: Series, per: str) -> list[dict[str, Any]]:
    def milliseconds(seconds: list[float]) -> list[float]:
        return [round(1000 * one, 4) for one in seconds]

    return [
        {
            "model": bench.subject.id,
            "name": name,
            "views": job.views,
            "steps": len(job.job.places),
            "per": per,
            "milliseconds": milliseconds([statistics.median(each[name])])[0],
            "range": milliseconds([min(each[name]), max(each[name])]),
            "runs": len(each[name]),
        }
        for name, job in jobs.items()
    ]
