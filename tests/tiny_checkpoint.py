"""A whole diffusers-format checkpoint with random weights: loads like Stable Diffusion, runs in milliseconds."""

import json
from pathlib import Path
from typing import Literal

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from tokenizers.pre_tokenizers import ByteLevel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from backend.contracts.model import LatentRgb, ModelDefaults, ModelDescription, Vocabulary

Prediction = Literal["epsilon", "v_prediction"]

CELL = 8  # pixels per latent cell
TEXT_WIDTH = 32


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
    """Write a random checkpoint of papercut's shape (f8 VAE, CLIP text encoder, conditional UNet) and its inlay.json.

    `pose`: with a random ControlNet for poses, whose say is loud; the other weights stay as they are without. The same
    arguments give the same weights. `folder` is created; its name need not be `id`.
    """
    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    _tokenizer(max_tokens).save_pretrained(folder / "tokenizer")
    _text_encoder(max_tokens).save_pretrained(folder / "text_encoder")
    unet = _unet(channels, native_size // CELL)
    unet.save_pretrained(folder / "unet")
    _vae(channels, native_size).save_pretrained(folder / "vae")
    _scheduler(prediction).save_pretrained(folder / "scheduler")
    (folder / "model_index.json").write_text(json.dumps(_MODEL_INDEX, indent=2))
    description = _description(id, channels, native_size, prediction, max_tokens, words)
    if pose:
        _controlnet(unet).save_pretrained(folder / "controlnet_pose")
        description = description.model_copy(update={"controlnets": ["pose"]})
    (folder / "inlay.json").write_text(description.model_dump_json(indent=2))
    return description


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


def _tokenizer(max_tokens: int) -> CLIPTokenizer:
    letters = sorted(ByteLevel.alphabet())
    tokens = ["<|startoftext|>", "<|endoftext|>", *letters, *(letter + "</w>" for letter in letters)]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=max_tokens)


def _text_encoder(max_tokens: int) -> CLIPTextModel:
    config = CLIPTextConfig(
        vocab_size=2 + 2 * len(ByteLevel.alphabet()),
        hidden_size=TEXT_WIDTH,
        intermediate_size=2 * TEXT_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=max_tokens,
        projection_dim=TEXT_WIDTH,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    return CLIPTextModel(config)


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
    with torch.no_grad():  # a random text path is faint; this makes another prompt another picture
        for name, weight in unet.named_parameters():
            if name.endswith("attn2.to_v.weight"):
                weight.mul_(8)
    return unet


def _controlnet(unet: UNet2DConditionModel) -> ControlNetModel:
    """One that has learned something: a fresh ControlNet has outputs of zero, and hardly sees the picture."""
    controlnet = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(4, 8, 8, 8))
    outputs = (*controlnet.controlnet_down_blocks, controlnet.controlnet_mid_block)
    with torch.no_grad():
        for layers, loudness in ((outputs, 0.05), ((controlnet.controlnet_cond_embedding,), 0.3)):
            for layer in layers:
                for weight in layer.parameters():
                    weight.normal_(std=loudness)
    return controlnet


def _vae(channels: int, sample_size: int) -> AutoencoderKL:
    config = {
        "latent_channels": channels,
        "sample_size": sample_size,
        "block_out_channels": [8, 8, 8, 8],
        "down_block_types": ["DownEncoderBlock2D"] * 4,
        "up_block_types": ["UpDecoderBlock2D"] * 4,
        "norm_num_groups": 4,
        "mid_block_add_attention": False,
        "scaling_factor": 0.5,
    }
    vae = AutoencoderKL.from_config(config)
    assert isinstance(vae, AutoencoderKL)
    return vae


def _scheduler(prediction: Prediction) -> DDIMScheduler:
    return DDIMScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
        prediction_type=prediction,
    )


def _description(
    id: str, channels: int, native_size: int, prediction: Prediction, max_tokens: int, words: list[str] | None
) -> ModelDescription:
    mixing = torch.randn(channels, 3).mul(0.2).round(decimals=3).tolist()
    return ModelDescription.model_validate(
        {
            "id": id,
            "title": "Tiny, random",
            "kind": "stable-diffusion",
            "revision": "1",
            "licence": "Apache-2.0",
            "native_size": native_size,
            "cell": CELL,
            "channels": channels,
            "prediction": prediction,
            "max_tokens": max_tokens,
            "defaults": ModelDefaults(
                steps=4, guidance=3.0, eta=0.0, scheduler="ddim", window=native_size, stride=native_size // 2
            ),
            "latent_rgb": LatentRgb(factors=mixing, bias=[0.5, 0.5, 0.5]),
            "vocabulary": [Vocabulary(name="places", phrases=["mountains", "a desert", "the sea"])],
            "words": words,
        }
    )
