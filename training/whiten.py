"""Whitening of a VAE's latents: a linear map, folded into the VAE's weights, that gives all channels equal variance.

Without it, an autoencoder puts nearly all of its latents' variance into colour. Noise of equal strength in all channels
then hides shapes much earlier than colours, and only few steps are left to form shapes. In whitened latents, noise
hides both at the same time.
"""

from collections.abc import Sequence

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from jaxtyping import Float
from torch import Tensor, nn

from training.autoencoder import encode

FLOOR = 0.05
"""The number added to every variance before whitening, as a share of their mean, so that directions with almost no
information stay small."""

Map = Float[Tensor, "channels channels"]
Cells = Float[Tensor, "cells channels"]


def whitening(cells: Cells) -> Map:
    """Return the map that gives the latents almost equal variance along all principal axes."""
    variances, axes = torch.linalg.eigh(torch.cov(cells.double().T))
    gains = (variances + FLOOR * variances.mean()).rsqrt()
    return (gains[:, None] * axes.T).float()


def shares(cells: Cells) -> list[float]:
    """Return the share of each principal direction in the total variance, the largest first."""
    variances = torch.linalg.eigvalsh(torch.cov(cells.double().T)).flip(0)
    return (variances / variances.sum()).tolist()


@torch.no_grad()
def whiten(vae: AutoencoderKL, pictures: Sequence[np.ndarray]) -> None:
    """Whiten the latents of a VAE in place, by the statistics of some drawings of each group. Its decoded pictures do
    not change. The log variances do not change either; the denoiser learns from the means only."""
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
    """Return the least-squares linear map from one VAE's scaled latents to another's, over drawings. It is the identity
    for equal VAEs, and exact if the other is the whitened one."""
    return torch.linalg.lstsq(cells_of(old, pictures), cells_of(new, pictures)).solution.T.contiguous()


@torch.no_grad()
def rewire(network: nn.Module, latents: Map) -> None:
    """Adapt a UNet or a ControlNet, trained on one VAE's latents, to another's: map its input back, and its output
    forth. It only improves the start of a training, because equal noise in the channels of one VAE is not equal noise
    in the other's."""
    _read_through(network.get_submodule("conv_in"), torch.linalg.inv(latents))
    if hasattr(network, "conv_out"):
        weight, bias = (network.get_parameter(f"conv_out.{name}") for name in ("weight", "bias"))
        forth = latents.to(weight.device)
        weight.copy_(torch.einsum("kc,cihw->kihw", forth, weight))
        bias.copy_(forth @ bias)


def cells_of(vae: AutoencoderKL, pictures: Sequence[np.ndarray]) -> Cells:
    """Return the scaled latents of drawings of several groups as a list of cells."""
    encoded = [torch.from_numpy(encode(vae, pixels, half=False)).float() for pixels in pictures]
    return torch.cat([latents.permute(0, 2, 3, 1).flatten(0, 2) for latents in encoded])


def _read_through(layer: nn.Module, back: Map) -> None:
    """Change a convolution so that it reads latents that `back` maps to those it was trained on."""
    weight = layer.get_parameter("weight")
    weight.copy_(torch.einsum("oihw,ik->okhw", weight, back.to(weight.device)))
