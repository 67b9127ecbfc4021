"""The choice of a training's VAE: the base model's own, or a new one that learns the pictures.

Models that keep one VAE share their latents, so they can make one picture together, and the training has only the
denoiser to train. But a VAE limits what the model can draw, so it must reconstruct the pictures well enough.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from pydantic import BaseModel, ConfigDict

from training.autoencoder import psnr_of
from training.errors import TrainingError
from training.pictures import SIDE, Picture
from training.pretrained import load_autoencoder

ENOUGH = 24.5
"""The lowest PSNR, in decibels, at which a training keeps the VAE unless the user says otherwise."""
SAMPLE = 64
"""The most pictures that are measured."""
CHOICE = "vae-choice.json"
"""The file in a training's folder that keeps the choice for a resumed training."""


class VaeChoice(BaseModel):
    """The choice. `psnr`: how well the base's VAE reconstructs the pictures, in decibels. `asked`: whether the user has
    made the choice."""

    model_config = ConfigDict(frozen=True)

    keep: bool
    psnr: float
    asked: bool

    def reason(self, base: str) -> str:
        """Return the choice and its reason in one line. `base`: the base model's name."""
        does = f"keeps the VAE of {base}" if self.keep else f"gets a VAE of its own in place of that of {base}"
        below = math.floor(10 * self.psnr) / 10  # a number below ENOUGH must not look like it
        measured = f"which reconstructs these pictures at {below:.1f} dB"
        if self.asked:
            return f"The model {does}, {measured}, because {'--keep-vae' if self.keep else '--new-vae'} was given."
        verdict = f"at least {ENOUGH:g} dB are enough" if self.keep else f"less than {ENOUGH:g} dB is not enough"
        return f"The model {does}, {measured}: {verdict}."


def choose_vae(pictures: Sequence[Picture], base: Path, folder: Path, asked: bool | None) -> VaeChoice:
    """Return the choice that is kept in the training's folder, or make it and keep it there.

    `asked`: whether to keep the VAE; None decides by the reconstruction of the pictures. Raises TrainingError if the
    interrupted training in the folder has made the other choice.
    """
    kept, partial = folder / CHOICE, (folder / CHOICE).with_suffix(".partial")
    if kept.exists():
        made = VaeChoice.model_validate_json(kept.read_text())
        if asked not in (None, made.keep):
            does = "keeps the VAE of its base model" if made.keep else "trains a new VAE"
            option = "--keep-vae" if made.keep else "--new-vae"
            raise TrainingError(
                f"The interrupted training in {folder} {does}. Resume it with {option}, or start again with --restart."
            )
        return made
    measured = reconstruction(load_autoencoder(base), pictures)
    made = VaeChoice(keep=measured >= ENOUGH if asked is None else asked, psnr=measured, asked=asked is not None)
    folder.mkdir(parents=True, exist_ok=True)
    partial.write_text(made.model_dump_json())
    partial.replace(kept)
    return made


def reconstruction(vae: AutoencoderKL, pictures: Sequence[Picture]) -> float:
    """Return the PSNR, in decibels, of a sample of the pictures after the VAE has encoded and decoded them.

    The sample is spread over all pictures. The middle window of each is measured.
    """
    sample = pictures[:: -(-len(pictures) // SAMPLE)]
    return psnr_of(vae, np.concatenate([middle(picture.pixels) for picture in sample]), batch=8)


def middle(pixels: np.ndarray) -> np.ndarray:
    """Return the middle of pictures, in the size of a native window."""
    top, left = ((side - SIDE) // 2 for side in pixels.shape[1:3])
    return pixels[:, top : top + SIDE, left : left + SIDE]
