"""The parts of a loaded model that adapters are put onto, and which LoRAs are on them at the moment.

A LoRA's weights lie in its model's layers from when it is first used until nobody holds it, beside the model's own,
which never change. Which of them act, and how much, is a setting of the layers: switching costs no reload and no merge.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

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

from worker.diffusion.control import Control


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


@dataclass(frozen=True, eq=False)
class Outfit:
    """What one view's model is shown and wears beside its prompt."""

    controls: tuple[Control, ...] = ()
    loras: tuple[Worn, ...] = ()


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

    def put_on(self, loras: tuple[Worn, ...]) -> None:
        """Let exactly these act."""
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
