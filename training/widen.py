"""A wider copy of a trained network that computes nearly the same: where a larger model begins.

Channels are repeated within their normalisation group and what reads them is divided among the copies (Net2WiderNet,
Chen et al. 2016). Where every channel is repeated equally often the copy is exact.
"""

import numpy as np
import torch
from torch import Tensor, nn

NOISE = 0.02
"""The noise on copied weights, as a share of a weight's own deviation: enough for the copies to grow apart."""


def widen(old: nn.Module, new: nn.Module, groups: int, seed: int = 0, noise: float = NOISE) -> None:
    """Fill `new` with the weights of `old`, of the same layers but fewer channels."""
    generator = torch.Generator().manual_seed(seed)
    weights = old.state_dict()
    grown = {name: _grown(weights[name], value.shape, groups) for name, value in new.state_dict().items()}
    for name, value in grown.items():
        if value.shape != weights[name].shape and value.ndim > 1:
            value += noise * value.std() * torch.randn(value.shape, generator=generator)
    new.load_state_dict(grown)


def _grown(weight: Tensor, shape: torch.Size, groups: int) -> Tensor:
    """The weight for more outputs (its first axis) and inputs (its second)."""
    outputs = _sources(weight.shape[0], shape[0], groups)
    grown = weight[outputs]
    if weight.ndim > 1:
        inputs = _sources(weight.shape[1], shape[1], groups)
        copies = torch.bincount(inputs, minlength=weight.shape[1])[inputs]
        grown = grown[:, inputs] / copies.view(1, -1, *[1] * (weight.ndim - 2))
    return grown.clone()


def _sources(old: int, new: int, groups: int) -> Tensor:
    """Which old channel each new one repeats: every group grows alike."""
    if old == new:
        return torch.arange(old)
    each, wanted = old // groups, new // groups
    within = np.arange(wanted) % each
    return torch.from_numpy((np.arange(groups)[:, None] * each + within).reshape(-1))
