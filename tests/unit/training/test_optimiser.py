"""Muon and AdamW: the parameters that each of them changes, the length of its steps, and that a resumed run takes the
same steps."""

import copy

import pytest
import torch
from torch import nn

from training.optimiser import DECAY, Optimiser, orthogonalised


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(2, 4, 3, padding=1)
        self.conv = nn.Conv2d(4, 6, 3, padding=1)
        self.linear = nn.Linear(6, 40)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(self.conv(self.conv_in(x)).mean((2, 3)))


def stepped(optimiser: Optimiser, module: nn.Module, steps: int, seed: int = 0) -> None:
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        module(torch.randn(64, 2, 8, 8, generator=generator)).square().mean().backward()
        optimiser.step(1e-3)


@pytest.fixture
def module() -> Small:
    torch.manual_seed(0)
    return Small()


def test_without_muon_it_is_adamw(module):
    plain = copy.deepcopy(module)
    reference = torch.optim.AdamW(
        [
            {"params": [p for p in plain.parameters() if p.ndim > 1]},
            {"params": [p for p in plain.parameters() if p.ndim == 1], "weight_decay": 0.0},
        ],
        lr=1e-3,
        betas=(0.9, 0.99),
        weight_decay=DECAY,
    )
    optimiser, generator = Optimiser(module, muon=False), torch.Generator().manual_seed(0)
    stepped(optimiser, module, 3)
    for _ in range(3):
        plain(torch.randn(64, 2, 8, 8, generator=generator)).square().mean().backward()
        reference.step()
        reference.zero_grad()
    for ours, theirs in zip(module.parameters(), plain.parameters(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-6)


def test_a_step_of_muon_is_orthogonal_and_as_long_as_adamws(module):
    before = {name: p.detach().clone() for name, p in module.named_parameters()}
    for p in module.parameters():
        p.grad = torch.randn(p.shape, generator=torch.Generator().manual_seed(3))
    Optimiser(module, muon=True).step(1e-3)
    for name in ("conv.weight", "linear.weight"):
        moved = (module.get_parameter(name).detach() - before[name] * (1 - 1e-3 * DECAY)).flatten(1)
        scale = 1e-3 * 0.2 * max(moved.shape) ** 0.5
        values = torch.linalg.svdvals(moved) / scale
        assert values.min() > 0.25, name
        assert values.max() < 1.6, name
        assert moved.square().mean().sqrt() == pytest.approx(0.2e-3, rel=0.4), name
    first = (module.conv_in.weight.detach() - before["conv_in.weight"]).abs()
    assert first.max() == pytest.approx(1e-3, rel=0.05), "the first layer is AdamW's, whose first step has one length"


def test_gradients_are_forgotten_after_a_step(module):
    stepped(Optimiser(module, muon=True), module, 1)
    assert all(p.grad is None for p in module.parameters())


def test_a_saved_state_goes_on_as_if_it_had_never_stopped(module):
    optimiser = Optimiser(module, muon=True)
    assert not optimiser.state_dict()["adamw"]["state"]
    stepped(optimiser, module, 2)
    assert optimiser.state_dict()["adamw"]["state"]
    other = copy.deepcopy(module)
    resumed = Optimiser(other, muon=True)
    resumed.load_state_dict(copy.deepcopy(optimiser.state_dict()))
    stepped(optimiser, module, 2, seed=1)
    stepped(resumed, other, 2, seed=1)
    for ours, theirs in zip(module.parameters(), other.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_what_does_not_learn_stays(module):
    module.conv.requires_grad_(False)
    before = module.conv.weight.detach().clone()
    stepped(Optimiser(module, muon=True), module, 2)
    assert torch.equal(module.conv.weight, before)


def test_muon_takes_the_steps_of_torchs(module):
    """torch computes the steps in bfloat16. Inlay may compute them in float32, depending on the processor."""
    ours, theirs = module.linear, copy.deepcopy(module.linear)
    reference = torch.optim.Muon([theirs.weight], lr=1e-3, weight_decay=DECAY, adjust_lr_fn="match_rms_adamw")
    optimiser, generator = Optimiser(ours, muon=True), torch.Generator().manual_seed(5)
    for _ in range(4):
        gradient = torch.randn(theirs.weight.shape, generator=generator)
        ours.weight.grad, ours.bias.grad, theirs.weight.grad = gradient.clone(), torch.zeros(40), gradient.clone()
        optimiser.step(1e-3)
        reference.step()
    moved = (theirs.weight - module.linear.weight).abs().max()
    assert moved < 0.02 * 4e-3


@pytest.mark.parametrize("shape", [(3, 4, 9), (2, 9, 4)])
def test_matrices_of_one_shape_are_orthogonalised_each_by_itself(shape):
    matrices = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    together = orthogonalised(matrices, torch.float32)
    for matrix, found in zip(matrices, together, strict=True):
        alone = orthogonalised(matrix[None], torch.float32)[0]
        assert torch.allclose(found, alone, atol=1e-6)
        values = torch.linalg.svdvals(found)
        assert values.min() > 0.3
        assert values.max() < 1.3
