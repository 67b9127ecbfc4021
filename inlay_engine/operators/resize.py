"""A smaller view, as a separable average: y = A_y x A_x^T."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import torch
from torch import Tensor

from inlay_engine.errors import GraphError
from inlay_engine.operators.base import LatentMap, White
from inlay_engine.variables import Cells, Latent, Shape

Mode = Literal["area", "bilinear"]


@dataclass(frozen=True)
class Resize(LatentMap):
    """A view reduced to `width` x `height` cells. Each axis has its own factor, which need not be an integer.

    In mode "area", each new cell is the mean of the rectangle of the source that it covers, and source cells on the
    rectangle's edge count by their share. In mode "bilinear", it is the mean weighted by a triangle twice as wide as a
    new cell, as in torch's antialiased interpolation. Raises GraphError for an enlargement, because added noise cannot
    make an enlarged view white.
    """

    source: Shape
    width: int
    height: int
    mode: Mode = "area"

    def __post_init__(self) -> None:
        if not (1 <= self.width <= self.source.width and 1 <= self.height <= self.source.height):
            raise GraphError(
                f"A resize makes views smaller, but {self.width}x{self.height} cells were requested from "
                f"{self.source.width}x{self.source.height}; request 1 to that many cells on each axis."
            )

    @property
    def shape(self) -> Shape:
        return Shape(self.source.channels, self.height, self.width)

    @property
    def selects(self) -> bool:
        return self.shape == self.source

    @property
    def mixes(self) -> bool:
        return self.shape != self.source

    @property
    def correlates(self) -> bool:
        whole = self.source.height % self.height == 0 and self.source.width % self.width == 0
        return self.mixes and not (self.mode == "area" and whole)

    def forward(self, latent: Latent) -> Latent:
        rows, columns = self._matrices(latent)
        return rows @ latent @ columns.mT

    def adjoint(self, latent: Latent) -> Latent:
        rows, columns = self._matrices(latent)
        return rows.mT @ latent @ columns

    def variance(self, of: float | Cells) -> float | Cells:
        if not isinstance(of, Tensor):
            return of * self._own_gain
        rows, columns = self._matrices(of)
        return rows**2 @ of @ columns.mT**2

    @cached_property
    def _own_gain(self) -> float | Cells:
        """The gain for white noise. It is a single number if it is the same on all cells, such as k^-2 for an area of k
        by k."""
        rows, columns = self._matrices(torch.empty(0, dtype=torch.float64))
        gain = (rows**2).sum(1)[:, None] * (columns**2).sum(1)
        return gain if self.correlates else float(gain[0, 0])

    def lost_noise(self, white: White) -> Latent | None:
        """Return the symmetric root of I - K_y (x) K_x, with K = A A^T, applied to white noise. It is computed from the
        eigenvectors of both, but does not depend on the choice of eigenvectors."""
        if not self.mixes:
            return None
        noise = white("", self.shape)
        (rows, row_values), (columns, column_values) = (
            _spectrum(self.mode, *axis, noise.dtype, noise.device) for axis in self._axes
        )
        missing = (1 - row_values[:, None] * column_values).clamp(min=0).sqrt()
        return rows @ (missing * (rows.mT @ noise @ columns)) @ columns.mT

    @property
    def _axes(self) -> tuple[tuple[int, int], tuple[int, int]]:
        return (self.source.height, self.height), (self.source.width, self.width)

    def _matrices(self, like: Tensor) -> tuple[Tensor, Tensor]:
        rows, columns = (_averages(self.mode, *axis, like.dtype, like.device) for axis in self._axes)
        return rows, columns


@lru_cache(maxsize=256)
def _averages(mode: Mode, size: int, onto: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Return A, of shape (onto, size). Its rows sum to 1, and its largest singular value is at most 1."""
    scale = size / onto
    cells = torch.arange(size, dtype=torch.float64)
    starts = torch.arange(onto, dtype=torch.float64)[:, None] * scale
    if mode == "area":
        shares = (torch.minimum(starts + scale, cells + 1) - torch.maximum(starts, cells)).clamp(min=0)
    else:
        shares = (1 - (cells + 0.5 - starts - scale / 2).abs() / scale).clamp(min=0)
    return (shares / shares.sum(1, keepdim=True)).to(device, dtype)


@lru_cache(maxsize=256)
def _spectrum(mode: Mode, size: int, onto: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the eigenvectors of A A^T, in columns, and its eigenvalues."""
    averages = _averages(mode, size, onto, torch.float64, torch.device("cpu"))
    values, vectors = torch.linalg.eigh(averages @ averages.mT)
    return vectors.to(device, dtype), values.to(device, dtype)
