from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from backend.contracts.model import LatentRgb
from worker.diffusion.kind import LoadedModel
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.loading import Models
from worker.diffusion.vae import PREVIEW_SCALE, preview

COLOURS = {
    "black": (0.0, 0.0, 0.0),
    "white": (1.0, 1.0, 1.0),
    "grey": (0.5, 0.5, 0.5),
    "red": (0.9, 0.1, 0.1),
    "green": (0.2, 0.7, 0.3),
    "blue": (0.2, 0.4, 0.8),
    "yellow": (1.0, 0.9, 0.2),
}


@pytest.fixture(scope="module")
def papercut() -> LoadedModel:
    return Models(Path(__file__).parents[3] / "models", "cpu").get("papercut")


def latent(height: int = 16, width: int = 32) -> torch.Tensor:
    return torch.randn(8, height, width, generator=torch.Generator().manual_seed(0))


def test_a_latent_decodes_as_the_vae_says(tiny: StableDiffusion) -> None:
    vae = tiny.decoder.vae
    with torch.no_grad():
        expected = vae.decode(latent()[None] / vae.config["scaling_factor"], return_dict=False)[0][0]
    picture = tiny.decoder.decode(latent())
    assert picture.shape == (128, 256, 3)
    assert picture.dtype == np.uint8
    wanted = ((expected / 2 + 0.5).clamp(0, 1) * 255).permute(1, 2, 0).numpy()
    assert np.abs(picture - wanted).max() <= 0.51
    assert picture.std() > 5


def test_a_wrapping_picture_has_no_seam(tiny: StableDiffusion) -> None:
    """Rolled latents give the rolled picture, wherever the edge comes to lie, but for the decoder's normalisation over
    the whole picture; without wrapping the edges stand out."""
    rolled = torch.roll(latent(), (5, 9), (1, 2))

    def apart(wraps: bool) -> float:
        here, there = (tiny.decoder.decode(each, wraps, wraps).astype(int) for each in (latent(), rolled))
        return float(np.abs(np.roll(here, (40, 72), (0, 1)) - there).mean())

    assert apart(wraps=True) < 1.5
    assert apart(wraps=False) > 10


def test_a_wrap_narrower_than_the_padding_still_decodes(tiny: StableDiffusion) -> None:
    assert tiny.decoder.decode(latent(4, 8), True, True).shape == (32, 64, 3)


def test_a_preview_is_the_linear_map(tiny: StableDiffusion) -> None:
    flat = torch.zeros(2, 3, 5)
    flat[0] = 0.5
    mapping = LatentRgb(factors=[[1.0, 0.0, -2.0], [0.0, 1.0, 0.0]], bias=[0.1, 0.2, 0.3])
    picture = preview(flat, mapping)
    assert picture.shape == (3 * PREVIEW_SCALE, 5 * PREVIEW_SCALE, 3)
    assert (picture == np.array([153, 51, 0])).all()


@pytest.mark.parametrize("name", COLOURS)
def test_the_latent_of_a_colour_decodes_to_about_that_colour(papercut: LoadedModel, name: str) -> None:
    """As nearly as papercut's autoencoder draws a plain picture, and nearer to this colour than to any other."""
    cell = papercut.colour_latent(COLOURS[name])
    seen = papercut.decoder.decode(cell[:, None, None].expand(-1, 32, 32))[64:192, 64:192].mean((0, 1)) / 255
    distance = {other: float(np.linalg.norm(seen - np.array(rgb))) for other, rgb in COLOURS.items()}
    assert min(distance, key=lambda other: distance[other]) == name

    vae: Any = papercut.decoder.vae
    plain = torch.tensor(COLOURS[name])[:, None, None].expand(3, 256, 256) * 2 - 1
    with torch.no_grad():
        rebuilt = vae.decode(vae.encode(plain[None], return_dict=False)[0].mode(), return_dict=False)[0][0]
    assert seen == pytest.approx((rebuilt[:, 64:192, 64:192].mean((1, 2)) / 2 + 0.5).numpy(), abs=0.1)


def test_a_colour_is_encoded_once(tiny: StableDiffusion) -> None:
    calls: list[None] = []
    hook = tiny.decoder.vae.encoder.register_forward_pre_hook(lambda *_: calls.append(None))
    first, second = (tiny.colour_latent([0.1, 0.2, 0.3]) for _ in range(2))
    tiny.colour_latent((0.3, 0.2, 0.1))
    hook.remove()
    assert torch.equal(first, second)
    assert first.shape == (8,)
    assert len(calls) == 2
