"""The recipe of papercut: which drawings, which models, for how long, in which order."""

from pathlib import Path

import torch
from diffusers import AutoencoderKL

from worker.training.autoencoder import autoencoder_loss, build_autoencoder, psnr_probe, set_scaling
from worker.training.dataset import drawings, held_out_seeds, training_seeds
from worker.training.loop import Plan, Run, train

VAE_DRAWINGS, VAE_STEPS, VAE_RATE = 1600, 8000, 1.5e-3
PROBED = 12


def train_autoencoder(folder: Path, seed: int, minutes: float | None) -> AutoencoderKL:
    """Train or resume the VAE and return its averaged weights, scaled to unit variance."""
    pixels = drawings(folder, training_seeds(seed, VAE_DRAWINGS))
    held_out = drawings(folder, held_out_seeds(PROBED))
    torch.manual_seed(seed)
    plan = Plan(VAE_STEPS, seed, VAE_RATE, minutes, bfloat16=True)
    run = Run(build_autoencoder(), plan, folder, "vae")
    train(run, autoencoder_loss(pixels), psnr_probe(held_out))
    vae = run.ema.module
    assert isinstance(vae, AutoencoderKL)
    set_scaling(vae, pixels[:160])
    return vae
