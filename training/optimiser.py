"""The optimiser of all trainings: AdamW, or Muon for matrices and AdamW for the other parameters."""

from collections import defaultdict
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from training.precision import has_fast_bfloat16

BETAS, DECAY, MOMENTUM = (0.9, 0.99), 1e-2, 0.95
NOT_MATRICES = ("token_embedding", "position_embedding", "conv_in", "conv_out")
"""Embedding tables and the first and last layers, for which Muon's authors recommend AdamW."""
ITERATIONS, QUINTIC = 5, (3.4445, -4.7750, 2.0315)
"""The number of Newton-Schulz iterations, and their coefficients (Jordan et al. 2024)."""

Stack = Float[Tensor, "matrices rows columns"]


class Optimiser:
    """AdamW over all trainable parameters. With `muon`, matrices take orthogonalised steps instead (Jordan et al.
    2024), scaled to the size of AdamW's (Liu et al. 2025), so that one learning rate serves both. A convolution's
    kernel counts as a matrix of (output channels, input channels x positions)."""

    def __init__(self, module: nn.Module, muon: bool) -> None:
        learning = {name: p for name, p in module.named_parameters() if p.requires_grad}
        matrices = [p for name, p in learning.items() if muon and is_matrix(name, p)]
        taken = {id(p) for p in matrices}
        others = [p for p in learning.values() if id(p) not in taken]
        groups = [
            {"params": [p for p in others if p.ndim > 1], "weight_decay": DECAY},
            {"params": [p for p in others if p.ndim <= 1], "weight_decay": 0.0},
        ]
        self._adamw = torch.optim.AdamW(groups, betas=BETAS, fused=True)
        self._muon = StackedMuon(matrices) if matrices else None

    def step(self, rate: float) -> None:
        """Take one step with the gradients, then clear them."""
        for group in self._adamw.param_groups:
            group["lr"] = rate
        self._adamw.step()
        self._adamw.zero_grad(set_to_none=True)
        if self._muon:
            self._muon.step(rate)

    def state_dict(self) -> dict[str, Any]:
        """Return the state for a checkpoint."""
        return {"adamw": self._adamw.state_dict(), "momenta": self._muon.momenta if self._muon else []}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state that `state_dict` returned."""
        self._adamw.load_state_dict(state["adamw"])
        if self._muon:
            for momentum, saved in zip(self._muon.momenta, state["momenta"], strict=True):
                momentum.copy_(saved)


class StackedMuon:
    """Muon that processes all matrices of one shape together: a few dozen products instead of thousands.

    torch.optim.Muon processes them one by one and always in bfloat16, which is slow on processors without support for
    it.
    """

    def __init__(self, parameters: list[nn.Parameter]) -> None:
        by_shape: dict[tuple[int, ...], list[nn.Parameter]] = defaultdict(list)
        for p in parameters:
            by_shape[tuple(p.flatten(1).shape)].append(p)
        self._stacks = list(by_shape.values())
        self.momenta = [torch.stack([torch.zeros_like(p).flatten(1) for p in stack]) for stack in self._stacks]
        fast = bool(parameters) and has_fast_bfloat16(parameters[0].device.type)
        self._dtype = torch.bfloat16 if fast else torch.float32

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Take one step with the gradients, then clear them. A missing gradient counts as zeros."""
        for stack, momentum in zip(self._stacks, self.momenta, strict=True):
            gradients = torch.stack([_gradient(p) for p in stack])
            momentum.lerp_(gradients, 1 - MOMENTUM)
            ahead = gradients.lerp(momentum, MOMENTUM)  # Nesterov momentum
            moves = orthogonalised(ahead, self._dtype)
            length = rate * 0.2 * max(moves.shape[1:]) ** 0.5
            weights = [p.detach() for p in stack]
            torch._foreach_mul_(weights, 1 - rate * DECAY)  # pyright: ignore
            steps = [move.reshape(p.shape) for move, p in zip(moves.to(weights[0].dtype), stack, strict=True)]
            torch._foreach_add_(weights, steps, alpha=-length)  # pyright: ignore
            for p in stack:
                p.grad = None


def orthogonalised(matrices: Stack, dtype: torch.dtype) -> Stack:
    """Bring the singular values of each matrix close to 1 by Newton-Schulz iterations in `dtype`."""
    a, b, c = QUINTIC
    tall = matrices.shape[1] > matrices.shape[2]
    x = (matrices.mT if tall else matrices).to(dtype)
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)
    for _ in range(ITERATIONS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.mT if tall else x


def _gradient(parameter: nn.Parameter) -> Tensor:
    gradient = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
    return gradient.flatten(1)


def is_matrix(name: str, parameter: Tensor) -> bool:
    """Return whether Muon updates a parameter."""
    return parameter.ndim > 1 and not any(part in name.split(".") for part in NOT_MATRICES)
