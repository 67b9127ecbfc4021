"""A simple sampler for the sheets and the card: DDIM, guidance, and an average of overlapping windows.

The sampler for users' pictures is `inlay_engine`.
"""

import itertools
from dataclasses import dataclass
from typing import TypedDict, Unpack

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.controlnets.controlnet import ControlNetModel
from torch import Tensor
from transformers import CLIPTokenizer

from training.denoiser import CELLS, Denoiser, build_scheduler
from training.pixels import to_pixels
from training.text import token_ids


@dataclass(frozen=True)
class TrainedModel:
    """The parts that turn a prompt into a picture."""

    vae: AutoencoderKL
    denoiser: Denoiser
    tokenizer: CLIPTokenizer
    controlnet: ControlNetModel | None = None


class Shape(TypedDict, total=False):
    """The settings of a sample. `rows` and `columns` are the canvas's, and `window` is the side of the squares that the
    model denoises at once, all in cells. Left out, all three are those of a native window, with 30 steps at guidance
    3."""

    rows: int
    columns: int
    window: int
    steps: int
    guidance: float


@torch.no_grad()
def sample(model: TrainedModel, prompts: list[str], *, seed: int, **shape: Unpack[Shape]) -> np.ndarray:
    """Sample one picture for each prompt, as bytes of shape (prompts, cell * rows, cell * columns, 3). A cell of
    papercut's VAE has 8 pixels on each side."""
    latent = sample_latents(model, prompts, seed=seed, **shape)
    return to_pixels(model.vae.decode(latent / model.vae.config["scaling_factor"]).sample)  # pyright: ignore


@torch.no_grad()
def sample_latents(
    model: TrainedModel,
    prompts: list[str],
    *,
    seed: int,
    rows: int = CELLS,
    columns: int = CELLS,
    window: int = CELLS,
    steps: int = 30,
    guidance: float = 3.0,
) -> Tensor:
    """Sample as `sample` does, and return the scaled latents, of shape (prompts, channels, rows, columns). Raises
    ValueError if the canvas is smaller than a window."""
    if min(rows, columns) < window:
        raise ValueError(f"{rows} x {columns} cells hold no window; sample at least {window} x {window} cells")
    channels = model.denoiser.unet.config["in_channels"]
    ids = token_ids(model.tokenizer, [*prompts, *[""] * len(prompts)])
    states = model.denoiser.text_encoder(ids).last_hidden_state
    schedule = build_scheduler()
    schedule.set_timesteps(steps)
    shape = (len(prompts), channels, rows, columns)
    latent = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    for timestep in schedule.timesteps:
        velocity = _averaged(model, latent, int(timestep), states, guidance, window)
        latent = schedule.step(velocity, int(timestep), latent).prev_sample  # pyright: ignore
    return latent


def _averaged(model: TrainedModel, latent: Tensor, timestep: int, states: Tensor, guidance: float, side: int) -> Tensor:
    """Return the guided velocity, averaged over overlapping windows (MultiDiffusion, Bar-Tal et al. 2023)."""
    total, count = torch.zeros_like(latent), torch.zeros(latent.shape[-2:])
    for top, left in itertools.product(*(_offsets(length, side) for length in latent.shape[-2:])):
        view = (..., slice(top, top + side), slice(left, left + side))
        window = latent[view]
        both = model.denoiser.unet(torch.cat([window, window]), timestep, states).sample
        with_prompt, without = both.chunk(2)
        total[view] += without + guidance * (with_prompt - without)
        count[view[1:]] += 1
    return total / count


def _offsets(length: int, side: int) -> list[int]:
    """Return the offsets, in cells, of windows that overlap by half and reach both ends of a length."""
    return sorted({*range(0, length - side, side // 2), length - side})
