"""Drawings and their latents on disk, made once with every core and mapped into memory after that."""

import json
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from rich.progress import track
from torch import Tensor

from worker.training.drawing import HEIGHT, WIDTH, Box, Thing, Truth, draw_panorama

HELD_OUT = 900_000_000
"""Seeds from here on are never trained on."""


def training_seeds(seed: int, count: int) -> range:
    """The drawing seeds of a training run."""
    return range(seed * 1_000_000, seed * 1_000_000 + count)


def held_out_seeds(count: int) -> range:
    return range(HELD_OUT, HELD_OUT + count)


def draw_all(seeds: range) -> tuple[np.ndarray, list[Truth]]:
    """Draw every seed, in parallel: bytes of shape (count, HEIGHT, WIDTH, 3), and the truths."""
    pixels = np.empty((len(seeds), HEIGHT, WIDTH, 3), np.uint8)
    truths = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        drawn = pool.map(draw_panorama, seeds, chunksize=8)
        for index, panorama in enumerate(track(drawn, "drawing", total=len(seeds))):
            pixels[index] = panorama.pixels
            truths.append(panorama.truth)
    return pixels, truths


def drawings(folder: Path, seeds: range) -> np.ndarray:
    """The drawings of the seeds, from the cache where it holds them."""
    path = folder / f"drawings-{seeds.start}-{len(seeds)}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        pixels, _ = draw_all(seeds)
        _save_array(path, pixels)
    return np.load(path, mmap_mode="r")


def latents(folder: Path, seeds: range, vae_folder: Path, chunk: int = 40) -> tuple[np.ndarray, list[Truth]]:
    """Scaled latents of whole panoramas, half floats of shape (count, channels, 16, 64), and their truths.

    They are drawn and encoded in one go, a process a core, and cached.
    """
    path = folder / f"latents-{seeds.start}-{len(seeds)}.npy"
    if not path.exists():
        chunks = [seeds[start : start + chunk] for start in range(0, len(seeds), chunk)]
        parts, truths = [], []
        with ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), _load_encoder, (vae_folder,)) as pool:
            for encoded, found in track(pool.map(_draw_and_encode, chunks), "encoding", total=len(chunks)):
                parts.append(encoded)
                truths += found
        path.with_suffix(".json").write_text(json.dumps([asdict(truth) for truth in truths]))
        _save_array(path, np.concatenate(parts))
    return load_latents(folder, seeds)


def load_latents(folder: Path, seeds: range) -> tuple[np.ndarray, list[Truth]]:
    """What `latents` has cached."""
    path = folder / f"latents-{seeds.start}-{len(seeds)}.npy"
    return np.load(path), [truth_from(record) for record in json.loads(path.with_suffix(".json").read_text())]


_encoder: list[AutoencoderKL] = []
"""The VAE of a drawing process, loaded once by its initialiser."""


def _load_encoder(vae_folder: Path) -> None:
    torch.set_num_threads(1)
    vae = AutoencoderKL.from_pretrained(vae_folder, local_files_only=True, torch_dtype=torch.float32)
    _encoder.append(vae.eval())


def _draw_and_encode(seeds: range) -> tuple[np.ndarray, list[Truth]]:
    panoramas = [draw_panorama(seed) for seed in seeds]
    return encode(_encoder[0], np.stack([panorama.pixels for panorama in panoramas])), [p.truth for p in panoramas]


@torch.no_grad()
def encode(vae: AutoencoderKL, pixels: np.ndarray, batch: int = 4) -> np.ndarray:
    """The scaled posterior means of pictures given as bytes, in half precision."""
    parts = []
    for start in range(0, len(pixels), batch):
        with torch.autocast("cpu", torch.bfloat16):
            mean = vae.encode(to_tensor(pixels[start : start + batch])).latent_dist.mean  # pyright: ignore
        parts.append((mean.float() * vae.config["scaling_factor"]).half().numpy())
    return np.concatenate(parts)


def to_tensor(pixels: np.ndarray) -> Tensor:
    """Bytes of shape (count, height, width, 3) to floats of shape (count, 3, height, width) in [-1, 1]."""
    return torch.tensor(pixels).permute(0, 3, 1, 2).contiguous().float() / 127.5 - 1


def to_pixels(pictures: Tensor) -> np.ndarray:
    """The inverse of `to_tensor`, clipped and rounded."""
    return ((pictures.float().clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()


def truth_from(record: dict[str, Any]) -> Truth:
    """A truth from its JSON form."""
    light, things = _thing(record["light"]), tuple(_thing(thing) for thing in record["things"])
    return Truth(record["biome"], record["time"], record["weather"], light, things)


def _thing(record: dict[str, Any]) -> Thing:
    return Thing(record["kind"], Box(**record["box"]), record["colour"])


def _save_array(path: Path, array: np.ndarray) -> None:
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.save(file, array)
    partial.replace(path)
