"""Draw two folders of pictures with captions for `inlay train`: papercut's landscapes as blueprints and in sepia.

Run it with `python examples/train/draw_styles.py FOLDER`. docs/train.md has the rest of the example.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from training.papercut.captions import caption, whole_height
from training.papercut.drawing import HEIGHT, WIDTH, draw_panorama

STYLES = {"blueprint": ("#0a1f5c", "#2f6fd6", "#f2f7ff"), "sepia": ("#2b1a10", "#a5733f", "#f7ecd0")}
"""The colours of shadows, middle tones and lights."""
DRAWINGS = 40
"""The number of panoramas for each style. Each gives four pictures."""


def draw_style(folder: Path, style: str, first_seed: int, drawings: int = DRAWINGS) -> None:
    """Draw the pictures of a style, and write their captions to a CSV file beside the folder."""
    dark, middle, light = STYLES[style]
    (folder / style).mkdir(parents=True, exist_ok=True)
    with (folder / f"{style}.csv").open("w", newline="") as file:
        captions = csv.writer(file)
        for seed in range(first_seed, first_seed + drawings):
            drawn, words = draw_panorama(seed), np.random.default_rng(seed)
            grey = ImageOps.autocontrast(Image.fromarray(drawn.pixels).convert("L"))
            picture = ImageOps.colorize(grey, dark, light, mid=middle)
            for left in range(0, WIDTH, HEIGHT):
                name = f"{seed}-{left}.png"
                picture.crop((left, 0, left + HEIGHT, HEIGHT)).save(folder / style / name)
                captions.writerow([name, caption(whole_height(drawn.truth, left, left + HEIGHT), words)])


if __name__ == "__main__":
    for number, style in enumerate(STYLES):
        draw_style(Path(sys.argv[1]), style, 1_000_000 * (number + 1))
