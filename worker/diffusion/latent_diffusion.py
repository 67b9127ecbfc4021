"""The base class of loaded models: text encoders, a latent denoiser and a VAE."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from jaxtyping import Float
from torch import Tensor
from transformers import PreTrainedModel

from backend.contracts.graph import PromptSpec
from backend.contracts.model import ModelDescription
from worker.diffusion.adapters.active_adapters import NO_ADAPTERS, AdapterHost, ViewAdapters
from worker.diffusion.adapters.control import ControlNet
from worker.diffusion.clock import Clock
from worker.diffusion.denoisers import Conditioning, GuidedModel
from worker.diffusion.kind import CropCoordinates
from worker.diffusion.memory import Batches
from worker.diffusion.networks import device_of
from worker.diffusion.parts import autoencoder
from worker.diffusion.previews import Previews
from worker.diffusion.text import Embedding, Prompts
from worker.diffusion.transformer import Transformer
from worker.diffusion.unet import Unet
from worker.diffusion.vae import Decoder, Encoder
from worker.diffusion.wording import Wording

AnyNetwork = TypeVar("AnyNetwork", Unet, Transformer)
Loaded = TypeVar("Loaded", bound="LatentDiffusion[Any]")


@dataclass(frozen=True, eq=False)
class LatentDiffusion(Generic[AnyNetwork]):
    """A loaded checkpoint: text encoders, a latent denoiser and a VAE. A kind overrides the methods that differ."""

    description: ModelDescription
    clock: Clock
    network: AnyNetwork
    prompts: Prompts
    decoder: Decoder
    encoder: Encoder
    previews: Previews
    adapter_host: AdapterHost

    @classmethod
    def assemble(
        cls: type[Loaded],
        folder: Path,
        description: ModelDescription,
        dtype: torch.dtype,
        *,
        clock: Clock,
        network: Unet | Transformer,
        embed: Callable[[Wording], Embedding],
        encoders: Mapping[str, PreTrainedModel],
        **own: Any,
    ) -> Loaded:
        """Load the VAE and the previews of a model folder, and build the model from them and from the parts that its
        kind has loaded. `embed`: reads a prompt with the text encoders. `encoders`: the text encoders that LoRAs
        change, by the names of their folders. `own`: further fields of the kind."""
        device = device_of(network.denoiser)
        vae = autoencoder(folder / "vae", device)
        adapter_host = AdapterHost(network.denoiser, encoders)
        return cls(
            description=description,
            clock=clock,
            network=network,
            prompts=Prompts(embed, adapter_host, description.id),
            decoder=Decoder(vae, description.cell, model=description.id),
            encoder=Encoder(vae, description.native_size, model=description.id),
            previews=Previews.load(folder, description, device, dtype),
            adapter_host=adapter_host,
            **own,
        )

    @property
    def denoiser(self) -> torch.nn.Module:
        return self.network.denoiser

    @property
    def own_controlnet(self) -> ControlNet | None:
        return self.network.controlnet

    @property
    def device(self) -> torch.device:
        return device_of(self.network.denoiser)

    def model(self, batches: Batches) -> GuidedModel:
        description = self.description
        return GuidedModel(description.id, self.network, self.clock, description.channels, batches, self.adapter_host)

    def pass_bytes(self, cells: int) -> int:
        return self.network.pass_bytes(cells)

    def conditioning(
        self, prompted: PromptSpec, crop: CropCoordinates, adapters: ViewAdapters = NO_ADAPTERS
    ) -> Conditioning:
        self.network.check(adapters, self.description.id)
        positive, negative = self.embeddings(prompted, crop, adapters)
        return Conditioning(positive, negative, prompted.guidance, adapters, prompted.guidance_rescale)

    def embeddings(
        self, prompted: PromptSpec, crop: CropCoordinates, adapters: ViewAdapters
    ) -> tuple[Embedding, Embedding]:
        """Return the embeddings of a view's prompt and negative prompt."""
        return self.prompts.pair(prompted.prompt, prompted.negative_prompt, adapters.loras)

    def colour_latent(self, rgb: Sequence[float]) -> Float[Tensor, " channels"]:
        return self.encoder.colour(rgb)
