"""Composites: a masked sum of the views of several operators."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch
from torch import Tensor

from inlay_engine.errors import GraphError
from inlay_engine.operators.base import MASK_ERROR, ObservationOperator, White, tagged, total, within_unit
from inlay_engine.operators.roots import LARGEST, root_of_rest
from inlay_engine.variables import Cells, Controls, ControlVariable, Latent, Shape


class Part(NamedTuple):
    """An operator in a composite, and its mask."""

    operator: ObservationOperator
    mask: Cells


@dataclass(frozen=True, eq=False)
class Composite(ObservationOperator):
    """A masked sum of views of one shape, y = sum_j m_j * f_j(X), whose masks sum to 1 on every cell (paper, Section
    6.2). If all masks are 0 or 1, each cell shows one operator. Several parts may read the same control.

    Raises GraphError for fewer than two parts, if shapes differ, or if masks do not fit, have values outside 0..1, or
    do not sum to 1.
    """

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        if len(self.parts) < 2:
            raise GraphError(f"A composite needs two or more parts, not {len(self.parts)}.")
        names = [parent.name for parent in self.parents]
        for operator, mask in self.parts:
            read = " and ".join(repr(parent.name) for parent in operator.parents)
            if operator.shape != self.shape:
                raise GraphError(
                    f"A composite joins views of one shape, but that of {names[0]!r} has {self.shape} and that of "
                    f"{read} has {operator.shape}."
                )
            if tuple(mask.shape) != self.shape[1:]:
                raise GraphError(f"The mask of {read} has {tuple(mask.shape)} cells, not {self.shape[1:]}.")
            if not within_unit(mask):
                raise GraphError(f"The mask of {read} must lie between 0 and 1 on every cell.")
        sums = torch.stack([part.mask for part in self.parts]).sum(0)
        if not torch.allclose(sums, torch.ones_like(sums), atol=MASK_ERROR):
            raise GraphError(f"The masks of a composite of {names} must sum to 1 on every cell.")

    @property
    def linear(self) -> bool:
        return all(part.operator.linear for part in self.parts)

    @property
    def selects(self) -> bool:
        return self._parts_cells and all(part.operator.selects for part in self.parts)

    @property
    def parents(self) -> tuple[ControlVariable, ...]:
        return tuple(dict.fromkeys(parent for part in self.parts for parent in part.operator.parents))

    @property
    def shape(self) -> Shape:
        return self.parts[0].operator.shape

    @property
    def gain(self) -> float | Cells:
        return self._gain

    @property
    def scale(self) -> float:
        return self._scale

    @property
    def offset(self) -> Latent | None:
        return self._offset

    def forward(self, controls: Controls) -> Latent:
        views = [(mask, operator.forward(controls)) for operator, mask in self.parts]
        return torch.stack([mask.to(view.device) * view for mask, view in views]).sum(0)

    def adjoint(self, view: Latent) -> dict[str, Latent]:
        shares: dict[str, Latent] = {}
        for operator, mask in self.parts:
            for name, share in operator.adjoint(mask.to(view.device) * view).items():
                shares[name] = shares[name] + share if name in shares else share
        return shares

    def gram(self, view: Latent) -> Latent:
        if self.linear:
            return super().gram(view)
        masked = [(operator, mask.to(view.device)) for operator, mask in self.parts]
        return torch.stack([mask * operator.gram(mask * view) for operator, mask in masked]).sum(0)

    def lost_noise(self, white: White, scale: float = 1.0) -> Latent | None:
        """Return noise of covariance I - s^2 f f^T. If no two parts read the same control, it is the noise that the
        parts lose, multiplied by their masks, and the noise that soft masks lose."""
        if self._meet_in_a_cell:
            return root_of_rest(lambda view: scale**2 * self.gram(view), white("", self.shape))
        if self._shares_controls:
            noise = white("", self.shape)
            gain = torch.as_tensor(self.gain).to(noise)
            return (1 - scale**2 * gain).clamp(min=0).sqrt() * noise
        lost = None
        if not self._parts_cells:
            noise = white("", self.shape)
            lost = (1 - self._power.to(noise)).clamp(min=0).sqrt() * noise
        for place, (operator, mask) in enumerate(self.parts):
            own = operator.lost_noise(tagged(white, f"{place}/"), scale)
            lost = total(lost, None if own is None else mask.to(own.device) * own)
        return lost

    @cached_property
    def _gain(self) -> float | Cells:
        if self._parts_cells and not self._shares_controls and all(map(_is_white, self.parts)):
            return 1.0
        return self.gram(torch.ones(1, *self.shape[1:], dtype=torch.float64))[0]

    @cached_property
    def _scale(self) -> float:
        """The least scale of the parts. If parts that read the same control correlate, the scale follows from the
        largest gain, which bounds the eigenvalues of f f^T, because f has no negative entry."""
        least = min(operator.scale for operator, _ in self.parts)
        if not self._meet_in_a_cell:
            return least
        largest = float(torch.as_tensor(self.gain).max())  # 0 if the view shows nothing of its controls
        return 1.0 if largest <= LARGEST else math.sqrt(LARGEST / largest)

    @cached_property
    def _shares_controls(self) -> bool:
        """True if two parts read the same control."""
        names = [parent.name for operator, _ in self.parts for parent in operator.parents]
        return len(set(names)) < len(names)

    @cached_property
    def _meet_in_a_cell(self) -> bool:
        """True if two parts may read the same cell of a control, so that their noise is correlated."""
        if not self._shares_controls:
            return False
        return not self.selects or float(torch.as_tensor(self.gain).max()) > 1

    @cached_property
    def _offset(self) -> Latent | None:
        offset = None
        for operator, mask in self.parts:
            if operator.offset is not None:
                offset = total(offset, mask * operator.offset.to(mask))
        return offset

    @cached_property
    def _parts_cells(self) -> bool:
        return all(bool(((mask == 0) | (mask == 1)).all()) for _, mask in self.parts)

    @cached_property
    def _power(self) -> Cells:
        return torch.stack([mask**2 for _, mask in self.parts]).sum(0)


def _is_white(part: Part) -> bool:
    """Tell whether f f^T of the part's operator is known to be I."""
    operator = part.operator
    return operator.selects and not isinstance(operator.gain, Tensor) and operator.gain == 1
