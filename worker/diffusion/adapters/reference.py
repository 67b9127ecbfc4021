"""IP-Adapters (arXiv 2308.06721) for UNets: the UNet attends to the features of CLIP's image encoder besides the
prompt."""

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

LONGEST = 4  # sides; few pictures are longer

Words = Float[Tensor, "tokens width"]


class Seen(NamedTuple):
    """The embeddings of a picture, and as many embeddings of an empty picture, for the negative prompt."""

    words: Words
    nothing: Words


@runtime_checkable
class IpAdapter(Protocol):
    """A loaded IP-Adapter."""

    @property
    def id(self) -> str:
        """The id of the IP-Adapter, for errors."""
        ...

    def see(self, picture: Image.Image) -> Seen:
        """Return the embeddings of an RGB picture. Raises NotFiniteError if the image encoder returns NaN or
        infinities."""
        ...

    def over(self, network: nn.Module, weight: float) -> AbstractContextManager[None]:
        """Make the network attend to picture embeddings inside the block. Its caller must then pass them."""
        ...

    def check(self, file: Path, network: nn.Module) -> None:
        """Raise DiffusionError if the network's attention layers differ from those of the network that the adapter was
        loaded for."""
        ...


@dataclass(frozen=True, eq=False)
class UnetIpAdapter:
    """An IP-Adapter for UNets. `projection` maps the encoder's features to embeddings. `attention`: the attention
    processors, by the names of the UNet's attention layers."""

    id: str
    encoder: CLIPVisionModelWithProjection
    projection: nn.Module
    attention: Mapping[str, IPAdapterAttnProcessor2_0]

    @torch.no_grad()
    def see(self, picture: Image.Image) -> Seen:
        """Return the embeddings of the largest square in the middle of an RGB picture."""
        side = self.encoder.config.to_dict()["image_size"]
        prepare = CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
        pixels = prepare(_middle(picture), return_tensors="pt")["pixel_values"].to(
            self.encoder.device, self.encoder.dtype
        )
        if isinstance(self.projection, ImageProjection):
            embedding = self.encoder(pixels).image_embeds
            blank = torch.zeros_like(embedding)
        else:  # these projections read every patch of the picture
            embedding, blank = (
                self.encoder(shown, output_hidden_states=True).hidden_states[-2]
                for shown in (pixels, torch.zeros_like(pixels))
            )
        return seen_by(self.id, self.projection(embedding)[0], self.projection(blank)[0])

    @contextmanager
    def over(self, network: nn.Module, weight: float) -> Iterator[None]:
        """Make the UNet take pairs of prompt embeddings and picture embeddings as its prompts inside the block."""
        for processor in self.attention.values():
            processor.scale[:] = [weight]
        with attending(network, self.attention):
            yield

    def check(self, file: Path, network: nn.Module) -> None:
        assert isinstance(network, UNet2DConditionModel), "others were refused"
        theirs = {name: one.to_q.out_features for name, one in network.named_modules() if name.endswith("attn2")}
        own = {name.removesuffix(".processor"): one.hidden_size for name, one in self.attention.items()}
        if theirs != own:
            raise DiffusionError(
                f"{file} is loaded for another UNet, whose attention layers differ from those of this one."
            )


class Reference(NamedTuple):
    """The embeddings of a view's reference picture, with their IP-Adapter and its weight."""

    adapter: IpAdapter
    seen: Seen
    weight: float


def _middle(picture: Image.Image) -> Image.Image:
    """Return the middle of a picture that is longer than LONGEST times its other side, and any other picture as it is.
    CLIP's processor enlarges a picture before it cuts the square out, so a thin one could take gigabytes."""
    width, height = picture.size
    across, down = ((side - LONGEST * other) // 2 for side, other in ((width, height), (height, width)))
    left, top = max(across, 0), max(down, 0)
    return picture.crop((left, top, width - left, height - top)) if left or top else picture


def seen_by(id: str, words: Words, nothing: Words) -> Seen:
    """Return the embeddings as a Seen. `id`: the IP-Adapter's. Raises NotFiniteError if one holds NaN or infinities."""
    require_finite([words, nothing], f"the image encoder of the IP-Adapter {id!r}", words.dtype)
    return Seen(words, nothing)


@contextmanager
def attending(network: nn.Module, processors: Mapping[str, nn.Module]) -> Iterator[None]:
    """Replace processors of a network's attention layers inside the block. `processors`: by the names of the layers."""
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
    """Load the IP-Adapter and the image encoder of a folder, for UNets of this architecture. Raises DiffusionError if
    the adapter is damaged, does not fit, or reads faces."""
    file = folder / FILE
    check_names(file)
    encoder = component(CLIPVisionModelWithProjection, folder / ENCODER, dtype=dtype)
    try:
        parts = in_parts(file)
        projection = unet._convert_ip_adapter_image_proj_to_diffusers(parts["image_proj"], low_cpu_mem_usage=False)
        processors = unet._convert_ip_adapter_attn_to_diffusers([parts], low_cpu_mem_usage=False)
    except UNREADABLE as error:
        raise DiffusionError(f"{file} cannot be attached to the model: {library_says(error)}") from error
    attention = {name: one for name, one in processors.items() if isinstance(one, IPAdapterAttnProcessor2_0)}
    if 2 * len(attention) != len(parts["ip_adapter"]):
        raise DiffusionError(
            f"{file} is made for another UNet: it has {len(parts['ip_adapter']) // 2} attention layers."
        )
    if not isinstance(projection, ImageProjection | IPAdapterPlusImageProjection | IPAdapterFullImageProjection):
        raise DiffusionError(
            f"{file} reads faces, and Inlay has no face recogniser; choose an IP-Adapter for pictures."
        )
    for module in (projection, *attention.values()):
        module.to(device, dtype).eval().requires_grad_(False)
    return UnetIpAdapter(folder.name, placed(encoder, device), projection, attention)


def in_parts(file: Path) -> dict[str, dict[str, Tensor]]:
    """Return the weights of the projection and of the attention layers, as `image_proj` and `ip_adapter`, by their
    names in those parts."""
    parts: dict[str, dict[str, Tensor]] = {"image_proj": {}, "ip_adapter": {}}
    for name, tensor in load_file(file).items():
        part, _, rest = name.partition(".")
        parts[part][rest] = tensor
    return parts


def check_names(file: Path) -> dict[str, WeightHeader]:
    """Return the header of a file. Raises DiffusionError if the file is damaged or is not an IP-Adapter."""
    try:
        names = read_header(present(file))
    except BrokenWeightsError as error:
        raise DiffusionError(f"{file.parent}: {error}.") from error
    strangers = [name for name in names if not name.startswith(("image_proj.", "ip_adapter.")) or "lora" in name]
    if strangers:
        raise DiffusionError(f"{file} is no IP-Adapter that Inlay supports; it holds the weight {strangers[0]}.")
    return names


def _attention(network: nn.Module, name: str) -> Attention:
    module = network.get_submodule(name.removesuffix(".processor"))
    assert isinstance(module, Attention)
    return module
