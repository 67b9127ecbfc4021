import pytest
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.upsampling import Upsample2D
from torch import nn

from worker.diffusion.upsampling import UpsampledConvolution, hasten_upsampling


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5, 8)])
@pytest.mark.parametrize("bias", [True, False])
def test_one_convolution_gives_the_pixels_of_upsampling_and_convolution(size: tuple[int, int], bias: bool) -> None:
    theirs = Upsample2D(6, use_conv=True, out_channels=4, bias=bias).double().eval()
    assert isinstance(theirs.conv, nn.Conv2d)
    cells = torch.randn(2, 6, *size, dtype=torch.float64)
    with torch.no_grad():
        torch.testing.assert_close(UpsampledConvolution(theirs.conv)(cells), theirs(cells), rtol=1e-12, atol=1e-12)


def small_vae(**settings: object) -> AutoencoderKL:
    torch.manual_seed(0)
    blocks = {"block_out_channels": (8, 8, 16), "norm_num_groups": 4, "down_block_types": ("DownEncoderBlock2D",) * 3}
    return AutoencoderKL(up_block_types=("UpDecoderBlock2D",) * 3, **blocks, **settings).eval()  # type: ignore[arg-type]


@torch.no_grad()
def test_a_decoder_decodes_the_same_with_fewer_multiplications() -> None:
    decoder, latent = small_vae().decoder, torch.randn(1, 4, 6, 10)
    expected = decoder(latent)
    hasten_upsampling(decoder)
    assert sum(isinstance(module, UpsampledConvolution) for module in decoder.modules()) == 2
    torch.testing.assert_close(decoder(latent), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "other",
    [
        Upsample2D(4, use_conv=True, norm_type="rms_norm", eps=1e-5, elementwise_affine=True),
        Upsample2D(4, use_conv=True, interpolate=False),
        Upsample2D(4, use_conv=True, kernel_size=1, padding=0),
        Upsample2D(4, use_conv_transpose=True),
        Upsample2D(4),
    ],
    ids=["normalised", "not enlarged", "other kernel", "transposed", "without convolution"],
)
def test_other_upsamplings_stay(other: Upsample2D) -> None:
    block = nn.Module()
    block.upsamplers = nn.ModuleList([other])
    hasten_upsampling(block)
    assert block.upsamplers[0] is other
