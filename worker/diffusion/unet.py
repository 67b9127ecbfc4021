"""The conditional UNet of Stable Diffusion 1, 2 and XL, and ControlNets beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor

from backend.contracts.model import ModelDescription
from worker.diffusion.control import Control
from worker.diffusion.denoisers import Ask, Batch
from worker.diffusion.errors import DiffusionError
from worker.diffusion.memory import pass_bytes
from worker.diffusion.parts import Config, cell_of, component, placed

SHARED = ("in_channels", "cross_attention_dim", "block_out_channels", "layers_per_block", "down_block_types")
"""What a ControlNet has in common with the UNet it reads beside and adds to."""

FURTHER_INPUTS = ("time_cond_proj_dim", "class_embed_type", "num_class_embeds", "encoder_hid_dim_type")
"""What a UNet is configured with that is given more than Unet gives it."""


@dataclass(frozen=True, eq=False)
class Unet:
    """The network of GuidedModel. `controlnet`: for rows with a control; None where the model has none."""

    unet: UNet2DConditionModel
    controlnet: ControlNetModel | None = None

    def __call__(self, noisy: Batch, timestep: float, asks: Sequence[Ask]) -> Batch:
        views = noisy.to(self.unet.dtype)
        times = torch.full((len(views),), timestep, device=views.device)
        tokens = torch.stack([ask.embedding.tokens for ask in asks]).to(views.dtype)
        added = self._added(views, asks)
        residuals = self._residuals(views, times, tokens, added, [ask.control for ask in asks])
        return self.unet(
            views, times, encoder_hidden_states=tokens, added_cond_kwargs=added, return_dict=False, **residuals
        )[0]

    def pass_bytes(self, cells: int) -> int:
        """About what a pass over a view of this many cells takes at its peak."""
        return pass_bytes(self.unet.config["block_out_channels"][0], cells, self.unet.dtype.itemsize)

    def _added(self, views: Tensor, asks: Sequence[Ask]) -> dict[str, Tensor] | None:
        """The pooled prompts and sizes of a UNet that takes them (arXiv 2307.01952, Section 2.2)."""
        pooled = [ask.embedding.pooled for ask in asks if ask.embedding.pooled is not None]
        sizes = [ask.embedding.sizes for ask in asks if ask.embedding.sizes is not None]
        if not pooled:
            return None
        sizes_of = torch.tensor(sizes, dtype=torch.float32, device=views.device)  # in half precision they are rounded
        return {"text_embeds": torch.stack(pooled).to(views), "time_ids": sizes_of}

    def _residuals(
        self,
        views: Tensor,
        times: Tensor,
        tokens: Tensor,
        added: dict[str, Tensor] | None,
        controls: Sequence[Control | None],
    ) -> dict[str, Any]:
        """What the ControlNet adds to the UNet's skip connections and middle (arXiv 2302.05543, Eq. 2), as arguments of
        the UNet: zero in the rows without control, none at all where no row has one."""
        shown = [(row, control) for row, control in enumerate(controls) if control is not None]
        if not shown or self.controlnet is None:
            return {}
        rows = torch.tensor([row for row, _ in shown], device=views.device)
        strengths = views.new_tensor([control.strength for _, control in shown])[:, None, None, None]
        down, middle = self.controlnet(
            views[rows],
            times[rows],
            encoder_hidden_states=tokens[rows],
            controlnet_cond=torch.stack([control.picture for _, control in shown]).to(views),
            added_cond_kwargs=added and {name: each[rows] for name, each in added.items()},
            return_dict=False,
        )

        def spread(residual: Tensor) -> Tensor:
            return residual.new_zeros(len(views), *residual.shape[1:]).index_copy(0, rows, strengths * residual)

        return {
            "down_block_additional_residuals": [spread(residual) for residual in down],
            "mid_block_additional_residual": spread(middle),
        }


def latents(folder: Path) -> dict[str, int]:
    """The facts that UNet and autoencoder agree on: `native_size`, `cell`, `channels`, `cross_attention_dim`.
    DiffusionError for a UNet that takes more than a latent of that autoencoder, as inpainting checkpoints do."""
    unet, vae = (Config(folder / part / "config.json") for part in ("unet", "vae"))
    cell, channels, side = cell_of(vae), vae["latent_channels"], unet["sample_size"]
    for key in ("in_channels", "out_channels"):
        unet.must_equal(key, channels, "a latent of the VAE")
    for key in FURTHER_INPUTS:
        unet.must_equal(key, None, "a UNet that reads latents and text alone")
    if not isinstance(unet["cross_attention_dim"], int):
        raise DiffusionError(f"{unet.file}: cross_attention_dim differs from block to block; one width is known here.")
    return {
        "native_size": cell * (side if isinstance(side, int) else min(side)),
        "cell": cell,
        "channels": channels,
        "cross_attention_dim": unet["cross_attention_dim"],
    }


def load_unet(folder: Path, description: ModelDescription, device: torch.device, dtype: torch.dtype) -> Unet:
    """The UNet of a model's folder, and its ControlNet for poses where inlay.json says that it has one."""
    unet = placed(component(UNet2DConditionModel, folder / "unet", torch_dtype=dtype), device)
    if "pose" not in description.controlnets:
        return Unet(unet)
    return Unet(unet, _controlnet(folder / "controlnet_pose", unet, description.cell, device))


def _controlnet(folder: Path, unet: UNet2DConditionModel, cell: int, device: torch.device) -> ControlNetModel:
    """A ControlNet that fits the UNet: it reads the same latents and prompts, and adds to the same blocks."""
    controlnet = component(ControlNetModel, folder, torch_dtype=unet.dtype)
    for key in SHARED:
        its, ours = controlnet.config[key], unet.config[key]
        if its != ours:
            raise DiffusionError(f"{folder / 'config.json'}: {key} is {its!r}, but that of the UNet is {ours!r}.")
    pixels = 2 ** (len(controlnet.config.conditioning_embedding_out_channels) - 1)
    if pixels != cell:
        raise DiffusionError(
            f"{folder / 'config.json'}: conditioning_embedding_out_channels shrinks its picture by {pixels}, but a "
            f"latent cell is {cell} pixels."
        )
    return placed(controlnet, device)
