"""Whitened latents hold the same information in channels of similar variance, and a denoiser can continue with them."""

import copy

import numpy as np
import pytest
import torch

from training.autoencoder import build_autoencoder, reconstruct, set_scaling
from training.denoiser import build_unet
from training.papercut.drawing import draw_panorama
from training.papercut.pose_control import build_controlnet
from training.pixels import to_tensor
from training.whiten import between, cells_of, rewire, shares, whiten, whitening

CHANNELS = 4


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    return [np.stack([draw_panorama(seed).pixels for seed in range(3)])]


@pytest.fixture(scope="module")
def old(pictures):
    """A VAE whose latents have most of their variance in one direction."""
    torch.manual_seed(0)
    vae = build_autoencoder((8, 8, 8, 8), channels=CHANNELS)
    assert vae.quant_conv is not None
    with torch.no_grad():
        vae.quant_conv.weight[:CHANNELS] *= torch.tensor([6.0, 1.0, 0.5, 1.5]).view(-1, 1, 1, 1)
    set_scaling(vae, pictures)
    return vae


@pytest.fixture(scope="module")
def white(old, pictures):
    vae = copy.deepcopy(old)
    whiten(vae, pictures)
    set_scaling(vae, pictures)
    return vae


def spread(vae, pictures) -> float:
    """Return the ratio of the largest variance of the latents, over their principal directions, to the next smaller
    one."""
    first, second, *_ = shares(cells_of(vae, pictures))
    return first / second


def test_whitening_levels_what_counts_and_leaves_next_to_nothing_small():
    generator = torch.Generator().manual_seed(0)
    cells = torch.randn(5000, 3, generator=generator) * torch.tensor([5.0, 1.0, 0.01])
    turned = cells @ torch.linalg.qr(torch.randn(3, 3, generator=generator)).Q
    variances = torch.linalg.eigvalsh(torch.cov((turned @ whitening(turned).T).T))
    assert variances[-1] < 1.01
    assert variances[-2] > 0.6
    assert variances[0] < 1e-3


def test_a_whitened_vae_decodes_what_it_did(old, white, pictures):
    shown = to_tensor(pictures[0])
    assert torch.allclose(reconstruct(old, shown), reconstruct(white, shown), atol=1e-3)
    assert cells_of(white, pictures).std() == pytest.approx(1, abs=0.05)
    assert spread(old, pictures) > 4 * spread(white, pictures)


def test_the_map_between_two_vaes_is_found(old, white, pictures):
    assert torch.allclose(between(old, old, pictures), torch.eye(CHANNELS), atol=1e-3)
    found = between(old, white, pictures)
    assert torch.allclose(cells_of(old, pictures) @ found.T, cells_of(white, pictures), atol=5e-3)


@torch.no_grad()
def test_a_rewired_network_says_the_same_of_the_same_latents():
    torch.manual_seed(1)
    unet = build_unet(CHANNELS, 32, (8, 8, 8), groups=4)
    controlnet = build_controlnet(unet, embedding=(4, 4, 4, 4))
    latents, words, step = torch.randn(2, CHANNELS, 16, 16), torch.randn(2, 5, 32), torch.tensor(400)
    known = torch.randn(CHANNELS, CHANNELS) + 2 * torch.eye(CHANNELS)
    mapped = torch.einsum("kc,bchw->bkhw", known, latents)
    picture = torch.rand(2, 3, 128, 128)
    before = unet(latents, step, words).sample
    seen, _ = controlnet(latents, step, words, picture, return_dict=False)
    rewire(unet, known)
    rewire(controlnet, known)
    assert torch.allclose(unet(mapped, step, words).sample, torch.einsum("kc,bchw->bkhw", known, before), atol=1e-3)
    again, _ = controlnet(mapped, step, words, picture, return_dict=False)
    assert all(torch.allclose(one, other, atol=1e-3) for one, other in zip(seen, again, strict=True))
