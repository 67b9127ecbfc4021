"""The parts of a loaded model that take adapters, and the choice of the active ones.

A LoRA's weights stay beside the model's own layers from its first use until nothing holds its handle; the model's own
weights never change. Its activity and weight are settings of the layers, so switching needs no reload and no merge.
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
    """A LoRA that is attached to a model. `name`: its unique name in the layers. `words`: whether it changes the text
    encoders. `id`: its id on this server, for errors."""

    name: str
    words: bool
    id: str


class WeightedLora(NamedTuple):
    """A LoRA and its weight."""

    lora: Lora
    weight: float


Loras = tuple[WeightedLora, ...]


class ActiveAdapters(NamedTuple):
    """The LoRAs and the IP-Adapter that act in one forward pass. All rows of a batch share them."""

    loras: Loras = ()
    adapter: IpAdapter | None = None
    weight: float = 0.0

    @property
    def ids(self) -> list[str]:
        """The ids of the active LoRAs and IP-Adapter as phrases, for errors."""
        loras = [f"the LoRA {one.lora.id!r}" for one in self.loras]
        return loras if self.adapter is None else [*loras, f"the IP-Adapter {self.adapter.id!r}"]


@dataclass(frozen=True, eq=False)
class ViewAdapters:
    """The ControlNet pictures, LoRAs and reference picture of one view."""

    controls: tuple[Control, ...] = ()
    loras: Loras = ()
    reference: Reference | None = None

    @property
    def active(self) -> ActiveAdapters:
        if self.reference is None:
            return ActiveAdapters(self.loras)
        return ActiveAdapters(self.loras, self.reference.adapter, self.reference.weight)


NO_ADAPTERS = ViewAdapters()


@dataclass(eq=False)
class AdapterHost:
    """The parts of a loaded model that take adapters. `network`: the denoiser. `encoders`: the text encoders, by the
    names of their folders. `number`: unique in this process."""

    network: UNet2DConditionModel | SD3Transformer2DModel
    encoders: Mapping[str, PreTrainedModel]
    number: int = field(default_factory=itertools.count().__next__, init=False)
    _on: tuple[tuple[str, float], ...] | None = field(default=(), init=False)

    @property
    def parts(self) -> list[nn.Module]:
        return [self.network, *self.encoders.values()]

    @contextmanager
    def activated(self, active: ActiveAdapters) -> Iterator[None]:
        """Activate exactly these adapters inside the block. A compiled denoiser runs uncompiled there, because torch
        would compile it again for each set of adapters."""
        self.set_loras(active.loras)
        with ExitStack() as stack:
            if active != ActiveAdapters() and self.network._compiled_call_impl is not None:
                stack.enter_context(torch.compiler.set_stance("force_eager"))
            if active.adapter is not None:
                stack.enter_context(active.adapter.over(self.network, active.weight))
            yield

    def set_loras(self, loras: Loras) -> None:
        """Activate exactly these LoRAs."""
        wanted = tuple((one.lora.name, one.weight) for one in loras)
        if wanted == self._on:
            return
        self._on = None  # until every part is set
        for part in self.parts:
            if getattr(part, "peft_config", None):
                set_weights_and_activate_adapters(part, [name for name, _ in wanted], [weight for _, weight in wanted])
                set_adapter_layers(part, enabled=bool(wanted))
        self._on = wanted

    def changed(self) -> None:
        """Note that a LoRA was attached. It is active until the next call of `set_loras`."""
        self._on = None

    def unload(self, name: str) -> None:
        """Remove a LoRA. After the last one, every part has its original layers again."""
        self._on = None
        for part in self.parts:
            delete_adapter_layers(part, name)
            if not getattr(part, "peft_config", None):
                recurse_remove_peft_layers(part)
