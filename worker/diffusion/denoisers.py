"""A UNet as the engine's model: from its own prediction to the clean latent, with guidance, in micro-batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from jaxtyping import Float
from torch import Tensor

from worker.diffusion.clock import TrainingClock
from worker.diffusion.control import Control
from worker.engine.clock import Instant
from worker.engine.parametrization import CLEAN_FROM
from worker.engine.variables import Latent

Embedding = Float[Tensor, "tokens width"]


@dataclass(frozen=True, eq=False)
class Conditioning:
    """What a view is asked for: the embeddings of its prompt and negative prompt, the strength of guidance, and what
    its ControlNet is shown under both of them."""

    positive: Embedding
    negative: Embedding
    guidance: float
    control: Control | None = None

    @property
    def passes(self) -> list[tuple[Embedding, float]]:
        """The embeddings to run and the share of each in the guided prediction (arXiv 2207.12598); one at guidance 1,
        where the negative prompt has no say, and at 0, where the prompt has none."""
        shares = [(self.negative, 1 - self.guidance), (self.positive, self.guidance)]
        return [(embedding, share) for embedding, share in shares if share != 0]

    def control_at(self, at: Instant) -> Control | None:
        """The control, where it has a say at this noise level."""
        return self.control if self.control and self.control.strength != 0 and at in self.control.active else None


class _Pass(NamedTuple):
    """One row of a batch: which view, under which embedding and control, with which share in that view's prediction."""

    view: int
    embedding: Embedding
    share: float
    control: Control | None


@dataclass(frozen=True, eq=False)
class UnetModel:
    """The engine's `Model` over a conditional UNet and, for views with a control, its ControlNet. Views of one shape
    run together, `micro_batch` passes at a time, with and without control."""

    unet: UNet2DConditionModel
    clock: TrainingClock
    channels: int
    micro_batch: int
    controlnet: ControlNetModel | None = None

    def predict_clean(
        self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Conditioning]
    ) -> list[Latent]:
        """E[x0 | y] for each y of (channels, height, width), in y's own precision."""
        predictions = [torch.zeros_like(y) for y in noisy]
        timestep = self.clock.timestep(at)
        for shape in dict.fromkeys(y.shape for y in noisy):
            passes = [
                _Pass(index, embedding, share, conditioning.control_at(at))
                for index, (y, conditioning) in enumerate(zip(noisy, conditionings, strict=True))
                if y.shape == shape
                for embedding, share in conditioning.passes
            ]
            for first in range(0, len(passes), self.micro_batch):
                batch = passes[first : first + self.micro_batch]
                for one, raw in zip(batch, self._predict(noisy, timestep, batch), strict=True):
                    predictions[one.view] += one.share * raw
        return [CLEAN_FROM[self.clock.prediction](y, raw, at) for y, raw in zip(noisy, predictions, strict=True)]

    @torch.no_grad()
    def _predict(
        self, noisy: Sequence[Latent], timestep: float, batch: list[_Pass]
    ) -> Float[Tensor, "batch channels height width"]:
        """The UNet's own prediction for these passes."""
        views = torch.stack([noisy[one.view] for one in batch]).to(self.unet.dtype)
        embeddings = torch.stack([one.embedding for one in batch]).to(self.unet.dtype)
        times = torch.full((len(batch),), timestep, device=views.device)
        residuals = self._residuals(views, times, embeddings, [one.control for one in batch])
        raw = self.unet(views, times, encoder_hidden_states=embeddings, return_dict=False, **residuals)[0]
        return raw.to(noisy[0].dtype)

    def _residuals(
        self, views: Tensor, times: Tensor, embeddings: Tensor, controls: Sequence[Control | None]
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
            encoder_hidden_states=embeddings[rows],
            controlnet_cond=torch.stack([control.picture for _, control in shown]).to(views),
            return_dict=False,
        )

        def spread(residual: Tensor) -> Tensor:
            return residual.new_zeros(len(views), *residual.shape[1:]).index_copy(0, rows, strengths * residual)

        return {
            "down_block_additional_residuals": [spread(residual) for residual in down],
            "mid_block_additional_residual": spread(middle),
        }
