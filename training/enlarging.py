"""A VAE whose cells have twice as many pixels on each side, with the latents of a smaller one.

Its encoder and its decoder have one block more than those of the small VAE and begin with its weights. The encoder
learns to give a picture the latents that the small encoder gives the picture at half its size. So a denoiser of the
small VAE paints pictures twice as large, at no cost to its network.
"""

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import nn
from torch.nn import functional

from training.autoencoder import build_autoencoder
from training.loop import Batch, Losses, LossFunction
from training.pixels import to_floats

WIDTH = 16
"""The channels of the new blocks, which work at the full size of the pictures."""
VARIANCE_WEIGHT = 0.01
"""The weight of the error of the log variances, which only samples of the latents use, beside that of the means."""


@torch.no_grad()
def enlarge(small: AutoencoderKL, width: int = WIDTH) -> AutoencoderKL:
    """Build a VAE with one block more than `small`, and copy the weights that have a place in it."""
    blocks = tuple(small.config["block_out_channels"])
    large = build_autoencoder((width, *blocks), small.config["latent_channels"])
    large.register_to_config(scaling_factor=small.config["scaling_factor"], sample_size=2 * small.config["sample_size"])
    known, wanted = {_moved(name): weight for name, weight in small.state_dict().items()}, large.state_dict()
    fitting = {name: weight for name, weight in known.items() if name in wanted and weight.shape == wanted[name].shape}
    large.load_state_dict(fitting, strict=False)
    widest = large.decoder.up_blocks[len(blocks) - 1]
    nn.init.dirac_(widest.get_parameter("upsamplers.0.conv.weight"))
    nn.init.zeros_(widest.get_parameter("upsamplers.0.conv.bias"))
    return large


def _moved(name: str) -> str:
    """Return the name that a weight of the small VAE has in the large one: the new block of the encoder is its first,
    that of the decoder its last."""
    parts = name.split(".")
    if parts[:2] == ["encoder", "down_blocks"]:
        parts[2] = str(int(parts[2]) + 1)
    return ".".join(parts)


def thaw_encoder(vae: AutoencoderKL) -> AutoencoderKL:
    """Freeze all of the VAE but its encoder."""
    vae.requires_grad_(False)
    vae.encoder.requires_grad_(True)
    return vae


def encoder_loss(small: AutoencoderKL) -> LossFunction:
    """Return the loss of an enlarged encoder: the squared error of its latents, in units of the scaled latents, from
    those of `small` for pictures of half the size."""
    small.requires_grad_(False)

    def loss(module: nn.Module, batch: Batch, _: torch.Generator) -> Losses:
        assert isinstance(module, AutoencoderKL)
        pictures = to_floats(batch["pixels"])
        with torch.no_grad():
            wanted = small.encode(functional.avg_pool2d(pictures, 2)).latent_dist  # pyright: ignore
        found = module.encode(pictures).latent_dist  # pyright: ignore
        means = (found.mean - wanted.mean).float().square().mean() * small.config["scaling_factor"] ** 2
        variances = (found.logvar - wanted.logvar).float().square().mean()
        return {"loss": means + VARIANCE_WEIGHT * variances, "means": means, "variances": variances}

    return loss
