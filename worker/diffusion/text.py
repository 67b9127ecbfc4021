"""Prompts as the embeddings that a UNet attends to."""

from collections import OrderedDict
from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer

REMEMBERED = 256  # prompts whose embeddings are kept


@dataclass(frozen=True, eq=False)
class TextEncoder:
    """A CLIP tokenizer and text encoder; a prompt that was encoded lately is not encoded again."""

    tokenizer: CLIPTokenizer
    encoder: CLIPTextModel
    tokens: int
    _known: OrderedDict[str, Tensor] = field(default_factory=OrderedDict)

    @torch.no_grad()
    def encode(self, prompt: str) -> Float[Tensor, "tokens width"]:
        """The last hidden state over the prompt, cut or padded to `tokens`."""
        if prompt not in self._known:
            ids = self.tokenizer(
                prompt, padding="max_length", max_length=self.tokens, truncation=True, return_tensors="pt"
            )["input_ids"]
            self._known[prompt] = self.encoder(ids.to(self.encoder.device)).last_hidden_state[0]
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(prompt)
        return self._known[prompt]
