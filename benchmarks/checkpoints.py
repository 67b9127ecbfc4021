"""Make checkpoints of Stable Diffusion's shapes with random weights. They cost as much time and memory as the real
ones."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.transformers.transformer_sd3 import SD3Transformer2DModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler
from tokenizers.pre_tokenizers import ByteLevel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from backend.contracts.model import LatentRgb, ModelDefaults, ModelDescription
from worker.diffusion.kinds import describe

CHANNELS, TOKENS, WORDS = 4, 77, 49408


class Text(NamedTuple):
    """The configuration of a CLIP text encoder."""

    width: int
    layers: int
    heads: int
    projects: bool = False


class Shape(NamedTuple):
    """The configuration of one checkpoint. `denoiser` and `vae` hold what differs from diffusers' defaults. `flow`: the
    denoiser is a flow transformer and no UNet."""

    pipeline: str
    texts: tuple[Text, ...]
    denoiser: dict[str, Any]
    vae: dict[str, Any]
    flow: bool = False


def stable_diffusion(shrink: int = 1, side: int = 64) -> Shape:
    """Return the shape of Stable Diffusion 1.5 with every width divided by `shrink` (1, 2, 4 or 8) and a native size of
    `side` cells.

    Attention has fewer heads, not smaller ones: fused kernels refuse a head of 10 channels, and other kernels need many
    times as much memory.
    """
    width, groups = 768 // shrink, 32 if shrink == 1 else 8
    unet: dict[str, Any] = {
        "sample_size": side,
        "block_out_channels": tuple(each // shrink for each in (320, 640, 1280, 1280)),
        "cross_attention_dim": width,
        "attention_head_dim": 8 // shrink,  # diffusers' name for the number of heads
        "norm_num_groups": groups,
    }
    vae: dict[str, Any] = {"sample_size": 8 * side, "scaling_factor": 0.18215}
    vae |= {"block_out_channels": tuple(each // shrink for each in (128, 256, 512, 512)), "norm_num_groups": groups}
    return Shape("StableDiffusionPipeline", (Text(width, 12, 12),), unet, vae)


def stable_diffusion_xl() -> Shape:
    """Return the shape of Stable Diffusion XL's base model."""
    unet: dict[str, Any] = {
        "sample_size": 128,
        "block_out_channels": (320, 640, 1280),
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        "transformer_layers_per_block": (1, 2, 10),
        "attention_head_dim": (5, 10, 20),
        "cross_attention_dim": 2048,
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 2816,
    }
    vae: dict[str, Any] = {"sample_size": 1024, "scaling_factor": 0.13025, "block_out_channels": (128, 256, 512, 512)}
    return Shape("StableDiffusionXLPipeline", (Text(768, 12, 12), Text(1280, 32, 20, projects=True)), unet, vae)


def stable_diffusion_3() -> Shape:
    """Return the shape of Stable Diffusion 3 medium without T5, which its pipeline can do without."""
    transformer: dict[str, Any] = {
        "sample_size": 128,
        "num_layers": 24,
        "attention_head_dim": 64,
        "num_attention_heads": 24,
        "caption_projection_dim": 1536,
        "joint_attention_dim": 4096,
        "pooled_projection_dim": 2048,
        "pos_embed_max_size": 192,
        "in_channels": 16,
        "out_channels": 16,
    }
    vae: dict[str, Any] = {"sample_size": 1024, "scaling_factor": 1.5305, "shift_factor": 0.0609}
    vae |= {"block_out_channels": (128, 256, 512, 512), "latent_channels": 16}
    texts = Text(768, 12, 12, projects=True), Text(1280, 32, 20, projects=True)
    return Shape("StableDiffusion3Pipeline", texts, transformer, vae, flow=True)


def write(folder: Path, shape: Shape, dtype: torch.dtype = torch.float32, device: str = "cpu") -> ModelDescription:
    """Write a checkpoint and its inlay.json into `folder`, whose name becomes the id. The weights are made on `device`
    from a fixed seed."""
    torch.manual_seed(0)
    folder.mkdir(parents=True)
    with torch.device(device):
        for number, text in zip(("", "_2"), shape.texts, strict=False):
            _in(dtype, _text_encoder(text)).save_pretrained(folder / f"text_encoder{number}")
            _tokenizer().save_pretrained(folder / f"tokenizer{number}")
        denoiser = SD3Transformer2DModel(**shape.denoiser) if shape.flow else _unet(shape.denoiser)
        _in(dtype, denoiser).save_pretrained(folder / _denoiser(shape))
        _in(dtype, _vae(shape.vae)).save_pretrained(folder / "vae")
    _scheduler(shape).save_pretrained(folder / "scheduler")
    (folder / "model_index.json").write_text(json.dumps(_index(shape), indent=2))
    description = _description(folder)
    (folder / "inlay.json").write_text(description.model_dump_json(indent=2))
    return description


def weights_bytes(folder: Path) -> int:
    """Return the size of a checkpoint's weights on disk, in bytes."""
    return sum(file.stat().st_size for file in folder.glob("*/*.safetensors"))


def _denoiser(shape: Shape) -> str:
    return "transformer" if shape.flow else "unet"


def _scheduler(shape: Shape) -> Any:
    if shape.flow:
        return FlowMatchEulerDiscreteScheduler(shift=3.0)
    scheduler: dict[str, Any] = {
        "beta_schedule": "scaled_linear",
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "steps_offset": 1,
    }
    return DDIMScheduler(**scheduler, clip_sample=False, set_alpha_to_one=False)


def _in(dtype: torch.dtype, module: Any) -> Any:
    """Convert a module's weights to a precision."""
    for tensor in (*module.parameters(), *module.buffers()):
        if tensor.is_floating_point():
            tensor.data = tensor.data.to(dtype)
    return module


def _text_encoder(text: Text) -> CLIPTextModel | CLIPTextModelWithProjection:
    config = CLIPTextConfig(
        vocab_size=WORDS,
        hidden_size=text.width,
        intermediate_size=4 * text.width,
        num_hidden_layers=text.layers,
        num_attention_heads=text.heads,
        max_position_embeddings=TOKENS,
        projection_dim=text.width,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    return CLIPTextModelWithProjection(config) if text.projects else CLIPTextModel(config)


def _tokenizer() -> CLIPTokenizer:
    """Make a tokenizer that knows single letters only."""
    letters = sorted(ByteLevel.alphabet())
    tokens = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    return CLIPTokenizer(vocab={token: index for index, token in enumerate(tokens)}, merges=[], model_max_length=TOKENS)


def _unet(config: dict[str, Any]) -> UNet2DConditionModel:
    config = {"in_channels": CHANNELS, "out_channels": CHANNELS, **config}
    return UNet2DConditionModel(**config)


def _vae(config: dict[str, Any]) -> AutoencoderKL:
    blocks = len(config["block_out_channels"])
    config = {"latent_channels": CHANNELS, "layers_per_block": 2, **config}
    config |= {"down_block_types": ["DownEncoderBlock2D"] * blocks, "up_block_types": ["UpDecoderBlock2D"] * blocks}
    return AutoencoderKL(**config)


def _index(shape: Shape) -> dict[str, Any]:
    index: dict[str, Any] = {
        "_class_name": shape.pipeline,
        "scheduler": ["diffusers", type(_scheduler(shape)).__name__],
        _denoiser(shape): ["diffusers", "SD3Transformer2DModel" if shape.flow else "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }
    for number, text in zip(("", "_2"), shape.texts, strict=False):
        encoder = "CLIPTextModelWithProjection" if text.projects else "CLIPTextModel"
        index |= {
            f"text_encoder{number}": ["transformers", encoder],
            f"tokenizer{number}": ["transformers", "CLIPTokenizer"],
        }
    return index


def _description(folder: Path) -> ModelDescription:
    facts = describe(folder)
    side = facts.native_size
    return ModelDescription(
        id=folder.name,
        title=f"{facts.kind}, random",
        kind=facts.kind,
        revision="1",
        licence="Apache-2.0",
        native_size=side,
        cell=facts.cell,
        channels=facts.channels,
        prediction=facts.prediction,
        max_tokens=facts.max_tokens,
        weights_bytes=weights_bytes(folder),
        defaults=ModelDefaults(
            steps=facts.steps,
            guidance=facts.guidance,
            eta=0.0,
            scheduler=facts.scheduler,
            window=side,
            stride=side // 2,
        ),
        latent_rgb=LatentRgb(factors=[[0.3, 0.2, 0.2]] * facts.channels, bias=[0.5, 0.5, 0.5]),
    )
