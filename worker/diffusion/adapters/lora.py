"""LoRAs (arXiv 2106.09685). diffusers reads the formats of the tools that write LoRAs, and peft attaches
the weights."""

import itertools
import re
import warnings
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from diffusers.loaders.lora_base import _load_lora_into_text_encoder
from diffusers.loaders.lora_pipeline import (
    SD3LoraLoaderMixin,
    StableDiffusionLoraLoaderMixin,
    StableDiffusionXLLoraLoaderMixin,
)
from diffusers.models.transformers.transformer_sd3 import SD3Transformer2DModel
from diffusers.utils.state_dict_utils import (
    convert_state_dict_to_diffusers,
    convert_state_dict_to_peft,
    convert_unet_state_dict_to_peft,
)
from torch import Tensor, nn

from backend.store.weights import BrokenWeightsError, read_header
from worker.diffusion.adapters.active_adapters import AdapterHost, Lora
from worker.diffusion.errors import DiffusionError
from worker.diffusion.parts import UNREADABLE, library_says

FILE = "pytorch_lora_weights.safetensors"

_OWN_NAME = re.compile(r"(?<=\.lora_[AB])\.\w+(?=\.weight$)")
"""The name of an adapter in peft, which some tools save in the names of the weights."""

_serial = itertools.count()

Tensors = Mapping[str, Tensor]


class _Read(NamedTuple):
    """The weights of a file, whose names start with their part (`unet.`, `text_encoder.`, ...), and their scales."""

    tensors: dict[str, Tensor]
    alphas: dict[str, float] | None
    metadata: dict[str, Any] | None


def attach_lora(folder: Path, adapter_host: AdapterHost) -> Lora:
    """Attach the LoRA in `folder` to a model, inactive. It is detached when the returned handle is garbage-collected.
    Raises DiffusionError if the LoRA does not fit; the model then stays unchanged."""
    file = folder / FILE
    read = _read(file, adapter_host)
    prefix = "transformer" if isinstance(adapter_host.network, SD3Transformer2DModel) else "unet"
    by_part = {name: _of_part(read.tensors, name) for name in (prefix, *adapter_host.encoders)}
    strangers = len(read.tensors) - sum(map(len, by_part.values()))
    if strangers or not read.tensors:
        what = (
            f"{strangers} of its {len(read.tensors)} weights are for other parts" if strangers else "it has no weights"
        )
        raise DiffusionError(f"{file}: {what}; on this model, Inlay attaches LoRAs to {', '.join(by_part)} only.")
    try:
        _check(file, adapter_host.network, prefix, _as_peft(by_part[prefix]))
        for name, encoder in adapter_host.encoders.items():
            _check(file, encoder, name, _text_as_peft(by_part[name], encoder))
    except UNREADABLE as error:
        raise DiffusionError(f"{file} cannot be read: {library_says(error)}") from error
    name = f"lora{next(_serial)}"
    try:
        _load(read, prefix, by_part, adapter_host, name)
    except UNREADABLE as error:
        adapter_host.unload(name)
        raise DiffusionError(f"{file} cannot be attached to the model: {library_says(error)}") from error
    lora = Lora(name, words=any(by_part[part] for part in adapter_host.encoders), id=folder.name)
    weakref.finalize(lora, _detach, weakref.ref(adapter_host), name).atexit = False
    return lora


def _read(file: Path, adapter_host: AdapterHost) -> _Read:
    """Read the weights of a LoRA file. Raises DiffusionError if the file is damaged, is not a safetensors file, or
    holds a variant of LoRA that Inlay does not support."""
    try:
        names = read_header(file)
    except (BrokenWeightsError, OSError) as error:
        raise DiffusionError(f"{file.parent}: {error}.") from error
    if any("dora_scale" in name for name in names):
        raise DiffusionError(f"{file} is a DoRA, which Inlay does not support; choose a LoRA.")
    options: dict[str, Any] = {
        "weight_name": FILE,
        "use_safetensors": True,
        "local_files_only": True,
        "return_lora_metadata": True,
    }
    reader: Any = StableDiffusionLoraLoaderMixin
    if isinstance(adapter_host.network, SD3Transformer2DModel):
        reader = SD3LoraLoaderMixin
    elif adapter_host.network.config["addition_embed_type"] == "text_time":
        reader, options["unet_config"] = StableDiffusionXLLoraLoaderMixin, adapter_host.network.config
    try:
        tensors, *alphas, metadata = reader.lora_state_dict(str(file.parent), **options)
        tensors = {_OWN_NAME.sub("", name): tensor for name, tensor in tensors.items()}
        return _Read(tensors, alphas[0] if alphas else None, metadata)
    except UNREADABLE as error:
        raise DiffusionError(f"{file} cannot be read: {library_says(error)}") from error


def _of_part(tensors: Tensors, name: str) -> dict[str, Tensor]:
    return {key.removeprefix(f"{name}."): one for key, one in tensors.items() if key.startswith(f"{name}.")}


def _as_peft(tensors: dict[str, Tensor]) -> Tensors:
    return tensors if any("lora_A" in key for key in tensors) else convert_unet_state_dict_to_peft(tensors)


def _text_as_peft(tensors: dict[str, Tensor], encoder: nn.Module) -> Tensors:
    if not tensors:
        return {}
    renamed = convert_state_dict_to_peft(convert_state_dict_to_diffusers(tensors))
    if hasattr(encoder, "text_model"):
        return renamed
    return {key.removeprefix("text_model."): one for key, one in renamed.items()}


def _check(file: Path, part: nn.Module, name: str, tensors: Tensors) -> None:
    """Raise DiffusionError if a weight is for a layer that the part does not have, or for a layer of another width."""
    layers = dict(part.named_modules())
    for key, tensor in tensors.items():
        where, _, which = key.partition(".lora_")
        layer = layers.get(where)
        weight = getattr(getattr(layer, "base_layer", layer), "weight", None)
        if not isinstance(weight, Tensor):
            raise DiffusionError(f"{file} has weights for {name}.{where}, which this model does not have.")
        if which not in ("A.weight", "B.weight"):
            continue
        its, ours = (tensor.shape[1], weight.shape[1]) if which == "A.weight" else (tensor.shape[0], weight.shape[0])
        if its != ours:
            raise DiffusionError(f"{file} is made for a {name}.{where} of width {its}, and this model's has {ours}.")


def _load(read: _Read, prefix: str, by_part: Mapping[str, Tensors], adapter_host: AdapterHost, name: str) -> None:
    said = {"network_alphas": read.alphas, "metadata": read.metadata, "adapter_name": name}
    adapter_host.changed()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Already found a `peft_config`")  # LoRAs attached earlier cause it
        if by_part[prefix]:
            adapter_host.network.load_lora_adapter(dict(read.tensors), prefix=prefix, **said)
        for part, encoder in adapter_host.encoders.items():
            if by_part[part]:
                _load_lora_into_text_encoder(dict(read.tensors), text_encoder=encoder, prefix=part, **said)
    for part in adapter_host.parts:
        part.eval().requires_grad_(False)


def _detach(adapter_host: "weakref.ref[AdapterHost]", name: str) -> None:
    there = adapter_host()
    if there is not None:
        there.unload(name)
