"""The sheet of paper: cut shapes laid on top of one another, each with a soft shadow beneath it."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from worker.training.drawing.palette import Colour

SUPERSAMPLING = 2
SHADOW_REDUCTION = 4

Points = Sequence[tuple[float, float]]
"""A closed outline in picture pixels, y downwards."""


class Sheet:
    """A picture in the making. Coordinates are picture pixels; storage is finer by SUPERSAMPLING."""

    def __init__(self, width: int, height: int, background: Colour) -> None:
        self.width = width
        self.height = height
        self._size = (width * SUPERSAMPLING, height * SUPERSAMPLING)
        self._image = Image.new("RGB", self._size, background)
        self._draw = ImageDraw.Draw(self._image)

    def cut(self, colour: Colour, *shapes: Points, shadow: float = 0.0) -> None:
        """Lay shapes of one colour; `shadow` (0 to 1) is how dark the shadow beneath them is."""
        if shadow:
            self._shade(shapes, shadow)
        for shape in shapes:
            self._draw.polygon(_enlarged(shape), fill=colour)

    def disc(self, colour: Colour, x: float, y: float, radius: float, opacity: float = 1.0) -> None:
        """Lay a round piece of paper, possibly see-through."""
        self.veil(colour, [ellipse(x, y, radius, radius)], opacity)

    def veil(self, colour: Colour, shapes: Sequence[Points], opacity: float) -> None:
        """Lay tracing paper: shapes that let the picture below shine through."""
        if opacity >= 1:
            self.cut(colour, *shapes)
            return
        mask = Image.new("L", self._size, 0)
        draw = ImageDraw.Draw(mask)
        for shape in shapes:
            draw.polygon(_enlarged(shape), fill=round(255 * opacity))
        self._image.paste(colour, mask=mask)

    def finish(self) -> np.ndarray:
        """The picture as bytes of shape (height, width, 3)."""
        return np.asarray(self._image.reduce(SUPERSAMPLING))

    def _shade(self, shapes: Sequence[Points], darkness: float) -> None:
        """Darken around the shapes, as if they lay one sheet above."""
        scale = SUPERSAMPLING / SHADOW_REDUCTION
        small = Image.new("L", (self._size[0] // SHADOW_REDUCTION, self._size[1] // SHADOW_REDUCTION), 0)
        draw = ImageDraw.Draw(small)
        for shape in shapes:
            draw.polygon([(x * scale, (y - 1.0) * scale) for x, y in shape], fill=round(255 * darkness))
        soft = small.filter(ImageFilter.GaussianBlur(1.1)).resize(self._size, Image.Resampling.BILINEAR)
        self._image.paste((18, 16, 40), mask=soft)


def ellipse(x: float, y: float, half_width: float, half_height: float, corners: int = 28) -> Points:
    """The outline of an ellipse around (x, y)."""
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return [(x + half_width * np.cos(a), y + half_height * np.sin(a)) for a in angles]


def rectangle(left: float, top: float, right: float, bottom: float) -> Points:
    """The outline of a rectangle; `right` and `bottom` are its outer edges."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _enlarged(shape: Points) -> list[tuple[float, float]]:
    return [(x * SUPERSAMPLING, y * SUPERSAMPLING) for x, y in shape]
