"""IP-Adapters for Stable Diffusion 3: the transformer attends to the features of SigLIP's image encoder, projected for
each timestep."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers.models.attention_processor import SD3IPAdapterJointAttnProcessor2_0
from diffusers.models.embeddings import IPAdapterTimeImageProjection
from diffusers.models.transformers.transformer_sd3 import SD3Transformer2DModel
from PIL import Image
from torch import nn
from transformers import SiglipImageProcessorPil, SiglipVisionModel

from backend.store.weights import Tensor as WeightHeader
from worker.diffusion.adapters.reference import ENCODER, FILE, Seen, attending, check_names, in_parts, seen_by
from worker.diffusion.errors import DiffusionError
from worker.diffusion.parts import UNREADABLE, component, library_says, placed


@dataclass(frozen=True, eq=False)
class TransformerIpAdapter:
    """An IP-Adapter for Stable Diffusion 3. `projection` maps the encoder's features and the timestep to embeddings.
    `attention`: the attention processors, by the names of the transformer's attention layers."""

    id: str
    encoder: SiglipVisionModel
    projection: IPAdapterTimeImageProjection
    attention: Mapping[str, SD3IPAdapterJointAttnProcessor2_0]

    @torch.no_grad()
    def see(self, picture: Image.Image) -> Seen:
        """Return the features of a whole RGB picture, resized to a square without keeping its proportions, as in
        SigLIP's training."""
        side: int = self.encoder.config.to_dict()["image_size"]
        prepare = SiglipImageProcessorPil(size={"height": side, "width": side})
        pixels = prepare(picture, return_tensors="pt")["pixel_values"].to(self.encoder.device, self.encoder.dtype)
        seen = self.encoder(pixels, output_hidden_states=True).hidden_states[-2][0]
        return seen_by(self.id, seen, torch.zeros_like(seen))

    @contextmanager
    def over(self, network: nn.Module, weight: float) -> Iterator[None]:
        """Make the transformer attend to image features inside the block; it projects them itself."""
        for processor in self.attention.values():
            processor.scale = weight
        with attending(network, self.attention):
            network.image_proj = self.projection
            try:
                yield
            finally:
                del network.image_proj

    def check(self, file: Path, network: nn.Module) -> None:
        assert isinstance(network, SD3Transformer2DModel), "others were refused"
        _check_fits(file, [one.to_k_ip.out_features for one in self.attention.values()], network)


def load_ip_adapter(
    folder: Path, transformer: SD3Transformer2DModel, device: torch.device, dtype: torch.dtype
) -> TransformerIpAdapter:
    """Load the IP-Adapter and the image encoder of a folder, for transformers of this architecture. Raises
    DiffusionError if the adapter is damaged or does not fit."""
    file = folder / FILE
    _check_fits(file, _widths(check_names(file)), transformer)
    encoder = component(SiglipVisionModel, folder / ENCODER, dtype=dtype)
    try:
        parts = in_parts(file)
        convert = transformer._convert_ip_adapter_image_proj_to_diffusers
        projection = convert(parts["image_proj"], low_cpu_mem_usage=False)
        attention = transformer._convert_ip_adapter_attn_to_diffusers(parts["ip_adapter"], low_cpu_mem_usage=False)
    except UNREADABLE as error:
        raise DiffusionError(f"{file} cannot be attached to the model: {library_says(error)}") from error
    if projection.proj_in.in_features != encoder.config.hidden_size:
        raise DiffusionError(
            f"{file} needs an image encoder of width {projection.proj_in.in_features}, but the one in "
            f"{folder / ENCODER} has width {encoder.config.hidden_size}; replace it with the encoder of its training."
        )
    for module in (projection, *attention.values()):
        module.to(device, dtype).eval().requires_grad_(False)
    return TransformerIpAdapter(folder.name, placed(encoder, device), projection, attention)


def _widths(tensors: Mapping[str, WeightHeader]) -> list[int]:
    """Return the widths of the attention layers in a file."""
    return [one.shape[0] for name, one in tensors.items() if name.endswith(".to_k_ip.weight")]


def _check_fits(file: Path, widths: list[int], transformer: SD3Transformer2DModel) -> None:
    """Raise DiffusionError if the file's attention layers do not match the transformer's in number and width."""
    config, count = transformer.config, len(transformer.attn_processors)
    width = config["num_attention_heads"] * config["attention_head_dim"]
    if widths != [width] * count:
        raise DiffusionError(
            f"{file} is made for another transformer: it has {len(widths)} attention layers of width "
            f"{'/'.join(map(str, sorted({*widths})))}, and the model has {count} of width {width}."
        )
