"""Previews of a running job: by a tiny decoder if the model's folder has one, else by the linear map."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny

from backend.contracts.frames import PREVIEW_SCALE
from backend.contracts.model import ModelDescription
from tests.tiny.parts import tiny_vae, vae
from tests.tiny.stable_diffusion import load_tiny_checkpoint, write_tiny_checkpoint
from worker.diffusion import previews
from worker.diffusion.errors import DiffusionError
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.loading import Models
from worker.diffusion.previews import Previews
from worker.diffusion.vae import preview


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A models folder with a model that has a tiny decoder."""
    write_tiny_checkpoint(tmp_path / "tiny")
    torch.manual_seed(1)
    tiny_vae(8).save_pretrained(tmp_path / "tiny" / "tiny_vae")
    return tmp_path / "tiny"


def latent(rows: int, columns: int) -> torch.Tensor:
    return torch.randn(8, rows, columns, generator=torch.Generator().manual_seed(2))


def test_a_tiny_decoder_shows_what_it_decodes(folder: Path) -> None:
    """The preview is the picture of diffusers' own tiny decoder at half the size."""
    shown = load_tiny_checkpoint(folder.parent, "tiny").previews.show(latent(16, 24))
    theirs = AutoencoderTiny.from_pretrained(folder / "tiny_vae", local_files_only=True)
    with torch.no_grad():
        decoded = theirs.decode(latent(16, 24)[None], return_dict=False)[0][0] / 2 + 0.5
    halved = decoded.reshape(3, 64, 2, 96, 2).mean((2, 4)).clamp(0, 1) * 255
    assert shown.shape == (16 * PREVIEW_SCALE, 24 * PREVIEW_SCALE, 3)
    assert np.abs(shown - halved.permute(1, 2, 0).numpy()).max() <= 0.51
    assert shown.std() > 5


def test_without_a_tiny_decoder_the_linear_map_makes_the_preview(tiny: StableDiffusion) -> None:
    shown = tiny.previews.show(latent(16, 24))
    assert np.array_equal(shown, preview(latent(16, 24), tiny.description.latent_rgb))
    assert shown.shape == (16 * PREVIEW_SCALE, 24 * PREVIEW_SCALE, 3)


def test_a_large_canvas_is_shown_in_parts_each_decoded_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = load_tiny_checkpoint(folder.parent, "tiny").previews.show(latent(40, 120))
    monkeypatch.setattr(previews, "AT_ONCE", 40 * 50)
    loaded = load_tiny_checkpoint(folder.parent, "tiny").previews
    assert loaded.tiny is not None
    sizes: list[int] = []
    loaded.tiny.decoder.register_forward_pre_hook(lambda _, inputs: sizes.append(inputs[0][0, 0].numel()))
    parts = loaded.show(latent(40, 120))
    assert len(sizes) > 2
    assert max(sizes) <= 40 * 50
    assert sum(sizes) < 2 * 40 * 120
    assert np.abs(parts.astype(int) - whole).mean() < 0.5


def test_the_weights_of_a_tiny_decoder_count_against_the_budget(folder: Path) -> None:
    with_it = sum(file.stat().st_size for file in folder.rglob("*.safetensors"))
    weights = (folder / "tiny_vae" / "diffusion_pytorch_model.safetensors").stat().st_size
    Models(folder.parent, "cpu", with_it).get("tiny")
    with pytest.raises(DiffusionError, match="models may take"):
        Models(folder.parent, "cpu", with_it - weights).get("tiny")


def test_a_decoder_of_other_latents_is_refused_with_its_file(folder: Path, tiny: StableDiffusion) -> None:
    def refused(tiny_folder: Path, sentence: str, **changes: Any) -> None:
        model: ModelDescription = tiny.description.model_copy(update=changes)
        with pytest.raises(DiffusionError, match=sentence):
            Previews.load(tiny_folder.parent, model, torch.device("cpu"), torch.float32)

    own = folder / "tiny_vae"
    refused(own, r"tiny_vae/config.json: latent_channels is 8, but a latent of the model has 4", channels=4)
    refused(own, r"tiny_vae/config.json: it decodes a latent cell to 8 pixels a side, and the model to 16", cell=16)
    (own / "diffusion_pytorch_model.safetensors").unlink()
    refused(own, r"tiny_vae holds no .safetensors file")
    vae(8, 128).save_pretrained(own)
    assert json.loads((own / "config.json").read_text())["_class_name"] == "AutoencoderKL"
    refused(own, r"_class_name is 'AutoencoderKL', but a tiny decoder has 'AutoencoderTiny'")
