"""A view of another size, as a separable average: y = A_y x A_x^T."""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import torch
from torch import Tensor

from inlay_engine.errors import GraphError
from inlay_engine.operators.base import LatentMap, White
from inlay_engine.variables import Cells, Latent, Shape

Mode = Literal["area", "bilinear"]
ROUNDING = 1e-9  # the most by which rounding moves an eigenvalue of 1
_EXACT = torch.empty(0, dtype=torch.float64)


@dataclass(frozen=True)
class Resize(LatentMap):
    """A view of `width` x `height` cells. Each axis is reduced or enlarged by its own factor, which need not be an
    integer.

    In mode "area", each new cell is the mean of the rectangle of the source that it covers, and source cells on the
    rectangle's edge count by their share. An enlargement by whole numbers repeats cells. In mode "bilinear", it is the
    mean weighted by a triangle twice as wide as the larger of a new and an old cell, as in torch's antialiased
    interpolation. Raises GraphError for an empty size.
    """

    source: Shape
    width: int
    height: int
    mode: Mode = "area"

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise GraphError(
                f"A resize was asked for {self.width}x{self.height} cells; request 1 or more on each axis."
            )

    @property
    def shape(self) -> Shape:
        return Shape(self.source.channels, self.height, self.width)

    @property
    def selects(self) -> bool:
        return self._selects

    @cached_property
    def _selects(self) -> bool:
        """True if each new cell is one old cell, so that the rows of both matrices are unit vectors."""
        return all(bool(((shares == 0) | (shares == 1)).all()) for shares in self._matrices(_EXACT))

    @property
    def gain(self) -> float | Cells:
        return self._gain

    @cached_property
    def _gain(self) -> float | Cells:
        """The product of both axes' A A^T 1. In mode "area", it is the ratio of the sizes on every cell."""
        if self.mode == "area":
            return float(self.width * self.height / (self.source.width * self.source.height))
        down, across = (shares @ shares.sum(0) for shares in self._matrices(_EXACT))
        return down[:, None] * across

    @property
    def scale(self) -> float:
        return self._scale

    @cached_property
    def _scale(self) -> float:
        """1 / |A_y| |A_x|, from the largest eigenvalues of A A^T, if an enlarged axis makes that less than 1."""
        largest = math.prod(float(values.max()) for _, values in self._spectra(_EXACT))
        return 1.0 if largest <= 1 + ROUNDING else 1 / math.sqrt(largest)

    def forward(self, latent: Latent) -> Latent:
        rows, columns = self._matrices(latent)
        return rows @ latent @ columns.mT

    def adjoint(self, latent: Latent) -> Latent:
        rows, columns = self._matrices(latent)
        return rows.mT @ latent @ columns

    def lost_noise(self, white: White) -> Latent | None:
        """Return the symmetric root of I - s^2 K_y (x) K_x, with K = A A^T and the scale s, applied to white noise. It
        is computed from the eigenvectors of both, but does not depend on the choice of eigenvectors."""
        if self.shape == self.source:
            return None
        noise = white("", self.shape)
        (rows, row_values), (columns, column_values) = self._spectra(noise)
        missing = (1 - self.scale**2 * row_values[:, None] * column_values).clamp(min=0).sqrt()
        return rows @ (missing * (rows.mT @ noise @ columns)) @ columns.mT

    @property
    def _axes(self) -> tuple[tuple[int, int], tuple[int, int]]:
        return (self.source.height, self.height), (self.source.width, self.width)

    def _matrices(self, like: Tensor) -> tuple[Tensor, Tensor]:
        rows, columns = (_averages(self.mode, *axis, like.dtype, like.device) for axis in self._axes)
        return rows, columns

    def _spectra(self, like: Tensor) -> list[tuple[Tensor, Tensor]]:
        return [_spectrum(self.mode, *axis, like.dtype, like.device) for axis in self._axes]


@lru_cache(maxsize=256)
@torch.inference_mode(False)  # a later caller may need gradients
def _averages(mode: Mode, size: int, onto: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Return A, of shape (onto, size). Its rows sum to 1. If it reduces, its largest singular value is at most 1."""
    scale = size / onto
    cells = torch.arange(size, dtype=torch.float64)
    starts = torch.arange(onto, dtype=torch.float64)[:, None] * scale
    if mode == "area":
        shares = (torch.minimum(starts + scale, cells + 1) - torch.maximum(starts, cells)).clamp(min=0)
    else:
        shares = (1 - (cells + 0.5 - starts - scale / 2).abs() / max(scale, 1)).clamp(min=0)
    return (shares / shares.sum(1, keepdim=True)).to(device, dtype)


@lru_cache(maxsize=256)
@torch.inference_mode(False)
def _spectrum(mode: Mode, size: int, onto: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the eigenvectors of A A^T, in columns, and its eigenvalues."""
    averages = _averages(mode, size, onto, torch.float64, torch.device("cpu"))
    values, vectors = torch.linalg.eigh(averages @ averages.mT)
    return vectors.to(device, dtype), values.to(device, dtype)
