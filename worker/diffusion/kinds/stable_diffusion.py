"""Stable Diffusion 1 and 2, epsilon and v-prediction: CLIP text encoder, conditional UNet, KL autoencoder
(arXiv 2112.10752)."""

from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import CLIPTextModel

from backend.contracts.model import ModelDescription
from worker.diffusion.clock import TrainingClock
from worker.diffusion.kind import MULTISTEP, Facts, Kind
from worker.diffusion.latent_diffusion import LatentDiffusion
from worker.diffusion.parts import clip_tokens, scheduler_config
from worker.diffusion.text import ClipEncoder
from worker.diffusion.unet import Unet, latents, load_unet

NAME = "stable-diffusion"


@dataclass(frozen=True, eq=False)
class StableDiffusion(LatentDiffusion[Unet]):
    """A loaded checkpoint. `clip`: its text encoder."""

    clip: ClipEncoder


def describe(folder: Path) -> Facts:
    return Facts(
        kind=NAME,
        prediction=TrainingClock.read(scheduler_config(folder)).prediction,
        max_tokens=clip_tokens(folder),
        parts=("text_encoder", "unet", "vae"),
        steps=25,
        guidance=7.5,
        scheduler="dpmsolver++",
        presets=MULTISTEP,
        adapters=("controlnet", "lora", "ip-adapter"),
        **latents(folder),
    )


def load(folder: Path, description: ModelDescription, device: torch.device, dtype: torch.dtype) -> StableDiffusion:
    clip = ClipEncoder.load(CLIPTextModel, "last", folder, device, dtype)
    return StableDiffusion.assemble(
        folder,
        description,
        dtype,
        clock=TrainingClock.read(scheduler_config(folder)),
        network=load_unet(folder, description, device, dtype),
        embed=clip.embed,
        encoders={"text_encoder": clip.encoder},
        clip=clip,
    )


KIND = Kind(NAME, ("StableDiffusionPipeline", "StableDiffusionControlNetPipeline"), describe, load)
