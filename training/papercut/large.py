"""Papercut with pictures twice as large: an encoder and a decoder of such pictures, with papercut's latents.

The large model has papercut's own networks. Its folder links to their files in papercut's folder.
"""

import json
import os
from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

from backend.store.weights import latent_space
from training.autoencoder import SIZE, crops
from training.enlarging import encoder_loss, enlarge, thaw_encoder
from training.errors import TrainingError
from training.loop import Run, train
from training.papercut.cutouts.sources import notice
from training.papercut.decoder import DECODER, TRAINED, named, write_parts
from training.papercut.groups import FIGURES, WIDE
from training.papercut.machine import Limit, Machine, plan_of
from training.papercut.recipe import draw, vae_data
from training.papercut.sheet import landscape_sheet, panorama_sheet, reconstruction_sheet
from training.parallel import launch, rank, world
from training.pretrained import load_autoencoder, load_denoiser
from training.progress import on_console
from training.sampling import TrainedModel
from training.sheet import save_sheet
from training.text import load_tokenizer

CARD = Path(__file__).with_name("large.md")
"""The model card, with a person's notes about the committed sheets. Rewrite it after every training."""
SCALE = 2
ENCODER_STEPS, ENCODER_RATE, ENCODER_BATCH = 2000, 1e-3, 12
ENCODER = ("encoder", "quant_conv")
"""The parts of a VAE that make latents."""
LINKED = ("unet", "text_encoder", "tokenizer", "scheduler", "controlnet_pose", "model_index.json")
"""The parts of papercut's folder that the large model shares."""


def train_encoder(folder: Path, seed: int, limit: Limit, machine: Machine, source: Path) -> None:
    """Train or resume the encoder of pictures twice as large as those of `source`, with its latents, and write the VAE
    to `folder`/vae-2x."""
    machine.check(ENCODER_BATCH)
    draw(folder, seed, machine.hands, SCALE)
    launch(machine.processes, _encoder_process, folder, seed, limit, machine, source)


def _encoder_process(folder: Path, seed: int, limit: Limit, machine: Machine, source: Path) -> None:
    pixels, shares, _ = vae_data(folder, seed, SCALE)
    torch.manual_seed(seed)
    small = load_autoencoder(source)
    plan = plan_of(ENCODER_STEPS, ENCODER_RATE, seed + 2, limit, machine)
    run = Run(thaw_encoder(enlarge(small)), plan, folder, named("encoder", SCALE))
    batch = 64 if machine.large else ENCODER_BATCH // world()
    loss = encoder_loss(small.to(machine.device))  # pyright: ignore
    train(run, crops(pixels, shares, SCALE * SIZE, batch), loss, watch=on_console())
    if rank() == 0:
        averaged = run.ema.module
        assert isinstance(averaged, AutoencoderKL)
        write_parts(averaged, ENCODER, folder, source)


def export_large(folder: Path, seed: int, source: Path, target: Path) -> None:
    """Write the large model: the VAE of a run, the manifest, the card and the sheets, and links to the other files of
    `source`. The target and the source must stay beside each other. Raises TrainingError if a part of the VAE is not
    trained."""
    vae_folder = folder / named("vae", SCALE)
    for part in (*ENCODER, *DECODER):
        if not (vae_folder / f"{part}{TRAINED}").exists():
            raise TrainingError(
                f"{vae_folder} has no trained {part}. Run `large-encoder` and `decoder --scale 2` first."
            )
    target.mkdir(parents=True, exist_ok=True)
    vae = load_autoencoder(folder, vae_folder.name)
    vae.register_to_config(_name_or_path=target.name)
    vae.half().save_pretrained(target / "vae", safe_serialization=True)
    for part in LINKED:
        link(source / part, target / part)
    papercut = json.loads((source / "inlay.json").read_text())
    _write_manifest(papercut, target)
    model = TrainedModel(vae.float(), load_denoiser(source).eval(), load_tokenizer(source / "tokenizer"))
    guidance = papercut["defaults"]["guidance"]
    (target / "README.md").write_text(card(seed, guidance))
    save_sheet(landscape_sheet(model, seed, guidance), target / "sheet.png")
    save_sheet(panorama_sheet(model, seed, guidance), target / "panoramas.png")
    save_sheet(reconstruction_sheet(model, _drawn()), target / "reconstructions.png")


def card(seed: int, guidance: float) -> str:
    """Return the model card as Markdown. `seed`, `guidance`: those of the sheets."""
    filled = {"{notice}": notice(), "{seed}": str(seed), "{guidance}": f"{guidance:g}"}
    text = CARD.read_text()
    for place, value in filled.items():
        text = text.replace(place, value)
    return text


def link(source: Path, target: Path) -> None:
    """Link to a file, or to each file of a folder."""
    for file in sorted(source.iterdir()) if source.is_dir() else [source]:
        place = target / file.name if source.is_dir() else target
        place.parent.mkdir(exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(os.path.relpath(file, place.parent))


def _write_manifest(papercut: dict, target: Path) -> None:
    """Write the manifest: papercut's, with all lengths in pixels twice as long."""
    defaults = papercut["defaults"]
    manifest = papercut | {
        "id": target.name,
        "title": "Papercut large",
        "native_size": SCALE * papercut["native_size"],
        "cell": SCALE * papercut["cell"],
        "latent_space": latent_space(target / "vae"),
        "defaults": defaults | {length: SCALE * defaults[length] for length in ("window", "stride")},
    }
    (target / "inlay.json").write_text(json.dumps(manifest, indent=1) + "\n")


def _drawn() -> list[np.ndarray]:
    """Return held-out drawings of one width: two landscapes, and two figures side by side."""
    landscapes = [WIDE.enlarged(SCALE).draw(seed).pixels for seed in WIDE.held_out_seeds(2)]
    figures = [FIGURES.enlarged(SCALE).draw(seed).pixels for seed in FIGURES.held_out_seeds(2)]
    return [*landscapes, np.concatenate(figures, 1)]
