"""The interface of a kind of model: how its folder is described and loaded, and what the loaded model can do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from backend.contracts.graph import PromptSpec
from backend.contracts.model import AdapterEntry, ModelDescription
from backend.contracts.sampling import Scheduler
from inlay_engine.graph import Model
from inlay_engine.parametrization import Prediction
from worker.diffusion.adapters.active_adapters import NO_ADAPTERS, AdapterHost, ViewAdapters
from worker.diffusion.clock import Clock
from worker.diffusion.memory import Batches
from worker.diffusion.previews import Previews
from worker.diffusion.vae import Decoder, Encoder


@dataclass(frozen=True)
class Facts:
    """The facts that a model folder's configurations state; no weight is read for them.

    `native_size`: pixels along a side of what the model sees at once; `cell`: pixels per latent cell along one side;
    `channels`: of a latent; `cross_attention_dim`: the width of the prompt embeddings that it attends to; `parts`: the
    folders whose weights it needs. `steps`, `guidance` and `scheduler`: what models of the kind are usually run with;
    `adapters`: what can be put onto them; `block_channels`: how wide the denoiser's blocks are, from the finest on.
    """

    kind: str
    native_size: int
    cell: int
    channels: int
    prediction: Prediction
    max_tokens: int
    cross_attention_dim: int
    parts: tuple[str, ...]
    steps: int
    guidance: float
    scheduler: Scheduler
    adapters: tuple[AdapterEntry, ...] = ()
    block_channels: tuple[int, ...] | None = None


@dataclass(frozen=True)
class CropCoordinates:
    """The position of a view, in pixels: its top-left corner on the canvas and its size, both at the view's own scale;
    and the size of the canvas at the canvas's scale."""

    left: int
    top: int
    width: int
    height: int
    canvas_width: int
    canvas_height: int

    @classmethod
    def whole(cls, width: int, height: int) -> "CropCoordinates":
        """A view of all of a canvas of this size."""
        return cls(0, 0, width, height, width, height)


@runtime_checkable
class LoadedModel(Protocol):
    """A model whose weights are in memory."""

    @property
    def description(self) -> ModelDescription: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def device(self) -> torch.device: ...

    @property
    def decoder(self) -> Decoder: ...

    @property
    def encoder(self) -> Encoder: ...

    @property
    def previews(self) -> Previews: ...

    @property
    def adapter_host(self) -> AdapterHost: ...

    @property
    def denoiser(self) -> torch.nn.Module:
        """The network that every pass goes through."""
        ...

    def model(self, batches: Batches) -> Model:
        """The denoiser of the engine, as many forward passes at a time as `batches` lets."""
        ...

    def pass_bytes(self, cells: int) -> int:
        """About what one forward pass over a view of this many latent cells takes at its peak."""
        ...

    def conditioning(self, prompted: PromptSpec, crop: CropCoordinates, adapters: ViewAdapters = NO_ADAPTERS) -> Any:
        """Return the conditioning of the view at `crop`, as the denoiser takes it; the caller puts `adapters` together,
        who knows what the view shows. DiffusionError for what the model cannot do."""
        ...

    def colour_latent(self, rgb: Sequence[float]) -> Float[Tensor, " channels"]:
        """The scaled latent of a plain picture of this colour, in [0, 1]: one cell, on the model's device."""
        ...


@dataclass(frozen=True)
class Kind:
    """A kind of model. `reads`: the pipeline classes of diffusers whose folders it takes, as model_index.json names
    them. `describe` and `load` raise DiffusionError, naming the file, for what is missing, damaged or of another kind;
    `load` gets a folder whose description was checked against its facts."""

    name: str
    reads: tuple[str, ...]
    describe: Callable[[Path], Facts]
    load: Callable[[Path, ModelDescription, torch.device, torch.dtype], LoadedModel]
