"""Contact sheets: drawings, reconstructions, samples and the loss curve, as pictures to look at."""

import textwrap
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from worker.training.autoencoder import reconstruct
from worker.training.checkpoint import read_losses
from worker.training.dataset import to_pixels, to_tensor
from worker.training.drawing import BIOMES, TIMES, Biome, Time, draw_panorama
from worker.training.drawing.figure import draw_figure
from worker.training.drawing.panorama import TALL
from worker.training.groups import FIGURES, TALL_WIDE, WIDE, Group
from worker.training.sampling import Model, sample

PAPER, INK, FAINT = (250, 248, 244), (50, 48, 60), (222, 218, 212)

PROMPTS = (
    "a desert at sunset",
    "the sea by day, a red sailboat",
    "a pine forest at night",
    "snowy peaks in daylight",
    "a green meadow with flowers, a windmill",
    "a snowy landscape at night with a red house",
    "a city skyline at night",
    "a city by day",
    "a cactus in a desert during the day",
    "a lighthouse on the ocean at sunset",
    "two sheep in a meadow",
    "a red house in a snowy forest at night",
    "a castle in the mountains at dusk",
    "a yellow hot air balloon, snow covered hills by day",
    "a forest in the mist",
    "mountains at night with a crescent moon",
    "a meadow in the rain",
    "a winter landscape in falling snow",
    "an orange tent in the woods at noon",
    "a stone bridge on green hills at sunset",
    "the sun, the sea under an orange sky",
    "a flock of birds, a sandy desert in daylight",
    "a blue house",
    "an orange tree in a meadow",
)
PANORAMAS = ("a desert at sunset", "a snowy landscape at night", "the sea by day", "a green meadow with flowers by day")


def drawing_sheets() -> dict[str, Image.Image]:
    """Drawings never trained on: landscapes by biome and time of day, tall ones, figures, and faces."""
    return {
        "wide": _tiled([draw_panorama(seed, biome=b, time=t).pixels for seed, b, t in _by_biome(WIDE)], 3),
        "tall": _tiled(
            [draw_panorama(seed, height=TALL, biome=b, time=t).pixels for seed, b, t in _by_biome(TALL_WIDE)], 3
        ),
        "figures": _tiled([draw_figure(seed).pixels for seed in FIGURES.held_out_seeds(24)], 6),
        "faces": _tiled([draw_figure(seed).face for seed in FIGURES.held_out_seeds(48)], 8),
    }


def _by_biome(group: Group) -> list[tuple[int, Biome, Time]]:
    """A seed for every biome at every time of day."""
    start = group.held_out_seeds(1).start
    return [(start + 3 * i + j, biome, time) for i, biome in enumerate(BIOMES) for j, time in enumerate(TIMES)]


def _tiled(pictures: list[np.ndarray], across: int) -> Image.Image:
    """Pictures of one size in rows of `across`."""
    rows = [np.concatenate(pictures[start : start + across], 1) for start in range(0, len(pictures), across)]
    return Image.fromarray(np.concatenate(rows))


def reconstruction_sheet(model: Model, originals: np.ndarray) -> Image.Image:
    """Originals of shape (count, height, width, 3), each above its reconstruction."""
    rebuilt = to_pixels(reconstruct(model.vae, to_tensor(originals)))
    pairs = [np.concatenate([first, second]) for first, second in zip(originals, rebuilt, strict=True)]
    return Image.fromarray(np.concatenate(pairs))


def sample_sheet(model: Model, seed: int, guidance: float, across: int = 6) -> Image.Image:
    """One sample for each of PROMPTS, with its prompt beneath."""
    pictures = np.concatenate(
        [sample(model, [*PROMPTS[i : i + 8]], seed=seed + i, guidance=guidance) for i in (0, 8, 16)]
    )
    cell_width, cell_height = 140, 172
    sheet = Image.new("RGB", (across * cell_width + 8, -(-len(PROMPTS) // across) * cell_height + 8), PAPER)
    draw = ImageDraw.Draw(sheet)
    for index, (prompt, picture) in enumerate(zip(PROMPTS, pictures, strict=True)):
        x, y = 10 + index % across * cell_width, 10 + index // across * cell_height
        sheet.paste(Image.fromarray(picture), (x, y))
        draw.text((x, y + 131), textwrap.fill(prompt, 24), INK, ImageFont.load_default(10), spacing=1)
    return sheet


def panorama_sheet(model: Model, seed: int, guidance: float) -> Image.Image:
    """Wide samples, one prompt each, from averaged windows alone."""
    pictures = sample(model, [*PANORAMAS], seed=seed, columns=64, guidance=guidance)
    return Image.fromarray(np.concatenate(pictures))


def loss_plot(curves: dict[str, Path], width: int = 720, height: int = 260) -> Image.Image:
    """Loss against step, both axes fitted, the loss on a logarithmic scale; one panel a curve."""
    image = Image.new("RGB", (width, height), PAPER)
    panel = width // len(curves)
    for index, (title, path) in enumerate(curves.items()):
        rows = [row for row in read_losses(path) if row["loss"] > 0]
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
