"""Recognition of adapters by their configuration and by the names and shapes of their weights."""

import math
import re
from pathlib import Path
from typing import Any, NamedTuple

from backend.contracts.model import AdapterEntry
from backend.store.weights import Tensor, read_header
from inlay.errors import CommandError
from inlay.registry.folders import read_json
from inlay.registry.statements import read_statements
from inlay.registry.strangers import PLAIN_LORA, Stranger, strange_adapter, strange_checkpoint, strange_lora

FILES: dict[AdapterEntry, str] = {
    "controlnet": "diffusion_pytorch_model.safetensors",
    "lora": "pytorch_lora_weights.safetensors",
    "ip-adapter": "ip_adapter.safetensors",
}
"""The name of the weights file of each type of adapter in the folder of models."""

BASE, LARGE, THIRD = "stable-diffusion", "stable-diffusion-xl", "stable-diffusion-3"
LARGE_WIDTH = 2048  # the width of SDXL's text embeddings
_LARGE = re.compile(r"text_encoder_2|lora_te[12]_|transformer_blocks[._][1-9]")
_THIRD = re.compile(r"^(transformer|lora_transformer)[._]|joint_blocks|norm1_context")
_READS_TEXT = re.compile(r"attn2[._](processor[._])?to_k[._]?.*(lora_A|lora_down|lora\.down)(\.\w+)?\.weight$")
_LORA_WEIGHT = re.compile(
    r"\.(lora_[AB](\.\w+)?\.weight|lora_(down|up)\.weight|(lora|lora_linear_layer)\.(down|up)\.weight|alpha)$"
    r"|_lora\.(down|up)\.weight$"
)
_LORA_HALF = re.compile(r"(lora_A|lora_B|lora_down|lora_up|(?<=\.)down|(?<=\.)up)(?=(\.\w+)?\.weight$)")
_DOWN_UP = {"lora_A": "lora_B", "lora_down": "lora_up", "down": "up"}
_HALVES = _DOWN_UP | {up: down for down, up in _DOWN_UP.items()}
_PARTS_UNET = re.compile(r"^(unet\.|text_encoder(_2)?\.|lora_unet_|lora_te[12]?_)")
_PARTS_3 = re.compile(r"^(transformer\.|text_encoder(_2)?\.)")


class Traits(NamedTuple):
    """The type of an adapter, the kind of model that it is for, and the widths that must equal those of the model."""

    entry: AdapterEntry
    kind: str
    cross_attention_dim: int | None
    in_channels: int | None
    block_channels: list[int] | None = None


def of_controlnet(folder: Path) -> Traits | None:
    """Return the traits of a folder with a ControlNet's config.json, or None for any other folder."""
    config: dict[str, Any] = read_json(folder / "config.json")
    match config.get("_class_name"):
        case "ControlNetModel":
            large = config.get("addition_embed_type") == "text_time"
            widths = _widths(config, "cross_attention_dim")
            return Traits("controlnet", LARGE if large else BASE, *widths, _numbers(config.get("block_out_channels")))
        case "SD3ControlNetModel":
            sizes = _numbers([config.get("num_attention_heads"), config.get("attention_head_dim")])
            blocks = [math.prod(sizes)] if sizes else None
            return Traits("controlnet", THIRD, *_widths(config, "joint_attention_dim"), blocks)
        case _:
            return None


def of_file(file: Path, kind: str | None = None) -> Traits | None:
    """Return the traits of a LoRA or IP-Adapter, or None for a file that may be a checkpoint. `kind`: the operator's
    choice of the kind of model, if any.

    Raises CommandError, which names the type of file, if Inlay does not support it; BrokenWeightsError as `read_header`
    does.
    """
    tensors = read_header(file)
    _refuse(file, strange_adapter(tensors))
    if any(name.startswith("ip_adapter.") for name in tensors):
        return _ip_adapter(tensors)
    if not any("lora" in name for name in tensors):
        _refuse(file, strange_checkpoint(tensors))
        return None
    _refuse(file, strange_lora(tensors))
    width = _width(tensors, _READS_TEXT)
    kind = kind or _lora_kind(file, tensors, width)
    return Traits("lora", kind, None if kind == THIRD else width, None)  # in SD3, attn2 attends to the picture


def check_lora(file: Path, kind: str) -> None:
    """Raise CommandError, which names the weight, if no loader of LoRAs reads it, or if models of this kind have no
    such part."""
    parts = _PARTS_3 if kind == THIRD else _PARTS_UNET
    names = read_header(file)
    for name in names:
        if not _LORA_WEIGHT.search(name):
            raise CommandError(f"{file} has the weight {name}, which no plain LoRA has. {PLAIN_LORA}")
        if not parts.search(name):
            raise CommandError(f"{file} has the weight {name}, which is for no part of a model of kind {kind}.")
    for name in names:
        other = _LORA_HALF.sub(lambda half: _HALVES[half[0]], name)
        if other not in names:
            raise CommandError(f"{file} has the weight {name} without its other half, {other}; copy it again.")


def _refuse(file: Path, stranger: Stranger | None) -> None:
    if stranger is not None:
        raise CommandError(f"{file} is {stranger.what}, which Inlay does not support. {stranger.instead}")


def _ip_adapter(tensors: dict[str, Tensor]) -> Traits:
    if any(name.endswith(".norm_ip.linear.weight") for name in tensors):  # only SD3's depend on the timestep
        return Traits("ip-adapter", THIRD, None, None)  # their text width is the transformer's own
    width = _width(tensors, re.compile(r"^ip_adapter\.\d+\.to_k_ip\.weight$"))
    return Traits("ip-adapter", LARGE if width == LARGE_WIDTH else BASE, width, None)


def _lora_kind(file: Path, tensors: dict[str, Tensor], width: int | None) -> str:
    """Return the kind of model that a LoRA is for.

    Only SDXL has a second text encoder besides a UNet, several transformers in a block, and text of width LARGE_WIDTH.
    If the weights decide nothing, the notes of the training program do. Raises CommandError if notes and weights
    contradict each other.
    """
    noted = read_statements([file]).kind
    found = BASE if width is not None else None
    if width == LARGE_WIDTH or any(_LARGE.search(name) for name in tensors):
        found = LARGE
    if any(_THIRD.search(name) for name in tensors):
        found = THIRD
    if found is not None and noted is not None and noted.value != found:
        raise CommandError(
            f"The file is for models of kind {noted.value} according to {noted.source}, and for {found} according to "
            f"its weights. Choose one of them with --kind."
        )
    return found or (noted.value if noted else BASE)


def _width(tensors: dict[str, Tensor], reading: re.Pattern[str]) -> int | None:
    """Return the number of columns of the first matrix that reads the text, or None if there is no such matrix."""
    return next((one.shape[1] for name, one in tensors.items() if reading.search(name) and len(one.shape) > 1), None)


def _numbers(value: Any) -> list[int] | None:
    """Return the value if it is a list of whole numbers, else None."""
    return value if isinstance(value, list) and all(isinstance(one, int) for one in value) else None


def _widths(config: dict[str, Any], text: str) -> tuple[int | None, int | None]:
    width, channels = config.get(text), config.get("in_channels")
    return width if isinstance(width, int) else None, channels if isinstance(channels, int) else None
