"""The parts of all tiny checkpoints: random weights in the real architectures."""

from collections.abc import Mapping
from inspect import signature
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.controlnets.controlnet_sd3 import SD3ControlNetModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from tokenizers.pre_tokenizers import ByteLevel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from backend.contracts.model import LatentRgb, ModelDefaults, ModelDescription
from inlay_engine.parametrization import Prediction

CELL = 8  # pixels per latent cell
TEXT_WIDTH = 32


def clip_tokenizer(max_tokens: int) -> CLIPTokenizer:
    letters = sorted(ByteLevel.alphabet())
    tokens = ["<|startoftext|>", "<|endoftext|>", *letters, *(letter + "</w>" for letter in letters)]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=max_tokens)


def clip_config(max_tokens: int, width: int = TEXT_WIDTH, layers: int = 2) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=2 + 2 * len(ByteLevel.alphabet()),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=layers,
        num_attention_heads=2,
        max_position_embeddings=max_tokens,
        projection_dim=width,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )


def clip(folder: Path, number: str, max_tokens: int, width: int, *, projects: bool) -> None:
    """Write a tokenizer and a text encoder as the folders `tokenizer<number>` and `text_encoder<number>`.

    The word embeddings are made larger, because random CLIPs give nearly the same answer for all words.
    """
    clip_tokenizer(max_tokens).save_pretrained(folder / f"tokenizer{number}")
    config = clip_config(max_tokens, width)
    encoder = CLIPTextModelWithProjection(config) if projects else CLIPTextModel(config)
    louder(encoder, "token_embedding.weight", 20)
    encoder.save_pretrained(folder / f"text_encoder{number}")


def louder(module: nn.Module, ending: str, times: float) -> None:
    """Multiply the weights whose names end with `ending`. Random weights have a small effect, and this makes it large
    enough."""
    with torch.no_grad():
        for name, weight in module.named_parameters():
            if name.endswith(ending):
                weight.mul_(times)


def vae(channels: int, sample_size: int, **config: Any) -> AutoencoderKL:
    made = AutoencoderKL.from_config(
        {
            "latent_channels": channels,
            "sample_size": sample_size,
            "block_out_channels": [8, 8, 8, 8],
            "down_block_types": ["DownEncoderBlock2D"] * 4,
            "up_block_types": ["UpDecoderBlock2D"] * 4,
            "norm_num_groups": 4,
            "mid_block_add_attention": False,
            "scaling_factor": 0.5,
        }
        | config
    )
    assert isinstance(made, AutoencoderKL)
    return made


def certain(made: AutoencoderKL) -> AutoencoderKL:
    """Return the VAE with small variances, as a trained VAE has. A random VAE would add as much noise as there is
    signal."""
    last = made.encoder.conv_out
    assert last.bias is not None
    with torch.no_grad():
        last.bias[len(last.bias) // 2 :] = -40  # the logarithms of variances
    return made


def tiny_vae(channels: int) -> AutoencoderTiny:
    """Return a decoder for previews, with an encoder that is never used."""
    made = AutoencoderTiny(
        latent_channels=channels,
        encoder_block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        num_encoder_blocks=(1, 1, 1, 1),
        num_decoder_blocks=(1, 1, 1, 1),
    )
    last = made.decoder.layers[-1]
    assert isinstance(last, torch.nn.Conv2d)
    assert last.bias is not None
    with torch.no_grad():  # grey on average, with large differences
        last.weight.mul_(8)
        last.bias.fill_(0.5)
    return made


def controlnet(unet: UNet2DConditionModel) -> ControlNetModel:
    """Return a ControlNet with random outputs. A new one has outputs of zero and hardly reacts to the picture."""
    made = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(4, 8, 8, 8))
    outputs = (*made.controlnet_down_blocks, made.controlnet_mid_block)
    with torch.no_grad():
        for layers, loudness in ((outputs, 0.05), ((made.controlnet_cond_embedding,), 0.3)):
            for layer in layers:
                for weight in layer.parameters():
                    weight.normal_(std=loudness)
    return made


def controlnet_3(transformer: Mapping[str, Any], **config: Any) -> SD3ControlNetModel:
    """Return a ControlNet for Stable Diffusion 3 with random outputs, for a transformer with this configuration."""
    known = signature(SD3ControlNetModel.__init__).parameters
    shared = {key: value for key, value in transformer.items() if key in known}
    made = SD3ControlNetModel(**{**shared, "num_layers": 1, **config})
    with torch.no_grad():
        for layer in (*made.controlnet_blocks, made.pos_embed_input):
            for weight in layer.parameters():
                weight.normal_(std=0.3)
    return made


def diffusion_scheduler(prediction: Prediction) -> DDIMScheduler:
    config: dict[str, Any] = {
        "beta_schedule": "scaled_linear",
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "clip_sample": False,
        "set_alpha_to_one": False,
        "steps_offset": 1,
        "prediction_type": prediction,
    }
    return DDIMScheduler(**config)


def description(id: str, kind: str, channels: int, native_size: int, **own: Any) -> ModelDescription:
    """Return the contents of inlay.json. `own` is added to the fields that all tiny models share."""
    mixing = torch.randn(channels, 3).mul(0.2).round(decimals=3).tolist()
    common = {
        "id": id,
        "title": "Tiny, random",
        "kind": kind,
        "revision": "1",
        "licence": "Apache-2.0",
        "native_size": native_size,
        "cell": CELL,
        "channels": channels,
        "defaults": ModelDefaults(
            steps=4,
            guidance=3.0,
            eta=0.0,
            scheduler=own.pop("scheduler", "ddim"),
            window=native_size,
            stride=native_size // 2,
        ),
        "latent_rgb": LatentRgb(factors=mixing, bias=[0.5, 0.5, 0.5]),
    }
    return ModelDescription.model_validate(common | own)


def weights_bytes(*modules: nn.Module) -> int:
    """Return the size of these modules' weights in bytes."""
    tensors = (tensor for module in modules for tensor in (*module.parameters(), *module.buffers()))
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)
