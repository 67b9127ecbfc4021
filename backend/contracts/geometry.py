"""Geometry. The class tells the unit: `Box` and `Canvas` are in canvas pixels, `CellBox` is in latent cells."""

from typing import Annotated, Literal

from pydantic import Field

from backend.contracts.document import Document
from backend.contracts.limits import MAX_SIDE

Wrap = Literal["none", "x", "y", "both"]
Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]
Offset = Annotated[int, Field(ge=-MAX_SIDE, le=MAX_SIDE)]


class Canvas(Document):
    """The size of the picture, in pixels. `wrap` names the axes on which opposite edges join without a seam."""

    width: Side
    height: Side
    wrap: Wrap = "none"


class Box(Document):
    """A rectangle in canvas pixels. `x` and `y` are its upper left corner."""

    x: Offset
    y: Offset
    width: Side
    height: Side

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


class CellBox(Document):
    """A rectangle in latent cells. On a control that wraps, it may cross an edge."""

    x: Offset
    y: Offset
    width: Side
    height: Side
