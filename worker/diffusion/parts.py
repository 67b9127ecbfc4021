"""Reads the parts of a model folder in diffusers' layout: local files only, safetensors only, no code run."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.utils import logging as diffusers_logging
from safetensors import SafetensorError
from transformers import CLIPTokenizer
from transformers.utils import logging as transformers_logging

from worker.diffusion.errors import DiffusionError

diffusers_logging.disable_progress_bar()
transformers_logging.disable_progress_bar()


def present(file: Path) -> Path:
    """The file; DiffusionError where it is missing."""
    if not file.is_file():
        raise DiffusionError(
            f"{file} is missing; a model folder has the layout that diffusers' save_pretrained writes."
        )
    return file


class Config:
    """A part's configuration, of which what is asked for must be there."""

    def __init__(self, file: Path) -> None:
        try:
            self._values = json.loads(present(file).read_bytes())
        except ValueError as error:
            raise DiffusionError(f"{file} cannot be read: {error}.") from error
        if not isinstance(self._values, dict):
            raise DiffusionError(f"{file} cannot be read: it holds no JSON object.")
        self.file = file

    def __getitem__(self, key: str) -> Any:
        if self._values.get(key) is None:
            raise DiffusionError(f"{self.file} does not say {key}.")
        return self._values[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self._values.get(key, default)

    def must_equal(self, key: str, wanted: object, whose: str) -> None:
        """DiffusionError unless the value of `key` is `wanted`, that of `whose`."""
        if self.get(key) != wanted:
            raise DiffusionError(f"{self.file}: {key} is {self.get(key)!r}, but {whose} has {wanted!r}.")


def pipeline_index(folder: Path) -> Config:
    """Which pipeline the folder is of, and of which parts it consists."""
    return Config(folder / "model_index.json")


def cell_of(vae: Config) -> int:
    """Pixels per latent cell along one side. DiffusionError for latents that are normalised channel by channel, which
    no kind undoes."""
    if vae.get("latents_mean") is not None or vae.get("latents_std") is not None:
        raise DiffusionError(f"{vae.file}: latents_mean and latents_std are not known here; one scaling_factor is.")
    return 2 ** (len(vae["block_out_channels"]) - 1)


def clip_tokens(folder: Path, tokenizer: str, encoder: str) -> int:
    """How many tokens of a prompt a CLIP tokenizer and its text encoder take."""
    limit = Config(folder / tokenizer / "tokenizer_config.json")["model_max_length"]
    return min(limit, Config(folder / encoder / "config.json").get("max_position_embeddings", 77))


def component(kind: Any, folder: Path, **options: Any) -> Any:
    """A part with weights, each of which must come from its file."""
    present(folder / "config.json")
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        raise DiffusionError(f"{folder} holds no .safetensors file; other formats of weights are not read.")
    variant = "fp16" if all(".fp16" in file.name for file in weights) else None
    part, report = _read(kind, folder, use_safetensors=True, variant=variant, output_loading_info=True, **options)
    if report["missing_keys"]:
        lacking = ", ".join(sorted(report["missing_keys"])[:3])
        raise DiffusionError(f"{weights[0]} lacks {len(report['missing_keys'])} weights, among them {lacking}.")
    return part


def tokenizer(kind: Any, folder: Path) -> Any:
    return _read(kind, folder)


def clip_tokenizer(folder: Path) -> CLIPTokenizer:
    return tokenizer(CLIPTokenizer, folder)


def autoencoder(folder: Path, device: torch.device) -> AutoencoderKL:
    """In float32 whatever the precision of the rest: in half precision it overflows on some checkpoints."""
    return placed(component(AutoencoderKL, folder, torch_dtype=torch.float32), device)


def placed(part: Any, device: torch.device) -> Any:
    """The part on its device, ready to answer; on CUDA in the memory order that its convolutions are fastest in."""
    part = part.to(device).eval()
    return part.to(memory_format=torch.channels_last) if device.type == "cuda" else part


def _read(kind: Callable[..., Any], folder: Path, **options: Any) -> Any:
    try:
        return kind.from_pretrained(folder, local_files_only=True, **options)  # type: ignore[attr-defined]
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError, SafetensorError) as error:
        raise DiffusionError(f"{folder} cannot be loaded: {str(error).strip().splitlines()[0]}") from error
