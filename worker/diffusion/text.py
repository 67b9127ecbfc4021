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

from worker.diffusion.adapters.active_adapters import AdapterHost, Loras
from worker.diffusion.finite import require_finite
from worker.diffusion.parts import clip_tokens, component, placed, tokenizer
from worker.diffusion.wording import SILENCE, Layer, Wording, Words, filled, in_chunks, longer_than

REMEMBERED = 256 * 77  # words whose embeddings are kept, of as many prompts as that may be


class Embedding(NamedTuple):
    """A prompt as a model reads it, with what else a kind puts beside it. `tokens`: what it attends to; `pooled`: the
    whole prompt in one vector; `sizes`: of the picture that the view is part of (SDXL's); `pictured`: the words of a
    reference picture, to which it attends beside the prompt."""

    tokens: Float[Tensor, "tokens width"]
    pooled: Float[Tensor, " pooled"] | None = None
    sizes: tuple[int, ...] | None = None
    pictured: Float[Tensor, "words width"] | None = None

    @property
    def tensors(self) -> list[Tensor]:
        return [one for one in (self.tokens, self.pooled, self.pictured) if one is not None]


@dataclass(frozen=True, eq=False)
class ClipEncoder:
    """A CLIP tokenizer and text encoder, of which a model attends to one layer. Prompts are padded to `tokens`, or to a
    multiple of it where they are longer."""

    tokenizer: CLIPTokenizer
    encoder: CLIPTextModel | CLIPTextModelWithProjection
    tokens: int
    layer: Layer

    @classmethod
    def load(
        cls,
        kind: type[CLIPTextModel] | type[CLIPTextModelWithProjection],
        layer: Layer,
        folder: Path,
        device: torch.device,
        dtype: torch.dtype,
        number: str = "",
    ) -> "ClipEncoder":
        """The model's CLIP of that number: its only or first one has none, its second "_2"."""
        encoder = placed(component(kind, folder / f"text_encoder{number}", dtype=dtype), device)
        return cls(tokenizer(CLIPTokenizer, folder / f"tokenizer{number}"), encoder, clip_tokens(folder, number), layer)

    def embed(self, wording: Wording) -> Embedding:
        """The prompt and, of an encoder that projects, its first chunk in one vector, which knows no weights."""
        answer = self.encoder(self._first(wording.text), output_hidden_states=self.layer == "penultimate")
        pooled = answer.text_embeds[0] if "text_embeds" in answer else None
        if wording.weighted or longer_than(self.tokens, self.tokenizer, wording.text):
            return Embedding(in_chunks(wording, self.tokenizer, self.encoder, self.tokens, self.layer), pooled)
        words = answer.last_hidden_state if self.layer == "last" else answer.hidden_states[-2]
        return Embedding(words[0], pooled)

    def chunks(self, embedding: Embedding) -> int:
        return len(embedding.tokens) // self.tokens

    def filled(self, embedding: Embedding, chunks: int) -> Words:
        """The words of a prompt in at least that many chunks."""
        return filled(embedding.tokens, chunks, self.tokens, lambda: self.embed(SILENCE).tokens)

    def _first(self, text: str) -> Tensor:
        ids = self.tokenizer(text, padding="max_length", max_length=self.tokens, truncation=True, return_tensors="pt")[
            "input_ids"
        ]
        return ids.to(self.encoder.device)


@dataclass(frozen=True, eq=False)
class Prompts:
    """Embeds prompts, and remembers the last ones with the LoRAs that they were embedded under. `model`: the id of the
    model, for errors."""

    embed: Callable[[Wording], Embedding]
    adapter_host: AdapterHost
    model: str = ""
    _known: OrderedDict[tuple[str, tuple[tuple[str, float], ...]], Embedding] = field(default_factory=OrderedDict)

    @torch.no_grad()
    def encode(self, prompt: str, loras: Loras = ()) -> Embedding:
        """The embedding of one prompt. DiffusionError for what a prompt cannot ask for (Wording.read), NotFiniteError
        where a text encoder answers with NaN or infinities."""
        loras = tuple(one for one in loras if one.lora.words)
        known = prompt, tuple((one.lora.name, one.weight) for one in loras)
        if known not in self._known:
            self.adapter_host.set_loras(loras)
            embedding = self.embed(Wording.read(prompt))
            require_finite(embedding.tensors, self._network(loras), embedding.tokens.dtype)
            self._known[known] = embedding
            while len(self._known) > 1 and sum(len(one.tokens) for one in self._known.values()) > REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(known)
        return self._known[known]

    def pair(self, prompt: str, negative_prompt: str, loras: Loras = ()) -> tuple[Embedding, Embedding]:
        """Both, equally long: after the shorter one come chunks that say nothing."""
        both = self.encode(prompt, loras), self.encode(negative_prompt, loras)
        longest = max(len(one.tokens) for one in both)
        positive, negative = (self._lengthened(one, longest, loras) for one in both)
        return positive, negative

    def _network(self, loras: Loras) -> str:
        under = f" under {', '.join(repr(one.lora.id) for one in loras)}" if loras else ""
        return f"the text encoder of the model {self.model!r}{under}"

    def _lengthened(self, embedding: Embedding, longest: int, loras: Loras) -> Embedding:
        if len(embedding.tokens) == longest:
            return embedding
        nothing = self.encode("", loras).tokens
        return embedding._replace(
            tokens=filled(embedding.tokens, longest // len(nothing), len(nothing), lambda: nothing)
        )
