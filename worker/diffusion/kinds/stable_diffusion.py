"""Stable Diffusion's kind: CLIP text encoder, conditional UNet, KL autoencoder, in diffusers' folder format."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.utils import logging as diffusers_logging
from safetensors import SafetensorError
from transformers import CLIPTextModel, CLIPTokenizer
from transformers.utils import logging as transformers_logging

from backend.contracts.graph import PromptSpec
from backend.contracts.model import ModelDescription
from worker.diffusion.clock import TrainingClock
from worker.diffusion.denoisers import Conditioning, UnetModel
from worker.diffusion.errors import DiffusionError
from worker.diffusion.text import TextEncoder
from worker.diffusion.vae import Decoder

diffusers_logging.disable_progress_bar()
transformers_logging.disable_progress_bar()


@dataclass(frozen=True, eq=False)
class StableDiffusion:
    """A loaded checkpoint."""

    description: ModelDescription
    clock: TrainingClock
    unet: UNet2DConditionModel
    text: TextEncoder
    decoder: Decoder

    @property
    def device(self) -> torch.device:
        return self.unet.device

    def model(self, micro_batch: int) -> UnetModel:
        """The denoiser of the engine, `micro_batch` forward passes at a time."""
        return UnetModel(self.unet, self.clock, self.description.channels, micro_batch)

    def conditioning(self, prompted: PromptSpec) -> Conditioning:
        return Conditioning(
            self.text.encode(prompted.prompt), self.text.encode(prompted.negative_prompt), prompted.guidance
        )


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
    tokens = min(tokenizer.model_max_length, encoder.config.max_position_embeddings)
    return StableDiffusion(
        description=description,
        clock=clock,
        unet=unet.to(device).eval(),
        text=TextEncoder(tokenizer, encoder.to(device).eval(), tokens),
        decoder=Decoder(vae.to(device).eval(), cell),
    )


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
