"""Drawings and their latents on disk. Several processes make them once; afterwards they are read from the disk."""

import hashlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from pydantic import TypeAdapter
from rich.progress import track

from training.autoencoder import encode
from training.errors import TrainingError
from training.papercut.drawing import Truth
from training.papercut.drawing.figure import FigureTruth
from training.papercut.groups import Drawing, Group
from training.precision import has_fast_bfloat16
from training.pretrained import load_autoencoder

MADE_BY = ".vae"
"""The suffix of the file beside latents that holds the digest of their VAE."""


@dataclass(frozen=True)
class Latents:
    """The scaled latents of a group, half floats of shape (count, channels, rows, columns), and the truths of its
    drawings."""

    values: np.ndarray
    truths: list[Any]
    """Truth or FigureTruth, depending on the group."""


def draw_all(group: Group, seeds: range, processes: int) -> tuple[np.ndarray, list[Any]]:
    """Draw all seeds. Returns bytes of shape (count, height, width, 3), and the truths."""
    pixels = np.empty((len(seeds), group.height, group.width, 3), np.uint8)
    truths: list[Truth | FigureTruth] = []
    with ProcessPoolExecutor(processes) as pool:
        drawn = pool.map(group.draw, seeds, chunksize=8)
        for index, drawing in enumerate(track(drawn, f"drawing {group.name}", total=len(seeds))):
            pixels[index] = drawing.pixels
            truths.append(drawing.truth)
    return pixels, truths


def drawings(folder: Path, group: Group, seeds: range, processes: int = 1) -> np.ndarray:
    """Return the drawings of the seeds. They are drawn if the cache lacks them."""
    path = folder / f"drawings-{group.name}-{seeds.start}-{len(seeds)}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        pixels, truths = draw_all(group, seeds, processes)
        path.with_suffix(".json").write_bytes(_records(group).dump_json(truths))
        save_array(path, pixels)
    return np.load(path, mmap_mode="r")


def truths_of(folder: Path, group: Group, seeds: range) -> list[Any]:
    """Return the truths of the drawings that `drawings` cached."""
    path = folder / f"drawings-{group.name}-{seeds.start}-{len(seeds)}.json"
    return _records(group).validate_json(path.read_bytes())


def latents(folder: Path, group: Group, seeds: range, processes: int = 1, device: str = "cpu") -> Latents:
    """Return the latents of a group by the VAE of the run in `folder`. If the cache lacks them, or holds those of
    another VAE, several processes draw the pictures; on a CPU they also encode them.

    Raises TrainingError if the run has a denoiser that has learned the latents of another VAE.
    """
    path, vae = _latents_path(folder, group, seeds), load_autoencoder(folder)
    _discard_others(path, _digest(vae))
    if not path.exists():
        if device == "cpu":
            values, truths = _drawn_and_encoded(group, seeds, folder, processes)
        else:
            pixels, truths = draw_all(group, seeds, processes)
            vae.to(device)  # pyright: ignore
            values = encode(vae, pixels, batch=64)
        path.with_suffix(".json").write_bytes(_records(group).dump_json(truths))
        path.with_suffix(MADE_BY).write_text(_digest(vae))
        save_array(path, values)
    return load_latents(folder, group, seeds)


def _discard_others(path: Path, digest: str) -> None:
    """Remove the latents of another VAE from the cache. Latents of older versions do not say which VAE made them; they
    stay."""
    maker = path.with_suffix(MADE_BY)
    if not path.exists() or not maker.exists() or maker.read_text() == digest:
        return
    check_denoiser(path.parent)
    path.unlink()


def check_denoiser(folder: Path) -> None:
    """Raise TrainingError if the run has a denoiser: then its VAE must not change."""
    if (folder / "denoiser.pt").exists():
        raise TrainingError(
            f"The denoiser in {folder} has learned the latents of its VAE, so the VAE must not change. Train with "
            "another VAE in another --folder."
        )


def _digest(vae: AutoencoderKL) -> str:
    """Return a digest of the parts of a VAE that make its scaled latents."""
    digest = hashlib.sha256(str(vae.config["scaling_factor"]).encode())
    for name, weight in sorted(vae.state_dict().items()):
        if name.startswith(("encoder.", "quant_conv.")):
            digest.update(name.encode() + weight.cpu().numpy().tobytes())
    return digest.hexdigest()


def _drawn_and_encoded(
    group: Group, seeds: range, folder: Path, processes: int, chunk: int = 40
) -> tuple[np.ndarray, list[Any]]:
    """Return latents of shape (count, channels, rows, columns), and the truths."""
    chunks = [(group, seeds[start : start + chunk]) for start in range(0, len(seeds), chunk)]
    parts, truths = [], []
    with ProcessPoolExecutor(processes, get_context("spawn"), _load_encoder, (folder,)) as pool:
        encoded = pool.map(_draw_and_encode, chunks)
        for values, found in track(encoded, f"encoding {group.name}", total=len(chunks)):
            parts.append(values)
            truths += found
    return np.concatenate(parts), truths


def load_latents(folder: Path, group: Group, seeds: range) -> Latents:
    """Return the latents that `latents` cached. Raises TrainingError if there are none."""
    path = _latents_path(folder, group, seeds)
    if not path.exists():
        raise TrainingError(
            f"{folder} holds no latents of {len(seeds)} drawings of {group.name} from seed {seeds.start}. Give the "
            "--seed, --device and --amount of the training."
        )
    return Latents(np.load(path), _records(group).validate_json(path.with_suffix(".json").read_bytes()))


def _latents_path(folder: Path, group: Group, seeds: range) -> Path:
    return folder / f"latents-{group.name}-{seeds.start}-{len(seeds)}.npy"


def _records(group: Group) -> TypeAdapter[list[Any]]:
    """Return the adapter that reads and writes the truths of a group as JSON."""
    return TypeAdapter(list[FigureTruth] if group.truth is FigureTruth else list[Truth])


_encoder: list[AutoencoderKL] = []
"""The VAE of a drawing process. The process's initialiser loads it."""


def _load_encoder(folder: Path) -> None:
    torch.set_num_threads(1)
    _encoder.append(load_autoencoder(folder))


def _draw_and_encode(chunk: tuple[Group, range]) -> tuple[np.ndarray, list[Truth | FigureTruth]]:
    group, seeds = chunk
    drawn: list[Drawing] = [group.draw(seed) for seed in seeds]
    pixels = np.stack([drawing.pixels for drawing in drawn])
    return encode(_encoder[0], pixels, half=has_fast_bfloat16("cpu")), [drawing.truth for drawing in drawn]


def save_array(path: Path, array: np.ndarray) -> None:
    """Write a temporary file and rename it, so that a reader never sees a part of an array."""
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.save(file, array)
    partial.replace(path)
