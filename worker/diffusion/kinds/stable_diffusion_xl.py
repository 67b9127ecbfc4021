"""Stable Diffusion XL: two text encoders, and a UNet that is told how large the whole picture is and where in it the
view lies (arXiv 2307.01952)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor
from transformers import CLIPTextModel, CLIPTextModelWithProjection

from backend.contracts.graph import PromptSpec
from backend.contracts.model import ModelDescription
from worker.diffusion.adapters.active_adapters import NO_ADAPTERS, AdapterHost, ViewAdapters
from worker.diffusion.clock import TrainingClock
from worker.diffusion.denoisers import Conditioning, GuidedModel
from worker.diffusion.kind import CropCoordinates, Facts, Kind
from worker.diffusion.memory import Batches
from worker.diffusion.parts import Config, autoencoder, clip_tokens, pipeline_index, scheduler_config
from worker.diffusion.previews import Previews
from worker.diffusion.text import ClipEncoder, Embedding, Prompts
from worker.diffusion.unet import Unet, latents, load_unet
from worker.diffusion.vae import Decoder, Encoder
from worker.diffusion.wording import Wording

NAME = "stable-diffusion-xl"


@dataclass(frozen=True, eq=False)
class StableDiffusionXl:
    """A loaded checkpoint. `nothing`: whether no negative prompt is an embedding of zeros, rather than of an empty
    prompt."""

    description: ModelDescription
    clock: TrainingClock
    network: Unet
    prompts: Prompts
    nothing: bool
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
        if prompted.negative_prompt or not self.nothing:
            positive, negative = self.prompts.pair(prompted.prompt, prompted.negative_prompt, adapters.loras)
        else:
            positive = self.prompts.encode(prompted.prompt, adapters.loras)
            assert positive.pooled is not None, "the second text encoder projects"
            negative = Embedding(torch.zeros_like(positive.tokens), torch.zeros_like(positive.pooled))
        sizes = micro_conditioning(crop)
        both = positive._replace(sizes=sizes), negative._replace(sizes=sizes)
        return Conditioning(*both, prompted.guidance, adapters, prompted.guidance_rescale)

    def colour_latent(self, rgb: Sequence[float]) -> Float[Tensor, " channels"]:
        return self.encoder.colour(rgb)


def micro_conditioning(crop: CropCoordinates) -> tuple[int, ...]:
    """The original size, the crop's top-left corner, the target size, each as (vertical, horizontal), in pixels
    (Section 2.2): a window is a crop of its canvas, and a coarse view the whole of a larger picture."""
    return (crop.canvas_height, crop.canvas_width, crop.top, crop.left, crop.height, crop.width)


def describe(folder: Path) -> Facts:
    Config(folder / "unet" / "config.json").must_equal("addition_embed_type", "text_time", "Stable Diffusion XL")
    return Facts(
        kind=NAME,
        prediction=TrainingClock.read(scheduler_config(folder)).prediction,
        max_tokens=min(clip_tokens(folder), clip_tokens(folder, "_2")),
        parts=("text_encoder", "text_encoder_2", "unet", "vae"),
        steps=30,
        guidance=5.0,
        scheduler="ddim",
        adapters=("controlnet", "lora", "ip-adapter"),
        **latents(folder),
    )


def load(folder: Path, description: ModelDescription, device: torch.device, dtype: torch.dtype) -> StableDiffusionXl:
    clips = _clips(folder, device, dtype)
    network = load_unet(folder, description, device, dtype)
    vae = autoencoder(folder / "vae", device)
    adapter_host = AdapterHost(network.unet, {"text_encoder": clips[0].encoder, "text_encoder_2": clips[1].encoder})
    return StableDiffusionXl(
        description=description,
        clock=TrainingClock.read(scheduler_config(folder)),
        network=network,
        prompts=Prompts(_reader(*clips), adapter_host),
        nothing=pipeline_index(folder).get("force_zeros_for_empty_prompt", True),
        decoder=Decoder(vae, description.cell),
        encoder=Encoder(vae, description.native_size),
        previews=Previews.load(folder, description, device, dtype),
        adapter_host=adapter_host,
    )


def _clips(folder: Path, device: torch.device, dtype: torch.dtype) -> tuple[ClipEncoder, ClipEncoder]:
    first = ClipEncoder.load(CLIPTextModel, "penultimate", folder, device, dtype)
    return first, ClipEncoder.load(CLIPTextModelWithProjection, "penultimate", folder, device, dtype, "_2")


def _reader(first: ClipEncoder, second: ClipEncoder) -> Callable[[Wording], Embedding]:
    """Both encoders' words side by side, and the second one's whole prompt."""

    def embed(wording: Wording) -> Embedding:
        one, two = first.embed(wording), second.embed(wording)
        chunks = max(first.chunks(one), second.chunks(two))
        return Embedding(torch.cat([first.filled(one, chunks), second.filled(two, chunks)], dim=-1), two.pooled)

    return embed


KIND = Kind(NAME, ("StableDiffusionXLPipeline", "StableDiffusionXLControlNetPipeline"), describe, load)
