"""The map from latents to colours, fitted through a decoder."""

from pathlib import Path

import numpy as np
import pytest
import torch

from backend.contracts.model import LatentRgb
from inlay_engine.variables import Latent
from training.papercut.groups import FIGURES, WIDE
from worker.diffusion.kind import LoadedModel
from worker.diffusion.latent_rgb import DRAWS, GRAINS, fit, smooth_latents
from worker.diffusion.loading import Models
from worker.diffusion.vae import Rgb, to_bytes

CPU = torch.device("cpu")
TRUTH = LatentRgb(factors=[[0.05, 0.0, -0.05], [0.0, 0.04, 0.02], [0.03, 0.03, 0.03]], bias=[0.4, 0.5, 0.6])


def colours(latent: Latent, mapping: LatentRgb) -> torch.Tensor:
    """Return colours of shape (3, rows, columns), as in a preview."""
    factors, bias = torch.tensor(mapping.factors).to(latent), torch.tensor(mapping.bias).to(latent)
    return torch.einsum("chw,cr->rhw", latent, factors) + bias[:, None, None]


def linear(latent: Latent) -> Rgb:
    """A decoder with a known result: each cell becomes a plain square of 4 x 4 pixels."""
    return to_bytes(colours(latent, TRUTH).repeat_interleave(4, 1).repeat_interleave(4, 2))


def test_a_linear_decoder_is_found_again() -> None:
    fitted = fit(linear, channels=3, cell=4, device=CPU)
    assert np.allclose(fitted.factors, TRUTH.factors, atol=2e-3)
    assert np.allclose(fitted.bias, TRUTH.bias, atol=2e-3)


def test_a_channel_without_effect_gets_no_weight() -> None:
    def two_of_three(latent: Latent) -> Rgb:
        return linear(torch.cat([latent[:2], torch.zeros_like(latent[2:])]))

    assert np.abs(fit(two_of_three, channels=3, cell=4, device=CPU).factors[2]).max() < 1e-3


def test_the_same_seed_gives_the_same_map() -> None:
    first, again, other = (fit(linear, channels=3, cell=4, device=CPU, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


def test_random_latents_are_of_unit_variance_and_of_every_grain() -> None:
    fields = [*smooth_latents(8, seed=0)]
    assert len(fields) == len(GRAINS) * DRAWS
    assert 0.5 < torch.stack(fields).var() < 1.2
    steps = [field.diff(dim=2).pow(2).mean().item() for field in fields[::DRAWS]]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] > 100 * steps[-1]


@pytest.mark.slow
def test_the_bundled_model_previews_nearly_as_well_as_by_the_map_made_from_its_pictures() -> None:
    papercut = Models(Path(__file__).parents[4] / "models", "cpu").get("papercut")
    shipped = papercut.description.latent_rgb
    fitted = fit(papercut.decoder.decode, papercut.description.channels, papercut.description.cell, CPU)
    pairs = [latent_and_colours(papercut, group.draw(group.held_out_seeds(1)[0]).pixels) for group in (FIGURES, WIDE)]

    def error(mapping: LatentRgb) -> float:
        return float(np.mean([(colours(latent, mapping) - small).abs().mean().item() for latent, small in pairs]))

    plain = float(np.mean([(small - small.mean((1, 2), keepdim=True)).abs().mean().item() for _, small in pairs]))
    assert error(fitted) < 1.6 * error(shipped)
    assert error(fitted) < 0.65 * plain


def latent_and_colours(model: LoadedModel, pixels: np.ndarray) -> tuple[Latent, torch.Tensor]:
    """Return a picture's scaled latent, and the mean colours of its cells (3, rows, columns)."""
    picture = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255
    vae = model.decoder.vae
    with torch.no_grad():
        latent = vae.encode(picture * 2 - 1, return_dict=False)[0].mode()[0] * vae.config["scaling_factor"]
    return latent, torch.nn.functional.avg_pool2d(picture, model.description.cell)[0]
