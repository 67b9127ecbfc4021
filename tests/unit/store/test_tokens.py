"""Prompts are counted as the worker's text encoder reads them."""

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import CLIPTokenizer

from backend.store.tokens import PromptLengths, UncountableError
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from worker.diffusion.loading import Models
from worker.diffusion.wording import Wording

PAPERCUT = Path(__file__).parents[3] / "models" / "papercut"
PROMPTS = [
    "",
    "a desert at night",
    "A Zeppelin, with  spaces\nand don't-know words: 3.50 €, crème brûlée!",
    "a (red ball)1.4 in the grass++, under a (dark (starry)1.2 sky)0.8",
    "a house, " * 20,
    "a house. " * 25,
    "a house and " * 30,
    "supercalifragilisticexpialidocious" * 20,
]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_tokens_are_those_of_the_worker(prompt: str) -> None:
    tokenizer = CLIPTokenizer.from_pretrained(PAPERCUT / "tokenizer", local_files_only=True)
    parts = [span.text for span in Wording.read(prompt).spans]
    expected = sum(len(tokenizer(part, add_special_tokens=False, verbose=False)["input_ids"]) for part in parts)
    length = PromptLengths().count(PAPERCUT, parts)
    assert (length.tokens, length.limit) == (expected, 46)


def test_the_older_files_of_a_tokenizer_count_the_same(tmp_path: Path) -> None:
    whole = json.loads((PAPERCUT / "tokenizer" / "tokenizer.json").read_text())["model"]
    folder = tmp_path / "tokenizer"
    folder.mkdir()
    (folder / "vocab.json").write_text(json.dumps(whole["vocab"]))
    pairs = [" ".join(pair) if isinstance(pair, list) else pair for pair in whole["merges"]]
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *pairs]))
    lengths = PromptLengths()
    for prompt in PROMPTS:
        older = lengths.count(tmp_path, [prompt])
        assert (older.tokens, older.limit) == (lengths.count(PAPERCUT, [prompt]).tokens, 75)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_chunks_are_those_of_the_worker(prompt: str, tmp_path: Path) -> None:
    write_tiny_checkpoint(tmp_path / "tiny")
    model: Any = Models(tmp_path, "cpu").get("tiny")
    parts = [span.text for span in Wording.read(prompt).spans]
    length = PromptLengths().count(tmp_path / "tiny", parts)
    assert len(model.prompts.encode(prompt).tokens) == length.chunks * (length.limit + 2)


def test_a_folder_without_a_tokenizer_is_said(tmp_path: Path) -> None:
    with pytest.raises(UncountableError, match="tokens cannot be counted"):
        PromptLengths().count(tmp_path, ["a desert"])
