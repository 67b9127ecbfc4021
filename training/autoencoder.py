"""The VAE. Its latents are eight times smaller than the pictures, and their geometry follows that of the pictures.

Equivariance: for a transform T of the grid (flip, quarter turn, halving), decode(T z) should be T x. Without it the
latents of a flipped picture are not the flipped latents, and samplers that make views agree do not work in latent space
(after "EQ-VAE", Kouzelis et al. 2025).
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor, nn
from torch.nn import functional

from training.loop import Batch, BatchMaker, Losses, Probe
from training.pixels import to_floats, to_tensor

CHANNELS, CELL = 8, 8
SIZE, BATCH = 64, 12
BLOCKS = (24, 48, 80, 80)
NORM_GROUPS = 8
KL_WEIGHT, SQUARE_WEIGHT, EDGE_WEIGHT = 1e-4, 4.0, 0.3

Transform = Callable[[Tensor], Tensor]

TRANSFORMS: dict[str, Transform] = {
    "flip_x": lambda grid: grid.flip(-1),
    "flip_y": lambda grid: grid.flip(-2),
    "rotate_90": lambda grid: grid.rot90(1, (-2, -1)),
    "rotate_180": lambda grid: grid.rot90(2, (-2, -1)),
    "rotate_270": lambda grid: grid.rot90(3, (-2, -1)),
    "halve": lambda grid: functional.avg_pool2d(grid, 2),
    "squeeze_2": lambda grid: functional.avg_pool2d(grid, (1, 2)),
    "squeeze_4": lambda grid: functional.avg_pool2d(grid, (1, 4)),
}
"""Transforms of square grids of shape (batch, channels, side, side), for pictures and latents alike. The squeezes are
the coarse views of panoramas."""


def build_autoencoder(blocks: tuple[int, ...] = BLOCKS, channels: int = CHANNELS) -> AutoencoderKL:
    """Build a convolutional VAE without attention. Each block but the first doubles the pixels of a cell."""
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * len(blocks),  # pyright: ignore[reportArgumentType]
        up_block_types=("UpDecoderBlock2D",) * len(blocks),  # pyright: ignore[reportArgumentType]
        block_out_channels=blocks,  # pyright: ignore[reportArgumentType]
        layers_per_block=1,
        latent_channels=channels,
        norm_num_groups=NORM_GROUPS,
        sample_size=128,
        mid_block_add_attention=False,
    )


def crops(groups: Sequence[np.ndarray], shares: Sequence[float], size: int = SIZE, batch: int = BATCH) -> BatchMaker:
    """Make batches of random squares from several arrays of pictures. `shares`: the share of each array. The squares
    may begin at any pixel.

    "pixels": bytes of shape (batch, size, size, 3). "transform": the number of the batch's transform.
    """

    def make(stream: np.random.Generator) -> Batch:
        chosen = stream.choice(len(groups), size=batch, p=np.array(shares) / np.sum(shares))
        squares = np.stack([_crop(groups[group], stream, size) for group in chosen])
        return {"pixels": torch.from_numpy(squares), "transform": torch.tensor(stream.integers(len(TRANSFORMS)))}

    return make


def _crop(pixels: np.ndarray, stream: np.random.Generator, size: int) -> np.ndarray:
    count, height, width, _ = pixels.shape
    index, top, left = stream.integers(count), stream.integers(height - size + 1), stream.integers(width - size + 1)
    return pixels[index, top : top + size, left : left + size]


def autoencoder_loss(vae: nn.Module, batch: Batch, generator: torch.Generator) -> Losses:
    """Return the loss of the VAE. Half of the pictures are reconstructed as they are, and half through a random
    transform of their latents."""
    assert isinstance(vae, AutoencoderKL)
    picture, transform, half = to_floats(batch["pixels"]), _transform(batch), len(batch["pixels"]) // 2
    posterior = vae.encode(picture).latent_dist  # pyright: ignore
    mean, logvar = posterior.mean.float(), posterior.logvar.float()
    noise = torch.randn(mean.shape, generator=generator, device=mean.device)
    latent = mean + noise * torch.exp(0.5 * logvar)
    rebuilt = _decoded(vae, latent[:half], picture[:half])
    turned = _decoded(vae, transform(latent[half:]), transform(picture[half:]))
    kl = 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()
    return {"loss": rebuilt + turned + KL_WEIGHT * kl, "rebuilt": rebuilt, "turned": turned, "kl": kl}


def freeze_encoder(vae: AutoencoderKL) -> AutoencoderKL:
    """Freeze all of the VAE but its decoder, so that its latents, and the denoisers trained on them, stay valid."""
    vae.requires_grad_(False)
    for part in (vae.decoder, vae.post_quant_conv):
        if part is not None:
            part.requires_grad_(True)
    return vae


def _transform(batch: Batch) -> Transform:
    return list(TRANSFORMS.values())[int(batch["transform"])]


def _decoded(vae: AutoencoderKL, latent: Tensor, picture: Tensor) -> Tensor:
    """Return the error of the decoded latents."""
    return picture_error(vae.decode(latent).sample.float(), picture, SQUARE_WEIGHT)  # pyright: ignore


def picture_error(output: Tensor, picture: Tensor, square_weight: float) -> Tensor:
    """Return the weighted sum of L1, squared and edge errors of pictures of shape (batch, 3, height, width)."""
    error = output - picture
    edges = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    return error.abs().mean() + square_weight * error.square().mean() + EDGE_WEIGHT * edges


@torch.no_grad()
def reconstruct(vae: AutoencoderKL, pictures: Tensor) -> Tensor:
    """Encode and decode pictures in [-1, 1]."""
    return vae.decode(vae.encode(pictures).latent_dist.mean).sample.float().clamp(-1, 1)  # pyright: ignore


def psnr(first: Tensor, second: Tensor) -> float:
    """Return the peak signal-to-noise ratio of pictures in [-1, 1], in decibels, over all of them together."""
    return _decibels((first - second).square())


def psnr_probe(held_out: dict[str, np.ndarray], batch: int = 8) -> Probe:
    """Return a probe that measures the averaged weights on groups of held-out drawings."""

    def probe(vae: nn.Module) -> dict[str, float]:
        assert isinstance(vae, AutoencoderKL)
        return {f"psnr_{name}": psnr_of(vae, pictures, batch) for name, pictures in held_out.items()}

    return probe


def psnr_of(vae: AutoencoderKL, pixels: np.ndarray, batch: int) -> float:
    """Return the PSNR of the reconstruction of pictures, given as bytes, over all of them together."""
    errors = []
    for start in range(0, len(pixels), batch):
        pictures = to_tensor(pixels[start : start + batch]).to(vae.device)
        errors.append((pictures - reconstruct(vae, pictures)).square().mean((1, 2, 3)))
    return _decibels(torch.cat(errors))


def _decibels(squared_errors: Tensor) -> float:
    """Return the peak signal-to-noise ratio of pictures in [-1, 1], whose range is 2, from their squared errors."""
    return 10 * math.log10(4.0 / float(squared_errors.mean()))


@torch.no_grad()
def encode(vae: AutoencoderKL, pixels: np.ndarray, batch: int = 4, half: bool = True) -> np.ndarray:
    """Return the scaled posterior means of pictures, given as bytes, as half floats. `half`: whether the VAE runs in
    bfloat16."""
    parts = []
    for start in range(0, len(pixels), batch):
        with torch.autocast(vae.device.type, torch.bfloat16, enabled=half):
            pictures = to_tensor(pixels[start : start + batch]).to(vae.device)
            mean = vae.encode(pictures).latent_dist.mean  # pyright: ignore
        parts.append((mean.float() * vae.config["scaling_factor"]).half().cpu().numpy())
    return np.concatenate(parts)


@torch.no_grad()
def set_scaling(vae: AutoencoderKL, groups: Sequence[np.ndarray], batch: int = 8) -> None:
    """Set the scaling factor so that the scaled latents of these drawings have unit variance."""
    means = []
    for pixels in groups:
        for start in range(0, len(pixels), batch):
            latent = vae.encode(to_tensor(pixels[start : start + batch]).to(vae.device)).latent_dist.mean  # pyright: ignore
            means.append(latent.float().flatten())
    vae.register_to_config(scaling_factor=float(1 / torch.cat(means).std()))
