"""Stable Diffusion 1 and 2, epsilon and v-prediction: CLIP text encoder, conditional UNet, KL autoencoder
(arXiv 2112.10752)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor
from transformers import CLIPTextModel

from backend.contracts.graph import PromptSpec
from backend.contracts.model import ModelDescription
from worker.diffusion.adapters.active_adapters import NO_ADAPTERS, AdapterHost, ViewAdapters
from worker.diffusion.clock import TrainingClock
from worker.diffusion.denoisers import Conditioning, GuidedModel
from worker.diffusion.kind import CropCoordinates, Facts, Kind
from worker.diffusion.memory import Batches
from worker.diffusion.parts import autoencoder, clip_tokens, scheduler_config
from worker.diffusion.previews import Previews
from worker.diffusion.text import ClipEncoder, Prompts
from worker.diffusion.unet import Unet, latents, load_unet
from worker.diffusion.vae import Decoder, Encoder

NAME = "stable-diffusion"


@dataclass(frozen=True, eq=False)
class StableDiffusion:
    """A loaded checkpoint."""

    description: ModelDescription
    clock: TrainingClock
    network: Unet
    clip: ClipEncoder
    prompts: Prompts
    decoder: Decoder
    encoder: Encoder
    previews: Previews
    adapter_host: AdapterHost

    @property
    def denoiser(self) -> torch.nn.Module:
        return self.network.unet

    @property
    def device(self) -> torch.device:
        return self.network.unet.device

    def model(self, batches: Batches) -> GuidedModel:
        return GuidedModel(self.network, self.clock, self.description.channels, batches, self.adapter_host)

    def pass_bytes(self, cells: int) -> int:
        return self.network.pass_bytes(cells)

    def conditioning(
        self, prompted: PromptSpec, crop: CropCoordinates, adapters: ViewAdapters = NO_ADAPTERS
    ) -> Conditioning:
        self.network.check(adapters, self.description.id)
        positive, negative = self.prompts.pair(prompted.prompt, prompted.negative_prompt, adapters.loras)
        return Conditioning(positive, negative, prompted.guidance, adapters, prompted.guidance_rescale)

    def colour_latent(self, rgb: Sequence[float]) -> Float[Tensor, " channels"]:
        return self.encoder.colour(rgb)


def describe(folder: Path) -> Facts:
    return Facts(
        kind=NAME,
        prediction=TrainingClock.read(scheduler_config(folder)).prediction,
        max_tokens=clip_tokens(folder),
        parts=("text_encoder", "unet", "vae"),
        steps=30,
        guidance=7.5,
        scheduler="ddim",
        adapters=("controlnet", "lora", "ip-adapter"),
        **latents(folder),
    )


def load(folder: Path, description: ModelDescription, device: torch.device, dtype: torch.dtype) -> StableDiffusion:
    clip = ClipEncoder.load(CLIPTextModel, "last", folder, device, dtype)
    network = load_unet(folder, description, device, dtype)
    vae = autoencoder(folder / "vae", device)
    adapter_host = AdapterHost(network.unet, {"text_encoder": clip.encoder})
    return StableDiffusion(
        description=description,
        clock=TrainingClock.read(scheduler_config(folder)),
        network=network,
        clip=clip,
        prompts=Prompts(clip.embed, adapter_host),
        decoder=Decoder(vae, description.cell),
        encoder=Encoder(vae, description.native_size),
        previews=Previews.load(folder, description, device, dtype),
        adapter_host=adapter_host,
    )


KIND = Kind(NAME, ("StableDiffusionPipeline", "StableDiffusionControlNetPipeline"), describe, load)
