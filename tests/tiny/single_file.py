"""A tiny Stable Diffusion as one file, with the names of its original authors (CompVis), which diffusers renames."""

import re
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor

LAYERS = 1  # ResNets of a down block of the tiny UNet; an up block has one more
VAE_BLOCKS = 4

_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_ENDS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
_VAE = {
    "conv_norm_out": "norm_out",
    "conv_shortcut": "nin_shortcut",
    "mid_block.resnets.0": "mid.block_1",
    "mid_block.resnets.1": "mid.block_2",
    ".resnets.": ".block.",
    "downsamplers.0": "downsample",
    "upsamplers.0": "upsample",
    "down_blocks": "down",
}


def write_single_file(folder: Path, file: Path) -> None:
    """Write the weights of a tiny checkpoint's folder as one file."""
    tensors: dict[str, Tensor] = {}
    for name, tensor in load_file(folder / "unet" / "diffusion_pytorch_model.safetensors").items():
        tensors[f"model.diffusion_model.{_unet_name(name)}"] = tensor
    for name, tensor in load_file(folder / "vae" / "diffusion_pytorch_model.safetensors").items():
        tensors[f"first_stage_model.{_vae_name(name)}"] = tensor
    for name, tensor in load_file(folder / "text_encoder" / "model.safetensors").items():
        tensors[f"cond_stage_model.transformer.text_model.{name.removeprefix('text_model.')}"] = tensor
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, file)


def _unet_name(name: str) -> str:
    for ours, theirs in _ENDS.items():
        if name.startswith(f"{ours}."):
            return name.replace(ours, theirs, 1)
    if match := re.fullmatch(r"mid_block\.(resnets|attentions)\.(\d)\.(.*)", name):
        part, number, rest = match.groups()
        return f"middle_block.{1 if part == 'attentions' else 2 * int(number)}.{_renamed(part, rest)}"
    match = re.fullmatch(r"(down|up)_blocks\.(\d)\.(\w+)\.(\d)\.(.*)", name)
    assert match is not None, name
    way, block, part, layer, rest = match[1], int(match[2]), match[3], int(match[4]), match[5]
    if way == "down":
        first = 1 + block * (LAYERS + 1)
        if part == "downsamplers":
            return f"input_blocks.{first + LAYERS}.0.{rest.replace('conv', 'op')}"
        return f"input_blocks.{first + layer}.{int(part == 'attentions')}.{_renamed(part, rest)}"
    first = block * (LAYERS + 1)
    if part == "upsamplers":
        return (
            f"output_blocks.{first + LAYERS}.{2 if block == 0 else 1}.{rest}"  # block 0 of the tiny UNet has attention
        )
    return f"output_blocks.{first + layer}.{int(part == 'attentions')}.{_renamed(part, rest)}"


def _renamed(part: str, rest: str) -> str:
    """Return the rest of a name in a ResNet or attention. An attention's names stay the same."""
    if part == "attentions":
        return rest
    own, ending = rest.split(".", 1)
    return f"{_RESNET[own]}.{ending}"


def _vae_name(name: str) -> str:
    for ours, theirs in _VAE.items():
        name = name.replace(ours, theirs)
    return re.sub(r"up_blocks\.(\d)", lambda match: f"up.{VAE_BLOCKS - 1 - int(match[1])}", name)
