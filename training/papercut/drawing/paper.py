"""The sheet of paper: cut shapes laid on one another, each with a soft shadow."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from training.papercut.drawing.palette import Colour

SUPERSAMPLING = 3
SHADOW_REDUCTION = 6
SHADOW: Colour = (18, 16, 40)
SHADOW_RISE = 1.0

Point = tuple[float, float]
Points = Sequence[Point]
"""A closed outline in picture pixels, y downwards."""
Piece = tuple[Colour, Points]
"""One cut piece of coloured paper."""


class Sheet:
    """A picture in progress. Coordinates are picture pixels; the stored pixels are finer by `fineness`. The finished
    picture is larger than `width` x `height` by `scale`."""

    def __init__(self, width: int, height: int, background: Colour, scale: int = 1) -> None:
        self.width = width
        self.height = height
        self.fineness = SUPERSAMPLING * scale
        self._reduction = SHADOW_REDUCTION * scale
        self._size = (width * self.fineness, height * self.fineness)
        self._image = Image.new("RGB", self._size, background)
        self._draw = ImageDraw.Draw(self._image)

    def cut(self, colour: Colour, *shapes: Points, shadow: float = 0.0) -> None:
        """Lay shapes of one colour. `shadow` (0 to 1): the darkness of their shadow."""
        if shadow:
            self.shade(shapes, shadow)
        for shape in shapes:
            self._draw.polygon(self._enlarged(shape), fill=colour)

    def lay(self, pieces: Sequence[Piece], shadow: float = 0.0) -> None:
        """Lay pieces as one, with a common shadow."""
        if shadow and pieces:
            self.shade([shape for _, shape in pieces], shadow)
        for colour, shape in pieces:
            self.cut(colour, shape)

    def disc(self, colour: Colour, x: float, y: float, radius: float, opacity: float = 1.0) -> None:
        """Lay a round, possibly transparent piece of paper."""
        self.veil(colour, [ellipse(x, y, radius, radius)], opacity)

    def veil(self, colour: Colour, shapes: Sequence[Points], opacity: float) -> None:
        """Lay transparent shapes, through which the picture below is visible."""
        if opacity >= 1:
            self.cut(colour, *shapes)
            return
        left, top, right, bottom = self._bounds(shapes)
        mask = Image.new("L", (right - left, bottom - top), 0)
        draw = ImageDraw.Draw(mask)
        for shape in shapes:
            draw.polygon([(x - left, y - top) for x, y in self._enlarged(shape)], fill=round(255 * opacity))
        self._image.paste(colour, (left, top), mask)

    def finish(self) -> np.ndarray:
        """Return the picture as bytes of shape (scale * height, scale * width, 3)."""
        return np.asarray(self._image.reduce(SUPERSAMPLING))

    def shade(self, shapes: Sequence[Points], darkness: float) -> None:
        """Darken the picture around shapes, as if they were one sheet above it."""
        left, top, right, bottom = self._bounds(shapes)
        scale = self.fineness / self._reduction
        small = Image.new("L", ((right - left) // self._reduction, (bottom - top) // self._reduction), 0)
        draw = ImageDraw.Draw(small)
        corner_x, corner_y = left / self._reduction, top / self._reduction
        for shape in shapes:
            outline = [(x * scale - corner_x, (y - SHADOW_RISE) * scale - corner_y) for x, y in shape]
            draw.polygon(outline, fill=round(255 * darkness))
        soft = small.filter(ImageFilter.GaussianBlur(1.1)).resize(
            (right - left, bottom - top), Image.Resampling.BILINEAR
        )
        self._image.paste(SHADOW, (left, top), soft)

    def stick(self, cutout: np.ndarray, left: float, top: float, shadow: float = 0.0) -> None:
        """Lay a finished cut-out, bytes of shape (rows, columns, 4) in stored pixels, with its corner at a point of the
        picture."""
        corner = (round(left * self.fineness), round(top * self.fineness))
        mask = Image.fromarray(np.ascontiguousarray(cutout[..., 3]))
        if shadow:
            self._shade_mask(mask, corner, shadow)
        self._image.paste(Image.fromarray(np.ascontiguousarray(cutout[..., :3])), corner, mask)

    def _shade_mask(self, mask: Image.Image, corner: tuple[int, int], darkness: float) -> None:
        """Darken the picture around a cut-out, as `shade` does around shapes."""
        margin = 4 * self._reduction
        padded = Image.new("L", (mask.width + 2 * margin, mask.height + 2 * margin), 0)
        padded.paste(Image.fromarray((np.asarray(mask) * darkness).astype(np.uint8)), (margin, margin))
        small = padded.resize((padded.width // self._reduction, padded.height // self._reduction), Image.Resampling.BOX)
        soft = small.filter(ImageFilter.GaussianBlur(1.1)).resize(padded.size, Image.Resampling.BILINEAR)
        rise = round(SHADOW_RISE * self.fineness)
        self._image.paste(SHADOW, (corner[0] - margin, corner[1] - margin - rise), soft)

    def _bounds(self, shapes: Sequence[Points]) -> tuple[int, int, int, int]:
        """Return the stored pixels that shapes and their shadow can touch, aligned to the shadow's coarser grid."""
        xs, ys = [x for shape in shapes for x, _ in shape], [y for shape in shapes for _, y in shape]
        step = self._reduction

        def down(value: float, limit: int) -> int:
            return min(max(int(value * self.fineness) // step * step - 4 * step, 0), limit - step)

        def up(value: float, limit: int) -> int:
            return min(max(int(value * self.fineness) // step * step + 4 * step, step), limit)

        width, height = self._size
        left, top = down(min(xs), width), down(min(ys), height)
        return left, top, max(up(max(xs), width), left + step), max(up(max(ys), height), top + step)

    def _enlarged(self, shape: Points) -> list[tuple[float, float]]:
        return [(x * self.fineness, y * self.fineness) for x, y in shape]


def ellipse(x: float, y: float, half_width: float, half_height: float, corners: int = 28) -> Points:
    """Return the outline of an ellipse around (x, y)."""
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return [(x + half_width * np.cos(a), y + half_height * np.sin(a)) for a in angles]


def rectangle(left: float, top: float, right: float, bottom: float) -> Points:
    """Return the outline of a rectangle. `right` and `bottom` are its outer edges."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def smooth(corners: Points, rounds: int = 3) -> Points:
    """Round the corners of a closed outline (Chaikin's corner cutting)."""
    points = np.asarray(corners, float)
    for _ in range(rounds):
        following = np.roll(points, -1, axis=0)
        points = np.stack([0.75 * points + 0.25 * following, 0.25 * points + 0.75 * following], axis=1).reshape(-1, 2)
    return [(float(x), float(y)) for x, y in points]


def strip(start: Point, end: Point, start_width: float, end_width: float) -> Points:
    """Return the outline of a band between two points, with round ends. The widths are its full widths there."""
    across = np.arctan2(end[1] - start[1], end[0] - start[0]) + np.pi / 2
    first = _arc(start, start_width / 2, across, across + np.pi)
    return [*first, *_arc(end, end_width / 2, across + np.pi, across + 2 * np.pi)]


def _arc(centre: Point, radius: float, start: float, stop: float) -> list[Point]:
    angles = np.linspace(start, stop, 10)
    return [(float(centre[0] + radius * np.cos(a)), float(centre[1] + radius * np.sin(a))) for a in angles]


def star(x: float, y: float, radius: float, rays: int = 5, waist: float = 0.42) -> Points:
    """Return the outline of a star with one ray up."""
    turns = np.arange(2 * rays) * np.pi / rays
    reach = np.where(np.arange(2 * rays) % 2, waist, 1.0) * radius
    return [(float(x + r * np.sin(t)), float(y - r * np.cos(t))) for t, r in zip(turns, reach, strict=True)]
