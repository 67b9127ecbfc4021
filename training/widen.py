"""Widening of a trained network: the larger network computes nearly the same, and training goes on from there.

Channels are repeated within their normalisation group, and the weights that read them are divided among the copies
(Net2WiderNet, Chen et al. 2016). If all channels are repeated equally often, the result is exact except for the noise.
"""

import numpy as np
import torch
from torch import Tensor, nn

NOISE = 0.02
"""The standard deviation of the noise on copied weights, relative to that of the weights. It lets the
copies diverge."""


def widen(old: nn.Module, new: nn.Module, groups: int, seed: int = 0, noise: float = NOISE) -> None:
    """Copy the weights of `old` into `new`, which has the same layers with more channels."""
    generator = torch.Generator().manual_seed(seed)
    weights = old.state_dict()
    grown = {name: _grown(weights[name], value.shape, groups) for name, value in new.state_dict().items()}
    for name, value in grown.items():
        if value.shape != weights[name].shape and value.ndim > 1:
            value += noise * value.std() * torch.randn(value.shape, generator=generator)
    new.load_state_dict(grown)


def _grown(weight: Tensor, shape: torch.Size, groups: int) -> Tensor:
    """Return the weight for more outputs (axis 0) and inputs (axis 1)."""
    outputs = _sources(weight.shape[0], shape[0], groups)
    grown = weight[outputs]
    if weight.ndim > 1:
        inputs = _sources(weight.shape[1], shape[1], groups)
        copies = torch.bincount(inputs, minlength=weight.shape[1])[inputs]
        grown = grown[:, inputs] / copies.view(1, -1, *[1] * (weight.ndim - 2))
    return grown.clone()


def _sources(old: int, new: int, groups: int) -> Tensor:
    """Return the old channel that each new channel repeats. All groups grow equally."""
    if old == new:
        return torch.arange(old)
    each, wanted = old // groups, new // groups
    within = np.arange(wanted) % each
    return torch.from_numpy((np.arange(groups)[:, None] * each + within).reshape(-1))
