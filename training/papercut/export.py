"""Export of the trained parts as a folder for diffusers and for Inlay."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from backend.store.weights import latent_space
from training.autoencoder import CELL
from training.errors import TrainingError
from training.export import latent_rgb, save_weights
from training.papercut.captions import COARSE_WORDS, vocabulary
from training.papercut.card import TrainingFigures, card
from training.papercut.groups import FIGURES
from training.papercut.sheet import (
    body_sheet,
    face_sheet,
    landscape_sheet,
    panorama_sheet,
    reconstruction_sheet,
    thing_sheet,
)
from training.sampling import TrainedModel
from training.sheet import loss_plot, save_sheet
from training.text import MAX_TOKENS
from worker.diffusion.kinds import describe

LIMIT_BYTES = 40_000_000
LICENCE = "Apache-2.0"


def export(
    model: TrainedModel, figures: TrainingFigures, held_out: np.ndarray, words: list[str], runs: Path, target: Path
) -> None:
    """Write weights as half floats, the manifest, the sheets and the card. Raises TrainingError if the folder exceeds
    the limit.

    `held_out`: held-out drawings of shape (count, 128, width, 3). `runs`: the folder of the loss curves.
    """
    target.mkdir(parents=True, exist_ok=True)
    save_weights(model, target)
    write_manifest(model, figures, held_out, words, target)
    (target / "README.md").write_text(card(figures, vocabulary()))
    _write_pictures(model, figures, held_out, runs, target)
    size = folder_bytes(target)
    if size > LIMIT_BYTES:
        raise TrainingError(
            f"{target} holds {size / 1e6:.1f} MB, more than {LIMIT_BYTES / 1e6:.0f}: train a smaller model"
        )


def export_vae(model: TrainedModel, revision: str, seed: int, held_out: np.ndarray, target: Path) -> None:
    """Replace the VAE of an exported folder by one with the same latents, and redraw the sheets that the folder has.
    The manifest keeps the name of the latent space, so that models trained with the older VAE still share it."""
    model.vae.register_to_config(_name_or_path="papercut")
    model.vae.half().save_pretrained(target / "vae", safe_serialization=True)
    model.vae.float()
    manifest = json.loads((target / "inlay.json").read_text())
    manifest["revision"] = revision
    (target / "inlay.json").write_text(json.dumps(manifest, indent=1) + "\n")
    for name, sheet in _sheets(model, seed, manifest["defaults"]["guidance"], held_out).items():
        if (target / name).exists():
            save_sheet(sheet(), target / name)


def export_weights(model: TrainedModel, target: Path) -> None:
    """Replace a folder with the current weights. The folder is missing only between two renames."""
    partial, old = target.with_suffix(".partial"), target.with_suffix(".old")
    shutil.rmtree(partial, ignore_errors=True)
    save_weights(model, partial)
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    partial.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def folder_bytes(folder: Path) -> int:
    """Return the size in bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def write_manifest(
    model: TrainedModel, figures: TrainingFigures, held_out: np.ndarray, words: list[str], target: Path
) -> None:
    """Write `inlay.json` into `target`, beside the weights. It tells backend and studio about the model without its
    weights."""
    known = describe(target)
    manifest = {
        "id": "papercut",
        "title": "Papercut",
        "kind": "stable-diffusion",
        "revision": figures.revision,
        "licence": LICENCE,
        "native_size": 128,
        "cell": CELL,
        "channels": model.vae.config["latent_channels"],
        "latent_space": latent_space(target / "vae"),
        "prediction": "v_prediction",
        "max_tokens": MAX_TOKENS,
        "cross_attention_dim": known.cross_attention_dim,
        "block_channels": known.block_channels,
        "adapters": known.adapters,
        "controlnets": ["pose"] if model.controlnet else [],
        "defaults": {
            "steps": 8,
            "guidance": figures.guidance,
            "eta": 0.0,
            "scheduler": "dpmsolver++",
            "spacing": "log-snr",
            "window": 128,
            "stride": 64,
            "coarse": {"weight": 10, "guidance": 1, "active": [0, 0.5]},
        },
        "presets": {
            "fast": {"scheduler": "dpmsolver++", "steps": 5, "spacing": "log-snr"},
            "best": {"scheduler": "dpmsolver++", "steps": 30},
        },
        "latent_rgb": latent_rgb(model, held_out),
        "vocabulary": vocabulary(),
        "words": words,
        "coarse_words": [one.model_dump(exclude_none=True) for one in COARSE_WORDS],
    }
    (target / "inlay.json").write_text(json.dumps(manifest, indent=1) + "\n")


def _write_pictures(
    model: TrainedModel, figures: TrainingFigures, held_out: np.ndarray, runs: Path, target: Path
) -> None:
    """Write the sheets as PNGs with a palette of 255 colours."""
    for name, sheet in _sheets(model, figures.seed, figures.guidance, held_out).items():
        save_sheet(sheet(), target / name)
    losses = {"VAE": runs / "vae.jsonl", "UNet and text encoder": runs / "denoiser.jsonl"}
    save_sheet(loss_plot(losses), target / "loss.png")


def _sheets(
    model: TrainedModel, seed: int, guidance: float, held_out: np.ndarray
) -> dict[str, Callable[[], Image.Image]]:
    """Return the functions that make the sheets of samples and reconstructions, by file name."""
    return {
        "sheet.png": lambda: landscape_sheet(model, seed, guidance),
        "things.png": lambda: thing_sheet(model, seed, guidance),
        "faces.png": lambda: face_sheet(model, seed, guidance),
        "figures.png": lambda: body_sheet(model, seed, guidance),
        "panoramas.png": lambda: panorama_sheet(model, seed, guidance),
        "reconstructions.png": lambda: reconstruction_sheet(model, [*held_out[:2], _side_by_side()]),
    }


def _side_by_side() -> np.ndarray:
    """Return two held-out figures side by side, as wide as a panorama."""
    return np.concatenate([FIGURES.draw(seed).pixels for seed in FIGURES.held_out_seeds(2)], 1)
