"""Overlapping tiles for pictures that are too large for a VAE at once, normalised by the statistics of the whole
picture."""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import torch
from greenlet import getcurrent, greenlet
from torch import Tensor, nn

from worker.diffusion.errors import DiffusionError
from worker.diffusion.memory import attempt, compact, release, spacious, trim, usual_allocation

MARGIN = 10  # cells that a tile sees beyond its own part; cells further away have hardly any effect
FAR_SIDE = 16  # cells that a tile sees beyond each edge of an axis that wraps, if the axis is not split
SMALL = 4  # so many small canvases make a tile; the blocks of a small one need no more than glibc keeps by itself
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


class Room(NamedTuple):
    """How large a canvas the memory holds, in cells. `whole`: in one piece. `paused`: in tiles that all wait at one
    normalisation."""

    whole: int
    paused: int


NO_ROOM, ALL_ROOM = Room(0, 0), Room(sys.maxsize, sys.maxsize)
Way = Literal["whole", "in step", "apart"]
"""The way in which a canvas runs. Tiles that run apart run twice if the network normalises."""
Forward = Callable[[Tile], Tensor]
Keep = Callable[[Tile, Tensor], None]


@dataclass(eq=False)
class Tiling:
    """Runs an encoder or a decoder over a canvas: in one piece if it has at most `limit` cells or if the memory has
    room, and in tiles otherwise. A tile that runs apart from the others has at most `limit` cells. Where the memory
    runs out, the next try needs less.

    The network's group normalisations use the statistics of the whole picture, so a tile alone would come out in other
    colours. If the memory has room for all tiles at one normalisation, they run in step: every tile runs up to the
    normalisation and waits there, until the statistics of all tiles are known. Otherwise they run apart,
    each of them twice. In its first pass, a tile is normalised by its own statistics, which are taken down; in the
    second one, by those of all tiles together. Without normalisations, a tile runs once. Attention stays within a tile.

    `room`: says how much the memory holds now.
    """

    network: nn.Module
    limit: int
    room: Callable[[], Room] = lambda: NO_ROOM
    most: Room = ALL_ROOM
    """The largest canvases to try, after the memory ran out on larger ones."""

    def run(self, size: tuple[int, int], wraps: tuple[bool, bool], forward: Forward, keep: Keep) -> None:
        """Call `keep` with each tile of a canvas of (rows, columns) cells and the output of `forward` for it. `wraps`:
        whether each axis wraps. After the memory ran out, the method starts again in a way that needs less. Raises
        DiffusionError if the memory cannot hold the smallest tile."""
        while True:
            tiles, way = self._plan(size, wraps)
            if attempt(lambda tiles=tiles, way=way: self._run(tiles, way, forward, keep)):
                return
            release()
            self._need_less(tiles, way)

    def _plan(self, size: tuple[int, int], wraps: tuple[bool, bool]) -> tuple[list[Tile], Way]:
        """Return the tiles of a canvas, and how they run. Tiles in step are as large as the memory beside all that wait
        allows, because large tiles have fewer margins."""
        room = self.room()
        whole, paused = min(room.whole, self.most.whole), min(room.paused, self.most.paused)
        tiles = split(size, wraps, sys.maxsize)
        cells = seen(tiles)
        if self.limit < cells <= whole:
            return tiles, "whole"
        if self.limit < cells < paused:
            tiles = split(size, wraps, max(self.limit, int(whole * (1 - cells / paused))))
            if seen(tiles) <= paused:
                return tiles, "in step"
        return split(size, wraps, self.limit), "apart"

    def _need_less(self, tiles: Sequence[Tile], way: Way) -> None:
        """After the memory ran out, forbid what was tried."""
        tried = max(seen([tile]) for tile in tiles)
        if way == "whole":
            self.most = self.most._replace(whole=tried // 2)
        elif way == "in step":
            self.most = self.most._replace(paused=seen(tiles) // 2)
        elif tried > (SMALLEST + 2 * MARGIN) ** 2:
            self.limit = tried // 2
        else:
            raise DiffusionError(
                "The memory of the device ran out on a small part of the picture. Choose a smaller model, or lower "
                "INLAY_MEMORY_BUDGET so that fewer models are kept beside it."
            )

    def _run(self, tiles: Sequence[Tile], way: Way, forward: Forward, keep: Keep) -> bool:
        norms = [module for module in self.network.modules() if isinstance(module, nn.GroupNorm)]
        usual_allocation()
        if len(tiles) == 1:
            with spacious() if SMALL * seen(tiles) > self.limit else nullcontext():
                keep(tiles[0], forward(tiles[0]))
        elif way == "in step" and norms:
            with spacious():
                _run_in_step(tiles, norms, forward, keep)
        else:
            with compact(), _normalised(_moments(tiles, norms, forward)):
                for tile in tiles:
                    keep(tile, forward(tile))
                    trim()
        return True


def seen(tiles: Sequence[Tile]) -> int:
    """Return the number of cells that tiles see."""
    return sum(tile.rows.seen * tile.columns.seen for tile in tiles)


def _run_in_step(tiles: Sequence[Tile], norms: Sequence[nn.GroupNorm], forward: Forward, keep: Keep) -> None:
    """Run every tile once, all of them from one normalisation to the next. Each tile is a greenlet: it gives the
    moments of its own part to this function, and gets those of all tiles."""

    def run(tile: Tile) -> None:
        tile_of[getcurrent()] = tile
        keep(tile, forward(tile))

    tile_of: dict[greenlet, Tile] = {}
    with _meeting(norms, tile_of):
        running = [greenlet(run) for _ in tiles]
        told = [one.switch(tile) for one, tile in zip(running, tiles, strict=True)]
        while not running[0].dead:
            pooled = Moments.joined(told).pooled
            told = [one.switch(pooled) for one in running]


@contextmanager
def _meeting(norms: Sequence[nn.GroupNorm], tiles: "dict[greenlet, Tile]") -> Iterator[None]:
    """Let each normalisation wait for the moments of all tiles, inside the block. `tiles`: the tile of each
    greenlet."""

    def waiting(norm: nn.GroupNorm) -> Any:
        def forward(shown: Tensor) -> Tensor:
            own = Moments([], [], [])
            own.take(_own(shown, tiles[getcurrent()]), norm.num_groups)
            parent = getcurrent().parent
            assert parent is not None, "a tile has a parent that waits for it"
            return _by(norm, *parent.switch(own))(shown)

        return forward

    for norm in norms:
        norm.forward = waiting(norm)
    try:
        yield
    finally:
        for norm in norms:
            del norm.forward


def _moments(tiles: Sequence[Tile], norms: Sequence[nn.GroupNorm], forward: Forward) -> "dict[nn.GroupNorm, Moments]":
    """Return the moments of each normalisation, from all tiles."""
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

    @classmethod
    def joined(cls, several: "Sequence[Moments]") -> "Moments":
        """Return the moments of several tiles, each of which has its own."""
        counts, means, variances = ([one for each in part for one in each] for part in zip(*several, strict=True))
        return cls(counts, means, variances)

    @property
    def pooled(self) -> tuple[Tensor, Tensor]:
        """The mean and the variance over all tiles, by the law of total variance."""
        shares = torch.tensor(self.counts, dtype=torch.float64)[:, None] / sum(self.counts)
        means = torch.stack(self.means)
        mean = (shares * means).sum(0)
        return mean, (shares * (torch.stack(self.variances) + (means - mean).square())).sum(0)


def _own(shown: Tensor, tile: Tile) -> Tensor:
    """Return the tile's own part of a normalisation's input."""
    rows, columns = tile
    if shown.ndim == 3:  # in attention blocks: one position for each cell
        shown = shown.unflatten(2, (rows.seen, columns.seen))
    unit = shown.shape[2] // rows.seen
    return shown[:, :, rows.own(unit), columns.own(unit)]


@contextmanager
def _gathering(moments: dict[nn.GroupNorm, Moments], tile: Tile) -> Iterator[None]:
    """Add the moments of the tile's own part to `moments` whenever the tile passes through the network inside the
    block."""

    def take(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(norm, nn.GroupNorm)
        moments[norm].take(_own(inputs[0], tile), norm.num_groups)

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
