"""Count the tokens of a prompt as a model's text encoder does.

The text encoder is CLIP for every kind of model. Its tokenizer is read from the folder `tokenizer` by the library
tokenizers, which needs no torch.
"""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import BPE

from backend.store.errors import NotFound

MARKERS = 2  # tokens at the start and the end of each chunk
PHRASE_ENDS = frozenset({".</w>", ",</w>", ";</w>", ":</w>"})
_PIECES = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


class UncountableError(NotFound):
    """The model's folder has no tokenizer that can be read."""


@dataclass(frozen=True)
class PromptLength:
    """The number of tokens of a prompt, without those that mark its start and end. The text encoder reads at most
    `limit` at once, and a longer prompt in several chunks."""

    tokens: int
    limit: int
    chunks: int


class PromptLengths:
    """Counts the tokens of prompts. It keeps each tokenizer that it has read. Threads may share it."""

    def __init__(self) -> None:
        self._reading = threading.Lock()
        self._known: dict[Path, tuple[float, Tokenizer]] = {}

    def count(self, folder: Path, texts: Sequence[str]) -> PromptLength:
        """Count the tokens of a prompt for the model in a folder. `texts`: the parts of the prompt that have one weight
        each, without the signs of weights. Raises UncountableError if the folder's tokenizer cannot be read."""
        limit = _limit(folder) - MARKERS
        encoded = self._tokenizer(folder / "tokenizer").encode_batch([*texts], add_special_tokens=False)
        tokens = [token for one in encoded for token in one.tokens]
        return PromptLength(len(tokens), limit, _chunks(tokens, limit))

    def _tokenizer(self, folder: Path) -> Tokenizer:
        with self._reading:
            changed = max((file.stat().st_mtime for file in folder.glob("*")), default=0.0)
            known = self._known.get(folder)
            if known is None or known[0] != changed:
                known = self._known[folder] = changed, _read(folder)
            return known[1]


def _limit(folder: Path) -> int:
    """Return how many tokens the text encoder reads at once, with both markers."""
    values = [
        _number(folder / "tokenizer" / "tokenizer_config.json", "model_max_length"),
        _number(folder / "text_encoder" / "config.json", "max_position_embeddings"),
    ]
    known = [value for value in values if value is not None]
    return max(min(known, default=77), MARKERS + 1)


def _number(file: Path, key: str) -> int | None:
    try:
        value = json.loads(file.read_bytes()).get(key)
    except (OSError, ValueError, AttributeError):
        return None
    return value if isinstance(value, int) and value > 0 else None


def _read(folder: Path) -> Tokenizer:
    """Read a CLIP tokenizer, from `tokenizer.json` or from the older pair `vocab.json` and `merges.txt`."""
    whole = folder / "tokenizer.json"
    try:
        if whole.is_file():
            tokenizer = Tokenizer.from_file(str(whole))
        else:
            vocabulary, merges = BPE.read_file(str(folder / "vocab.json"), str(folder / "merges.txt"))
            tokenizer = _clip(BPE(vocabulary, merges, end_of_word_suffix="</w>", unk_token="<|endoftext|>"))
    except Exception as error:  # tokenizers raises plain Exceptions
        raise UncountableError(
            f"The tokens cannot be counted, because the model's folder {folder.name}/ is missing or damaged."
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _clip(pairs: BPE) -> Tokenizer:
    """Return CLIP's tokenizer with these pairs: text in lower case, words without spaces, then bytes."""
    tokenizer = Tokenizer(pairs)
    spaces = normalizers.Replace(Regex(r"\s+"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), spaces, normalizers.Lowercase()])  # pyright: ignore
    words = pre_tokenizers.Split(Regex(_PIECES), behavior="removed", invert=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words, pre_tokenizers.ByteLevel(add_prefix_space=False)])  # pyright: ignore
    return tokenizer


def _chunks(tokens: Sequence[str], limit: int) -> int:
    """Return in how many chunks of at most `limit` tokens compel splits a prompt: after a sentence if possible, or else
    after a phrase, or else after a word."""
    count, start = 1, 0
    while len(tokens) - start > limit:
        start += _first_chunk(tokens[start : start + limit])
        count += 1
    return count


def _first_chunk(tokens: Sequence[str]) -> int:
    """Return the number of tokens in the first chunk, of as many tokens as fit into one."""
    ends = (
        lambda token: token == ".</w>",
        lambda token: token in PHRASE_ENDS,
        lambda token: token.endswith("</w>"),
    )
    for is_end in ends:
        last = next((at for at in reversed(range(len(tokens))) if is_end(tokens[at])), None)
        if last is not None:
            return last + 1
    return len(tokens)
