"""Latents whose channels all count: a linear map folded into a trained VAE, and what it means for a denoiser.

Left to itself an autoencoder puts nearly all of its latents' variance into colour. Noise of one strength in every
channel then drowns shapes long before colours, and few steps are left to find them. Whitened, they drown together.
"""

from collections.abc import Sequence

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from jaxtyping import Float
from torch import Tensor, nn

from training.autoencoder import encode

FLOOR = 0.05
"""A share of the mean variance of a channel. Directions far below it hold next to nothing, and stay small."""

Map = Float[Tensor, "channels channels"]
Cells = Float[Tensor, "cells channels"]


def whitening(cells: Cells) -> Map:
    """The map under which latents have nearly one variance in every direction of their principal axes."""
    variances, axes = torch.linalg.eigh(torch.cov(cells.double().T))
    gains = (variances + FLOOR * variances.mean()).rsqrt()
    return (gains[:, None] * axes.T).float()


def shares(cells: Cells) -> list[float]:
    """The share of all variance that each principal direction has, the largest first."""
    variances = torch.linalg.eigvalsh(torch.cov(cells.double().T)).flip(0)
    return (variances / variances.sum()).tolist()


@torch.no_grad()
def whiten(vae: AutoencoderKL, pictures: Sequence[np.ndarray]) -> None:
    """Whiten the latents of a VAE over drawings, a few of each group, in place; it decodes what it did. The log
    variances that it gives with a latent's mean are left as they are: no use of it here draws from them."""
    assert vae.quant_conv is not None
    assert vae.post_quant_conv is not None
    channels = vae.config["latent_channels"]
    to_white = whitening(cells_of(vae, pictures)).to(vae.device)
    means = slice(None, channels)
    weight, bias = vae.quant_conv.weight, vae.quant_conv.bias
    assert bias is not None
    weight[means] = torch.einsum("kc,cihw->kihw", to_white, weight[means])
    bias[means] = to_white @ bias[means]
    _read_through(vae.post_quant_conv, torch.linalg.inv(to_white))


def between(old: AutoencoderKL, new: AutoencoderKL, pictures: Sequence[np.ndarray]) -> Map:
    """The linear map from the scaled latents of one VAE to another's that fits best over drawings: the identity for
    the same one twice, exact where the other is the one whitened."""
    return torch.linalg.lstsq(cells_of(old, pictures), cells_of(new, pictures)).solution.T.contiguous()


@torch.no_grad()
def rewire(network: nn.Module, latents: Map) -> None:
    """Let a UNet, or a ControlNet, that knows the one VAE's latents begin on the other's: it reads them mapped back,
    and what it says of them is mapped forth. It is only where to begin, since noise of one strength in every channel
    of the one is not of the other."""
    _read_through(network.get_submodule("conv_in"), torch.linalg.inv(latents))
    if hasattr(network, "conv_out"):
        weight, bias = (network.get_parameter(f"conv_out.{name}") for name in ("weight", "bias"))
        forth = latents.to(weight.device)
        weight.copy_(torch.einsum("kc,cihw->kihw", forth, weight))
        bias.copy_(forth @ bias)


def cells_of(vae: AutoencoderKL, pictures: Sequence[np.ndarray]) -> Cells:
    """The scaled latents of drawings of several groups, cell by cell."""
    encoded = [torch.from_numpy(encode(vae, pixels, half=False)).float() for pixels in pictures]
    return torch.cat([latents.permute(0, 2, 3, 1).flatten(0, 2) for latents in encoded])


def _read_through(layer: nn.Module, back: Map) -> None:
    """Let a convolution read what it did from latents that `back` maps to those that it knows."""
    weight = layer.get_parameter("weight")
    weight.copy_(torch.einsum("oihw,ik->okhw", weight, back.to(weight.device)))
