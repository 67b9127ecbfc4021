"""The VAE: pictures to latents eight times smaller, whose geometry follows the picture's.

Equivariance: for a transform T of the grid (flip, quarter turn, halving), decode(T z) should be T x. Without it the
latents of a flipped picture are not the flipped latents, and samplers that agree across views cannot work in latent
space (after "EQ-VAE", Kouzelis et al. 2025).
"""

import math
from collections.abc import Callable

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor, nn
from torch.nn import functional

from worker.training.dataset import to_tensor
from worker.training.loop import Losses, LossFunction, Probe

CHANNELS, CELL = 8, 8
SIZE, BATCH = 64, 12
KL_WEIGHT, SQUARE_WEIGHT, EDGE_WEIGHT = 1e-4, 4.0, 0.3
TURNED_SHARE = 0.3

Transform = Callable[[Tensor], Tensor]

TRANSFORMS: dict[str, Transform] = {
    "flip_x": lambda grid: grid.flip(-1),
    "flip_y": lambda grid: grid.flip(-2),
    "rotate_90": lambda grid: grid.rot90(1, (-2, -1)),
    "rotate_180": lambda grid: grid.rot90(2, (-2, -1)),
    "rotate_270": lambda grid: grid.rot90(3, (-2, -1)),
    "halve": lambda grid: functional.avg_pool2d(grid, 2),
}
"""Transforms of a square grid of shape (batch, channels, side, side); pictures and latents alike."""


def build_autoencoder(blocks: tuple[int, ...] = (16, 32, 64, 64), channels: int = CHANNELS) -> AutoencoderKL:
    """A convolutional VAE without attention: it works on pictures of any size that the cell divides."""
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * len(blocks),  # pyright: ignore[reportArgumentType]
        up_block_types=("UpDecoderBlock2D",) * len(blocks),  # pyright: ignore[reportArgumentType]
        block_out_channels=blocks,  # pyright: ignore[reportArgumentType]
        layers_per_block=1,
        latent_channels=channels,
        norm_num_groups=8,
        sample_size=128,
        mid_block_add_attention=False,
    )


def autoencoder_loss(pixels: np.ndarray, size: int = SIZE, batch: int = BATCH) -> LossFunction:
    """The loss on random square crops: half rebuilt as they are, half through a random transform of their latents."""

    def loss(vae: nn.Module, stream: np.random.Generator, generator: torch.Generator) -> Losses:
        assert isinstance(vae, AutoencoderKL)
        picture = to_tensor(_crops(pixels, stream, size, batch))
        posterior = vae.encode(picture).latent_dist  # pyright: ignore
        mean, logvar = posterior.mean.float(), posterior.logvar.float()
        noise = torch.randn(mean.shape, generator=generator)
        latent = mean + noise * torch.exp(0.5 * logvar)
        name = list(TRANSFORMS)[stream.integers(len(TRANSFORMS))]
        transform, half = TRANSFORMS[name], batch // 2
        rebuilt = _decoded(vae, latent[:half], picture[:half])
        turned = _decoded(vae, transform(latent[half:]), transform(picture[half:]))
        kl = 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()
        return {"loss": rebuilt + turned + KL_WEIGHT * kl, "rebuilt": rebuilt, "turned": turned, "kl": kl}

    return loss


def freeze_encoder(vae: AutoencoderKL) -> AutoencoderKL:
    """Let only the decoder learn: the latents, and whatever was trained on them, stay as they are."""
    vae.requires_grad_(False)
    for part in (vae.decoder, vae.post_quant_conv):
        if part is not None:
            part.requires_grad_(True)
    return vae


def decoder_loss(pixels: np.ndarray, size: int = SIZE, batch: int = BATCH) -> LossFunction:
    """The loss of the decoder alone; a quarter of the pictures still goes through a transform."""

    def loss(vae: nn.Module, stream: np.random.Generator, generator: torch.Generator) -> Losses:
        assert isinstance(vae, AutoencoderKL)
        picture = to_tensor(_crops(pixels, stream, size, batch))
        with torch.no_grad():
            latent = vae.encode(picture).latent_dist.mean.float()  # pyright: ignore
        transform = list(TRANSFORMS.values())[stream.integers(len(TRANSFORMS))]
        plain = batch - batch // 4
        rebuilt = _decoded(vae, latent[:plain], picture[:plain])
        turned = _decoded(vae, transform(latent[plain:]), transform(picture[plain:]))
        return {"loss": rebuilt + TURNED_SHARE * turned, "rebuilt": rebuilt, "turned": turned}

    return loss


def _decoded(vae: AutoencoderKL, latent: Tensor, picture: Tensor) -> Tensor:
    """L1, squared and edge error of the decoded latents."""
    output = vae.decode(latent).sample.float()  # pyright: ignore
    error = output - picture
    edges = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    return error.abs().mean() + SQUARE_WEIGHT * error.square().mean() + EDGE_WEIGHT * edges


def _crops(pixels: np.ndarray, stream: np.random.Generator, size: int, batch: int) -> np.ndarray:
    """Random squares of shape (batch, size, size, 3), not tied to the cell grid."""
    count, height, width, _ = pixels.shape
    corners = zip(
        stream.integers(count, size=batch),
        stream.integers(height - size + 1, size=batch),
        stream.integers(width - size + 1, size=batch),
        strict=True,
    )
    return np.stack([pixels[index, top : top + size, left : left + size] for index, top, left in corners])


@torch.no_grad()
def reconstruct(vae: AutoencoderKL, pictures: Tensor) -> Tensor:
    """Pictures in [-1, 1] through the latents and back."""
    return vae.decode(vae.encode(pictures).latent_dist.mean).sample.float().clamp(-1, 1)  # pyright: ignore


def psnr(first: Tensor, second: Tensor) -> float:
    """Peak signal to noise of pictures in [-1, 1], in decibels, over all of them together."""
    return 10 * math.log10(4.0 / float((first - second).square().mean()))


def psnr_probe(held_out: np.ndarray) -> Probe:
    """A probe that measures the averaged weights on drawings never trained on."""
    pictures = to_tensor(held_out)

    def probe(vae: nn.Module) -> dict[str, float]:
        assert isinstance(vae, AutoencoderKL)
        return {"psnr": psnr(pictures, reconstruct(vae, pictures))}

    return probe


@torch.no_grad()
def set_scaling(vae: AutoencoderKL, pixels: np.ndarray) -> None:
    """Make the scaled latents of these drawings have unit variance."""
    means = [vae.encode(to_tensor(part)).latent_dist.mean for part in np.array_split(pixels, len(pixels) // 8)]  # pyright: ignore
    vae.register_to_config(scaling_factor=float(1 / torch.cat(means).std()))
