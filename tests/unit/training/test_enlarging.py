"""Enlarged VAEs, at toy size: which weights they take over, what learns, and whose latents they have."""

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from PIL import Image
from torch.nn import functional

from training.autoencoder import build_autoencoder, crops
from training.enlarging import encoder_loss, enlarge, thaw_encoder
from training.errors import TrainingError
from training.loop import Plan, Run, train
from training.papercut.decoder import DECODER, write_parts
from training.papercut.drawing import draw_panorama
from training.papercut.drawing.figure import draw_figure
from training.papercut.groups import WIDE
from training.papercut.large import ENCODER, export_large, link
from training.pixels import to_tensor
from training.pretrained import load_autoencoder
from training.sharpening import SharpDecoder

PLAN = Plan(steps=60, seed=3, learning_rate=3e-3, warmup=1, log_every=20)


def toy() -> AutoencoderKL:
    torch.manual_seed(1)
    vae = build_autoencoder((8, 8, 8), channels=4).eval()
    vae.register_to_config(scaling_factor=0.5)
    return vae


def means(vae: AutoencoderKL, pictures: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return vae.encode(pictures).latent_dist.mean  # pyright: ignore


@pytest.fixture(scope="module")
def drawn() -> np.ndarray:
    return np.stack([draw_panorama(seed, scale=2).pixels for seed in range(4)])


@pytest.mark.parametrize("draw", [draw_panorama, draw_figure])
def test_a_drawing_of_twice_the_size_shows_the_same(draw) -> None:
    small, large = draw(5), draw(5, scale=2)
    assert large.truth == small.truth
    assert large.pixels.shape == (2 * small.pixels.shape[0], 2 * small.pixels.shape[1], 3)
    reduced = np.asarray(Image.fromarray(large.pixels).reduce(2)).astype(int)
    assert np.abs(reduced - small.pixels).mean() < 1


def test_a_face_of_twice_the_size_is_the_same_close_up() -> None:
    small, large = draw_figure(5).face, draw_figure(5, scale=2).face
    assert large.shape == (2 * small.shape[0], 2 * small.shape[1], 3)
    assert np.abs(np.asarray(Image.fromarray(large).reduce(2)).astype(int) - small).mean() < 1


def test_an_enlarged_group_draws_the_same_seeds() -> None:
    large = WIDE.enlarged(2)
    assert (large.name, large.width, large.height) == ("wide-2x", 1024, 256)
    assert large.training_seeds(0, 3) == WIDE.training_seeds(0, 3)
    assert large.draw(7).truth == WIDE.draw(7).truth
    assert WIDE.enlarged(1) is WIDE


def test_an_enlarged_vae_has_twice_the_pixels_a_cell(drawn: np.ndarray) -> None:
    small, pictures = toy(), to_tensor(drawn[:1, :64, :96])
    large = enlarge(small, 8)
    latents = means(large, pictures)
    assert latents.shape == means(small, functional.avg_pool2d(pictures, 2)).shape
    assert large.decode(latents).sample.shape == pictures.shape  # pyright: ignore
    assert large.config["scaling_factor"] == 0.5


def test_an_enlarged_vae_begins_with_the_weights_of_the_small_one() -> None:
    small = toy()
    old, new = small.state_dict(), enlarge(small, 8).state_dict()
    pairs = [
        ("encoder.down_blocks.2.resnets.0.conv1.weight", "encoder.down_blocks.1.resnets.0.conv1.weight"),
        ("encoder.mid_block.resnets.0.conv1.weight",) * 2,
        ("quant_conv.weight",) * 2,
        ("decoder.conv_in.weight",) * 2,
        ("decoder.up_blocks.1.upsamplers.0.conv.weight",) * 2,
        ("decoder.up_blocks.2.resnets.1.conv2.weight",) * 2,
    ]
    for its, known in pairs:
        assert torch.equal(new[its], old[known]), its
    assert "decoder.up_blocks.2.upsamplers.0.conv.weight" not in old
    assert "decoder.up_blocks.3.resnets.0.conv1.weight" in new


def test_the_encoder_learns_the_small_ones_latents_and_nothing_else_changes(drawn: np.ndarray, tmp_path: Path) -> None:
    small = toy()
    large = thaw_encoder(enlarge(small, 8))
    before = {name: value.clone() for name, value in large.state_dict().items()}
    pictures = to_tensor(drawn[:2, :128, :128])
    wanted = means(small, functional.avg_pool2d(pictures, 2))
    first = (means(large, pictures) - wanted).square().mean()
    train(Run(large, PLAN, tmp_path, "encoder"), crops([drawn], [1.0], size=32, batch=8), encoder_loss(small))
    last = (means(large, pictures) - wanted).square().mean()
    assert last < 0.85 * first
    changed = {name.split(".")[0] for name, value in large.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {"encoder"}


def test_a_decoder_of_large_pictures_learns_from_the_small_vaes_latents(drawn: np.ndarray) -> None:
    small, pictures = toy(), to_tensor(drawn[:2, :64, :64])
    decoder = SharpDecoder(enlarge(small, 8), small, widths=(8, 8))
    assert torch.equal(decoder.latents(pictures), 0.5 * means(small, functional.avg_pool2d(pictures, 2)))


def test_a_large_model_is_not_exported_before_both_halves_of_its_vae_are_trained(tmp_path: Path) -> None:
    source, vae = tmp_path / "papercut", toy()
    vae.save_pretrained(source / "vae")
    write_parts(enlarge(vae), DECODER, tmp_path, source)
    with pytest.raises(TrainingError, match="vae-2x has no trained encoder"):
        export_large(tmp_path, 0, source, tmp_path / "large")
    assert not (tmp_path / "large").exists()


def test_the_trained_parts_of_both_runs_come_together(tmp_path: Path) -> None:
    source, vae = tmp_path / "papercut", toy()
    vae.save_pretrained(source / "vae")
    first, second = enlarge(vae), enlarge(vae)
    write_parts(first, DECODER, tmp_path, source)
    write_parts(second, ENCODER, tmp_path, source)
    whole = load_autoencoder(tmp_path, "vae-2x").state_dict()
    for part, run in (("decoder.conv_out.weight", first), ("encoder.conv_in.weight", second)):
        assert torch.equal(whole[part], run.state_dict()[part])


def test_a_linked_file_is_the_one_beside_it(tmp_path: Path) -> None:
    source, target = tmp_path / "models" / "small", tmp_path / "models" / "large"
    (source / "unet").mkdir(parents=True)
    (source / "unet" / "weights").write_text("learned")
    (source / "index").write_text("{}")
    target.mkdir()
    for part in ("unet", "index"):
        link(source / part, target / part)
        link(source / part, target / part)  # a second export
    (tmp_path / "models").rename(tmp_path / "moved")
    assert (tmp_path / "moved" / "large" / "unet" / "weights").read_text() == "learned"
    assert (tmp_path / "moved" / "large" / "index").read_text() == "{}"
