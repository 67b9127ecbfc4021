"""Stable Diffusion's kind: CLIP text encoder, conditional UNet, KL autoencoder, in diffusers' folder format."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.utils import logging as diffusers_logging
from jaxtyping import Float
from safetensors import SafetensorError
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer
from transformers.utils import logging as transformers_logging

from backend.contracts.graph import PromptSpec
from backend.contracts.model import ModelDescription
from worker.diffusion.clock import TrainingClock
from worker.diffusion.control import Control
from worker.diffusion.denoisers import Conditioning, UnetModel
from worker.diffusion.errors import DiffusionError
from worker.diffusion.text import TextEncoder
from worker.diffusion.vae import Decoder, Encoder

diffusers_logging.disable_progress_bar()
transformers_logging.disable_progress_bar()


@dataclass(frozen=True, eq=False)
class StableDiffusion:
    """A loaded checkpoint. `controlnet`: the one for poses, where the model has it."""

    description: ModelDescription
    clock: TrainingClock
    unet: UNet2DConditionModel
    text: TextEncoder
    decoder: Decoder
    encoder: Encoder
    controlnet: ControlNetModel | None = None

    @property
    def device(self) -> torch.device:
        return self.unet.device

    def model(self, micro_batch: int) -> UnetModel:
        """The denoiser of the engine, `micro_batch` forward passes at a time."""
        return UnetModel(self.unet, self.clock, self.description.channels, micro_batch, self.controlnet)

    def conditioning(self, prompted: PromptSpec, control: Control | None = None) -> Conditioning:
        """What a view is asked for; `control` is drawn from its pose by whoever knows what the view shows.
        DiffusionError for a control of a model without a ControlNet."""
        if control is not None and self.controlnet is None:
            raise DiffusionError(
                f"The model {self.description.id!r} has no ControlNet for poses; leave the pose out, or choose a model "
                f"that has one."
            )
        positive, negative = (self.text.encode(text) for text in (prompted.prompt, prompted.negative_prompt))
        return Conditioning(positive, negative, prompted.guidance, control)

    def colour_latent(self, rgb: Sequence[float]) -> Float[Tensor, " channels"]:
        """The scaled latent of a plain picture of this colour, in [0, 1]: one cell, on the model's device."""
        return self.encoder.colour(rgb)


def load(folder: Path, description: ModelDescription, device: torch.device, dtype: torch.dtype) -> StableDiffusion:
    """Read a checkpoint's folder: safetensors only, nothing fetched, no code run. `dtype` is that of the UNet and the
    text encoder. DiffusionError, naming the file, where something is missing, damaged, or not what inlay.json says."""
    clock = TrainingClock.read(_present(folder / "scheduler" / "scheduler_config.json"))
    unet = _component(UNet2DConditionModel, folder / "unet", torch_dtype=dtype)
    encoder = _component(CLIPTextModel, folder / "text_encoder", dtype=dtype)
    vae = _component(AutoencoderKL, folder / "vae", torch_dtype=torch.float32)
    tokenizer = _read(CLIPTokenizer, folder / "tokenizer")
    cell = 2 ** (len(vae.config.block_out_channels) - 1)
    said = {"prediction": description.prediction, "channels": description.channels, "cell": description.cell}
    found = {"prediction": clock.prediction, "channels": unet.config.in_channels, "cell": cell}
    for key, value in said.items():
        if value != found[key]:
            raise DiffusionError(
                f"{folder / 'inlay.json'}: {key} is {value!r}, but the folder's own configuration says {found[key]!r}."
            )
    controlnet = None
    if "pose" in description.controlnets:
        controlnet = _controlnet(folder / "controlnet_pose", unet, cell).to(device).eval()
    tokens = min(tokenizer.model_max_length, encoder.config.max_position_embeddings)
    return StableDiffusion(
        description=description,
        clock=clock,
        unet=unet.to(device).eval(),
        text=TextEncoder(tokenizer, encoder.to(device).eval(), tokens),
        decoder=Decoder(vae.to(device).eval(), cell),
        encoder=Encoder(vae, description.native_size),
        controlnet=controlnet,
    )


def _controlnet(folder: Path, unet: UNet2DConditionModel, cell: int) -> Any:
    """A ControlNet that fits the UNet: it reads the same latents and prompts, and adds to the same blocks."""
    controlnet = _component(ControlNetModel, folder, torch_dtype=unet.dtype)
    for key in ("in_channels", "cross_attention_dim", "block_out_channels", "layers_per_block", "down_block_types"):
        its, ours = controlnet.config[key], unet.config[key]
        if its != ours:
            raise DiffusionError(f"{folder / 'config.json'}: {key} is {its!r}, but that of the UNet is {ours!r}.")
    pixels = 2 ** (len(controlnet.config.conditioning_embedding_out_channels) - 1)
    if pixels != cell:
        raise DiffusionError(
            f"{folder / 'config.json'}: conditioning_embedding_out_channels shrinks its picture by {pixels}, but a "
            f"latent cell is {cell} pixels."
        )
    return controlnet


def _present(file: Path) -> Path:
    if not file.is_file():
        raise DiffusionError(
            f"{file} is missing; a model folder has the layout that diffusers' save_pretrained writes."
        )
    return file


def _component(kind: Any, folder: Path, **options: Any) -> Any:
    """A component with weights; every weight must come from its file."""
    _present(folder / "config.json")
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        raise DiffusionError(f"{folder} holds no .safetensors file; other formats of weights are not read.")
    variant = "fp16" if all(".fp16" in file.name for file in weights) else None
    component, report = _read(kind, folder, use_safetensors=True, variant=variant, output_loading_info=True, **options)
    if report["missing_keys"]:
        lacking = ", ".join(sorted(report["missing_keys"])[:3])
        raise DiffusionError(f"{weights[0]} lacks {len(report['missing_keys'])} weights, among them {lacking}.")
    return component


def _read(kind: Callable[..., Any], folder: Path, **options: Any) -> Any:
    try:
        return kind.from_pretrained(folder, local_files_only=True, **options)  # type: ignore[attr-defined]
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise DiffusionError(f"{folder} cannot be loaded: {str(error).strip().splitlines()[0]}") from error
