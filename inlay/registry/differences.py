"""The differences between a checkpoint of one file and the architecture of a folder, from headers and
configurations."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from backend.store.weights import Tensor
from inlay.errors import CommandError
from inlay.registry.folders import read_json

Tensors = Mapping[str, Tensor]

_PARTS = {
    "denoiser": r"^model\.diffusion_model\.",
    "VAE": r"^(first_stage_model|vae)\.",
    "text encoder": r"^(cond_stage_model|conditioner|text_encoders)\.",
}
_MISMATCH = re.compile(r"(\S+) expected shape \D*\(?\[([\d, ]*)\]\)?.*? got \D*\(?\[([\d, ]*)\]")
_UNNAMED = "its weights are not those of that architecture, or some of them are missing"


def differences(tensors: Tensors, like: Path, said: str) -> str:
    """Return a clause that names how a file's weights differ from a folder's configurations. `said`: the error of the
    library that could not read the file; the function takes only names and shapes from it."""
    found = list(_told(tensors, like))
    if not found:
        found = [
            f"{name} has the shape [{theirs}] in the file, and [{ours}] in the folder"
            for name, ours, theirs in _MISMATCH.findall(said)
        ]
    return "; ".join(found[:3]) or _UNNAMED


def _told(tensors: Tensors, like: Path) -> Iterator[str]:
    missing = [part for part, sign in _PARTS.items() if not any(re.match(sign, name) for name in tensors)]
    yield from (f"it holds no {part}" for part in missing)
    unet, vae = _config(like / "unet"), _config(like / "vae")
    first = _shape(tensors, r"diffusion_model\.input_blocks\.0\.0\.weight$")
    if first is not None and unet is not None:
        yield from _compared("the denoiser's number of latent channels", first[1], unet.get("in_channels"))
        yield from _compared("the width of the denoiser's first block", first[0], _item(unet, "block_out_channels", 0))
    text = _shape(tensors, r"attn2\.to_k\.weight$")
    if text is not None and unet is not None:
        yield from _compared("the width of the denoiser's text", text[1], unet.get("cross_attention_dim"))
    decoder = _shape(tensors, r"decoder\.conv_in\.weight$")
    if decoder is not None and vae is not None:
        yield from _compared("the VAE's number of latent channels", decoder[1], vae.get("latent_channels"))
    if any(".joint_blocks." in name for name in tensors) != (like / "transformer").is_dir():
        yield "one of the two is a transformer (Stable Diffusion 3), and the other a UNet (1, 2, XL)"
    elif any(name.startswith("conditioner.embedders.1.") for name in tensors) != (like / "text_encoder_2").is_dir():
        yield from _other_encoders(like)


def _other_encoders(like: Path) -> Iterator[str]:
    if not (like / "transformer").is_dir():
        yield "one of the two has two text encoders (Stable Diffusion XL), and the other has one (1, 2)"


def _compared(what: str, theirs: int, ours: Any) -> Iterator[str]:
    if isinstance(ours, int) and theirs != ours:
        yield f"{what} is {theirs} in the file, and {ours} in the folder"


def _config(part: Path) -> dict[str, Any] | None:
    try:
        return read_json(part / "config.json")
    except CommandError:
        return None


def _item(config: dict[str, Any], key: str, index: int) -> Any:
    values = config.get(key)
    return values[index] if isinstance(values, list) and values else None


def _shape(tensors: Tensors, ending: str) -> tuple[int, ...] | None:
    """Return the shape of the first weight with at least two dimensions whose name matches, or None."""
    found = (one.shape for name, one in tensors.items() if re.search(ending, name))
    return next((shape for shape in found if len(shape) > 1), None)
