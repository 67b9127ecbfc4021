"""The transformer of Stable Diffusion 3 and its ControlNets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import torch
from diffusers.models.controlnets.controlnet_sd3 import SD3ControlNetModel
from diffusers.models.transformers.transformer_sd3 import SD3Transformer2DModel
from jaxtyping import Float
from torch import Tensor

from backend.contracts.model import ModelDescription
from worker.diffusion.adapters.active_adapters import ViewAdapters
from worker.diffusion.adapters.control import OWN, Control, refuse_pose, residuals
from worker.diffusion.denoisers import Ask, Batch
from worker.diffusion.errors import DiffusionError
from worker.diffusion.memory import pass_bytes
from worker.diffusion.networks import dtype_of
from worker.diffusion.parts import Config, component, placed

SHARED = ("in_channels", "patch_size", "pooled_projection_dim")
"""The settings that a ControlNet and its transformer must share."""


@dataclass(frozen=True, eq=False)
class Transformer:
    """The network of GuidedModel. `controlnet`: the model's own ControlNet for poses, used by controls
    without a `net`."""

    transformer: SD3Transformer2DModel
    controlnet: SD3ControlNetModel | None = None

    def __call__(self, noisy: Batch, timestep: float, asks: Sequence[Ask]) -> Batch:
        rows, columns = noisy.shape[-2:]
        views = self._whole_patches(noisy.to(dtype_of(self.transformer)))
        times = torch.full((len(views),), timestep, device=views.device)
        tokens = torch.stack([ask.embedding.tokens for ask in asks]).to(views)
        pooled = torch.stack([ask.embedding.pooled for ask in asks if ask.embedding.pooled is not None]).to(views)
        pictured = [ask.embedding.pictured for ask in asks if ask.embedding.pictured is not None]
        flow = self.transformer(
            hidden_states=views,
            timestep=times,
            encoder_hidden_states=tokens,
            pooled_projections=pooled,
            block_controlnet_hidden_states=self._residuals(views, times, tokens, pooled, asks),
            joint_attention_kwargs={"ip_adapter_image_embeds": torch.stack(pictured).to(views)} if pictured else None,
            return_dict=False,
        )[0]
        return flow[..., :rows, :columns]

    @property
    def denoiser(self) -> SD3Transformer2DModel:
        return self.transformer

    def pass_bytes(self, cells: int) -> int:
        """Return the estimated peak memory, in bytes, of a pass over a view of `cells` latent cells."""
        patches = -(-cells // self.transformer.config["patch_size"] ** 2)
        return pass_bytes(_width(self.transformer), patches, dtype_of(self.transformer).itemsize)

    def check(self, adapters: ViewAdapters, id: str) -> None:
        """Raise DiffusionError if the adapters hold a pose and the model has no ControlNet for poses. `id`: the model's
        id."""
        if self.controlnet is None and any(control.net is None for control in adapters.controls):
            refuse_pose(id)

    def largest(self, adapters: ViewAdapters) -> int:
        """Return the side, in cells, of the largest view for which the transformer and the ControlNets have
        positions."""
        own = [net.config for net in self.nets(adapters) if net.config["use_pos_embed"]]
        most = min(config["pos_embed_max_size"] for config in (self.transformer.config, *own))
        return self.transformer.config["patch_size"] * most

    def nets(self, adapters: ViewAdapters) -> Iterator[SD3ControlNetModel]:
        """Yield the ControlNet of each control."""
        for control in adapters.controls:
            net = control.net or self.controlnet
            assert isinstance(net, SD3ControlNetModel), "other ControlNets were refused"
            yield net

    def _whole_patches(self, views: Batch) -> Float[Tensor, "batch channels _ _"]:
        """Pad views by reflection, so that their sides are whole patches."""
        rows, columns = views.shape[-2:]
        patch = self.transformer.config["patch_size"]
        return torch.nn.functional.pad(views, (0, -columns % patch, 0, -rows % patch), mode="reflect")

    def _residuals(
        self, views: Batch, times: Tensor, tokens: Tensor, pooled: Tensor, asks: Sequence[Ask]
    ) -> list[Tensor] | None:
        """Return what the ControlNets add after each block of the transformer, or None if no row has a ControlNet."""

        def answer(net: SD3ControlNetModel, rows: Tensor, shown: Sequence[Control]) -> list[Tensor]:
            latents = torch.stack([control.latent for control in shown if control.latent is not None])
            seen, whole = views[rows], pooled[rows]
            return net(
                hidden_states=seen if net.config["use_pos_embed"] else self.transformer.pos_embed(seen),
                controlnet_cond=self._whole_patches(latents.to(views)),
                encoder_hidden_states=None if net.config["joint_attention_dim"] is None else tokens[rows],
                pooled_projections=torch.zeros_like(whole) if blind(net) else whole,
                timestep=times[rows],
                return_dict=False,
            )[0]

        each = [
            self._spread(said)
            for said in residuals([ask.controls for ask in asks], self.controlnet, views.device, answer)
        ]
        return [reduce(torch.add, ones) for ones in zip(*each, strict=True)] or None

    def _spread(self, said: Sequence[Tensor]) -> list[Tensor]:
        """Return one output of a ControlNet for each block of the transformer. A ControlNet with fewer blocks serves
        several blocks in a row with each output."""
        depth = len(self.transformer.transformer_blocks)
        return [said[int(block / (depth / len(said)))] for block in range(depth)]


def blind(net: SD3ControlNetModel) -> bool:
    """Return whether a ControlNet was trained like InstantX's: with zeros for the pooled prompt, and with latents that
    were not shifted. One setting of diffusers covers both."""
    return net.config["force_zeros_for_pooled_projection"]


def load_transformer(
    folder: Path, description: ModelDescription, device: torch.device, dtype: torch.dtype
) -> Transformer:
    """Load the transformer of a model folder, and its ControlNet for poses if inlay.json lists one."""
    transformer = placed(component(SD3Transformer2DModel, folder / "transformer", torch_dtype=dtype), device)
    if "pose" not in description.controlnets:
        return Transformer(transformer)
    own = folder / OWN
    check_controlnet(own, transformer)
    return Transformer(transformer, load_controlnet(own, device, dtype))


def check_controlnet(folder: Path, transformer: SD3Transformer2DModel) -> None:
    """Raise DiffusionError if a ControlNet does not fit the transformer: both must read the same latents and prompts,
    and have blocks of the same width. The function reads no weights."""
    config = Config(folder / "config.json")
    its = {key: config.or_default(SD3ControlNetModel, key) for key in (*SHARED, "joint_attention_dim", "num_layers")}
    text = [] if its["joint_attention_dim"] is None else ["joint_attention_dim"]  # some do not read prompts
    for key in (*SHARED, *text):
        if its[key] != transformer.config[key]:
            raise DiffusionError(
                f"{config.file}: {key} is {its[key]!r}, but the transformer has {transformer.config[key]!r}."
            )
    heads, each = (config.or_default(SD3ControlNetModel, key) for key in ("num_attention_heads", "attention_head_dim"))
    if heads * each != _width(transformer):
        raise DiffusionError(
            f"{config.file}: its blocks have width {heads * each}, but the transformer's have {_width(transformer)}."
        )
    if its["num_layers"] > transformer.config["num_layers"]:
        raise DiffusionError(
            f"{config.file}: num_layers is {its['num_layers']}, but the transformer has "
            f"{transformer.config['num_layers']} blocks to add to."
        )
    if config.get("extra_conditioning_channels"):
        raise DiffusionError(
            f"{config.file}: extra_conditioning_channels is set, and Inlay does not support ControlNets that take a "
            f"mask beside their picture; choose one that takes a picture alone."
        )


def load_controlnet(folder: Path, device: torch.device, dtype: torch.dtype) -> SD3ControlNetModel:
    """Load a ControlNet in diffusers' layout."""
    return placed(component(SD3ControlNetModel, folder, torch_dtype=dtype), device)


def _width(transformer: SD3Transformer2DModel) -> int:
    return transformer.config["num_attention_heads"] * transformer.config["attention_head_dim"]
