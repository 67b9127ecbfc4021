"""Sheets of samples, and the plot of the loss."""

import textwrap
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.checkpoint import read_losses
from training.denoiser import CELLS
from training.sampling import TrainedModel, sample

PAPER, INK, FAINT = (250, 248, 244), (50, 48, 60), (222, 218, 212)


def prompt_sheet(model: TrainedModel, prompts: tuple[str, ...], seed: int, guidance: float) -> Image.Image:
    """Return a sheet with one native sample for each prompt, and the prompt beneath it."""
    return captioned(sampled(model, prompts, seed, guidance, CELLS), prompts, across=min(6, len(prompts)))


def sampled(model: TrainedModel, prompts: tuple[str, ...], seed: int, guidance: float, side: int) -> np.ndarray:
    """Sample square pictures of `side` cells, four prompts at a time."""
    parts = [
        sample(model, [*prompts[i : i + 4]], seed=seed + i, rows=side, columns=side, window=side, guidance=guidance)
        for i in range(0, len(prompts), 4)
    ]
    return np.concatenate(parts)


def captioned(pictures: np.ndarray, prompts: tuple[str, ...], across: int) -> Image.Image:
    """Return a sheet of pictures in rows of `across`, each with its prompt beneath."""
    side = pictures.shape[1]
    cell_width, cell_height = side + 12, side + 44
    sheet = Image.new("RGB", (across * cell_width + 8, -(-len(prompts) // across) * cell_height + 8), PAPER)
    draw = ImageDraw.Draw(sheet)
    for index, (prompt, picture) in enumerate(zip(prompts, pictures, strict=True)):
        x, y = 10 + index % across * cell_width, 10 + index // across * cell_height
        sheet.paste(Image.fromarray(picture), (x, y))
        text = textwrap.fill(prompt, 3 * side // 16)
        draw.text((x, y + side + 3), text, INK, ImageFont.load_default(10), spacing=1)
    return sheet


def save_sheet(sheet: Image.Image, file: Path) -> None:
    """Write a sheet as a PNG with a palette of 255 colours."""
    sheet.quantize(255, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, optimize=True)


def loss_plot(curves: dict[str, Path], width: int = 720, height: int = 260) -> Image.Image:
    """Plot loss against step, with a logarithmic scale for the loss. Each curve with at least two rows gets a panel
    with its own axes."""
    image = Image.new("RGB", (width, height), PAPER)
    curve = {title: [row for row in read_losses(path) if row["loss"] > 0] for title, path in curves.items()}
    begun = {title: rows for title, rows in curve.items() if len(rows) > 1}
    panel = width // max(1, len(begun))
    for index, (title, rows) in enumerate(begun.items()):
        _panel(ImageDraw.Draw(image), (index * panel + 44, 28, (index + 1) * panel - 14, height - 30), title, rows)
    return image


def _panel(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], title: str, rows: list[dict[str, float]]) -> None:
    left, top, right, bottom = box
    font = ImageFont.load_default(11)
    steps, losses = np.array([row["step"] for row in rows]), np.log10([row["loss"] for row in rows])
    low, high = float(losses.min()), float(np.quantile(losses, 0.995))
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = bottom - share * (bottom - top)
        draw.line([(left, y), (right, y)], FAINT)
        draw.text((left - 38, y - 7), f"{10 ** (low + share * (high - low)):.3f}", INK, font)
    across = left + (right - left) * steps / steps.max()
    upward = bottom - (bottom - top) * (np.clip(losses, low, high) - low) / max(high - low, 1e-9)
    draw.line([*zip(across.tolist(), upward.tolist(), strict=True)], (64, 110, 190), 2)
    draw.text((left, top - 20), title, INK, ImageFont.load_default(13))
    draw.text((right - 90, bottom + 8), f"{int(steps.max())} steps", INK, font)
