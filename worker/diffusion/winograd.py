"""3 x 3 convolutions with a quarter of the multiplications, for processors (Winograd's algorithm, arXiv 1509.09308)."""

import math
from collections.abc import Iterable, Iterator, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from worker.diffusion.networks import device_of
from worker.diffusion.upsampling import is_plain

TILE = 4  # output cells along a side of a tile; it reads a cell more on each side
READ = TILE + 2
PRODUCTS = READ**2  # multiplications for each tile and pair of channels, where a direct convolution makes 9 * TILE**2
WORTH = 80  # channels; with fewer, the transformations take longer than the products save
FEWEST = 4_000_000  # cells of the batch * channels in * channels out; with fewer, a direct convolution is as fast
MOST_BYTES = 2**28  # of transformed weights in one network, which are four times those of its convolutions
AT_ONCE = 256  # tiles whose products exist at once: few enough for a processor's cache

# F(4x4, 3x3) of arXiv 1509.09308, Section 4.1, for one axis: from cells, from weights, and to cells.
_OF_CELLS = [
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
]
_OF_WEIGHTS = [[1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6]]
_OF_WEIGHTS += [[1 / 24, 1 / 12, 1 / 6], [1 / 24, -1 / 12, 1 / 6], [0, 0, 1]]
_OF_PRODUCTS = [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]]


def _both_axes(one: list[list[int]] | list[list[float]]) -> Tensor:
    matrix = torch.tensor(one, dtype=torch.float64)
    return torch.kron(matrix, matrix).float()


CELLS_TO_PRODUCTS = _both_axes(_OF_CELLS)
WEIGHTS_TO_PRODUCTS = _both_axes(_OF_WEIGHTS)
PRODUCTS_TO_CELLS = _both_axes(_OF_PRODUCTS)


class WinogradConvolution(nn.Conv2d):
    """A 3 x 3 convolution that multiplies transformed tiles in place of cells: the same numbers up to rounding, whose
    error is about seven times that of a direct convolution in float32.

    Its weights must not change once `hasten_convolutions` has transformed them. It runs torch's convolution for a small
    batch, while gradients are recorded or torch compiles it, and where peft has made a LoRA's layer of this class.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return the convolution of (batch, channels, rows, columns), with the same rows and columns."""
        transformed = self._buffers.get("transformed")
        few = input.numel() * self.out_channels < FEWEST
        if transformed is None or few or torch.is_grad_enabled() or torch.compiler.is_compiling():
            return super().forward(input)
        return _convolved(input, transformed, self.bias)


@torch.no_grad()
def transform(weight: Float[Tensor, "outputs inputs 3 3"]) -> Float[Tensor, "products inputs outputs"]:
    """Return the weights of a convolution as WinogradConvolution multiplies them."""
    outputs, inputs = weight.shape[:2]
    taps = weight.permute(2, 3, 1, 0).reshape(9, inputs * outputs)
    return (WEIGHTS_TO_PRODUCTS @ taps).view(PRODUCTS, inputs, outputs)


def _convolved(
    cells: Float[Tensor, "batch inputs rows columns"],
    weights: Float[Tensor, "products inputs outputs"],
    bias: Float[Tensor, " outputs"] | None,
) -> Float[Tensor, "batch outputs rows columns"]:
    count, _, rows, columns = cells.shape
    inputs, outputs = weights.shape[1:]
    tiles = _tiles(cells.permute(0, 2, 3, 1))
    down, across = tiles.shape[3:5]
    result = torch.empty(count, TILE * down, TILE * across, outputs)
    placed = result.view(count, down, TILE, across, TILE, outputs).permute(2, 4, 0, 1, 3, 5)
    for pictures, bands in _parts(count, down, across):
        some, place = tiles[:, :, pictures, bands], placed[:, :, pictures, bands]
        products = (CELLS_TO_PRODUCTS @ some.reshape(PRODUCTS, -1)).view(PRODUCTS, -1, inputs)
        products = torch.bmm(products, weights).view(PRODUCTS, -1)
        found = (PRODUCTS_TO_CELLS @ products).view(place.shape)
        if bias is None:
            place.copy_(found)
        else:
            torch.add(found, bias, out=place)
    return result[:, :rows, :columns].permute(0, 3, 1, 2)


def _tiles(
    cells: Float[Tensor, "batch rows columns inputs"],
) -> Float[Tensor, "read read batch down across inputs"]:
    """Return the cells that each tile reads, as a view of a padded copy: neighbouring tiles share two rows or columns.
    The cells beyond the map are 0."""
    count, rows, columns, inputs = cells.shape
    down, across = -(-rows // TILE), -(-columns // TILE)
    height, width = TILE * down + 2, TILE * across + 2
    padded = torch.empty(count, height, width, inputs)
    for margin in (padded[:, :1], padded[:, rows + 1 :], padded[:, :, :1], padded[:, :, columns + 1 :]):
        margin.zero_()
    padded[:, 1 : rows + 1, 1 : columns + 1] = cells
    row = width * inputs
    strides = (row, inputs, height * row, TILE * row, TILE * inputs, 1)
    return padded.as_strided((READ, READ, count, down, across, inputs), strides)


def _parts(count: int, down: int, across: int) -> Iterator[tuple[slice, slice]]:
    """Return the pictures and the rows of tiles that are computed at once: whole pictures if several fit into AT_ONCE
    tiles, else rows of one picture."""
    pictures = max(1, AT_ONCE // (down * across))
    bands = down if down * across <= AT_ONCE else max(1, AT_ONCE // across)
    for first in range(0, count, pictures):
        for top in range(0, down, bands):
            yield slice(first, first + pictures), slice(top, top + bands)


def transformed_bytes(shapes: Iterable[Sequence[int]]) -> int:
    """Return the bytes that the transformed weights of a network take at most, if its weights have these shapes: a few
    of its 3 x 3 convolutions may be of kinds that stay. Returns 0 above MOST_BYTES, because `hasten_convolutions` makes
    none then."""
    sizes = [math.prod(shape[:2]) for shape in shapes if tuple(shape[2:]) == (3, 3) and min(shape[:2]) >= WORTH]
    needed = PRODUCTS * torch.float32.itemsize * sum(sizes)
    return needed if needed <= MOST_BYTES else 0


def hasten_convolutions(network: nn.Module) -> None:
    """Turn the 3 x 3 convolutions of a network into WinogradConvolutions where they have enough channels to gain from
    it. The network must be in float32 and on a processor; others stay, and so does one whose transformed weights would
    take more than MOST_BYTES."""
    if device_of(network).type != "cpu" or not transformed_bytes(weight.shape for weight in network.parameters()):
        return
    for module in network.modules():
        if type(module) is nn.Conv2d and _gains(module):
            module.__class__ = WinogradConvolution
            module.register_buffer("transformed", transform(module.weight), persistent=False)


def _gains(convolution: nn.Conv2d) -> bool:
    enough = min(convolution.in_channels, convolution.out_channels) >= WORTH
    return enough and is_plain(convolution) and convolution.weight.dtype == torch.float32
