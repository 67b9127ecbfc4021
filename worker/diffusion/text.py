"""Prompts as embeddings for a model's attention."""

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

REMEMBERED = 256 * 77  # tokens whose embeddings Prompts caches, over all prompts


class Embedding(NamedTuple):
    """The embedding of a prompt. `tokens`: what the model attends to. `pooled`: one vector for the whole prompt.
    `sizes`: SDXL's micro-conditioning. `pictured`: a reference picture's embeddings, which the model attends to as
    well."""

    tokens: Float[Tensor, "tokens width"]
    pooled: Float[Tensor, " pooled"] | None = None
    sizes: tuple[int, ...] | None = None
    pictured: Float[Tensor, "words width"] | None = None

    @property
    def tensors(self) -> list[Tensor]:
        return [one for one in (self.tokens, self.pooled, self.pictured) if one is not None]


@dataclass(frozen=True, eq=False)
class ClipEncoder:
    """A CLIP tokenizer and text encoder. The model attends to its `layer`. Prompts are padded to `tokens` tokens, and
    longer prompts to a multiple of it."""

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
        """Load a CLIP of the model. `number`: "" for the first one, "_2" for the second."""
        encoder = placed(component(kind, folder / f"text_encoder{number}", dtype=dtype), device)
        return cls(tokenizer(CLIPTokenizer, folder / f"tokenizer{number}"), encoder, clip_tokens(folder, number), layer)

    def embed(self, wording: Wording) -> Embedding:
        """Return the embedding of a prompt. An encoder that projects also gives the pooled vector of the first chunk,
        without the weights of the prompt's parts."""
        answer = self.encoder(self._first(wording.text), output_hidden_states=self.layer == "penultimate")
        pooled = answer.text_embeds[0] if "text_embeds" in answer else None
        if wording.weighted or longer_than(self.tokens, self.tokenizer, wording.text):
            return Embedding(in_chunks(wording, self.tokenizer, self.encoder, self.tokens, self.layer), pooled)
        words = answer.last_hidden_state if self.layer == "last" else answer.hidden_states[-2]
        return Embedding(words[0], pooled)

    def chunks(self, embedding: Embedding) -> int:
        return len(embedding.tokens) // self.tokens

    def filled(self, embedding: Embedding, chunks: int) -> Words:
        """Return the tokens of an embedding, padded to `chunks` chunks with those of an empty prompt."""
        return filled(embedding.tokens, chunks, self.tokens, lambda: self.embed(SILENCE).tokens)

    def _first(self, text: str) -> Tensor:
        ids = self.tokenizer(text, padding="max_length", max_length=self.tokens, truncation=True, return_tensors="pt")[
            "input_ids"
        ]
        return ids.to(self.encoder.device)


@dataclass(frozen=True, eq=False)
class Prompts:
    """Embeds prompts, and caches the latest embeddings by prompt and LoRAs. `model`: the model's id, for errors."""

    embed: Callable[[Wording], Embedding]
    adapter_host: AdapterHost
    model: str = ""
    _known: OrderedDict[tuple[str, tuple[tuple[str, float], ...]], Embedding] = field(default_factory=OrderedDict)

    @torch.no_grad()
    def encode(self, prompt: str, loras: Loras = ()) -> Embedding:
        """Return the embedding of one prompt. Raises DiffusionError if the prompt is not valid (Wording.read), and
        NotFiniteError if a text encoder returns NaN or infinities."""
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
        """Return the embeddings of a prompt and a negative prompt. The shorter one is padded with chunks of an empty
        prompt to the length of the longer one."""
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
