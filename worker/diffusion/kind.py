"""The interface of a kind of model: how Inlay describes and loads its folders, and what a loaded model can do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from backend.contracts.graph import PromptSpec
from backend.contracts.model import AdapterEntry, ModelDescription, Preset
from backend.contracts.sampling import PresetName, Scheduler
from inlay_engine.graph import Model
from inlay_engine.parametrization import Prediction
from worker.diffusion.adapters.active_adapters import NO_ADAPTERS, AdapterHost, ViewAdapters
from worker.diffusion.adapters.control import ControlNet
from worker.diffusion.clock import Clock
from worker.diffusion.memory import Batches
from worker.diffusion.previews import Previews
from worker.diffusion.vae import Decoder, Encoder

MULTISTEP: Mapping[PresetName, Preset] = {
    "fast": Preset(scheduler="dpmsolver++", steps=15),
    "best": Preset(scheduler="dpmsolver++", steps=50),
}
"""The presets of kinds whose custom is DPM-Solver++ in 20 to 25 steps."""


@dataclass(frozen=True)
class Facts:
    """The facts that the configurations of a model folder state. They are read without the weights.

    `native_size`: the side, in pixels, of the pictures that the model was trained on; `cell`: pixels per latent cell
    along one side; `channels`: of a latent; `cross_attention_dim`: the width of the prompt embeddings; `parts`: the
    folders whose weights the model needs; `steps`, `guidance`, `scheduler`, `presets`: the usual settings of this kind;
    `adapters`: the types of adapters that the model takes; `block_channels`: the widths of the denoiser's blocks, from
    the finest resolution on; `largest_view`: the longest side of a view, in pixels, or None for any.
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
    presets: Mapping[PresetName, Preset] = field(default_factory=dict)
    adapters: tuple[AdapterEntry, ...] = ()
    block_channels: tuple[int, ...] | None = None
    largest_view: int | None = None


@dataclass(frozen=True)
class CropCoordinates:
    """The position of a view, in pixels. `left`, `top`, `width` and `height` are its corner and its size on the canvas,
    at the view's scale; `canvas_width` and `canvas_height` are the size of the canvas at its own scale."""

    left: int
    top: int
    width: int
    height: int
    canvas_width: int
    canvas_height: int

    @classmethod
    def whole(cls, width: int, height: int) -> "CropCoordinates":
        """Return the position of a view of a whole canvas of this size."""
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
        """The network that predicts epsilon, v or flow, without ControlNets."""
        ...

    @property
    def own_controlnet(self) -> ControlNet | None:
        """The model's own ControlNet for poses."""
        ...

    def model(self, batches: Batches) -> Model:
        """Return the engine's model of this denoiser. `batches` limits its forward passes at once."""
        ...

    def pass_bytes(self, cells: int) -> int:
        """Return the estimated peak memory, in bytes, of one forward pass over a view of `cells` latent cells."""
        ...

    def conditioning(self, prompted: PromptSpec, crop: CropCoordinates, adapters: ViewAdapters = NO_ADAPTERS) -> Any:
        """Return the conditioning of the view at `crop`, for this model's denoiser. `adapters` are those of this view.
        Raises DiffusionError if the model cannot do what the prompt or the adapters ask."""
        ...

    def colour_latent(self, rgb: Sequence[float]) -> Float[Tensor, " channels"]:
        """Return one cell of the scaled latent of a plain picture of this colour, in [0, 1], on the model's device."""
        ...


@dataclass(frozen=True)
class Kind:
    """A kind of model.

    `reads`: the classes of diffusers' pipelines that it loads, by their names in model_index.json. `describe` and
    `load` raise DiffusionError, which names the file, if a file is missing, damaged or of another kind. Before `load`,
    the caller compares the folder's inlay.json with the facts.
    """

    name: str
    reads: tuple[str, ...]
    describe: Callable[[Path], Facts]
    load: Callable[[Path, ModelDescription, torch.device, torch.dtype], LoadedModel]
