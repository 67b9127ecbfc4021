"""Prompts as the embeddings that a model attends to."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from worker.diffusion.parts import clip_tokens, component, placed, tokenizer

REMEMBERED = 256  # prompts whose embeddings are kept


class Embedding(NamedTuple):
    """A prompt as a model reads it, with what else a kind puts beside it. `tokens`: what it attends to; `pooled`: the
    whole prompt in one vector; `sizes`: of the picture that the view is part of (SDXL's)."""

    tokens: Float[Tensor, "tokens width"]
    pooled: Float[Tensor, " pooled"] | None = None
    sizes: tuple[int, ...] | None = None


@dataclass(frozen=True, eq=False)
class ClipEncoder:
    """A CLIP tokenizer and text encoder; prompts are cut or padded to `tokens`."""

    tokenizer: CLIPTokenizer
    encoder: CLIPTextModel | CLIPTextModelWithProjection
    tokens: int

    @classmethod
    def load(
        cls,
        kind: type[CLIPTextModel] | type[CLIPTextModelWithProjection],
        folder: Path,
        device: torch.device,
        dtype: torch.dtype,
        number: str = "",
    ) -> "ClipEncoder":
        """The model's CLIP of that number: its only or first one has none, its second "_2"."""
        encoder = placed(component(kind, folder / f"text_encoder{number}", dtype=dtype), device)
        return cls(tokenizer(CLIPTokenizer, folder / f"tokenizer{number}"), encoder, clip_tokens(folder, number))

    def last(self, prompt: str) -> Embedding:
        """The last hidden state."""
        return Embedding(self.encoder(self._ids(prompt)).last_hidden_state[0])

    def penultimate(self, prompt: str) -> Embedding:
        """The hidden state before the last layer and, of an encoder that projects, the projected prompt."""
        answer = self.encoder(self._ids(prompt), output_hidden_states=True)
        pooled = answer.text_embeds[0] if "text_embeds" in answer else None
        return Embedding(answer.hidden_states[-2][0], pooled)

    def _ids(self, prompt: str) -> Tensor:
        ids = self.tokenizer(
            prompt, padding="max_length", max_length=self.tokens, truncation=True, return_tensors="pt"
        )["input_ids"]
        return ids.to(self.encoder.device)


@dataclass(frozen=True, eq=False)
class Prompts:
    """Embeds prompts; one that was embedded lately is not embedded again."""

    embed: Callable[[str], Embedding]
    _known: OrderedDict[str, Embedding] = field(default_factory=OrderedDict)

    @torch.no_grad()
    def encode(self, prompt: str) -> Embedding:
        if prompt not in self._known:
            self._known[prompt] = self.embed(prompt)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(prompt)
        return self._known[prompt]
