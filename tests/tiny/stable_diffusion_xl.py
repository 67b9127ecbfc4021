"""Stable Diffusion XL with random weights: its blocks and both of its text encoders, a few channels wide."""

import json
from pathlib import Path
from typing import Any

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

from backend.contracts.model import ModelDescription
from tests.tiny.parts import CELL, TEXT_WIDTH, clip, controlnet, description, diffusion_scheduler, louder, vae

CHANNELS, NATIVE, TOKENS = 4, 128, 32
SECOND_WIDTH = 24  # of the second text encoder
TIME_WIDTH = 8  # of the embedding of each of the six sizes


def write_tiny_xl(folder: Path, *, id: str = "xl", pose: bool = False, seed: int = 0) -> ModelDescription:
    """Write a random checkpoint and its inlay.json. The same arguments give the same weights.

    With `pose`, it has a random ControlNet.
    """
    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    clip(folder, "", TOKENS, TEXT_WIDTH, projects=False)
    clip(folder, "_2", TOKENS, SECOND_WIDTH, projects=True)
    unet = _unet()
    unet.save_pretrained(folder / "unet")
    vae(CHANNELS, NATIVE, scaling_factor=0.13025, force_upcast=True).save_pretrained(folder / "vae")
    diffusion_scheduler("epsilon").save_pretrained(folder / "scheduler")
    (folder / "model_index.json").write_text(json.dumps(_MODEL_INDEX, indent=2))
    said = description(
        id,
        "stable-diffusion-xl",
        CHANNELS,
        NATIVE,
        prediction="epsilon",
        max_tokens=TOKENS,
        cross_attention_dim=TEXT_WIDTH + SECOND_WIDTH,
        controlnets=["pose"] if pose else [],
    )
    if pose:
        controlnet(unet).save_pretrained(folder / "controlnet_pose")
    (folder / "inlay.json").write_text(said.model_dump_json(indent=2))
    return said


_MODEL_INDEX = {
    "_class_name": "StableDiffusionXLPipeline",
    "_diffusers_version": "0.42.1",
    "feature_extractor": [None, None],
    "force_zeros_for_empty_prompt": True,
    "image_encoder": [None, None],
    "scheduler": ["diffusers", "DDIMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "tokenizer_2": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}


def _unet() -> UNet2DConditionModel:
    config: dict[str, Any] = {
        "sample_size": NATIVE // CELL,
        "in_channels": CHANNELS,
        "out_channels": CHANNELS,
        "layers_per_block": 2,
        "block_out_channels": (8, 16, 16),
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        "transformer_layers_per_block": (1, 1, 2),
        "attention_head_dim": (1, 2, 2),
        "cross_attention_dim": TEXT_WIDTH + SECOND_WIDTH,
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": TIME_WIDTH,
        "projection_class_embeddings_input_dim": SECOND_WIDTH + 6 * TIME_WIDTH,
        "norm_num_groups": 4,
    }
    unet = UNet2DConditionModel(**config)
    louder(unet, "attn2.to_v.weight", 8)  # so that another prompt gives another picture
    louder(unet, "add_embedding.linear_2.weight", 8)  # so that another crop gives another picture
    return unet
