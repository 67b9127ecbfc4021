"""The parts of a loaded model that adapters are put onto, and what is on them at the moment.

A LoRA's weights lie in its model's layers from when it is first used until nobody holds it, beside the model's own,
which never change. Which of them act, and how much, is a setting of the layers: switching costs no reload and no merge.
"""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from diffusers.models.transformers.transformer_sd3 import SD3Transformer2DModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.utils.peft_utils import (
    delete_adapter_layers,
    recurse_remove_peft_layers,
    set_adapter_layers,
    set_weights_and_activate_adapters,
)
from torch import nn
from transformers import PreTrainedModel

from worker.diffusion.adapters.control import Control
from worker.diffusion.adapters.reference import IpAdapter, Reference


@dataclass(frozen=True, eq=False)
class Lora:
    """A LoRA that was put onto a model's layers. `name`: its own there, never given twice; `words`: whether it changes
    how prompts are read."""

    name: str
    words: bool


class Worn(NamedTuple):
    """A LoRA and how much of it acts."""

    lora: Lora
    weight: float


Loras = tuple[Worn, ...]


class Dress(NamedTuple):
    """What a model wears while it answers: in one forward pass all rows wear the same."""

    loras: Loras = ()
    adapter: IpAdapter | None = None
    weight: float = 0.0


@dataclass(frozen=True, eq=False)
class Outfit:
    """What one view's model is shown and wears beside its prompt."""

    controls: tuple[Control, ...] = ()
    loras: Loras = ()
    reference: Reference | None = None

    @property
    def dress(self) -> Dress:
        if self.reference is None:
            return Dress(self.loras)
        return Dress(self.loras, self.reference.adapter, self.reference.weight)


BARE = Outfit()


@dataclass(eq=False)
class Wardrobe:
    """`network`: the denoiser; `encoders`: the text encoders by the names of their folders; `number`: one no other
    has."""

    network: UNet2DConditionModel | SD3Transformer2DModel
    encoders: Mapping[str, PreTrainedModel]
    number: int = field(default_factory=itertools.count().__next__, init=False)
    _on: tuple[tuple[str, float], ...] | None = field(default=(), init=False)

    @property
    def parts(self) -> list[nn.Module]:
        return [self.network, *self.encoders.values()]

    @contextmanager
    def wearing(self, dress: Dress) -> Iterator[None]:
        """Within, the denoiser wears just that. One that was compiled then runs as it is, rather than be compiled anew
        for each dress."""
        self.put_on(dress.loras)
        with ExitStack() as worn:
            if dress != Dress() and self.network._compiled_call_impl is not None:
                worn.enter_context(torch.compiler.set_stance("force_eager"))
            if dress.adapter is not None:
                worn.enter_context(dress.adapter.over(self.network, dress.weight))
            yield

    def put_on(self, loras: Loras) -> None:
        """Let exactly these LoRAs act."""
        wanted = tuple((worn.lora.name, worn.weight) for worn in loras)
        if wanted == self._on:
            return
        self._on = None  # until all parts wear it
        for part in self.parts:
            if getattr(part, "peft_config", None):
                set_weights_and_activate_adapters(part, [name for name, _ in wanted], [weight for _, weight in wanted])
                set_adapter_layers(part, enabled=bool(wanted))
        self._on = wanted

    def changed(self) -> None:
        """A LoRA came: its layers act until they are told otherwise."""
        self._on = None

    def take_off(self, name: str) -> None:
        """Forget a LoRA. After the last one a part's layers are what they were before the first."""
        self._on = None
        for part in self.parts:
            delete_adapter_layers(part, name)
            if not getattr(part, "peft_config", None):
                recurse_remove_peft_layers(part)
