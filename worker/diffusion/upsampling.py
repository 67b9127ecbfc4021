"""A VAE decoder's upsamplings with fewer multiplications, for processors."""

import torch
from diffusers.models.upsampling import Upsample2D
from torch import Tensor, nn

PLAIN = {"kernel_size": (3, 3), "padding": (1, 1), "stride": (1, 1), "dilation": (1, 1)}
PLAIN |= {"groups": 1, "padding_mode": "zeros"}
PHASES = [(row, column) for row in (0, 1) for column in (0, 1)]
"""The places of the four pixels that one cell becomes."""


class UpsampledConvolution(nn.Module):
    """Nearest-neighbour upsampling by 2 and the 3 x 3 convolution after it, as one convolution.

    Three neighbouring pixels of the enlarged picture are copies of two cells. So each of the four pixels of a cell is a
    2 x 2 convolution of the cells, with sums of the weights: 4 multiplications in place of 9, and the same numbers up
    to rounding. The sums are made at each call, which costs little beside the convolution and keeps no second copy of
    the weights.
    """

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        self.convolution = convolution

    def forward(self, cells: Tensor) -> Tensor:
        """Return the pixels, of (batch, channels, 2 * rows, 2 * columns)."""
        count, _, rows, columns = cells.shape
        channels, bias = self.convolution.out_channels, self.convolution.bias
        size = (count, channels, 2 * rows, 2 * columns)
        pixels = torch.empty(size, dtype=cells.dtype, device=cells.device, memory_format=torch.channels_last)
        # Padded by a cell on each side: the pixel at (0, 0) of cell i reads the cells i - 1 and i, and that at (1, 1)
        # reads i and i + 1.
        bias = None if bias is None else bias.repeat(len(PHASES))
        phases = nn.functional.conv2d(cells, self._weight(), bias, padding=1).split(channels, dim=1)
        for phase, (row, column) in zip(phases, PHASES, strict=True):
            pixels[:, :, row::2, column::2] = phase[:, :, row : row + rows, column : column + columns]
        return pixels

    def _weight(self) -> Tensor:
        """Return the weights of the 2 x 2 convolutions of all four pixels."""
        rows = [_summed(self.convolution.weight, row, 2) for row, _ in PHASES]
        weight = torch.cat([_summed(each, column, 3) for each, (_, column) in zip(rows, PHASES, strict=True)])
        return weight.contiguous(memory_format=torch.channels_last)


def _summed(weight: Tensor, place: int, axis: int) -> Tensor:
    """Return the weights of the two cells that a pixel at this place reads along an axis."""
    first, middle, last = weight.unbind(axis)
    return torch.stack([first, middle + last] if place == 0 else [first + middle, last], axis)


def hasten_upsampling(decoder: nn.Module) -> None:
    """Replace a decoder's upsamplings by UpsampledConvolution, in place. Those of other kinds stay."""
    for block in decoder.modules():
        upsamplers = getattr(block, "upsamplers", None)
        if isinstance(upsamplers, nn.ModuleList):
            for index, one in enumerate(upsamplers):
                if (convolution := _convolution(one)) is not None:
                    upsamplers[index] = UpsampledConvolution(convolution)


def _convolution(upsampler: nn.Module) -> nn.Conv2d | None:
    """Return the 3 x 3 convolution of an upsampling, or None if the upsampling is not by nearest neighbours or does
    more than that."""
    if not isinstance(upsampler, Upsample2D) or upsampler.norm is not None or not upsampler.interpolate:
        return None
    convolution = getattr(upsampler, "conv", None)
    return convolution if type(convolution) is nn.Conv2d and is_plain(convolution) else None


def is_plain(convolution: nn.Conv2d) -> bool:
    """Return whether a convolution has 3 x 3 weights and gives a map of the size of its input, padded with zeros."""
    return all(getattr(convolution, name) == value for name, value in PLAIN.items())
