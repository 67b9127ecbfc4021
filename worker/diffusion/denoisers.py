"""A UNet as the engine's model: from its own prediction to the clean latent, with guidance, in micro-batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from jaxtyping import Float
from torch import Tensor

from worker.diffusion.clock import TrainingClock
from worker.engine.clock import Instant
from worker.engine.parametrization import CLEAN_FROM
from worker.engine.variables import Latent

Embedding = Float[Tensor, "tokens width"]


@dataclass(frozen=True, eq=False)
class Conditioning:
    """What a view is asked for: the embeddings of its prompt and negative prompt, and the strength of guidance."""

    positive: Embedding
    negative: Embedding
    guidance: float

    @property
    def passes(self) -> list[tuple[Embedding, float]]:
        """The embeddings to run and the share of each in the guided prediction (arXiv 2207.12598); one at guidance 1,
        where the negative prompt has no say, and at 0, where the prompt has none."""
        shares = [(self.negative, 1 - self.guidance), (self.positive, self.guidance)]
        return [(embedding, share) for embedding, share in shares if share != 0]


class _Pass(NamedTuple):
    """One row of a batch: which view, under which embedding, with which share in that view's prediction."""

    view: int
    embedding: Embedding
    share: float


@dataclass(frozen=True, eq=False)
class UnetModel:
    """The engine's `Model` over a conditional UNet. Views of one shape run together, `micro_batch` passes at a time."""

    unet: UNet2DConditionModel
    clock: TrainingClock
    channels: int
    micro_batch: int

    def predict_clean(
        self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Conditioning]
    ) -> list[Latent]:
        """E[x0 | y] for each y of (channels, height, width), in y's own precision."""
        predictions = [torch.zeros_like(y) for y in noisy]
        timestep = self.clock.timestep(at)
        for shape in dict.fromkeys(y.shape for y in noisy):
            passes = [
                _Pass(index, embedding, share)
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
        raw = self.unet(views, times, encoder_hidden_states=embeddings, return_dict=False)[0]
        return raw.to(noisy[0].dtype)
