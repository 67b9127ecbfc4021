"""Overlapping tiles for pictures that are too large for a VAE at once, normalised by the statistics of the whole
picture."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from worker.diffusion.errors import DiffusionError
from worker.diffusion.memory import attempt, compact, release, trim

MARGIN = 10  # cells that a tile sees beyond its own part; cells further away have hardly any effect
FAR_SIDE = 16  # cells that a tile sees beyond each edge of an axis that wraps, if the axis is not split
SMALLEST = 8  # cells along a side of the smallest tile, without its margin


class Span(NamedTuple):
    """The range of a tile along one axis, in cells. [start, stop) is the tile's own part; the tile also sees `before`
    cells before it and `after` cells after it. On an axis that wraps, the seen range may go beyond the canvas."""

    start: int
    stop: int
    before: int
    after: int

    @property
    def seen(self) -> int:
        return self.before + self.stop - self.start + self.after

    def cells(self, size: int, device: torch.device) -> Tensor:
        """Return the indices of the seen cells, on an axis of `size` cells."""
        return torch.arange(self.start - self.before, self.stop + self.after, device=device) % size

    def own(self, unit: int) -> slice:
        """Return the tile's own part as a slice of the part that it sees, at `unit` pixels a cell."""
        return slice(self.before * unit, (self.before + self.stop - self.start) * unit)

    def on_canvas(self, unit: int) -> slice:
        """Return the tile's own part as a slice of the canvas, at `unit` pixels a cell."""
        return slice(self.start * unit, self.stop * unit)


class Tile(NamedTuple):
    rows: Span
    columns: Span


def split(size: tuple[int, int], wraps: tuple[bool, bool], limit: int) -> list[Tile]:
    """Split a canvas of (rows, columns) cells into tiles that see at most `limit` cells each. Of all such grids, the
    function takes the one whose tiles see the fewest cells in total. If the limit asks for tiles smaller than SMALLEST,
    it takes the finest grid it has."""

    def seen(axis: int, parts: int) -> int:
        if parts == 1:
            return size[axis] + wraps[axis] * 2 * FAR_SIDE
        return math.ceil(size[axis] / parts) + (2 if wraps[axis] or parts > 2 else 1) * MARGIN

    counts = [range(1, math.ceil(side / SMALLEST) + 1) for side in size]
    fitting = [(y, x) for y in counts[0] for x in counts[1] if seen(0, y) * seen(1, x) <= limit]
    smallest = (counts[0][-1], counts[1][-1])
    chosen = min(
        fitting, key=lambda parts: parts[0] * parts[1] * seen(0, parts[0]) * seen(1, parts[1]), default=smallest
    )
    rows, columns = (_spans(*each) for each in zip(size, chosen, wraps, strict=True))
    return [Tile(row, column) for row in rows for column in columns]


def _spans(size: int, parts: int, wraps: bool) -> list[Span]:
    margin = FAR_SIDE if parts == 1 else MARGIN
    edges = [size * part // parts for part in range(parts + 1)]
    return [
        Span(start, stop, margin if wraps else min(margin, start), margin if wraps else min(margin, size - stop))
        for start, stop in pairwise(edges)
    ]


@dataclass(eq=False)
class Tiling:
    """Runs an encoder or a decoder over a canvas, at most `limit` cells at once; the limit halves when the memory runs
    out.

    The network's group normalisations use the statistics of the whole picture, so a tile alone would come out in other
    colours. Each tile therefore runs twice. The first pass takes the mean and the variance at each normalisation; the
    second uses their combination over the canvas. A network without normalisations runs once. Attention stays within a
    tile.
    """

    network: nn.Module
    limit: int

    def run(
        self,
        size: tuple[int, int],
        wraps: tuple[bool, bool],
        forward: Callable[[Tile], Tensor],
        keep: Callable[[Tile, Tensor], None],
    ) -> None:
        """Call `keep` with each tile of a canvas of (rows, columns) cells and the output of `forward` for it. `wraps`:
        whether each axis wraps. After the memory ran out, the method starts again with smaller tiles. Raises
        DiffusionError if the memory cannot hold the smallest tile."""
        while True:
            tiles = split(size, wraps, self.limit)
            if attempt(lambda tiles=tiles: self._run(tiles, forward, keep)):
                return
            release()
            tried = max(tile.rows.seen * tile.columns.seen for tile in tiles)
            if tried <= (SMALLEST + 2 * MARGIN) ** 2:
                raise DiffusionError(
                    "The memory of the device ran out on a small part of the picture. Choose a smaller model, or lower "
                    "INLAY_MEMORY_BUDGET so that fewer models are kept beside it."
                )
            self.limit = tried // 2

    def _run(
        self, tiles: Sequence[Tile], forward: Callable[[Tile], Tensor], keep: Callable[[Tile, Tensor], None]
    ) -> bool:
        if len(tiles) == 1:
            keep(tiles[0], forward(tiles[0]))
            return True
        with compact():
            moments = self._moments(tiles, forward)
            with _normalised(moments):
                for tile in tiles:
                    keep(tile, forward(tile))
                    trim()
        return True

    def _moments(self, tiles: Sequence[Tile], forward: Callable[[Tile], Tensor]) -> "dict[nn.GroupNorm, Moments]":
        """Return the moments of each normalisation, from all tiles."""
        norms = [module for module in self.network.modules() if isinstance(module, nn.GroupNorm)]
        moments = {norm: Moments([], [], []) for norm in norms}
        for tile in tiles if norms else ():
            with _gathering(moments, tile):
                forward(tile)
            trim()
        return moments


class Moments(NamedTuple):
    """The moments of a normalisation's inputs: for each tile, the count of numbers, and the mean and variance of each
    group."""

    counts: list[int]
    means: list[Tensor]
    variances: list[Tensor]

    def take(self, shown: Tensor, groups: int) -> None:
        variance, mean = torch.var_mean(shown.unflatten(1, (groups, -1)), (0, 2, 3, 4), correction=0)
        self.counts.append(shown.numel() // groups)
        self.means.append(mean.cpu().double())
        self.variances.append(variance.cpu().double())

    @property
    def pooled(self) -> tuple[Tensor, Tensor]:
        """The mean and the variance over all tiles, by the law of total variance."""
        shares = torch.tensor(self.counts, dtype=torch.float64)[:, None] / sum(self.counts)
        means = torch.stack(self.means)
        mean = (shares * means).sum(0)
        return mean, (shares * (torch.stack(self.variances) + (means - mean).square())).sum(0)


@contextmanager
def _gathering(moments: dict[nn.GroupNorm, Moments], tile: Tile) -> Iterator[None]:
    """Add the moments of the tile's own part to `moments` whenever the tile passes through the network inside the
    block."""

    def take(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(norm, nn.GroupNorm)
        shown, rows, columns = inputs[0], tile.rows, tile.columns
        if shown.ndim == 3:  # in attention blocks: one position for each cell
            shown = shown.unflatten(2, (rows.seen, columns.seen))
        unit = shown.shape[2] // rows.seen
        moments[norm].take(shown[:, :, rows.own(unit), columns.own(unit)], norm.num_groups)

    hooks = [norm.register_forward_pre_hook(take) for norm in moments]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


@contextmanager
def _normalised(moments: dict[nn.GroupNorm, Moments]) -> Iterator[None]:
    """Make each normalisation use its pooled moments instead of its input's, inside the block."""
    for norm, seen in moments.items():
        norm.forward = _by(norm, *seen.pooled)
    try:
        yield
    finally:
        for norm in moments:
            del norm.forward


def _by(norm: nn.GroupNorm, mean: Tensor, variance: Tensor) -> Any:
    """Return the forward function of a normalisation by a given mean and variance of each group: a factor and a shift
    for each channel."""
    width = norm.num_channels // norm.num_groups
    scale = (variance + norm.eps).rsqrt().repeat_interleave(width)
    offset = -mean.repeat_interleave(width) * scale
    factor, shift = scale.to(norm.weight) * norm.weight, offset.to(norm.weight) * norm.weight + norm.bias

    def forward(shown: Tensor) -> Tensor:
        each = (-1, *[1] * (shown.ndim - 2))
        return torch.addcmul(shift.view(each), shown, factor.view(each))

    return forward
