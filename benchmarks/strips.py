"""Draw what each sampler of the toy does with the bundled model: python -m benchmarks.strips --out docs/images/strips
--json FILE

Each row shows one sampler's panoramas of 512x128 pixels, from the same seeds. Beside a row stands the distance between
the skies of its four quarters: the root mean square distance of their median colours from the mean of all four, of 255.
A sun does not change a median.
"""

import argparse
import json
import multiprocessing
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from benchmarks.bundled import prepare_bundled

WIDTH, HEIGHT, SKY = 512, 128, 32  # SKY: the rows from the top that are sky in nearly every drawing
SHOWN = (384, 96)  # of a panorama on the sheet
LABEL, HEAD, GAP = 230, 26, 6
PAPER, INK, FAINT = (250, 249, 246), (30, 30, 30), (120, 120, 120)
ALONE = {"coarse": {"weight": 0}}
FROM_THE_AVERAGE = {"solver": "gradient", "step_size": {"mu": 0.01}, "iterations": 10}


def lambda_under(mu: float) -> dict[str, Any]:
    return {"agree": {"step_size": {"mu": mu}}}


SAMPLERS: dict[str, dict[str, Any]] = {
    "independent tiles": {**ALONE, "windows": {"stride": 128}},
    "MultiDiffusion": ALONE,
    "Gaussian weights": {**ALONE, "windows": {"weights": "gaussian"}},
    "shifted tiles": {**ALONE, "windows": {"shift": True}},
    "DPM-Solver++(2M)": {**ALONE, "scheduler": "dpmsolver++"},
    "exact lambda, mu 0.03": {**ALONE, **lambda_under(0.03)},
    "exact lambda, mu 0.01": {**ALONE, **lambda_under(0.01)},
    "exact lambda, mu 0.003": {**ALONE, **lambda_under(0.003)},
    "gradient from the average, 10, mu 0.01": {**ALONE, "agree": FROM_THE_AVERAGE},
    "eta 1": {**ALONE, "eta": 1.0},
    "counting": {**ALONE, "agree": {"solver": "counting"}},
    "harmonise 2": {**ALONE, "harmonise": 2},
    "4 correctors": {**ALONE, "corrector_steps": 4},
    "coarse, trust 10": {"coarse": {"weight": 10}},
    "coarse, trust 10, until 0.5": {"coarse": {"weight": 10, "active": [0, 0.5]}},
    "coarse, trust 3.3, eta 0.5": {"coarse": {"weight": 3.3}, "eta": 0.5},
    "coarse, trust 10, lambda mu 0.01": {"coarse": {"weight": 10}, **lambda_under(0.01)},
}


class Column(NamedTuple):
    """The layout and seed of one column, which every sampler gets."""

    prompt: str
    seed: int

    @property
    def title(self) -> str:
        return f"{self.prompt or 'no prompt'}, seed {self.seed}"


COLUMNS = (Column("a desert at sunset", 1), Column("", 1), Column("", 2))


class Strip(NamedTuple):
    """One panorama, the CPU seconds that it took on one core, and the mean lambda of its run."""

    pixels: np.ndarray
    seconds: float
    step_size: float


def paint(sampler: str, column: Column, steps: int) -> Strip:
    layout = {"kind": "panorama", "canvas": {"width": WIDTH, "height": HEIGHT}, "prompt": column.prompt}
    began = time.process_time()
    with torch.inference_mode():
        graph, prepared = prepare_bundled(
            layout, {"steps": steps, "scheduler": "ddim", "seed": column.seed, **SAMPLERS[sampler]}
        )
        done = list(prepared.sample())
        picture = prepared.decode(done[-1], graph.outputs[0])
    sizes = [float(size) for step in done for size in step.step_sizes.values()]
    return Strip(np.asarray(picture), time.process_time() - began, statistics.fmean(sizes))


def sky_spread(pixels: np.ndarray) -> float:
    """Return the root mean square distance of the quarters' median sky colours from the mean of all four, of 255."""
    quarters = np.median(pixels[:SKY].reshape(SKY, 4, WIDTH // 4, 3), axis=(0, 2))
    return float(np.sqrt(((quarters - quarters.mean(0)) ** 2).mean()))


def sheet(rows: dict[str, list[Strip]]) -> Image.Image:
    """Draw all strips on one sheet: a row for each sampler, a column for each request."""
    width, height = SHOWN
    size = (LABEL + len(COLUMNS) * (width + GAP), HEAD + len(rows) * (height + GAP))
    page = Image.new("RGB", size, PAPER)
    draw, large, small = ImageDraw.Draw(page), ImageFont.load_default(14), ImageFont.load_default(12)
    for k, column in enumerate(COLUMNS):
        draw.text((LABEL + k * (width + GAP), 6), column.title, INK, large)
    for row, (name, strips) in enumerate(rows.items()):
        top = HEAD + row * (height + GAP)
        draw.text((8, top + 26), name, INK, large)
        draw.text((8, top + 50), f"sky spread {_spreads(strips)}", FAINT, small)
        for k, strip in enumerate(strips):
            shown = Image.fromarray(strip.pixels).resize(SHOWN, Image.Resampling.LANCZOS)
            page.paste(shown, (LABEL + k * (width + GAP), top))
    return page


def _spreads(strips: list[Strip]) -> str:
    return ", ".join(f"{sky_spread(strip.pixels):.0f}" for strip in strips)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="a folder for the sheet")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    parser.add_argument("--steps", type=int, default=30)
    arguments = parser.parse_args()
    wanted = [(name, column) for name in SAMPLERS for column in COLUMNS]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context, torch.set_num_threads, (1,)) as pool:
        names, columns = zip(*wanted, strict=True)
        painted = list(pool.map(paint, names, columns, [arguments.steps] * len(wanted)))
    rows: dict[str, list[Strip]] = {name: [] for name in SAMPLERS}
    for name, strip in zip(names, painted, strict=True):
        rows[name].append(strip)
    arguments.out.mkdir(parents=True, exist_ok=True)
    sheet(rows).save(arguments.out / "samplers.webp", quality=82, method=6)
    figures = [
        {
            "sampler": name,
            "sky_spread": [sky_spread(strip.pixels) for strip in strips],
            "step_size": [strip.step_size for strip in strips],
            "seconds": [strip.seconds for strip in strips],
        }
        for name, strips in rows.items()
    ]
    for figure in figures:
        print(json.dumps(figure))
    if arguments.json:
        columns_ = [column._asdict() for column in COLUMNS]
        arguments.json.write_text(json.dumps({"columns": columns_, "rows": figures}, indent=2) + "\n")


if __name__ == "__main__":
    main()
