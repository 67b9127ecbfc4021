"""Lightened networks answer with the same numbers, bit for bit, as diffusers' own."""

import copy
import inspect
from typing import Any

import pytest
import torch
from diffusers.models.attention_processor import Attention
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.resnet import ResnetBlock2D
from torch import nn

from training.denoiser import build_unet
from worker.diffusion.blocks import InPlaceBlock, lighten


def lightened(network: nn.Module) -> Any:
    other = copy.deepcopy(network)
    lighten(other)
    return other


def small_unet() -> Any:
    torch.manual_seed(0)
    return build_unet(4, 8, (16, 32, 32), groups=4).eval()


def small_vae() -> Any:
    torch.manual_seed(0)
    blocks = {"block_out_channels": (8, 16), "norm_num_groups": 4, "down_block_types": ("DownEncoderBlock2D",) * 2}
    return AutoencoderKL(up_block_types=("UpDecoderBlock2D",) * 2, **blocks).eval()  # type: ignore[arg-type]


@torch.no_grad()
def test_a_unet_answers_the_same() -> None:
    unet = small_unet()
    asked = (torch.randn(3, 4, 16, 16), torch.tensor([10, 500, 900]), torch.randn(3, 5, 8))
    before = [tensor.clone() for tensor in asked]
    other = lightened(unet)
    assert sum(isinstance(module, InPlaceBlock) for module in other.modules()) == 11
    assert torch.equal(other(*asked).sample, unet(*asked).sample)
    assert all(torch.equal(*pair) for pair in zip(asked, before, strict=True)), "what is asked stays as it is"


@torch.no_grad()
def test_a_vae_answers_the_same() -> None:
    vae, latent, picture = small_vae(), torch.randn(1, 4, 6, 10), torch.randn(1, 3, 16, 24)
    other = lightened(vae)
    assert torch.equal(other.decode(latent).sample, vae.decode(latent).sample)
    assert torch.equal(other.encode(picture).latent_dist.mean, vae.encode(picture).latent_dist.mean)


def test_gradients_are_the_same() -> None:
    unet, cells = small_unet(), torch.randn(1, 4, 16, 16)
    found = []
    for network in (unet, lightened(unet)):
        asked = cells.clone().requires_grad_()
        network(asked, torch.tensor([300]), torch.ones(1, 5, 8)).sample.square().sum().backward()
        found.append(asked.grad)
    assert torch.equal(*found)


@pytest.mark.parametrize(
    "settings",
    [
        {"non_linearity": "gelu"},
        {"time_embedding_norm": "scale_shift"},
        {"output_scale_factor": 2.0},
        {"skip_time_act": True},
        {"up": True},
        {"down": True},
    ],
    ids=lambda settings: next(iter(settings)),
)
@torch.no_grad()
def test_blocks_of_other_kinds_stay(settings: dict[str, object]) -> None:
    block = ResnetBlock2D(in_channels=8, temb_channels=8, groups=4, **settings).eval()  # type: ignore[arg-type]
    other, asked = lightened(block), (torch.randn(2, 8, 4, 4), torch.randn(2, 8))
    assert type(other) is ResnetBlock2D
    assert torch.equal(other(*asked), block(*asked))


@torch.no_grad()
def test_an_embedding_that_a_block_does_not_project_is_added_as_it_is() -> None:
    block = ResnetBlock2D(in_channels=8, temb_channels=None, groups=4).eval()  # type: ignore[arg-type]
    asked = (torch.randn(2, 8, 4, 4), torch.randn(2, 8, 1, 1))
    assert torch.equal(lightened(block)(*asked), block(*asked))


def test_attention_keeps_its_processors_parameters() -> None:
    attention = Attention(8, heads=2, dim_head=4)
    call = type(attention.processor).__call__
    lighten(attention)
    assert [*inspect.signature(attention.processor.__call__).parameters] == [*inspect.signature(call).parameters][1:]
