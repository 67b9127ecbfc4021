"""Writing the trained parts as a folder that diffusers, and our own backend, can read."""

import json
from pathlib import Path

import numpy as np
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from PIL import Image
from torch import nn
from transformers import CLIPTextModel

from backend.store.weights import latent_space
from training.autoencoder import CELL, psnr, reconstruct
from training.denoiser import build_scheduler
from training.papercut.captions import COARSE_WORDS, vocabulary
from training.papercut.card import Facts, card
from training.papercut.dataset import to_tensor
from training.papercut.groups import FIGURES
from training.papercut.sheet import (
    body_sheet,
    face_sheet,
    landscape_sheet,
    loss_plot,
    panorama_sheet,
    reconstruction_sheet,
)
from training.sampling import Model
from training.text import MAX_TOKENS
from worker.diffusion.kinds import describe

LIMIT_BYTES = 40_000_000
LICENCE = "Apache-2.0"


def export(model: Model, facts: Facts, held_out: np.ndarray, words: list[str], runs: Path, target: Path) -> None:
    """Write weights as half floats, the manifest, the sheets and the card; refuse a folder over the limit.

    `held_out` are drawings never trained on, of shape (count, 128, width, 3); `runs` holds the loss curves.
    """
    target.mkdir(parents=True, exist_ok=True)
    save_weights(model, target)
    write_manifest(model, facts, held_out, words, target)
    (target / "README.md").write_text(card(facts, vocabulary()))
    _write_pictures(model, facts, held_out, runs, target)
    size = folder_bytes(target)
    if size > LIMIT_BYTES:
        raise ValueError(
            f"{target} holds {size / 1e6:.1f} MB, more than {LIMIT_BYTES / 1e6:.0f}: train a smaller model"
        )


def folder_bytes(folder: Path) -> int:
    """The size of every file below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measured_psnr(model: Model, held_out: np.ndarray) -> float:
    """The reconstruction's PSNR over held-out drawings, in decibels."""
    originals = to_tensor(held_out)
    return psnr(originals, reconstruct(model.vae, originals))


def save_weights(model: Model, target: Path, name: str = "papercut") -> None:
    """Save the pipeline in half precision. This leaves the model's own weights rounded to halves."""
    text_encoder: CLIPTextModel = model.denoiser.text_encoder
    pipeline = StableDiffusionPipeline(
        vae=model.vae,
        text_encoder=text_encoder,
        tokenizer=model.tokenizer,
        unet=model.denoiser.unet,
        scheduler=build_scheduler(),  # pyright: ignore
        safety_checker=None,  # pyright: ignore
        feature_extractor=None,  # pyright: ignore
        requires_safety_checker=False,
    )
    parts: list[nn.Module] = [model.vae, text_encoder, model.denoiser.unet]
    if model.controlnet:
        parts.append(model.controlnet)
    model.vae.register_to_config(_name_or_path=name)
    for part in parts:
        part.half()
    pipeline.save_pretrained(target, safe_serialization=True)
    if model.controlnet:
        model.controlnet.save_pretrained(target / "controlnet_pose", safe_serialization=True)
    for part in parts:
        part.float()


def write_manifest(model: Model, facts: Facts, held_out: np.ndarray, words: list[str], target: Path) -> None:
    """`inlay.json`, beside the weights in `target`: what backend and studio need to know without opening any."""
    known = describe(target)
    manifest = {
        "id": "papercut",
        "title": "Papercut",
        "kind": "stable-diffusion",
        "revision": facts.revision,
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
            "steps": 30,
            "guidance": facts.guidance,
            "eta": 0.0,
            "scheduler": "ddim",
            "window": 128,
            "stride": 64,
            "coarse": {"weight": 10, "guidance": 1, "active": [0, 0.5]},
        },
        "latent_rgb": latent_rgb(model, held_out),
        "vocabulary": vocabulary(),
        "words": words,
        "coarse_words": [one.model_dump(exclude_none=True) for one in COARSE_WORDS],
    }
    (target / "inlay.json").write_text(json.dumps(manifest, indent=1) + "\n")


@torch.no_grad()
def latent_rgb(model: Model, pictures: np.ndarray) -> dict[str, list]:
    """The least-squares linear map from scaled latents to RGB in [0, 1] at an eighth of the size, for previews."""
    tensors = to_tensor(pictures)
    latents = model.vae.encode(tensors).latent_dist.mean * model.vae.config["scaling_factor"]  # pyright: ignore
    small = torch.nn.functional.avg_pool2d((tensors + 1) / 2, CELL)
    cells = latents.permute(0, 2, 3, 1).reshape(-1, latents.shape[1])
    inputs = torch.cat([cells, torch.ones(len(cells), 1)], dim=1)
    solution = torch.linalg.lstsq(inputs, small.permute(0, 2, 3, 1).reshape(-1, 3)).solution
    rounded = [[round(value, 5) for value in row] for row in solution.tolist()]
    return {"factors": rounded[:-1], "bias": rounded[-1]}


def _write_pictures(model: Model, facts: Facts, held_out: np.ndarray, runs: Path, target: Path) -> None:
    """The sheets, as palettised PNGs where that does no visible harm."""
    sheets = {
        "sheet.png": landscape_sheet(model, facts.seed, facts.guidance),
        "faces.png": face_sheet(model, facts.seed, facts.guidance),
        "figures.png": body_sheet(model, facts.seed, facts.guidance),
        "panoramas.png": panorama_sheet(model, facts.seed, facts.guidance),
        "reconstructions.png": reconstruction_sheet(model, [*held_out[:2], _side_by_side()]),
        "loss.png": loss_plot({"VAE": runs / "vae.jsonl", "UNet and text encoder": runs / "denoiser.jsonl"}),
    }
    for name, sheet in sheets.items():
        sheet.quantize(255, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            target / name, optimize=True
        )


def _side_by_side() -> np.ndarray:
    """Two figures never trained on, as wide together as a panorama."""
    return np.concatenate([FIGURES.draw(seed).pixels for seed in FIGURES.held_out_seeds(2)], 1)
