"""A whole checkpoint in diffusers' format with random weights. It loads like Stable Diffusion and runs in
milliseconds."""

import json
from pathlib import Path
from typing import Any, Literal

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from transformers import CLIPTextModel

from backend.contracts.model import ModelDescription, Vocabulary
from inlay_engine.parametrization import Prediction
from tests.tiny.parts import (
    CELL,
    TEXT_WIDTH,
    clip,
    clip_config,
    clip_tokenizer,
    controlnet,
    description,
    diffusion_scheduler,
    louder,
    vae,
)
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.loading import Models

NATIVE, TOKENS = 128, 32  # native size in pixels and tokens of a prompt, for write_tiny_1_or_2


def write_tiny_checkpoint(
    folder: Path,
    *,
    id: str = "tiny",
    channels: int = 8,
    native_size: int = 128,
    prediction: Prediction = "v_prediction",
    max_tokens: int = 32,
    words: list[str] | None = None,
    pose: bool = False,
    seed: int = 0,
) -> ModelDescription:
    """Write a random checkpoint with papercut's architecture (f8 VAE, CLIP text encoder, conditional UNet) and its
    inlay.json.

    With `pose`, it has a random ControlNet for poses with a large effect; the other weights do not change. The same
    arguments give the same weights. The function creates `folder`, whose name need not be `id`.
    """
    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    clip_tokenizer(max_tokens).save_pretrained(folder / "tokenizer")
    CLIPTextModel(clip_config(max_tokens)).save_pretrained(folder / "text_encoder")
    unet = _unet(channels, native_size // CELL)
    unet.save_pretrained(folder / "unet")
    vae(channels, native_size).save_pretrained(folder / "vae")
    diffusion_scheduler(prediction).save_pretrained(folder / "scheduler")
    (folder / "model_index.json").write_text(json.dumps(_MODEL_INDEX, indent=2))
    said = description(
        id,
        "stable-diffusion",
        channels,
        native_size,
        prediction=prediction,
        max_tokens=max_tokens,
        vocabulary=[Vocabulary(name="places", phrases=["mountains", "a desert", "the sea"])],
        words=words,
        controlnets=["pose"] if pose else [],
    )
    if pose:
        controlnet(unet).save_pretrained(folder / "controlnet_pose")
    (folder / "inlay.json").write_text(said.model_dump_json(indent=2))
    return said


def write_tiny_1_or_2(folder: Path, *, id: str = "sd", version: Literal[1, 2] = 1, seed: int = 0) -> ModelDescription:
    """Write a random checkpoint with the blocks of Stable Diffusion 1 or 2. The same arguments give the same weights.

    Version 1 predicts epsilon. Version 2 predicts v, has linear projections, and has more heads in narrower blocks.
    """
    torch.manual_seed(seed)
    prediction: Prediction = "epsilon" if version == 1 else "v_prediction"
    folder.mkdir(parents=True, exist_ok=True)
    clip(folder, "", TOKENS, TEXT_WIDTH, projects=False)
    config: dict[str, Any] = {
        "sample_size": NATIVE // CELL,
        "block_out_channels": (8, 16, 16, 16),
        "cross_attention_dim": TEXT_WIDTH,
        "attention_head_dim": 2 if version == 1 else (1, 2, 2, 2),
        "use_linear_projection": version == 2,
        "norm_num_groups": 4,
    }
    unet = UNet2DConditionModel(**config)
    louder(unet, "attn2.to_v.weight", 8)
    unet.save_pretrained(folder / "unet")
    vae(4, NATIVE, scaling_factor=0.18215).save_pretrained(folder / "vae")
    diffusion_scheduler(prediction).save_pretrained(folder / "scheduler")
    (folder / "model_index.json").write_text(json.dumps(_MODEL_INDEX, indent=2))
    said = description(
        id, "stable-diffusion", 4, NATIVE, prediction=prediction, max_tokens=TOKENS, cross_attention_dim=TEXT_WIDTH
    )
    (folder / "inlay.json").write_text(said.model_dump_json(indent=2))
    return said


def load_tiny_checkpoint(folder: Path, id: str, dtype: torch.dtype | None = None) -> StableDiffusion:
    """Load the model with this id from the checkpoints in `folder`, on the CPU."""
    model = Models(folder, "cpu", dtype=dtype).get(id)
    assert isinstance(model, StableDiffusion)
    return model


_MODEL_INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "_diffusers_version": "0.42.1",
    "feature_extractor": [None, None],
    "image_encoder": [None, None],
    "requires_safety_checker": False,
    "safety_checker": [None, None],
    "scheduler": ["diffusers", "DDIMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}


def _unet(channels: int, sample_size: int) -> UNet2DConditionModel:
    unet = UNet2DConditionModel(
        sample_size=sample_size,
        in_channels=channels,
        out_channels=channels,
        layers_per_block=1,
        block_out_channels=(8, 16),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=TEXT_WIDTH,
        attention_head_dim=1,
        norm_num_groups=4,
    )
    louder(unet, "attn2.to_v.weight", 8)  # so that another prompt gives another picture
    return unet
