"""IP-Adapters (arXiv 2308.06721): a model attends to a picture beside the prompt, a UNet to what CLIP's image encoder
sees of it."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

import torch
from diffusers.models.attention_processor import Attention, IPAdapterAttnProcessor2_0
from diffusers.models.embeddings import (
    ImageProjection,
    IPAdapterFullImageProjection,
    IPAdapterPlusImageProjection,
)
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from jaxtyping import Float
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import CLIPImageProcessorPil, CLIPVisionModelWithProjection

from backend.store.weights import BrokenWeightsError, read_header
from backend.store.weights import Tensor as WeightHeader
from worker.diffusion.errors import DiffusionError
from worker.diffusion.finite import require_finite
from worker.diffusion.parts import UNREADABLE, component, library_says, placed, present

FILE, ENCODER = "ip_adapter.safetensors", "image_encoder"

Words = Float[Tensor, "tokens width"]


class Seen(NamedTuple):
    """A picture in the words that a model is handed beside a prompt's, and as many that show nothing, for the negative
    prompt."""

    words: Words
    nothing: Words


@runtime_checkable
class IpAdapter(Protocol):
    """An IP-Adapter in memory."""

    @property
    def id(self) -> str:
        """The id of the IP-Adapter, for errors."""
        ...

    def see(self, picture: Image.Image) -> Seen:
        """An RGB picture in its words. NotFiniteError where the image encoder answers with NaN or infinities."""
        ...

    def over(self, network: nn.Module, weight: float) -> AbstractContextManager[None]:
        """Let the network attend to pictures inside the block; it is then handed their words."""
        ...

    def check(self, file: Path, network: nn.Module) -> None:
        """DiffusionError where the attentions of a network are others than those it was loaded for."""
        ...


@dataclass(frozen=True, eq=False)
class UnetIpAdapter:
    """An IP-Adapter for UNets. `projection`: from what `encoder` sees to words; `attention`: what attends to them, by
    the names of the UNet's own attentions."""

    id: str
    encoder: CLIPVisionModelWithProjection
    projection: nn.Module
    attention: Mapping[str, IPAdapterAttnProcessor2_0]

    @torch.no_grad()
    def see(self, picture: Image.Image) -> Seen:
        """The middle of an RGB picture, as large a square as it holds."""
        side = self.encoder.config.to_dict()["image_size"]
        prepare = CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
        pixels = prepare(picture, return_tensors="pt")["pixel_values"].to(self.encoder.device, self.encoder.dtype)
        if isinstance(self.projection, ImageProjection):
            embedding = self.encoder(pixels).image_embeds
            blank = torch.zeros_like(embedding)
        else:  # it reads each part of the picture
            embedding, blank = (
                self.encoder(shown, output_hidden_states=True).hidden_states[-2]
                for shown in (pixels, torch.zeros_like(pixels))
            )
        return seen_by(self.id, self.projection(embedding)[0], self.projection(blank)[0])

    @contextmanager
    def over(self, network: nn.Module, weight: float) -> Iterator[None]:
        """Take pairs of text and words of pictures as the prompts of the UNet inside the block."""
        for processor in self.attention.values():
            processor.scale[:] = [weight]
        with attending(network, self.attention):
            yield

    def check(self, file: Path, network: nn.Module) -> None:
        assert isinstance(network, UNet2DConditionModel), "others were refused"
        theirs = {name: one.to_q.out_features for name, one in network.named_modules() if name.endswith("attn2")}
        own = {name.removesuffix(".processor"): one.hidden_size for name, one in self.attention.items()}
        if theirs != own:
            raise DiffusionError(f"{file} was put onto another UNet first, whose attentions this one does not have.")


class Reference(NamedTuple):
    """A reference picture of a view, as its IP-Adapter sees it, and its weight."""

    adapter: IpAdapter
    seen: Seen
    weight: float


def seen_by(id: str, words: Words, nothing: Words) -> Seen:
    """Return what an image encoder answered. `id`: of its IP-Adapter. Raise NotFiniteError unless all of it is
    finite."""
    require_finite([words, nothing], f"the image encoder of the IP-Adapter {id!r}", words.dtype)
    return Seen(words, nothing)


@contextmanager
def attending(network: nn.Module, processors: Mapping[str, nn.Module]) -> Iterator[None]:
    """Replace the processors of a network's attentions, by the names of the attentions, inside the block."""
    places = [(_attention(network, name), processor) for name, processor in processors.items()]
    own = [attention.processor for attention, _ in places]
    try:
        for attention, processor in places:
            attention.set_processor(processor)  # type: ignore[arg-type]
        yield
    finally:
        for (attention, _), before in zip(places, own, strict=True):
            attention.set_processor(before)


def load_ip_adapter(
    folder: Path, unet: UNet2DConditionModel, device: torch.device, dtype: torch.dtype
) -> UnetIpAdapter:
    """The IP-Adapter of a folder, with the image encoder in it, for UNets of this one's architecture. DiffusionError
    for one that is damaged, does not fit, or reads faces."""
    file = folder / FILE
    check_names(file)
    encoder = component(CLIPVisionModelWithProjection, folder / ENCODER, dtype=dtype)
    try:
        parts = in_parts(file)
        projection = unet._convert_ip_adapter_image_proj_to_diffusers(parts["image_proj"], low_cpu_mem_usage=False)
        processors = unet._convert_ip_adapter_attn_to_diffusers([parts], low_cpu_mem_usage=False)
    except UNREADABLE as error:
        raise DiffusionError(f"{file} cannot be put onto the model: {library_says(error)}") from error
    attention = {name: one for name, one in processors.items() if isinstance(one, IPAdapterAttnProcessor2_0)}
    if 2 * len(attention) != len(parts["ip_adapter"]):
        raise DiffusionError(f"{file} is made for another UNet: it has {len(parts['ip_adapter']) // 2} attentions.")
    if not isinstance(projection, ImageProjection | IPAdapterPlusImageProjection | IPAdapterFullImageProjection):
        raise DiffusionError(f"{file} reads faces, for which Inlay has no recogniser; take an IP-Adapter for pictures.")
    for module in (projection, *attention.values()):
        module.to(device, dtype).eval().requires_grad_(False)
    return UnetIpAdapter(folder.name, placed(encoder, device), projection, attention)


def in_parts(file: Path) -> dict[str, dict[str, Tensor]]:
    """The weights of its projection and of its attentions, by their names in there."""
    parts: dict[str, dict[str, Tensor]] = {"image_proj": {}, "ip_adapter": {}}
    for name, tensor in load_file(file).items():
        part, _, rest = name.partition(".")
        parts[part][rest] = tensor
    return parts


def check_names(file: Path) -> dict[str, WeightHeader]:
    """Read the header of a file. Raise DiffusionError for a file that is damaged or no IP-Adapter."""
    try:
        names = read_header(present(file))
    except BrokenWeightsError as error:
        raise DiffusionError(f"{file.parent}: {error}.") from error
    strangers = [name for name in names if not name.startswith(("image_proj.", "ip_adapter.")) or "lora" in name]
    if strangers:
        raise DiffusionError(f"{file} has weights of no IP-Adapter that Inlay knows, among them {strangers[0]}.")
    return names


def _attention(network: nn.Module, name: str) -> Attention:
    module = network.get_submodule(name.removesuffix(".processor"))
    assert isinstance(module, Attention)
    return module
