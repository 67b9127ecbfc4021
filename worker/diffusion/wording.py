"""Weights in prompts, and prompts that are longer than the text encoder's window. The library compel
implements both."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from backend.contracts.limits import MAX_PROMPT_WEIGHT
from backend.graph.wording import UNSUPPORTED, beyond
from worker.diffusion.errors import DiffusionError

if TYPE_CHECKING:
    from compel.prompt_parser import PromptParser

MARKS = frozenset('+-)"')  # a prompt without any of them has no weights

# Brackets in brackets, above which a prompt is plain text. The library's parser recurses about 26 frames into each
# bracket, and how many frames are left differs from process to process. The studio reads by the same number.
MOST_NESTED = 20

_ESCAPED = re.compile(r'\\([()"+-])')
_BRACKETS = re.compile(r"(?<!\\)[()]")

Layer = Literal["last", "penultimate"]
"""The hidden states of a text encoder that a model attends to. "last" is normalised, "penultimate" is not."""

Words = Float[Tensor, "_ width"]


class Span(NamedTuple):
    """A part of a prompt and its weight. A weight of 1 changes nothing; 0 removes the part."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True)
class Wording:
    """A parsed prompt: its spans in order, or a single span of weight 1 if no part is weighted."""

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The text of all spans, without their weights."""
        return " ".join(span.text for span in self.spans)

    @property
    def weighted(self) -> bool:
        return any(span.weight != 1 for span in self.spans)

    @classmethod
    def read(cls, prompt: str) -> "Wording":
        r"""Parse a prompt in compel's syntax: `ball++`, `(a red ball)1.4`, `(in fog)0.5`, nested at
        most MOST_NESTED deep.

        If no part is weighted, if the prompt is nested deeper, or if the library cannot parse it, the text stays as it
        was typed, parentheses included. A backslash escapes ( ) " + and -, as in `C\+\+`. Raises DiffusionError if a
        weight is not between 0 and MAX_PROMPT_WEIGHT, or if the prompt uses other functions of the library, such as
        `.blend()`.
        """
        spans = _spans(prompt) if MARKS & set(prompt) and _nested(prompt) <= MOST_NESTED else []
        for text, weight in spans:
            if not 0 <= weight <= MAX_PROMPT_WEIGHT:
                sentence = beyond(text, weight)
                raise DiffusionError(f"{sentence[0].upper()}{sentence[1:]}.")
        said = cls(tuple(Span(_ESCAPED.sub(r"\1", text), weight) for text, weight in spans if text.strip()))
        return said if said.weighted else cls((Span(_ESCAPED.sub(r"\1", prompt)),))


SILENCE = Wording((Span(""),))
"""The empty prompt."""


def _nested(prompt: str) -> int:
    """Return how many brackets are open at most at one place of a prompt."""
    deepest = depth = 0
    for mark in _BRACKETS.findall(prompt):
        depth = max(0, depth + (1 if mark == "(" else -1))
        deepest = max(deepest, depth)
    return deepest


def _spans(prompt: str) -> list[tuple[str, float]]:
    """Return the spans that the library finds in a prompt, or none if it cannot parse the prompt."""
    from compel.prompt_parser import FlattenedPrompt, Fragment, PromptParser  # slow to import, rarely needed
    from pyparsing import ParseBaseException

    try:
        read = _parser().parse_conjunction(prompt)
    except (ParseBaseException, PromptParser.ParsingException, RecursionError):  # the last: dozens of quotes
        return []
    parts = [part for one in read.prompts if isinstance(one, FlattenedPrompt) for part in one.children]
    single = len(read.prompts) <= 1 and len(parts) == sum(isinstance(part, Fragment) for part in parts)
    if not single or any(not isinstance(one, FlattenedPrompt) for one in read.prompts) or read.lora_weights:
        raise DiffusionError(f"{UNSUPPORTED[0].upper()}{UNSUPPORTED[1:]}.")
    return [(part.text, part.weight) for part in parts]


@cache
def _parser() -> "PromptParser":
    from compel.prompt_parser import PromptParser
    from pyparsing import ParserElement

    ParserElement.enable_packrat(cache_size_limit=None)  # without it, each level of parentheses takes 4 times as long
    return PromptParser()


def longer_than(tokens: int, tokenizer: Any, text: str) -> bool:
    """Return whether a text has more than `tokens` tokens, counting its start and end tokens."""
    return len(tokenizer(text, verbose=False)["input_ids"]) > tokens


def in_chunks(wording: Wording, tokenizer: Any, encoder: Any, tokens: int, layer: Layer) -> Words:
    """Return the embeddings of a prompt of any length, by its weights, in chunks of `tokens`. Each chunk is encoded by
    itself; if possible, chunks end where a sentence ends."""
    from compel.embeddings_provider import EmbeddingsProvider, ReturnedEmbeddingsType, SplitLongTextMode

    layers = {
        "last": ReturnedEmbeddingsType.LAST_HIDDEN_STATES_NORMALIZED,
        "penultimate": ReturnedEmbeddingsType.PENULTIMATE_HIDDEN_STATES_NON_NORMALIZED,
    }
    provider = EmbeddingsProvider(
        tokenizer,
        encoder,
        truncate=False,
        returned_embeddings_type=layers[layer],
        split_long_text_mode=SplitLongTextMode.SENTENCES,
        model_max_length=tokens,
    )
    spans = [span for span in wording.spans if tokenizer(span.text, add_special_tokens=False)["input_ids"]]
    texts, weights = [span.text for span in spans], [span.weight for span in spans]
    embedded = provider.get_embeddings_for_weighted_prompt_fragments([texts], [weights], device=encoder.device)
    assert isinstance(embedded, Tensor), "the tokens were not asked for"
    return embedded[0]


def filled(words: Words, chunks: int, tokens: int, nothing: Callable[[], Words]) -> Words:
    """Pad embeddings of whole chunks of `tokens` to `chunks` chunks, with those of `nothing`."""
    missing = chunks - len(words) // tokens
    return torch.cat([words, nothing().repeat(missing, 1)]) if missing > 0 else words
