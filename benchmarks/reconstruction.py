"""Measure how well a model's VAE reconstructs pictures of many kinds: python -m benchmarks.reconstruction

The kinds go from papercut's drawings to noise. By the first number, `inlay train` decides whether to keep a VAE. The
second draws the latents from the encoder's log variances, as some pipelines do, and not from the means. The third is
the sharpness of the reconstructions, relative to that of the pictures. The pictures of a VAE whose cells have 16 pixels
are twice as large as those of one with 8. Drawings and shapes then show the same; details and noise are made anew.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from benchmarks.judge.sharpness import sharpness
from training.autoencoder import CELL, psnr, reconstruct
from training.papercut.drawing import draw_panorama
from training.pixels import to_pixels, to_tensor
from training.pretrained import load_autoencoder

COUNT, SIDE, LEFT, FIRST_SEED = 16, 128, 192, 910_000_000
"""The pictures of each kind, their side and their left edge at 8 pixels a cell, and the first seed of the drawings."""
SHOWN = 8
Recolour = Callable[[Image.Image], Image.Image]


def duotone(dark: str, middle: str, light: str) -> Recolour:
    """Return a function that maps shadows, middle tones and lights to three colours."""
    return lambda picture: ImageOps.colorize(ImageOps.autocontrast(picture.convert("L")), dark, light, mid=middle)


RECOLOURS: dict[str, Recolour] = {
    "papercut's drawings": lambda picture: picture,
    "in sepia": duotone("#2b1a10", "#a5733f", "#f7ecd0"),
    "as blueprints": duotone("#0a1f5c", "#2f6fd6", "#f2f7ff"),
    "in red and violet": duotone("#1d1147", "#f0524f", "#fff1c9"),
    "inverted": ImageOps.invert,
    "with channels exchanged": lambda picture: Image.merge("RGB", [picture.split()[channel] for channel in (2, 0, 1)]),
    "with four values a channel": lambda picture: ImageOps.posterize(picture, 2),
    "in black and white": lambda picture: (
        picture.convert("L").point([255 * (value > 110) for value in range(256)]).convert("RGB")
    ),
}


def shapes(stream: np.random.Generator, side: int) -> NDArray[np.uint8]:
    """Return overlapping circles and squares of random colours, with smooth edges."""
    large = Image.new("RGB", (4 * SIDE, 4 * SIDE), _colour(stream))
    draw = ImageDraw.Draw(large)
    for _ in range(6):
        x, y, radius = (int(stream.integers(*range_)) for range_ in ((0, 512), (0, 512), (40, 160)))
        shape = draw.ellipse if stream.random() < 0.5 else draw.rectangle
        shape((x - radius, y - radius, x + radius, y + radius), fill=_colour(stream))
    return np.asarray(large.resize((side, side), Image.Resampling.LANCZOS))


def _colour(stream: np.random.Generator) -> tuple[int, ...]:
    return tuple(stream.integers(0, 256, 3).tolist())


def details(stream: np.random.Generator, side: int) -> NDArray[np.uint8]:
    """Return noise with details of all sizes, as photographs have: amplitudes are proportional to wavelengths."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.fftfreq(side)[None, :])
    amplitude = np.where(frequency > 0, 1 / np.maximum(frequency, 1 / side), 0.0)[..., None]
    white = np.fft.fft2(stream.normal(size=(side, side, 3)), axes=(0, 1))
    waves = np.fft.ifft2(amplitude * white, axes=(0, 1)).real
    return np.clip(128 + 60 * waves / waves.std(), 0, 255).astype(np.uint8)


def noise(stream: np.random.Generator, side: int) -> NDArray[np.uint8]:
    return stream.integers(256, size=(side, side, 3), dtype=np.uint8)


def kinds(scale: int) -> dict[str, NDArray[np.uint8]]:
    """Return the pictures of each kind, of shape (COUNT, side, side, 3), with sides of `scale` times SIDE."""
    side, left = scale * SIDE, scale * LEFT
    whole = [draw_panorama(FIRST_SEED + seed, scale=scale).pixels for seed in range(COUNT)]
    drawn = [Image.fromarray(pixels[:, left : left + side]) for pixels in whole]
    made = {name: np.stack([np.asarray(to(picture)) for picture in drawn]) for name, to in RECOLOURS.items()}
    for name, make in (("random shapes", shapes), ("details of all sizes", details), ("noise", noise)):
        stream = np.random.default_rng(0)
        made[name] = np.stack([make(stream, side) for _ in range(COUNT)])
    return made


@torch.no_grad()
def drawn_latents(vae: AutoencoderKL, pictures: torch.Tensor) -> torch.Tensor:
    """Encode pictures in [-1, 1], draw their latents with the encoder's variances, and decode them."""
    posterior = vae.encode(pictures).latent_dist  # pyright: ignore
    return vae.decode(posterior.sample(torch.Generator().manual_seed(0))).sample.clamp(-1, 1)  # pyright: ignore


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reconstruction", description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/papercut"), help="a model's folder")
    parser.add_argument("--sheet", type=Path, help="a file to save the pictures to, each above its reconstruction")
    arguments = parser.parse_args()
    vae, rows = load_autoencoder(arguments.model), []
    cell = 2 ** (len(vae.config["block_out_channels"]) - 1)
    print(f"{'PSNR in dB of':28} {'means':>6} {'draws':>6} {'sharpness':>10}")
    for name, pixels in kinds(max(1, cell // CELL)).items():
        pictures = to_tensor(pixels)
        rebuilt = reconstruct(vae, pictures)
        means, draws = psnr(pictures, rebuilt), psnr(pictures, drawn_latents(vae, pictures))
        print(f"{name:28} {means:6.2f} {draws:6.2f} {sharpness(to_pixels(rebuilt), pixels):10.2f}", flush=True)
        rows += [np.concatenate(pixels[:SHOWN], 1), np.concatenate(to_pixels(rebuilt)[:SHOWN], 1)]
    if arguments.sheet:
        Image.fromarray(np.concatenate(rows)).save(arguments.sheet)


if __name__ == "__main__":
    main()
