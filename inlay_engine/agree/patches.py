"""Controls that are zero outside a rectangle. Only that rectangle is stored."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from inlay_engine.agree.problem import inner
from inlay_engine.variables import Controls, Latent


@dataclass(frozen=True, eq=False)
class Patch:
    """A rectangle of one control. `top` and `left` are its first row and column."""

    top: int
    left: int
    values: Latent

    @property
    def box(self) -> tuple[slice, slice]:
        """The rows and columns of the control."""
        height, width = self.values.shape[-2:]
        return slice(self.top, self.top + height), slice(self.left, self.left + width)

    def within(self, top: int, bottom: int, left: int, right: int) -> Latent:
        return self.values[..., top - self.top : bottom - self.top, left - self.left : right - self.left]

    def times(self, cells: Latent) -> "Patch":
        """Return the patch times `cells`, which has one number for each cell of the whole control."""
        rows, columns = self.box
        return Patch(self.top, self.left, self.values * cells[..., rows, columns])

    def dot(self, other: "Patch") -> Float[Tensor, "*batch"] | None:
        """Return <a, b> for each sample, or None if the rectangles have no common cell."""
        (rows, columns), (other_rows, other_columns) = self.box, other.box
        top, bottom = max(rows.start, other_rows.start), min(rows.stop, other_rows.stop)
        left, right = max(columns.start, other_columns.start), min(columns.stop, other_columns.stop)
        if top >= bottom or left >= right:
            return None
        common = (top, bottom, left, right)
        return inner(self.within(*common), other.within(*common))


Patches = dict[str, Patch]
"""Patches by control. A control that is missing is zero."""


def cut(controls: Controls, support: Controls) -> Patches:
    """Return the controls, cut to the smallest rectangles that contain the nonzero cells of `support`. `support` has
    one channel, and the controls are zero wherever it is zero."""
    patches = {}
    for name, value in controls.items():
        bounds = _bounds(support[name][0] != 0)
        if bounds is not None:
            top, bottom, left, right = bounds
            patches[name] = Patch(top, left, value[..., top:bottom, left:right].clone())
    return patches


def _bounds(seen: Bool[Tensor, "_ _"]) -> tuple[int, int, int, int] | None:
    rows, columns = (seen.any(axis).nonzero().flatten().tolist() for axis in (1, 0))
    return (rows[0], rows[-1] + 1, columns[0], columns[-1] + 1) if rows else None


def whole(controls: Controls) -> Patches:
    """Return patches that cover the whole of each control."""
    return {name: Patch(0, 0, value) for name, value in controls.items()}


def add(patches: Patches, controls: Controls, times: Float[Tensor, "*batch"] | None = None) -> None:
    """Add patches to whole controls in place, multiplied by `times` for each sample if it is given."""
    for name, patch in patches.items():
        rows, columns = patch.box
        controls[name][..., rows, columns] += (
            patch.values if times is None else times[..., None, None, None] * patch.values
        )


def overlap(first: Patches, second: Patches) -> Float[Tensor, "*batch"] | None:
    """Return <a, b> over all controls for each sample, or None if no two rectangles have a common cell."""
    products = [patch.dot(second[name]) for name, patch in first.items() if name in second]
    meeting = [product for product in products if product is not None]
    return torch.stack(meeting).sum(0) if meeting else None
