"""The tokenizer, which learns its vocabulary from captions, and the text encoder."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

MAX_TOKENS = 48
MERGES = 1400
START, END = "<|startoftext|>", "<|endoftext|>"


def words_of(texts: Iterable[str]) -> list[str]:
    """Return all words of the texts, sorted."""
    return sorted({word for text in texts for word in re.findall(r"[a-z]+", text.lower())})


def build_tokenizer(texts: Iterable[str], merges: int = MERGES) -> CLIPTokenizer:
    """Build a CLIP tokenizer with a byte-pair vocabulary learned from the texts. It encodes any other text by bytes."""
    learner = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    learner.normalizer = normalizers.Lowercase()  # pyright: ignore
    learner.pre_tokenizer = pre_tokenizers.Sequence(  # pyright: ignore
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Punctuation(),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=2 * len(alphabet) + merges, initial_alphabet=alphabet, end_of_word_suffix="</w>", show_progress=False
    )
    learner.train_from_iterator(texts, trainer)
    pairs = [tuple(pair) for pair in json.loads(learner.to_str())["model"]["merges"]]
    pieces = [*alphabet, *(f"{letter}</w>" for letter in alphabet)]
    pieces += dict.fromkeys(first + second for first, second in pairs if first + second not in set(pieces))
    vocabulary = {piece: index for index, piece in enumerate([*pieces, START, END])}
    return CLIPTokenizer(vocab=vocabulary, merges=pairs, model_max_length=MAX_TOKENS)  # pyright: ignore


def build_text_encoder(tokenizer: CLIPTokenizer, hidden: int = 160, layers: int = 3) -> CLIPTextModel:
    """Build a small, untrained CLIP text transformer."""
    vocabulary = tokenizer.get_vocab()
    start, end = (vocabulary[token] for token in (START, END))
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        intermediate_size=3 * hidden,
        projection_dim=hidden,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 32,
        max_position_embeddings=MAX_TOKENS,
        bos_token_id=start,
        eos_token_id=end,
        pad_token_id=end,
    )
    return CLIPTextModel(config)


def token_ids(tokenizer: CLIPTokenizer, texts: list[str]) -> Tensor:
    """Return token ids of shape (texts, MAX_TOKENS), padded and truncated as in diffusers' pipelines."""
    encoded = tokenizer(texts, padding="max_length", max_length=MAX_TOKENS, truncation=True, return_tensors="pt")
    ids = encoded["input_ids"]
    assert isinstance(ids, torch.Tensor)
    return ids


def load_tokenizer(folder: Path) -> CLIPTokenizer:
    return CLIPTokenizer.from_pretrained(folder, local_files_only=True)


def continue_text_encoder(
    old: CLIPTextModel, known: CLIPTokenizer, new: CLIPTextModel, tokenizer: CLIPTokenizer
) -> None:
    """Copy the weights of `old`, whose vocabulary is `known`'s, into `new`, which has the same size but the vocabulary
    of `tokenizer`.

    The embedding of a new piece is the mean of those of the pieces with which `known` spells it.
    """
    weights = dict(old.state_dict())
    name = next(name for name in weights if name.endswith("token_embedding.weight"))
    rows, pieces = weights[name], known.get_vocab()
    grown = torch.empty(len(tokenizer), rows.shape[1])
    for piece, index in tokenizer.get_vocab().items():
        spelled = [pieces[piece]] if piece in pieces else _spelled(piece, known)
        grown[index] = rows[spelled].mean(0)
    new.load_state_dict({**weights, name: grown})


def _spelled(piece: str, known: CLIPTokenizer) -> list[int]:
    """Return the ids of the pieces with which `known` spells a piece of another vocabulary. Both consist of symbols for
    bytes, so the piece is divided as it is, and not encoded as a text."""
    return [token.id for token in known.backend_tokenizer.model.tokenize(piece.removesuffix("</w>"))]


def whole_words(tokenizer: CLIPTokenizer) -> list[str]:
    """Return the texts of the pieces that end a word, except those that begin or end inside a character."""
    decoder = decoders.ByteLevel()
    texts = [decoder.decode([piece.removesuffix("</w>")]) for piece in tokenizer.get_vocab() if piece.endswith("</w>")]
    return [text for text in texts if "\N{REPLACEMENT CHARACTER}" not in text]
