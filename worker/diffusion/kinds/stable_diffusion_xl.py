"""Stable Diffusion XL: two text encoders, and a UNet that takes the size of the whole picture and the position of the
view in it (arXiv 2307.01952)."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import CLIPTextModel, CLIPTextModelWithProjection

from backend.contracts.graph import PromptSpec
from backend.contracts.model import ModelDescription
from worker.diffusion.adapters.active_adapters import ViewAdapters
from worker.diffusion.clock import TrainingClock
from worker.diffusion.kind import MULTISTEP, CropCoordinates, Facts, Kind
from worker.diffusion.latent_diffusion import LatentDiffusion
from worker.diffusion.parts import Config, clip_tokens, pipeline_index, scheduler_config
from worker.diffusion.text import ClipEncoder, Embedding
from worker.diffusion.unet import Unet, latents, load_unet
from worker.diffusion.wording import Wording

NAME = "stable-diffusion-xl"


@dataclass(frozen=True, eq=False)
class StableDiffusionXl(LatentDiffusion[Unet]):
    """A loaded checkpoint. `zeros_for_empty_prompt`: whether the embedding of an empty negative prompt is zeros,
    instead of the text encoders' embedding of an empty text."""

    zeros_for_empty_prompt: bool

    def embeddings(
        self, prompted: PromptSpec, crop: CropCoordinates, adapters: ViewAdapters
    ) -> tuple[Embedding, Embedding]:
        if prompted.negative_prompt or not self.zeros_for_empty_prompt:
            positive, negative = self.prompts.pair(prompted.prompt, prompted.negative_prompt, adapters.loras)
        else:
            positive = self.prompts.encode(prompted.prompt, adapters.loras)
            assert positive.pooled is not None, "the second text encoder projects"
            negative = Embedding(torch.zeros_like(positive.tokens), torch.zeros_like(positive.pooled))
        sizes = micro_conditioning(crop)
        return positive._replace(sizes=sizes), negative._replace(sizes=sizes)


def micro_conditioning(crop: CropCoordinates) -> tuple[int, ...]:
    """Return the original size, the crop's top-left corner and the target size, each as (vertical, horizontal) in
    pixels (arXiv 2307.01952, Section 2.2). A window is a crop of its canvas; a coarse view is all of a larger picture.
    """
    return (crop.canvas_height, crop.canvas_width, crop.top, crop.left, crop.height, crop.width)


def describe(folder: Path) -> Facts:
    Config(folder / "unet" / "config.json").must_equal("addition_embed_type", "text_time", "Stable Diffusion XL")
    return Facts(
        kind=NAME,
        prediction=TrainingClock.read(scheduler_config(folder)).prediction,
        max_tokens=min(clip_tokens(folder), clip_tokens(folder, "_2")),
        parts=("text_encoder", "text_encoder_2", "unet", "vae"),
        steps=25,
        guidance=5.0,
        scheduler="dpmsolver++",
        presets=MULTISTEP,
        adapters=("controlnet", "lora", "ip-adapter"),
        **latents(folder),
    )


def load(folder: Path, description: ModelDescription, device: torch.device, dtype: torch.dtype) -> StableDiffusionXl:
    first, second = _clips(folder, device, dtype)
    return StableDiffusionXl.assemble(
        folder,
        description,
        dtype,
        clock=TrainingClock.read(scheduler_config(folder)),
        network=load_unet(folder, description, device, dtype),
        embed=_reader(first, second),
        encoders={"text_encoder": first.encoder, "text_encoder_2": second.encoder},
        zeros_for_empty_prompt=pipeline_index(folder).get("force_zeros_for_empty_prompt", True),
    )


def _clips(folder: Path, device: torch.device, dtype: torch.dtype) -> tuple[ClipEncoder, ClipEncoder]:
    first = ClipEncoder.load(CLIPTextModel, "penultimate", folder, device, dtype)
    return first, ClipEncoder.load(CLIPTextModelWithProjection, "penultimate", folder, device, dtype, "_2")


def _reader(first: ClipEncoder, second: ClipEncoder) -> Callable[[Wording], Embedding]:
    """Return a function that embeds a prompt: the embeddings of both encoders, concatenated along the width, and the
    second encoder's pooled vector."""

    def embed(wording: Wording) -> Embedding:
        one, two = first.embed(wording), second.embed(wording)
        chunks = max(first.chunks(one), second.chunks(two))
        return Embedding(torch.cat([first.filled(one, chunks), second.filled(two, chunks)], dim=-1), two.pooled)

    return embed


KIND = Kind(NAME, ("StableDiffusionXLPipeline", "StableDiffusionXLControlNetPipeline"), describe, load)
