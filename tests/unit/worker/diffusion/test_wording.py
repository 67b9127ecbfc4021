"""The meaning of a prompt's syntax, and its effect on the embedding."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from compel.convenience_wrappers import CompelForSD
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

from backend.contracts.model import ModelDescription
from tests.tiny.stable_diffusion_3 import write_tiny_3
from tests.tiny.stable_diffusion_xl import write_tiny_xl
from worker.diffusion.errors import DiffusionError
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.loading import Models
from worker.diffusion.wording import Span, Wording

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    ("prompt", "spans"),
    [
        ("a (red)1.4 ball", [("a", 1), ("red", 1.4), ("ball", 1)]),
        ("a ball++ (in fog)0.5", [("a", 1), ("ball", 1.21), ("in fog", 0.5)]),
        ("(a (red)1.2 ball)1.5", [("a", 1.5), ("red", 1.8), ("ball", 1.5)]),
        ("a shy-- cat", [("a", 1), ("shy", 0.81), ("cat", 1)]),
        (r"C\+\+ (books)1.1", [("C++", 1), ("books", 1.1)]),
        ("(all of it)2", [("all of it", 2)]),
    ],
)
def test_compels_syntax_sets_weights(prompt: str, spans: list[tuple[str, float]]) -> None:
    read = Wording.read(prompt)
    assert [span.text for span in read.spans] == [text for text, _ in spans]
    assert [span.weight for span in read.spans] == pytest.approx([weight for _, weight in spans])


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "a cat (black), sitting",
        "a cat (black",
        "a) cat, (:",
        'the "Nautilus", well-known',
        "fog - and -- more fog",
        "(red:1.4), [blue]",
        "()0.5",
        "a,b",
        "(" * 900 + "a",
    ],
)
def test_plain_text_stays_as_it_was_typed(prompt: str) -> None:
    assert Wording.read(prompt) == Wording((Span(prompt),))


def test_the_studio_reads_weights_as_the_worker_does() -> None:
    """The studio's own test reads the same table, with the parser that draws the weights in its prompt fields."""
    readings = json.loads((ROOT / "frontend" / "src" / "prompts" / "readings.json").read_text())
    assert len(readings) > 50
    for reading in readings:
        spans = [{"text": span.text, "weight": round(span.weight, 9)} for span in Wording.read(reading["prompt"]).spans]
        assert spans == reading["spans"], reading["prompt"]


@pytest.mark.parametrize("limit", [900, 5000])
def test_the_depth_that_a_prompt_may_have_is_the_same_on_every_stack(limit: int) -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(limit)
    try:
        deepest, deeper = (Wording.read("(" * depth + "a" + ")" * depth + "1.2") for depth in (20, 21))
    finally:
        sys.setrecursionlimit(before)
    assert deepest.spans == (Span("a", 1.2),)
    assert not deeper.weighted


def test_a_backslash_makes_plain_text_of_syntax() -> None:
    assert Wording.read(r"\(c\)1950, C\+\+") == Wording((Span("(c)1950, C++"),))


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("(c)1950", r"gives 'c' the weight 1950; weights go from 0 to 5"),
        ("(a).attend(7)", r"gives 'a' the weight 7"),
        ('("a cat", "a dog").blend(1, 1)', r"uses \.blend\(\)"),
        ('("a cat", "a dog").and()', r"uses \.blend\(\)"),
        ("cat.swap(dog)", r"uses \.blend\(\)"),
        ("a cat withLora(fur, 0.5)", r"Name LoRAs in `loras`"),
    ],
)
def test_other_functions_of_compel_are_refused(prompt: str, sentence: str) -> None:
    with pytest.raises(DiffusionError, match=sentence):
        Wording.read(prompt)


@pytest.mark.parametrize("prompt", ["(" * 20 + "a" + ")" * 20 + "1.2", "(a)" * 600, '"a"' * 600])
def test_every_prompt_is_read_in_seconds(prompt: str) -> None:
    began = time.process_time()
    Wording.read(prompt)
    assert time.process_time() - began < 20


def test_weights_are_those_of_compel(tiny: StableDiffusion, models_folder: Path) -> None:
    """The reference is the embedding that compel computes by itself."""
    pipeline = StableDiffusionPipeline.from_pretrained(models_folder / "tiny", local_files_only=True)
    for prompt in ("a (red)1.4 ball", "a desert-- (in fog)0.3"):
        expected = CompelForSD(pipeline)(prompt).embeds[0]
        torch.testing.assert_close(tiny.prompts.encode(prompt).tokens, expected)


def test_a_heavier_word_moves_the_embedding_further(tiny: StableDiffusion) -> None:
    plain, more, most, none = (tiny.prompts.encode(p).tokens for p in ("a sea", "a sea+", "a (sea)2", "a (sea)0"))
    assert 0.001 < (more - plain).norm() < (most - plain).norm()
    assert (none - plain).norm() > 0.001


@pytest.mark.parametrize("write", [write_tiny_xl, write_tiny_3])
def test_kinds_of_several_encoders_hear_weights_and_long_prompts_in_all(
    write: Callable[..., ModelDescription], tmp_path: Path
) -> None:
    model: Any = Models(tmp_path, "cpu").get(write(tmp_path / "one", id="one").id)
    encode = model.prompts.encode
    plain, heavy = encode("a red ball"), encode("a (red)1.5 ball")
    moved = (heavy.tokens - plain.tokens).abs()
    assert heavy.tokens.shape == plain.tokens.shape
    assert torch.equal(heavy.pooled, plain.pooled)
    clips = slice(0, 32)
    assert moved[clips, :32].max() > 0.001, "the first encoder"
    assert moved[clips, 32:56].max() > 0.001, "the second encoder"
    if len(plain.tokens) > 32:
        assert moved[32:].max() > 0.001, "T5"
    long = "a red ball on a green hill by the sea at night"
    assert len(encode(long).tokens) == 2 * len(plain.tokens)
    positive, negative = model.prompts.pair("a", long)
    assert positive.tokens.shape == negative.tokens.shape
