from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline  # type: ignore[attr-defined]
from safetensors.torch import load_file, save_file

from backend.contracts.graph import PromptSpec
from tests.tiny.stable_diffusion import load_tiny_checkpoint, write_tiny_checkpoint
from worker.diffusion import text
from worker.diffusion.kind import CropCoordinates
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.memory import Batches
from worker.diffusion.text import Prompts

LONG = "a desert under the moon, a very long road " * 8


@pytest.mark.parametrize("prompt", ["a desert", "", "sand (dry) - hot"])
def test_embeddings_are_those_of_diffusers(tiny: StableDiffusion, models_folder: Path, prompt: str) -> None:
    pipeline = StableDiffusionPipeline.from_pretrained(models_folder / "tiny", local_files_only=True)
    expected, _ = pipeline.encode_prompt(prompt, "cpu", 1, False)
    torch.testing.assert_close(tiny.prompts.encode(prompt).tokens, expected[0])


def test_a_prompt_is_encoded_once(tiny: StableDiffusion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "REMEMBERED", 2 * tiny.clip.tokens)
    encoder = Prompts(tiny.clip.embed, tiny.adapter_host, "tiny")
    calls: list[None] = []
    hook = tiny.clip.encoder.register_forward_pre_hook(lambda *_: calls.append(None))
    for prompt in ("one", "two", "one", "one", "three", "one"):
        encoder.encode(prompt)
    assert len(calls) == 3
    encoder.encode("two")
    assert len(calls) == 4, "the one used longest ago was forgotten"
    hook.remove()


def test_a_long_prompt_is_read_to_its_end(tiny: StableDiffusion) -> None:
    """The first chunk does not change, and the text after the cut has an effect."""
    chunks = [tiny.prompts.encode(LONG + end).tokens for end in ("", "by day", "by night")]
    assert all(len(one) % tiny.clip.tokens == 0 and len(one) > tiny.clip.tokens for one in chunks)
    first = tiny.prompts.encode("a desert under the moon,").tokens
    torch.testing.assert_close(chunks[0][: tiny.clip.tokens], first)
    assert (chunks[1][-tiny.clip.tokens :] - chunks[2][-tiny.clip.tokens :]).abs().max() > 0.01


def test_a_prompt_and_a_longer_negative_prompt_are_filled_up_with_nothing(tiny: StableDiffusion) -> None:
    positive, negative = tiny.prompts.pair("a desert", LONG)
    alone, nothing = tiny.prompts.encode("a desert").tokens, tiny.prompts.encode("").tokens
    assert len(positive.tokens) == len(negative.tokens) == len(tiny.prompts.encode(LONG).tokens)
    assert torch.equal(positive.tokens, torch.cat([alone, *[nothing] * (len(negative.tokens) // len(nothing) - 1)]))


def test_views_of_prompts_of_any_length_run_beside_each_other(tiny: StableDiffusion) -> None:
    """Each view gives the same result as it does alone."""
    views = list(torch.randn(3, 8, 16, 16, generator=torch.Generator().manual_seed(3)).unbind(0))
    specs = [PromptSpec(prompt=said, negative_prompt="fog", guidance=3, model="tiny") for said in ("a", LONG, "b++")]
    conditionings = [tiny.conditioning(spec, CropCoordinates.whole(128, 128)) for spec in specs]
    at = tiny.clock.schedule(3).instants[1]
    together = tiny.model(Batches(4)).predict_clean(views, at, conditionings)
    for view, conditioning, ours in zip(views, conditionings, together, strict=True):
        [alone] = tiny.model(Batches(4)).predict_clean([view], at, [conditioning])
        torch.testing.assert_close(ours, alone, rtol=0, atol=1e-4)


def test_text_encoders_saved_in_either_layout_load_alike(tmp_path: Path) -> None:
    """transformers 5.6 flattened CLIPTextModel. In older folders, the name of every weight begins with
    `text_model.`."""
    write_tiny_checkpoint(tmp_path / "a", id="a")
    write_tiny_checkpoint(tmp_path / "b", id="b")
    file = tmp_path / "b" / "text_encoder" / "model.safetensors"
    weights = load_file(file)
    nested = any(name.startswith("text_model.") for name in weights)
    other = {name.removeprefix("text_model.") if nested else f"text_model.{name}": w for name, w in weights.items()}
    save_file(other, file, metadata={"format": "pt"})
    one, two = (load_tiny_checkpoint(tmp_path, id).prompts.encode("a desert").tokens for id in "ab")
    assert torch.equal(one, two)
