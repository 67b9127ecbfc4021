"""Adapters with random weights for the tiny checkpoints, in the files of the usual tools. Their effect is large enough
to be measured."""

import json
from pathlib import Path
from typing import Any

import torch
from diffusers.models.attention_processor import SD3IPAdapterJointAttnProcessor2_0
from diffusers.models.embeddings import IPAdapterTimeImageProjection
from diffusers.models.transformers.transformer_sd3 import SD3Transformer2DModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.training_utils import _collate_lora_metadata
from diffusers.utils.state_dict_utils import convert_state_dict_to_diffusers
from peft import LoraConfig, get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection, SiglipVisionConfig, SiglipVisionModel

from tests.tiny.parts import controlnet, controlnet_3, louder


def write_controlnet(folder: Path, unet: Path, seed: int = 0, **config: Any) -> Path:
    """Write a ControlNet for the UNet in a folder, or for one with another configuration."""
    torch.manual_seed(seed)
    made = UNet2DConditionModel.from_config(json.loads((unet / "config.json").read_text()) | config)
    assert isinstance(made, UNet2DConditionModel)
    controlnet(made).save_pretrained(folder)
    return folder


def write_controlnet_3(folder: Path, transformer: Path, seed: int = 0, **config: Any) -> Path:
    """Write a ControlNet for the transformer in a folder, or for one with another configuration."""
    torch.manual_seed(seed)
    controlnet_3(json.loads((transformer / "config.json").read_text()), **config).save_pretrained(folder)
    return folder


def write_lora(folder: Path, pipeline: Any, seed: int = 0, *, words: bool = True, alpha: int = 8) -> Path:
    """Write a LoRA for the attentions of a pipeline's denoiser and, with `words`, of its CLIPs.

    peft makes it, and it is saved with its `alpha`, as diffusers' training scripts save theirs.
    """
    torch.manual_seed(seed)
    denoiser = "unet" if hasattr(pipeline, "unet") else "transformer"
    encoders = [name for name in ("text_encoder", "text_encoder_2") if words and hasattr(pipeline, name)]
    layers: dict[str, Any] = {}
    modules: dict[str, Any] = {}
    for name in (denoiser, *encoders):
        targets = ["q_proj", "v_proj"] if name in encoders else ["to_q", "to_k", "to_v", "to_out.0"]
        part = modules[name] = getattr(pipeline, name)
        part.add_adapter(LoraConfig(r=4, lora_alpha=alpha, target_modules=targets, init_lora_weights=False))
        layers[f"{name}_lora_layers"] = convert_state_dict_to_diffusers(get_peft_model_state_dict(part))
    pipeline.save_lora_weights(folder, **layers, **_collate_lora_metadata(modules))
    return folder


def write_kohya_lora(file: Path, lora: Path, alpha: float = 2.0) -> Path:
    """Write the UNet's part of a LoRA with the names of Kohya's scripts, which most published LoRAs have."""
    tensors: dict[str, Tensor] = {}
    for name, tensor in load_file(lora / "pytorch_lora_weights.safetensors").items():
        where, _, which = name.partition(".lora")
        if where.startswith("unet."):
            layer = f"lora_{where.replace('.', '_')}"
            down = "down" in which or "_A" in which
            tensors[f"{layer}.lora_{'down' if down else 'up'}.weight"] = tensor
            tensors[f"{layer}.alpha"] = torch.tensor(alpha)
    save_file(tensors, file)
    return file


def write_ip_adapter(folder: Path, unet: Path, seed: int = 0, *, plus: bool = False) -> Path:
    """Write an IP-Adapter for the UNet in a folder, with its authors' names and the image encoder in a folder beside
    it.

    With `plus`, it is one that reads each part of the picture.
    """
    torch.manual_seed(seed)
    model = UNet2DConditionModel.from_pretrained(unet, local_files_only=True)
    width = model.config["cross_attention_dim"]
    vision = CLIPVisionConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=32,
        patch_size=8,
        projection_dim=12,
    )
    encoder = CLIPVisionModelWithProjection(vision)
    louder(encoder, "patch_embedding.weight", 20)  # so that another picture gives another embedding
    encoder.save_pretrained(folder / "image_encoder")
    shapes = _resampler(16, width) if plus else {"proj.weight": (4 * width, 12), "proj.bias": (4 * width,)}
    shapes = shapes if plus else shapes | {"norm.weight": (width,), "norm.bias": (width,)}
    tensors = {f"image_proj.{name}": torch.randn(shape) * 0.5 for name, shape in shapes.items()}
    attentions = [one for name, one in model.named_modules() if name.endswith("attn2")]
    for number, attention in enumerate(attentions):
        for which in ("to_k_ip", "to_v_ip"):
            shape = (attention.to_q.out_features, width)
            tensors[f"ip_adapter.{2 * number + 1}.{which}.weight"] = torch.randn(shape) * 0.5
    save_file(tensors, folder / "ip_adapter.safetensors")
    return folder / "ip_adapter.safetensors"


def write_ip_adapter_3(folder: Path, transformer: Path, seed: int = 0) -> Path:
    """Write an IP-Adapter for the transformer in a folder, with its authors' names and the image encoder in a folder
    beside it."""
    torch.manual_seed(seed)
    model = SD3Transformer2DModel.from_pretrained(transformer, local_files_only=True)
    vision = SiglipVisionConfig(
        hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=32, patch_size=8
    )
    encoder = SiglipVisionModel(vision)
    louder(encoder, "patch_embedding.weight", 20)  # so that another picture gives another embedding
    encoder.save_pretrained(folder / "image_encoder")
    width, each = model.inner_dim, model.config["attention_head_dim"]
    projection = IPAdapterTimeImageProjection(16, width, hidden_dim=16, heads=1, num_queries=4, timestep_in_dim=8)
    tensors = {f"image_proj.{_in_its_authors_words(name)}": one for name, one in projection.state_dict().items()}
    for number in range(len(model.attn_processors)):
        attention = SD3IPAdapterJointAttnProcessor2_0(width, width, each, timesteps_emb_dim=16)
        louder(attention, "to_v_ip.weight", 8)
        tensors |= {f"ip_adapter.{number}.{name}": one for name, one in attention.state_dict().items()}
    save_file(tensors, folder / "ip_adapter.safetensors")
    return folder / "ip_adapter.safetensors"


def _in_its_authors_words(name: str) -> str:
    """Return InstantX's name for a weight of diffusers' projection."""
    theirs = {
        "ln0": "0.norm1",
        "ln1": "0.norm2",
        "attn.to_q": "0.to_q",
        "attn.to_kv": "0.to_kv",
        "attn.to_out.0": "0.to_out",
        "adaln_norm": "1.0",
        "ff.net.0.proj": "1.1",
        "ff.net.2": "1.3",
        "adaln_proj": "2.1",
    }
    if not name.startswith("layers."):
        return name
    layers, number, rest = name.split(".", 2)
    part, _, which = rest.rpartition(".")
    return f"{layers}.{number}.{theirs[part]}.{which}"


def _resampler(seen: int, width: int, inner: int = 16, depth: int = 4) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a resampler, which turns the parts of a picture into a few tokens."""
    shapes: dict[str, tuple[int, ...]] = {
        "latents": (1, 4, inner),
        "proj_in.weight": (inner, seen),
        "proj_in.bias": (inner,),
        "proj_out.weight": (width, inner),
        "proj_out.bias": (width,),
        "norm_out.weight": (width,),
        "norm_out.bias": (width,),
    }
    for layer in range(depth):
        for norm in ("0.norm1", "0.norm2", "1.0"):
            shapes |= {f"layers.{layer}.{norm}.{which}": (inner,) for which in ("weight", "bias")}
        shapes |= {
            f"layers.{layer}.0.to_q.weight": (64, inner),
            f"layers.{layer}.0.to_kv.weight": (128, inner),
            f"layers.{layer}.0.to_out.weight": (inner, 64),
            f"layers.{layer}.1.1.weight": (4 * inner, inner),
            f"layers.{layer}.1.3.weight": (inner, 4 * inner),
        }
    return shapes
