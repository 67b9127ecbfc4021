"""What an adapter is, told from its configuration and from the names and shapes of its weights."""

import math
import re
from pathlib import Path
from typing import Any, NamedTuple

from backend.contracts.model import AdapterEntry
from backend.store.weights import Tensor, read_header
from inlay.registry.folders import read_json

FILES: dict[AdapterEntry, str] = {
    "controlnet": "diffusion_pytorch_model.safetensors",
    "lora": "pytorch_lora_weights.safetensors",
    "ip-adapter": "ip_adapter.safetensors",
}
"""What an adapter's weights are called in its folder here."""

BASE, LARGE, THIRD = "stable-diffusion", "stable-diffusion-xl", "stable-diffusion-3"
LARGE_WIDTH = 2048  # of the text that SDXL attends to
_LARGE = re.compile(r"text_encoder_2|lora_te2_|transformer_blocks[._][1-9]")
_THIRD = re.compile(r"^(transformer|lora_transformer)[._]|joint_blocks|norm1_context")
_READS_TEXT = re.compile(r"attn2[._](processor[._])?to_k[._]?.*(lora_A|lora_down|lora\.down)(\.\w+)?\.weight$")


class Traits(NamedTuple):
    """Of an adapter: what it is, for which kind of model, and the widths by which it fits."""

    entry: AdapterEntry
    kind: str
    cross_attention_dim: int | None
    in_channels: int | None
    block_channels: list[int] | None = None


def of_controlnet(folder: Path) -> Traits | None:
    """Of a folder with a ControlNet's config.json; None where it is something else."""
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


def of_file(file: Path) -> Traits | None:
    """Of a single file, a LoRA or IP-Adapter; None where it is neither. BrokenWeightsError as of `read_header`."""
    tensors = read_header(file)
    if any(name.startswith("ip_adapter.") for name in tensors):
        if any(name.endswith(".norm_ip.linear.weight") for name in tensors):  # SD3's know how late it is
            return Traits("ip-adapter", THIRD, None, None)  # and read pictures in the transformer's width
        width = _width(tensors, re.compile(r"^ip_adapter\.\d+\.to_k_ip\.weight$"))
        return Traits("ip-adapter", LARGE if width == LARGE_WIDTH else BASE, width, None)
    if any("lora" in name for name in tensors):
        width = _width(tensors, _READS_TEXT)
        kind = _lora_kind(tensors, width)
        return Traits("lora", kind, None if kind == THIRD else width, None)  # SD3's attn2 reads the picture
    return None


def _lora_kind(tensors: dict[str, Tensor], width: int | None) -> str:
    """SDXL alone has a second text encoder under a UNet, several transformers a block, and text of its width."""
    if any(_THIRD.search(name) for name in tensors):
        return THIRD
    return LARGE if width == LARGE_WIDTH or any(_LARGE.search(name) for name in tensors) else BASE


def _width(tensors: dict[str, Tensor], reading: re.Pattern[str]) -> int | None:
    """The columns of the first matrix that reads the text."""
    return next((one.shape[1] for name, one in tensors.items() if reading.search(name) and len(one.shape) > 1), None)


def _numbers(value: Any) -> list[int] | None:
    """A list of whole numbers; None for what is none."""
    return value if isinstance(value, list) and all(isinstance(one, int) for one in value) else None


def _widths(config: dict[str, Any], text: str) -> tuple[int | None, int | None]:
    width, channels = config.get(text), config.get("in_channels")
    return width if isinstance(width, int) else None, channels if isinstance(channels, int) else None
