"""A widened network starts as the same function as the narrow one."""

import torch

from training.autoencoder import build_autoencoder
from training.widen import widen


def outputs(vae, picture):
    with torch.no_grad():
        mean = vae.eval().encode(picture).latent_dist.mean
        return mean, vae.decode(mean).sample


def test_doubling_every_channel_changes_nothing():
    torch.manual_seed(0)
    narrow, wide = build_autoencoder((8, 8, 16, 16), channels=4), build_autoencoder((16, 16, 32, 32), channels=4)
    widen(narrow, wide, groups=8, noise=0.0)
    picture = torch.randn(1, 3, 32, 32)
    for before, after in zip(outputs(narrow, picture), outputs(wide, picture), strict=True):
        assert torch.allclose(before, after, atol=1e-4)


def test_copies_begin_to_differ():
    narrow, wide = build_autoencoder((8, 8, 8, 8), channels=4), build_autoencoder((16, 16, 16, 16), channels=4)
    widen(narrow, wide, groups=8, seed=1)
    weight = wide.encoder.conv_in.weight
    assert not torch.equal(weight[0], weight[1])
    assert torch.allclose(weight[0], weight[1], atol=0.3)
