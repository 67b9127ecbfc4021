"""The linear map from a model's latents to colours, for previews. It is fitted to the VAE's pictures of
random latents."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from backend.contracts.model import LatentRgb
from inlay_engine.variables import Latent
from worker.diffusion.vae import Rgb

SIDE = 24  # cells along a side of a random latent; the effect of a cell on the picture fades well within
MARGIN = 4  # cells that the fit ignores at each edge, because of the decoder's padding
GRAINS = (2, 4, 8, 24)  # cells: from fields with much detail to nearly flat ones; no picture has white noise of cells
DRAWS = 4  # latents for each grain
RIDGE = 1e-3  # relative to the latents' variance: keeps the weights of channels without effect small

Decode = Callable[[Latent], Rgb]
"""A function that returns the picture of a scaled latent, in bytes."""


@torch.no_grad()
def fit(decode: Decode, channels: int, cell: int, device: torch.device, seed: int = 0) -> LatentRgb:
    """Fit a least-squares map from the cells of scaled latents to the mean RGB of their pixels. `cell`: pixels per
    latent cell along one side. The same decoder and seed give the same map."""
    cells, colours = [], []
    for latent in smooth_latents(channels, seed):
        picture = np.asarray(decode(latent.to(device)), dtype=np.float64) / 255
        means = picture.reshape(SIDE, cell, SIDE, cell, 3).mean((1, 3))
        inner = slice(MARGIN, SIDE - MARGIN)
        cells.append(latent[:, inner, inner].double().permute(1, 2, 0).reshape(-1, channels))
        colours.append(torch.from_numpy(means[inner, inner].reshape(-1, 3)))
    return _solve(torch.cat(cells), torch.cat(colours))


def smooth_latents(channels: int, seed: int) -> Iterator[Latent]:
    """Yield DRAWS random latents of SIDE x SIDE cells for each grain, of about unit variance: white noise on a coarser
    grid, enlarged by bicubic interpolation."""
    stream = torch.Generator().manual_seed(seed)
    for grain in GRAINS:
        coarse = -(-SIDE // grain) + 1
        for _ in range(DRAWS):
            noise = torch.randn(1, channels, coarse, coarse, generator=stream)
            field = torch.nn.functional.interpolate(noise, scale_factor=grain, mode="bicubic")
            yield field[0, :, :SIDE, :SIDE]


def _solve(cells: Float[Tensor, "cells channels"], colours: Float[Tensor, "cells 3"]) -> LatentRgb:
    """Solve the ridge regression of colours on cells, with an unpenalised bias."""
    mean_cell, mean_colour = cells.mean(0), colours.mean(0)
    centred = cells - mean_cell
    gram = centred.T @ centred
    ridge = RIDGE * gram.diagonal().mean() * torch.eye(len(gram), dtype=gram.dtype)
    factors = torch.linalg.solve(gram + ridge, centred.T @ (colours - mean_colour))
    bias = mean_colour - mean_cell @ factors
    return LatentRgb(factors=_rounded(factors), bias=_rounded(bias))


def _rounded(values: Tensor) -> list:
    return torch.round(values, decimals=5).tolist()
