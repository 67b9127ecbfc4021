"""The conditional UNet of Stable Diffusion 1, 2 and XL, and its ControlNets."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor

from backend.contracts.model import ModelDescription
from worker.diffusion.adapters.active_adapters import ViewAdapters
from worker.diffusion.adapters.control import OWN, Control, pixels_of, refuse_pose, residuals
from worker.diffusion.denoisers import Ask, Batch
from worker.diffusion.errors import DiffusionError
from worker.diffusion.memory import pass_bytes
from worker.diffusion.networks import dtype_of
from worker.diffusion.parts import Config, cell_of, component, placed
from worker.diffusion.winograd import hasten_convolutions

SHARED = ("in_channels", "cross_attention_dim", "block_out_channels", "layers_per_block", "down_block_types")
"""The settings that a ControlNet and its UNet must share."""

FURTHER_INPUTS = ("time_cond_proj_dim", "class_embed_type", "num_class_embeds", "encoder_hid_dim_type")
"""The settings of UNets with further inputs, which this class does not support."""


@dataclass(frozen=True, eq=False)
class Unet:
    """The network of GuidedModel. `controlnet`: the model's own ControlNet for poses, used by controls
    without a `net`."""

    unet: UNet2DConditionModel
    controlnet: ControlNetModel | None = None

    def __call__(self, noisy: Batch, timestep: float, asks: Sequence[Ask]) -> Batch:
        views = noisy.to(dtype_of(self.unet))
        times = torch.full((len(views),), timestep, device=views.device)
        tokens = torch.stack([ask.embedding.tokens for ask in asks]).to(views.dtype)
        added = self._added(views, asks)
        residuals = self._residuals(views, times, tokens, added, [ask.controls for ask in asks])
        pictured = [ask.embedding.pictured for ask in asks if ask.embedding.pictured is not None]
        words = (tokens, [torch.stack(pictured).to(tokens)]) if pictured else tokens
        return self.unet(
            views, times, encoder_hidden_states=words, added_cond_kwargs=added, return_dict=False, **residuals
        )[0]

    @property
    def denoiser(self) -> UNet2DConditionModel:
        return self.unet

    def pass_bytes(self, cells: int) -> int:
        """Return the estimated peak memory, in bytes, of a pass over a view of `cells` latent cells."""
        return pass_bytes(self.unet.config["block_out_channels"][0], cells, dtype_of(self.unet).itemsize)

    def check(self, adapters: ViewAdapters, id: str) -> None:
        """Raise DiffusionError if the adapters hold a pose and the model has no ControlNet for poses. `id`: the model's
        id."""
        if self.controlnet is None and any(control.net is None for control in adapters.controls):
            refuse_pose(id)

    def _added(self, views: Tensor, asks: Sequence[Ask]) -> dict[str, Tensor] | None:
        """Return the pooled prompts and sizes for a UNet that takes them (arXiv 2307.01952, Section 2.2), or None for
        other UNets."""
        pooled = [ask.embedding.pooled for ask in asks if ask.embedding.pooled is not None]
        sizes = [ask.embedding.sizes for ask in asks if ask.embedding.sizes is not None]
        if not pooled:
            return None
        sizes_of = torch.tensor(sizes, dtype=torch.float32, device=views.device)  # half precision would round them
        return {"text_embeds": torch.stack(pooled).to(views), "time_ids": sizes_of}

    def _residuals(
        self,
        views: Tensor,
        times: Tensor,
        tokens: Tensor,
        added: dict[str, Tensor] | None,
        controls: Sequence[Sequence[Control]],
    ) -> dict[str, Any]:
        """Return the sums of the ControlNets' outputs, as arguments of the UNet for its skip connections and its middle
        block. Return no arguments if no row has a ControlNet."""

        def answer(net: ControlNetModel, rows: Tensor, shown: Sequence[Control]) -> list[Tensor]:
            down, middle = net(
                views[rows],
                times[rows],
                encoder_hidden_states=tokens[rows],
                controlnet_cond=torch.stack([control.picture for control in shown]).to(views),
                added_cond_kwargs=added and {name: each[rows] for name, each in added.items()},
                return_dict=False,
            )
            return [*down, middle]

        each = list(residuals(controls, self.controlnet, views.device, answer))
        if not each:
            return {}
        *skips, middle = (reduce(torch.add, ones) for ones in zip(*each, strict=True))
        return {"down_block_additional_residuals": skips, "mid_block_additional_residual": middle}


def latents(folder: Path) -> dict[str, Any]:
    """Return the facts that the configurations of UNet and VAE state: `native_size`, `cell`, `channels`,
    `cross_attention_dim`, `block_channels`. Raises DiffusionError if the UNet takes more than the VAE's latents, as
    those of inpainting checkpoints do."""
    unet, vae = (Config(folder / part / "config.json") for part in ("unet", "vae"))
    cell, channels = cell_of(vae), vae.number("latent_channels")
    square = not isinstance(unet["sample_size"], list)
    side = unet.number("sample_size") if square else min(unet.numbers("sample_size"))
    for key in ("in_channels", "out_channels"):
        unet.must_equal(key, channels, "a latent of the VAE")
    for key in FURTHER_INPUTS:
        unet.must_equal(key, None, "a UNet that reads latents and text alone")
    if isinstance(unet["cross_attention_dim"], list):
        raise DiffusionError(f"{unet.file}: cross_attention_dim differs between blocks; Inlay supports one width.")
    return {
        "native_size": cell * side,
        "cell": cell,
        "channels": channels,
        "cross_attention_dim": unet.number("cross_attention_dim"),
        "block_channels": tuple(unet.numbers("block_out_channels")),
    }


def load_unet(folder: Path, description: ModelDescription, device: torch.device, dtype: torch.dtype) -> Unet:
    """Load the UNet of a model folder, and its ControlNet for poses if inlay.json lists one."""
    unet = placed(component(UNet2DConditionModel, folder / "unet", torch_dtype=dtype), device)
    hasten_convolutions(unet)
    if "pose" not in description.controlnets:
        return Unet(unet)
    own = folder / OWN
    check_controlnet(own, unet, description.cell)
    return Unet(unet, load_controlnet(own, device, dtype))


def check_controlnet(folder: Path, unet: UNet2DConditionModel, cell: int) -> None:
    """Raise DiffusionError if a ControlNet does not fit the UNet: both must read the same latents and prompts, and have
    the same blocks. The function reads no weights."""
    config = Config(folder / "config.json")
    for key in SHARED:
        its, ours = config.or_default(ControlNetModel, key), unet.config[key]
        if its != (list(ours) if isinstance(ours, tuple) else ours):
            raise DiffusionError(f"{config.file}: {key} is {its!r}, but the UNet has {ours!r}.")
    pixels = pixels_of(config.or_default(ControlNetModel, "conditioning_embedding_out_channels"))
    if cell % pixels:
        raise DiffusionError(
            f"{config.file}: conditioning_embedding_out_channels shrinks its picture by {pixels}, but a latent cell is "
            f"{cell} pixels, which is no multiple of it."
        )
    if config.get("global_pool_conditions"):
        raise DiffusionError(
            f"{config.file}: global_pool_conditions is set, and Inlay does not support ControlNets that shuffle their "
            f"picture; choose one that follows its picture."
        )


def load_controlnet(folder: Path, device: torch.device, dtype: torch.dtype) -> ControlNetModel:
    """Load a ControlNet in diffusers' layout."""
    controlnet = placed(component(ControlNetModel, folder, torch_dtype=dtype), device)
    hasten_convolutions(controlnet)
    return controlnet
