import copy
from typing import Any

import pytest
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from peft import LoraConfig
from torch import nn

from training.denoiser import build_unet
from worker.diffusion import winograd
from worker.diffusion.compiling import compile_network
from worker.diffusion.winograd import WORTH, WinogradConvolution, hasten_convolutions, transformed_bytes

WIDE = 96


def hastened(network: nn.Module) -> Any:
    other = copy.deepcopy(network).eval()
    hasten_convolutions(other)
    return other


def direct(inputs: int = WIDE, outputs: int = WORTH, **settings: Any) -> nn.Conv2d:
    torch.manual_seed(0)
    usual: dict[str, Any] = {"kernel_size": 3, "padding": 1}
    return nn.Conv2d(inputs, outputs, **(usual | settings)).eval()


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    "shape",
    [(14, 16, 16), (40, 4, 4), (1, 64, 64), (1, 9, 260), (2, 130, 30), (1, 1, 2100), (600, 1, 1)],
    ids=str,
)
@torch.no_grad()
def test_the_numbers_are_those_of_a_direct_convolution(shape: tuple[int, ...], bias: bool) -> None:
    theirs = direct(bias=bias)
    cells = torch.randn(shape[0], WIDE, *shape[1:])
    before = cells.clone()
    expected = theirs.double()(cells.double())
    ours = hastened(theirs.float())
    for asked in (cells, cells.contiguous(memory_format=torch.channels_last)):
        found = ours(asked)
        assert found.shape == expected.shape
        assert (found - expected).abs().max() < 1e-4
    assert torch.equal(cells, before)


@torch.no_grad()
def test_the_numbers_of_a_picture_do_not_depend_on_those_beside_it() -> None:
    convolution, cells = hastened(direct()), torch.randn(40, WIDE, 16, 16)
    together = convolution(cells)
    assert convolution.transformed.shape == (36, WIDE, WORTH)
    torch.testing.assert_close(convolution(cells[5:25]), together[5:25], rtol=0, atol=1e-5)
    cells[0] = torch.nan
    assert torch.equal(convolution(cells)[1:], together[1:])


@torch.no_grad()
def test_a_few_cells_take_the_direct_way() -> None:
    theirs, cells = direct(), torch.randn(1, WIDE, 8, 8)
    assert cells.numel() * WORTH < winograd.FEWEST
    assert torch.equal(hastened(theirs)(cells), theirs(cells))


@torch.no_grad()
def test_a_unet_answers_the_same() -> None:
    torch.manual_seed(0)
    unet = build_unet(4, 16, (80, 96, 128)).eval()
    asked = (torch.randn(9, 4, 16, 16), torch.full((9,), 400), torch.randn(9, 5, 16))
    ours = hastened(unet)
    assert sum(isinstance(module, WinogradConvolution) for module in ours.modules()) > 20
    assert sum(type(module) is nn.Conv2d for module in ours.modules()) > 3, "those in, out and of other kinds"
    torch.testing.assert_close(ours(*asked).sample, unet(*asked).sample, rtol=1e-4, atol=1e-4)
    assert ours.state_dict().keys() == unet.state_dict().keys(), "transformed weights are not saved"


@torch.no_grad()
def test_a_unet_under_a_lora_answers_the_same() -> None:
    """peft makes a LoRA's convolutions of the class of those that they stand beside."""
    torch.manual_seed(0)
    unet = build_unet(4, 16, (80, 96, 128)).eval()
    asked = (torch.randn(14, 4, 16, 16), torch.full((14,), 400), torch.randn(14, 5, 16))
    assert asked[0][:, :1].numel() * 80 * 16 > winograd.FEWEST
    alone, found = unet(*asked).sample, []
    for network in (copy.deepcopy(unet), hastened(unet)):
        torch.manual_seed(1)
        network.add_adapter(LoraConfig(r=16, target_modules=["conv1", "conv2", "to_q"], init_lora_weights=False))
        found.append(network(*asked).sample)
    torch.testing.assert_close(*found, rtol=1e-4, atol=1e-4)
    assert (found[0] - alone).abs().max() > 0.01


@pytest.mark.slow
@torch.no_grad()
def test_a_compiled_convolution_answers_the_same_for_maps_of_any_size() -> None:
    """The convolution stays as it is if there is no compiler."""
    theirs = direct()
    ours = hastened(theirs)
    compile_network(ours)
    for shape in ((14, 16, 16), (9, 16, 16), (7, 32, 16), (7, 24, 24)):
        cells = torch.randn(shape[0], WIDE, *shape[1:])
        torch.testing.assert_close(ours(cells), theirs(cells), rtol=0, atol=1e-4)


def test_gradients_are_the_same() -> None:
    theirs, cells, found = direct(), torch.randn(20, WIDE, 8, 8), []
    for network in (theirs, hastened(theirs)):
        asked = cells.clone().requires_grad_()
        network(asked).square().sum().backward()
        found.append(asked.grad)
    assert torch.equal(*found)


@pytest.mark.parametrize(
    "settings",
    [
        {"inputs": WORTH - 1},
        {"outputs": WORTH - 1},
        {"kernel_size": 1, "padding": 0},
        {"kernel_size": 5},
        {"padding": 0},
        {"stride": 2},
        {"dilation": 2},
        {"groups": 2, "outputs": WIDE},
        {"padding_mode": "circular"},
        {"dtype": torch.bfloat16},
    ],
    ids=str,
)
def test_other_convolutions_stay(settings: dict[str, Any]) -> None:
    network = nn.ModuleList([direct(), direct(**settings)])
    first, second = hastened(network)
    assert (type(first), type(second)) == (WinogradConvolution, nn.Conv2d)


def test_the_transformed_weights_are_counted_and_a_network_with_too_many_keeps_its_convolutions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = nn.ModuleList([direct(), direct(WORTH, WIDE)])
    needed = transformed_bytes(weight.shape for weight in network.parameters())
    assert needed == sum(module.transformed.nbytes for module in hastened(network))
    monkeypatch.setattr(winograd, "MOST_BYTES", needed - 1)
    assert transformed_bytes(weight.shape for weight in network.parameters()) == 0
    assert all(type(module) is nn.Conv2d for module in hastened(network))


def test_the_network_of_stable_diffusion_keeps_its_convolutions() -> None:
    with torch.device("meta"):
        unet = UNet2DConditionModel(cross_attention_dim=768)
    assert transformed_bytes(weight.shape for weight in unet.parameters()) == 0
