"""Regions as maps of their control: one number a cell, 1 inside and 0 outside."""

from collections.abc import Mapping

import torch
from torch import Tensor

from backend.contracts.geometry import CellBox
from backend.contracts.graph import ControlSpec, Mask, Region
from inlay_engine.variables import Cells


def profile(region: Region, control: ControlSpec, masks: Mapping[str, Mask]) -> Cells:
    """The region on its control: 1 inside, falling linearly to 0 at its edge over `feather` cells, measured from the
    middles of cells. Where the box ends at the control's own edge there is no fall, unless that edge wraps. A mask,
    laid over the box, multiplies it."""
    box = region.box
    rows = _ramp(box.y, box.height, region.feather, control.height, control.wrap in ("y", "both"))
    columns = _ramp(box.x, box.width, region.feather, control.width, control.wrap in ("x", "both"))
    cells = torch.minimum(rows[:, None], columns[None, :])
    return cells if region.mask is None else cells * _laid(masks[region.mask], box, control)


def _laid(mask: Mask, box: CellBox, control: ControlSpec) -> Cells:
    """A mask on its control, from the box's upper left corner, around edges; `profile` is 0 where it must not be."""
    drawn = torch.frombuffer(bytearray.fromhex(mask.cells), dtype=torch.uint8).view(mask.height, mask.width) / 255
    whole = torch.zeros(control.height, control.width)
    rows = (torch.arange(mask.height) + box.y) % control.height
    columns = (torch.arange(mask.width) + box.x) % control.width
    whole[rows[:, None], columns] = drawn
    return whole


def _ramp(start: int, length: int, feather: float, size: int, wraps: bool) -> Tensor:
    """A profile along one axis of `size` cells."""
    inward = torch.arange(length) + 0.5
    edge = torch.full((length,), torch.inf)
    if not (wraps and length >= size):
        edge = torch.minimum(edge, inward if wraps or start > 0 else edge)
        edge = torch.minimum(edge, inward.flip(0) if wraps or start + length < size else edge)
    ramp = (edge / feather).clamp(max=1) if feather > 0 else torch.ones(length)
    cells = torch.arange(start, start + length)
    on_axis = torch.ones(length, dtype=torch.bool) if wraps else (cells >= 0) & (cells < size)
    axis = torch.zeros(size)
    axis[cells[on_axis] % size] = ramp[on_axis]
    return axis
