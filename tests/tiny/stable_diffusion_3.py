"""Stable Diffusion 3.5 with random weights: its transformer, both CLIPs and T5, a few channels wide."""

import json
import string
from pathlib import Path

import torch
from diffusers.models.transformers.transformer_sd3 import SD3Transformer2DModel
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler
from transformers import T5Config, T5EncoderModel, T5Tokenizer

from backend.contracts.model import ModelDescription
from tests.tiny.parts import CELL, TEXT_WIDTH, certain, clip, controlnet_3, description, louder, vae

CHANNELS, NATIVE, TOKENS = 16, 128, 32
SECOND_WIDTH = 24  # of the second CLIP
WIDTH = 64  # of T5's embedding of a word
LARGEST = 24  # most patches along a side that have a position embedding


def write_tiny_3(
    folder: Path, *, id: str = "sd3", t5: bool = True, pose: bool = False, layers: int = 2, seed: int = 0
) -> ModelDescription:
    """Write a random checkpoint, with or without T5, and its inlay.json. The same arguments give the same weights.

    With `pose`, it has a random ControlNet. `layers` is the number of the transformer's layers.
    """
    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    clip(folder, "", TOKENS, TEXT_WIDTH, projects=True)
    clip(folder, "_2", TOKENS, SECOND_WIDTH, projects=True)
    transformer = _transformer(layers)
    transformer.save_pretrained(folder / "transformer")
    own = {"scaling_factor": 1.5305, "shift_factor": 0.0609, "use_quant_conv": False, "use_post_quant_conv": False}
    certain(vae(CHANNELS, NATIVE, **own)).save_pretrained(folder / "vae")
    FlowMatchEulerDiscreteScheduler(shift=3.0).save_pretrained(folder / "scheduler")
    if t5:
        _write_t5(folder)
    (folder / "model_index.json").write_text(json.dumps(_MODEL_INDEX | ({} if t5 else _WITHOUT_T5), indent=2))
    said = description(
        id,
        "stable-diffusion-3",
        CHANNELS,
        NATIVE,
        prediction="flow",
        max_tokens=256 if t5 else TOKENS,
        cross_attention_dim=WIDTH,
        scheduler="flow-euler",
        controlnets=["pose"] if pose else [],
    )
    if pose:
        controlnet_3(transformer.config).save_pretrained(folder / "controlnet_pose")
    (folder / "inlay.json").write_text(said.model_dump_json(indent=2))
    return said


_MODEL_INDEX = {
    "_class_name": "StableDiffusion3Pipeline",
    "_diffusers_version": "0.42.1",
    "feature_extractor": [None, None],
    "image_encoder": [None, None],
    "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
    "text_encoder": ["transformers", "CLIPTextModelWithProjection"],
    "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
    "text_encoder_3": ["transformers", "T5EncoderModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "tokenizer_2": ["transformers", "CLIPTokenizer"],
    "tokenizer_3": ["transformers", "T5TokenizerFast"],
    "transformer": ["diffusers", "SD3Transformer2DModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}
_WITHOUT_T5 = {"text_encoder_3": [None, None], "tokenizer_3": [None, None]}


def _transformer(layers: int) -> SD3Transformer2DModel:
    transformer = SD3Transformer2DModel(
        sample_size=NATIVE // CELL,
        patch_size=2,
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        num_layers=layers,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_projection_dim=32,
        joint_attention_dim=WIDTH,
        pooled_projection_dim=TEXT_WIDTH + SECOND_WIDTH,
        pos_embed_max_size=LARGEST,
        dual_attention_layers=(0,),
        qk_norm="rms_norm",
    )
    louder(transformer, "context_embedder.weight", 8)  # so that another prompt gives another picture
    louder(transformer, "add_v_proj.weight", 8)
    return transformer


def _write_t5(folder: Path) -> None:
    pieces = ["<pad>", "</s>", "<unk>", "▁", *string.ascii_letters, *string.punctuation]
    tokenizer = T5Tokenizer(vocab=[(piece, 0.0) for piece in pieces], extra_ids=0)
    tokenizer.save_pretrained(folder / "tokenizer_3")
    config = T5Config(vocab_size=len(pieces), d_model=WIDTH, d_kv=8, d_ff=64, num_layers=2, num_heads=4)
    T5EncoderModel(config).save_pretrained(folder / "text_encoder_3")
