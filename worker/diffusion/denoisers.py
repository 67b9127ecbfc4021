"""The engine's model over a denoiser: it batches the passes, applies guidance and computes the clean latent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from inlay_engine.clock import Instant
from inlay_engine.parametrization import CLEAN_FROM
from inlay_engine.variables import Latent
from worker.diffusion.adapters.active_adapters import NO_ADAPTERS, ActiveAdapters, AdapterHost, ViewAdapters
from worker.diffusion.adapters.control import Control
from worker.diffusion.clock import Clock
from worker.diffusion.finite import all_finite, not_finite
from worker.diffusion.memory import Alike, Batches
from worker.diffusion.networks import dtype_of
from worker.diffusion.text import Embedding

LARGEST_VIEW = 100.0
"""The largest absolute value of a normal view. Views have about unit variance; guidance made larger ones grow, and the
engine's own NonFiniteError explains those."""

Batch = Float[Tensor, "batch channels height width"]


class Ask(NamedTuple):
    """The conditioning of one row of a batch."""

    embedding: Embedding
    controls: tuple[Control, ...] = ()


Network = Callable[[Batch, float, Sequence[Ask]], Batch]
"""A function that returns the network's raw prediction for rows of one size at a timestep, in the network's own
coordinates. Either all rows have a reference picture or none has."""


@dataclass(frozen=True, eq=False)
class Conditioning:
    """The conditioning of a view: the prompt and the negative prompt, the guidance scale, and the adapters for both.
    `rescale` is the share of guidance rescale, from 0 (none) to 1 (the guided prediction gets the standard deviation of
    the prompt's own prediction)."""

    positive: Embedding
    negative: Embedding
    guidance: float
    adapters: ViewAdapters = NO_ADAPTERS
    rescale: float = 0.0

    @property
    def passes(self) -> list[tuple[Embedding, float]]:
        """The embeddings to run, each with its share of the guided prediction (arXiv 2207.12598). Guidance 1 needs no
        pass for the negative prompt, and guidance 0 none for the prompt."""
        negative, positive = self.negative, self.positive
        if self.adapters.reference is not None:
            seen = self.adapters.reference.seen
            negative, positive = negative._replace(pictured=seen.nothing), positive._replace(pictured=seen.words)
        shares = [(negative, 1 - self.guidance), (positive, self.guidance)]
        return [(embedding, share) for embedding, share in shares if share != 0]

    def controls_at(self, at: Instant) -> tuple[Control, ...]:
        """Return the controls that act at this noise level."""
        return tuple(control for control in self.adapters.controls if control.acts(at))


class _Pass(NamedTuple):
    """One row of a batch: the index of its view, its share of that view's prediction, its conditioning, and the
    adapters of the whole batch."""

    view: int
    share: float
    ask: Ask
    active: ActiveAdapters


@dataclass(frozen=True, eq=False)
class GuidedModel:
    """The engine's `Model` over a network. Views of one shape with the same active adapters share batches; their
    prompts and ControlNets may differ. `batches` limits the passes at once. `id`: the model's id, for errors."""

    id: str
    network: Network
    clock: Clock
    channels: int
    batches: Batches
    adapter_host: AdapterHost

    def predict_clean(
        self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Conditioning]
    ) -> list[Latent]:
        """Return E[x0 | y] for each y of (channels, height, width), in y's precision. A view that is noisier than all
        that the network was trained on is taken for one of its noisiest level, as pure noise is at the beginning of a
        run of its own. Raises NotFiniteError, which names the network, if an output holds NaN or infinities."""
        predictions, own = [torch.zeros_like(y) for y in noisy], dict[int, Latent]()
        groups = self._groups(noisy, at, conditionings)
        raws = self.batches.run_all(groups, lambda batch: self._predict(noisy, at, batch))
        passes = [one for group in groups for one in group.items]
        self._check_finite(noisy, at, passes, raws)
        for one, raw in zip(passes, raws, strict=True):
            predictions[one.view] += one.share * raw
            if conditionings[one.view].rescale:
                own[one.view] = raw  # the last pass of a view is the prompt's, or its only one
        for view, raw in own.items():
            predictions[view] = rescaled(predictions[view], raw, conditionings[view].rescale)
        clean, known = CLEAN_FROM[self.clock.prediction], self.clock.known(at)
        return [clean(y, raw, known) for y, raw in zip(noisy, predictions, strict=True)]

    def _groups(
        self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Conditioning]
    ) -> list[Alike[_Pass]]:
        """Return the passes of all views, grouped by what a batch must have in common."""
        alike = [
            (y.shape, conditioning.positive.tokens.shape, conditioning.adapters.active)
            for y, conditioning in zip(noisy, conditionings, strict=True)
        ]
        return [
            Alike(
                [
                    _Pass(index, share, Ask(embedding, conditioning.controls_at(at)), group[-1])
                    for index, conditioning in enumerate(conditionings)
                    if alike[index] == group
                    for embedding, share in conditioning.passes
                ],
                group[0][1:].numel(),
            )
            for group in dict.fromkeys(alike)
        ]

    @torch.no_grad()
    def _predict(self, noisy: Sequence[Latent], at: Instant, batch: Sequence[_Pass]) -> Batch:
        """Return the network's raw predictions for these passes, in the precision of the views."""
        views = torch.stack([noisy[one.view] for one in batch]) * self.clock.input_scale(at)
        with self.adapter_host.activated(batch[0].active):
            return self.network(views, self.clock.timestep(at), [one.ask for one in batch]).to(views.dtype)

    def _check_finite(
        self, noisy: Sequence[Latent], at: Instant, passes: Sequence[_Pass], raws: Sequence[Latent]
    ) -> None:
        """Raise NotFiniteError if a prediction is not finite although its view is of normal size (LARGEST_VIEW). The
        method runs the pass again without ControlNets, then without any adapter, to find the network at fault. The
        engine explains larger views."""
        if not raws or all_finite(raws):
            return
        one = next(one for one, raw in zip(passes, raws, strict=True) if not raw.isfinite().all())
        if not noisy[one.view].abs().max() <= LARGEST_VIEW:
            return
        active, dtype = one.active, dtype_of(self.adapter_host.network)
        plain = one._replace(ask=one.ask._replace(controls=()))
        bare = plain._replace(ask=plain.ask._replace(embedding=plain.ask.embedding._replace(pictured=None)))
        if one.ask.controls and all_finite(self._predict(noisy, at, [plain])):
            nets = " and ".join(sorted({repr(control.id) for control in one.ask.controls}))
            raise not_finite(f"the ControlNet {nets} on the model {self.id!r}", dtype, one.view)
        if active != ActiveAdapters() and all_finite(
            self._predict(noisy, at, [bare._replace(active=ActiveAdapters())])
        ):
            raise not_finite(f"the denoiser of the model {self.id!r} under {' and '.join(active.ids)}", dtype, one.view)
        raise not_finite(f"the denoiser of the model {self.id!r}", dtype, one.view)


def rescaled(guided: Latent, own: Latent, share: float) -> Latent:
    """Move the standard deviation of a guided prediction by `share` of the way towards that of the prompt's own
    prediction, because strong guidance increases it (arXiv 2305.08891, Section 3.4)."""
    return guided * (1 + share * (own.std() / guided.std() - 1))
