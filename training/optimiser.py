"""The optimiser of every training: AdamW, or Muon for what is a matrix and AdamW for the rest."""

from typing import Any

import torch
from torch import Tensor, nn

BETAS, DECAY = (0.9, 0.99), 1e-2
NOT_MATRICES = ("token_embedding", "position_embedding", "conv_in", "conv_out")
"""Tables, and the first and last layers, which Muon's authors leave to AdamW."""


class Optimiser:
    """AdamW over every parameter that learns; with `muon`, matrices take orthogonalised steps instead (Jordan et al.
    2024), scaled to the size that AdamW's have (Liu et al. 2025), so that one learning rate serves both. A
    convolution's kernel is a matrix from what it reads, over all its places, to what it writes."""

    def __init__(self, module: nn.Module, muon: bool) -> None:
        learning = {name: p for name, p in module.named_parameters() if p.requires_grad}
        self._matrices = [p for name, p in learning.items() if muon and _is_matrix(name, p)]
        self._flat = [p.detach().flatten(1) for p in self._matrices]
        taken = {id(p) for p in self._matrices}
        others = [p for p in learning.values() if id(p) not in taken]
        groups = [
            {"params": [p for p in others if p.ndim > 1], "weight_decay": DECAY},
            {"params": [p for p in others if p.ndim <= 1], "weight_decay": 0.0},
        ]
        self._parts: list[torch.optim.Optimizer] = [torch.optim.AdamW(groups, betas=BETAS, fused=True)]
        if self._flat:
            self._parts.append(torch.optim.Muon(self._flat, weight_decay=DECAY, adjust_lr_fn="match_rms_adamw"))

    def step(self, rate: float) -> None:
        """One step along the gradients, which are forgotten after it."""
        for flat, p in zip(self._flat, self._matrices, strict=True):
            flat.grad = None if p.grad is None else p.grad.flatten(1)
        for part in self._parts:
            for group in part.param_groups:
                group["lr"] = rate
            part.step()
            part.zero_grad(set_to_none=True)
        for p in self._matrices:
            p.grad = None

    @property
    def fresh(self) -> bool:
        """Whether no step has been taken yet."""
        return not any(part.state for part in self._parts)

    def state_dict(self) -> list[dict[str, Any]]:
        return [part.state_dict() for part in self._parts]

    def load_state_dict(self, states: list[dict[str, Any]]) -> None:
        for part, state in zip(self._parts, states, strict=True):
            part.load_state_dict(state)


def _is_matrix(name: str, parameter: Tensor) -> bool:
    return parameter.ndim > 1 and not any(part in name.split(".") for part in NOT_MATRICES)
