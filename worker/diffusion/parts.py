"""Loading the parts of a model folder in diffusers' layout: local files only, safetensors only, no code from the
folder."""

import json
import math
import re
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.utils import logging as diffusers_logging
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError
from transformers.utils import logging as transformers_logging

from backend.store.weights import BrokenWeightsError, read_header
from worker.diffusion.blocks import lighten
from worker.diffusion.errors import DiffusionError
from worker.diffusion.upsampling import hasten_upsampling
from worker.diffusion.winograd import transformed_bytes

WEIGHTS = re.compile(r"(diffusion_pytorch_model|model)(\.fp16)?(-\d{5}-of-\d{5})?\.safetensors")
"""The file names from which diffusers and transformers read weights. A folder may hold files of other variants beside
them."""

UNREADABLE = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError),
    *(RuntimeError, ImportError, SafetensorError, StrictDataclassError),
)
"""The errors that libraries raise for weights and configurations that they cannot read."""

_ADVICE = re.compile(r"https?://|github|\w+=(True|False)|torch\.\w+|please|\bmeta tensor", re.IGNORECASE)
"""Signs that a sentence of a library is meant for programmers."""

for _library in (diffusers_logging, transformers_logging):
    _library.disable_progress_bar()
    _library.set_verbosity_error()  # Inlay refuses the serious causes of their warnings itself


def present(file: Path) -> Path:
    """Return the path. Raises DiffusionError if there is no such file."""
    if not file.is_file():
        raise DiffusionError(
            f"{file} is missing; a model folder has the layout that diffusers' save_pretrained writes."
        )
    return file


class Config:
    """The configuration of a part of a model. Reading a value that is missing or wrong raises DiffusionError."""

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
            raise DiffusionError(f"{self.file} has no value for {key}.")
        return self._values[key]

    def number(self, key: str) -> int:
        """Return the value of `key`, a whole number above 0."""
        if not _is_count(self[key]):
            raise self._wrong(key, "a whole number above 0")
        return self[key]

    def numbers(self, key: str) -> list[int]:
        """Return the value of `key`, a list of at least one whole number above 0."""
        value = self[key]
        if not isinstance(value, list) or not value or not all(map(_is_count, value)):
            raise self._wrong(key, "a list of whole numbers above 0")
        return value

    def positive(self, key: str, default: float) -> float:
        """Return the value of `key`, a number above 0, or the default if the file does not give one."""
        value = self.get(key, default)
        if not isinstance(value, int | float) or not value > 0:
            raise self._wrong(key, "a number above 0")
        return value

    def _wrong(self, key: str, wanted: str) -> DiffusionError:
        return DiffusionError(f"{self.file}: {key} is {self.get(key)!r}, where {wanted} is needed.")

    def get(self, key: str, default: Any = None) -> Any:
        return self._values.get(key, default)

    def or_default(self, kind: type, key: str) -> Any:
        """Return the value of `key`, or the default of diffusers' class if the file does not give one."""
        default = signature(kind.__init__).parameters[key].default
        return self.get(key, list(default) if isinstance(default, tuple) else default)

    def must_equal(self, key: str, wanted: object, whose: str) -> None:
        """Raise DiffusionError if the value of `key` is not `wanted`. `whose`: the owner of the wanted value, for the
        message."""
        if self.get(key) != wanted:
            raise DiffusionError(f"{self.file}: {key} is {self.get(key)!r}, but {whose} has {wanted!r}.")


def pipeline_index(folder: Path) -> Config:
    """Return the folder's model_index.json, which lists the pipeline's class and parts."""
    return Config(folder / "model_index.json")


def cell_of(vae: Config) -> int:
    """Return the pixels per latent cell along one side. Raises DiffusionError if the VAE normalises each channel of its
    latents, which no kind supports."""
    if vae.get("latents_mean") is not None or vae.get("latents_std") is not None:
        raise DiffusionError(
            f"{vae.file}: latents_mean and latents_std are set, and Inlay supports scaling_factor only."
        )
    vae.positive("scaling_factor", default=1.0)
    return 2 ** (len(vae.numbers("block_out_channels")) - 1)


def clip_tokens(folder: Path, number: str = "") -> int:
    """Return how many tokens of a prompt a CLIP of the model takes. `number`: "" for the first CLIP, "_2" for the
    second."""
    limit = Config(folder / f"tokenizer{number}" / "tokenizer_config.json").number("model_max_length")
    encoder = Config(folder / f"text_encoder{number}" / "config.json")
    return min(limit, encoder.number("max_position_embeddings") if encoder.get("max_position_embeddings") else 77)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def scheduler_config(folder: Path) -> Path:
    return present(folder / "scheduler" / "scheduler_config.json")


def loaded_bytes(folder: Path, dtype: torch.dtype) -> int:
    """Return the bytes that the weights of a part take in memory. Raises DiffusionError if a file is missing, cut short
    or not a safetensors file."""
    return sum(file_bytes(file, dtype) for file in weights(folder))


def network_bytes(folder: Path, dtype: torch.dtype, device: torch.device) -> int:
    """Return the bytes that the weights of a network take in memory, and, in float32 on a processor, the transformed
    weights of its 3 x 3 convolutions. Raises DiffusionError as `loaded_bytes` does."""
    hastened = device.type == "cpu" and dtype == torch.float32
    shapes = [shape for file in weights(folder) for shape in _shapes(file)] if hastened else []
    return loaded_bytes(folder, dtype) + transformed_bytes(shapes)


def file_bytes(file: Path, dtype: torch.dtype) -> int:
    """Return the bytes that the weights of a file take in memory. Raises DiffusionError as `loaded_bytes` does."""
    return sum(dtype.itemsize * math.prod(shape) for shape in _shapes(file))


def _shapes(file: Path) -> list[tuple[int, ...]]:
    """Return the shapes of the weights in a file, by its header."""
    try:
        return [tensor.shape for tensor in read_header(present(file)).values()]
    except BrokenWeightsError as error:
        raise DiffusionError(f"{file.parent}: {error}.") from error


def weights(folder: Path) -> list[Path]:
    """Return the files of a part's weights. Those in half precision are returned only if there are no others. Raises
    DiffusionError if there are none at all, or no config.json."""
    present(folder / "config.json")
    files = sorted(file for file in folder.glob("*.safetensors") if WEIGHTS.fullmatch(file.name))
    if not files:
        raise DiffusionError(f"{folder} holds no .safetensors file; Inlay reads no other format of weights.")
    return [file for file in files if not _is_half(file)] or files


def _is_half(file: Path) -> bool:
    return ".fp16" in file.name


def component(kind: Any, folder: Path, **options: Any) -> Any:
    """Load a part. Raises DiffusionError if a weight is missing from its file, or has another shape there."""
    first = weights(folder)[0]
    variant = "fp16" if _is_half(first) else None
    how = {"use_safetensors": True, "variant": variant, "output_loading_info": True, "ignore_mismatched_sizes": True}
    part, report = _read(kind, folder, **how, **options)
    if report["mismatched_keys"]:
        name = min(str(key[0]) if isinstance(key, tuple) else str(key) for key in report["mismatched_keys"])
        raise DiffusionError(f"{first}: {name}, among others, is of another shape than {folder / 'config.json'} says.")
    if report["missing_keys"]:
        lacking = ", ".join(sorted(report["missing_keys"])[:3])
        raise DiffusionError(f"{first} lacks {len(report['missing_keys'])} weights, among them {lacking}.")
    return part


def tokenizer(kind: Any, folder: Path) -> Any:
    return _read(kind, folder)


def autoencoder(folder: Path, device: torch.device) -> AutoencoderKL:
    """Load a VAE in float32, for any precision of the other parts, because some VAEs overflow in half precision."""
    vae = placed(component(AutoencoderKL, folder, torch_dtype=torch.float32), device)
    if device.type == "cpu":
        hasten_upsampling(vae.decoder)
    return vae


def placed(part: Any, device: torch.device) -> Any:
    """Move a part to its device, put it into evaluation mode and lighten its blocks. On CUDA and on processors, it also
    gets the memory layout of fast convolutions."""
    part = part.to(device).eval()
    lighten(part)
    return part.to(memory_format=torch.channels_last) if device.type in ("cuda", "cpu") else part


def _read(kind: Callable[..., Any], folder: Path, **options: Any) -> Any:
    try:
        return kind.from_pretrained(folder, local_files_only=True, **options)  # type: ignore[attr-defined]
    except UNREADABLE as error:
        raise DiffusionError(f"{folder} cannot be loaded: {library_says(error)}") from error


def library_says(error: BaseException) -> str:
    """Return the first sentence of a library's error, in quotes, as the end of one of our sentences. If it is empty or
    only advice for programmers, return the error's type instead."""
    first = (str(error).strip().splitlines() or [""])[0]
    sentence = re.split(r"(?<=[.!?])\s", first)[0].strip().rstrip(".")
    if not sentence or _ADVICE.search(sentence):
        return f"the library that reads it reports a {type(error).__name__}."
    return f'the library that reads it reports "{sentence}".'
