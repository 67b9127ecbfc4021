from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

from backend.contracts.frames import PREVIEW_SCALE
from backend.contracts.model import LatentRgb
from training.papercut.drawing import draw_panorama
from worker.diffusion.kind import LoadedModel
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.loading import Models
from worker.diffusion.tiles import NO_ROOM
from worker.diffusion.vae import Decoder, Encoder, Rgb, pixels_at_once, preview

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
    return Models(Path(__file__).parents[4] / "models", "cpu").get("papercut")


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
    """Rolled latents give the rolled picture, except for a small effect of the decoder's normalisation over the whole
    picture. Without wrapping, the edges differ clearly."""
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


@pytest.mark.slow
@pytest.mark.parametrize("name", COLOURS)
def test_the_latent_of_a_colour_decodes_to_about_that_colour(papercut: LoadedModel, name: str) -> None:
    """The colour is as exact as papercut's autoencoder draws a plain picture, and nearest to this colour of all."""
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


@pytest.fixture(scope="module")
def drawn() -> Rgb:
    """A canvas of 512 x 256 pixels. Its halves are different places at different times of day."""
    return np.concatenate(
        [
            draw_panorama(3, width=512, biome="desert", time="day").pixels,
            draw_panorama(4, width=512, biome="forest", time="night").pixels,
        ]
    )


def autoencoder(widths: tuple[int, ...], **config: Any) -> AutoencoderKL:
    """An autoencoder with random weights, which are always the same."""
    torch.manual_seed(0)
    config |= {"block_out_channels": widths, "down_block_types": ["DownEncoderBlock2D"] * len(widths)}
    config |= {"up_block_types": ["UpDecoderBlock2D"] * len(widths)}
    return AutoencoderKL(**config).eval()


def apart(one: Rgb, other: Rgb) -> float:
    """Return the mean difference, of 255."""
    return float(np.abs(one.astype(int) - other).mean())


TILE = 256 * 256  # pixels: of 32 x 32 cells, margins among them


@pytest.mark.slow
def test_tiles_of_papercut_decode_within_the_bar_of_the_whole(papercut: LoadedModel, drawn: Rgb) -> None:
    """A mean error of 3 of 255 is acceptable. Tiles that are normalised by themselves have more than 10."""
    whole, tiled = papercut.decoder, Decoder(papercut.decoder.vae, 8, limit=TILE)
    latent = papercut.encoder.encode(drawn)
    picture = whole.decode(latent)
    assert apart(tiled.decode(latent), picture) < 1
    alone = np.concatenate([whole.decode(half) for half in latent.chunk(2, 1)])
    assert apart(alone, picture) > 10


def test_tiles_in_step_decode_as_the_whole_does(papercut: LoadedModel) -> None:
    """Tiles that know the statistics of the whole picture differ from it by rounding, and by what is further away than
    their margins. Tiles that run twice know them nearly."""
    latent = papercut.encoder.encode(draw_panorama(3, width=384, biome="desert", time="day").pixels)
    vae = papercut.decoder.vae
    whole, in_step = (Decoder(vae, 8, limit).decode(latent) for limit in (None, 128 * 160))
    twice = Decoder(vae, 8, 128 * 160)
    twice.tiling.room = lambda: NO_ROOM
    assert apart(in_step, whole) < 0.1
    assert apart(in_step, whole) < apart(twice.decode(latent), whole) < 3


@pytest.mark.slow
def test_tiles_of_papercut_encode_as_the_whole_does(papercut: LoadedModel, drawn: Rgb) -> None:
    whole, tiled = papercut.encoder, Encoder(papercut.encoder.vae, 128, limit=TILE)
    latent = whole.encode(drawn)
    assert (tiled.encode(drawn) - latent).abs().mean() < 0.02
    alone = torch.cat([whole.encode(half) for half in np.split(drawn, 2)], 1)
    assert (alone - latent).abs().mean() > 0.2
    assert apart(papercut.decoder.decode(latent), drawn) < 10


def test_only_what_is_above_the_limit_is_tiled(papercut: LoadedModel) -> None:
    shapes: list[tuple[int, ...]] = []
    vae = papercut.decoder.vae
    hook = vae.decoder.register_forward_pre_hook(lambda _, inputs: shapes.append(tuple(inputs[0].shape[2:])))
    decoder = Decoder(vae, 8, limit=TILE)
    decoder.decode(torch.zeros(8, 32, 32))
    assert shapes == [(32, 32)]
    decoder.decode(torch.zeros(8, 32, 40))
    hook.remove()
    assert len(shapes) == 1 + 2, "each of two tiles runs once, as the memory holds them"
    assert all(rows * columns <= 32 * 32 for rows, columns in shapes)


def test_attention_is_kept_to_a_tile() -> None:
    """A VAE with attention in its middle, as in Stable Diffusion, decodes nearly the same in tiles as in one piece."""
    vae = autoencoder((8, 8), norm_num_groups=4, mid_block_add_attention=True, scaling_factor=1.0)
    seen: list[int] = []
    attention = vae.decoder.mid_block.attentions[0]  # type: ignore[union-attr]
    attention.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].shape[2] * inputs[0].shape[3]))
    noise = torch.randn(4, 40, 60, generator=torch.Generator().manual_seed(0))
    whole, tiled = (Decoder(vae, 2, limit).decode(noise) for limit in (10**6, 32 * 32 * 4))
    assert seen[0] == 2400
    assert max(seen[1:]) <= 32 * 32
    assert apart(whole, tiled) < 0.2 * whole.std()


def test_a_picture_is_encoded_as_the_vae_says(tiny: StableDiffusion, drawn: Rgb) -> None:
    vae: Any = tiny.decoder.vae
    picture = drawn[:128, :256]
    with torch.no_grad():
        pixels = torch.tensor(picture).permute(2, 0, 1)[None] / 127.5 - 1
        expected = vae.encode(pixels).latent_dist.mode()[0] * vae.config["scaling_factor"]
    torch.testing.assert_close(tiny.encoder.encode(picture), expected, rtol=1e-4, atol=1e-5)


def test_a_picture_that_wraps_is_encoded_without_a_seam(papercut: LoadedModel, drawn: Rgb) -> None:
    picture = drawn[:128, :256]
    rolled = np.roll(picture, (40, 72), (0, 1))

    def furthest(wraps: bool) -> float:
        here, there = (papercut.encoder.encode(each, wraps, wraps) for each in (picture, rolled))
        return float((torch.roll(here, (5, 9), (1, 2)) - there).abs().max())

    assert furthest(wraps=True) < 0.05
    assert furthest(wraps=False) > 0.5


def test_a_picture_of_no_whole_number_of_cells_is_refused(tiny: StableDiffusion) -> None:
    with pytest.raises(ValueError, match="100 x 64 pixels is no whole number of cells of 8"):
        tiny.encoder.encode(np.zeros((64, 100, 3), np.uint8))


def test_a_narrower_vae_decodes_more_at_once(papercut: LoadedModel) -> None:
    with torch.device("meta"):
        wide = autoencoder((128, 256, 512, 512))
    assert pixels_at_once(wide) == 512 * 512
    assert pixels_at_once(papercut.decoder.vae) > pixels_at_once(wide)
