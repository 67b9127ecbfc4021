from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline  # type: ignore[attr-defined]
from safetensors.torch import load_file, save_file

from tests.tiny.stable_diffusion import load_tiny_checkpoint, write_tiny_checkpoint
from worker.diffusion import text
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.text import Prompts

LONG = "a desert under the moon, a very long road " * 8


@pytest.mark.parametrize("prompt", ["a desert", "", LONG])
def test_embeddings_are_those_of_diffusers(tiny: StableDiffusion, models_folder: Path, prompt: str) -> None:
    pipeline = StableDiffusionPipeline.from_pretrained(models_folder / "tiny", local_files_only=True)
    expected, _ = pipeline.encode_prompt(prompt, "cpu", 1, False)
    torch.testing.assert_close(tiny.prompts.encode(prompt).tokens, expected[0])


def test_a_prompt_is_encoded_once(tiny: StableDiffusion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "REMEMBERED", 2)
    encoder = Prompts(tiny.clip.last)
    calls: list[None] = []
    hook = tiny.clip.encoder.register_forward_pre_hook(lambda *_: calls.append(None))
    for prompt in ("one", "two", "one", "one", "three", "one"):
        encoder.encode(prompt)
    assert len(calls) == 3
    encoder.encode("two")
    assert len(calls) == 4, "the one used longest ago was forgotten"
    hook.remove()


def test_text_encoders_saved_in_either_layout_load_alike(tmp_path: Path) -> None:
    """transformers 5.6 flattened CLIPTextModel: older folders name every weight `text_model.*`."""
    write_tiny_checkpoint(tmp_path / "a", id="a")
    write_tiny_checkpoint(tmp_path / "b", id="b")
    file = tmp_path / "b" / "text_encoder" / "model.safetensors"
    weights = load_file(file)
    nested = any(name.startswith("text_model.") for name in weights)
    other = {name.removeprefix("text_model.") if nested else f"text_model.{name}": w for name, w in weights.items()}
    save_file(other, file, metadata={"format": "pt"})
    one, two = (load_tiny_checkpoint(tmp_path, id).prompts.encode("a desert").tokens for id in "ab")
    assert torch.equal(one, two)
