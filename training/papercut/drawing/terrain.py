"""Layers of ground and their outlines."""

from dataclasses import dataclass, field

import numpy as np

from training.papercut.drawing.paper import Piece, Point, Points, Sheet

Heights = np.ndarray
"""The y of an outline at every second pixel column, in picture pixels downwards."""

COLUMN = 2


@dataclass
class Layer:
    """One sheet of ground: its outline, loose shapes of the same paper, and details on top.

    `tone`: how far away it looks, from 0 (far) to 3 (near).
    """

    heights: Heights
    tone: int
    extra: list[Points] = field(default_factory=list)
    details: list[Piece] = field(default_factory=list)

    @property
    def edge(self) -> list[Point]:
        """The outline from left to right."""
        return [(i * COLUMN, float(y)) for i, y in enumerate(self.heights)]

    def at(self, x: float) -> float:
        """Return the y of the outline at a column."""
        return float(self.heights[min(max(round(x / COLUMN), 0), len(self.heights) - 1)])

    def highest(self, left: float, right: float) -> float:
        """Return the smallest y of anything on this layer between two columns."""
        columns = np.arange(len(self.heights)) * COLUMN
        inside = self.heights[(columns >= left) & (columns <= right)]
        shapes = [*self.extra, *(shape for _, shape in self.details)]
        crossing = [shape for shape in shapes if _reaches(shape, left, right)]
        return float(min([*inside, *(y for shape in crossing for _, y in shape)]))

    def draw(self, sheet: Sheet, colour: tuple[int, int, int]) -> None:
        edge = self.edge
        ground = [(-4, sheet.height + 4), (-4, edge[0][1]), *edge, (sheet.width + 4, edge[-1][1])]
        ground.append((sheet.width + 4, sheet.height + 4))
        sheet.cut(colour, ground, *self.extra, shadow=0.42)
        for paper, shape in self.details:
            sheet.cut(paper, shape)


def _reaches(shape: Points, left: float, right: float) -> bool:
    return min(x for x, _ in shape) <= right and max(x for x, _ in shape) >= left


def columns(width: int) -> np.ndarray:
    """Return the columns at which outlines are stored."""
    return np.arange(0, width + COLUMN, COLUMN)


def rolling(rng: np.random.Generator, width: int, base: float, rise: float, wavelength: float) -> Heights:
    """Return the outline of round hills."""
    x = columns(width)
    wave = np.sin(x * 2 * np.pi / wavelength + rng.uniform(0, 6.3))
    slow = np.sin(x * 2 * np.pi / (wavelength * 2.3) + rng.uniform(0, 6.3))
    return base - rise * (0.6 * wave + 0.4 * slow)


def dunes(rng: np.random.Generator, width: int, base: float, rise: float, wavelength: float) -> Heights:
    """Return the outline of hills with sharp crests."""
    x = columns(width)
    wobble = 0.5 * np.sin(x * 2 * np.pi / (wavelength * 3.1) + rng.uniform(0, 6.3))
    phase = x * np.pi / wavelength + rng.uniform(0, 6.3) + wobble
    return base - rise * (1 - np.abs(np.sin(phase))) ** 1.3


def waves(rng: np.random.Generator, width: int, base: float, rise: float, wavelength: float) -> Heights:
    """Return the outline of scalloped water."""
    return base - rise * np.abs(np.sin(columns(width) * np.pi / wavelength + rng.uniform(0, 6.3)))


def flat(width: int, base: float) -> Heights:
    return np.full(width // COLUMN + 1, base)


def crests(heights: Heights) -> list[int]:
    """Return the places of an outline that are higher than both neighbours."""
    inner = (heights[1:-1] < heights[:-2]) & (heights[1:-1] <= heights[2:])
    return [int(index) + 1 for index in np.flatnonzero(inner)]


def lee_side(heights: Heights, crest: int, across: float) -> Points:
    """Return the shaded side of a dune: from its crest along the outline to the right, and back in a curve."""
    last = min(crest + round(across / COLUMN), len(heights) - 1)
    upper = [(i * COLUMN, float(heights[i])) for i in range(crest, last + 1)]
    (left, top), (right, bottom) = upper[0], upper[-1]
    depth = bottom - top
    lower = [(left + (right - left) * s**1.8 * 0.9, top + depth * 1.15 * s**0.8) for s in np.linspace(1, 0, 10)]
    return [*upper, *lower]


def peaks(rng: np.random.Generator, width: int, base: float, rise: float, gap: float) -> list[Point]:
    """Return the corners of a jagged ridge: valley, peak, valley, ... as (x, y)."""
    corners, x = [(-gap, base)], -gap * rng.uniform(0.1, 0.9)
    while x < width + gap:
        corners.append((x, base - rise * rng.uniform(0.62, 1.0)))
        x += gap * rng.uniform(0.42, 0.58)
        corners.append((x, base - rise * rng.uniform(0.0, 0.22)))
        x += gap * rng.uniform(0.42, 0.58)
    return corners


def ridge(corners: list[Point], width: int) -> Heights:
    """Return the outline through the corners."""
    x, y = zip(*corners, strict=True)
    return np.interp(columns(width), x, y)


def flanks(corners: list[Point], floor: float) -> list[Points]:
    """Return the shaded right side of every peak, with a spur as its border that zigzags down to the floor."""
    shapes: list[Points] = []
    for (px, py), (rx, ry) in zip(corners[1::2], corners[2::2], strict=False):
        drop = floor - py
        spur = [(px + drop * a, py + drop * s) for s, a in ((1.0, 0.16), (0.7, -0.02), (0.45, 0.12), (0.22, -0.03))]
        shapes.append([(px, py), (rx, ry), (rx, floor), *spur])
    return shapes


def caps(corners: list[Point], depth: float) -> list[tuple[Points, Points]]:
    """Return snow caps with zigzag lower edges, each with its shaded right half."""
    found: list[tuple[Points, Points]] = []
    for (lx, ly), (px, py), (rx, ry) in zip(corners[0::2], corners[1::2], corners[2::2], strict=False):
        left = (px + (lx - px) * depth / (ly - py), py + depth)
        right = (px + (rx - px) * depth / (ry - py), py + depth)
        steps = ((0.28, 0.62), (0.5, 1.3), (0.72, 0.62))
        zigzag = [(right[0] + (left[0] - right[0]) * s, py + depth * d) for s, d in steps]
        found.append(([left, (px, py), right, *zigzag], [(px, py), right, zigzag[0], zigzag[1]]))
    return found


def fir(x: float, foot: float, height: float) -> list[Points]:
    """Return a fir of three stacked triangles."""
    half = height * 0.34
    return [
        [(x - half * s, foot - height * low), (x, foot - height * high), (x + half * s, foot - height * low)]
        for s, low, high in ((1.0, 0.0, 0.5), (0.8, 0.28, 0.75), (0.58, 0.55, 1.0))
    ]


def row_of_firs(
    rng: np.random.Generator, layer: Layer, width: int, height: float, gap: float
) -> list[tuple[float, float, float]]:
    """Return firs along a layer's outline: (x, foot, height) of each."""
    firs, x = [], rng.uniform(-gap, 0)
    while x < width + gap:
        firs.append((x, layer.at(x) + 3, height * rng.uniform(0.75, 1.1)))
        x += gap * rng.uniform(0.6, 1.4)
    return firs


def snow_on(tier: Points) -> Points:
    """Return the snow on the upper half of one tier of a fir."""
    (lx, ly), (px, py), (rx, ry) = tier
    return [((lx + px) / 2, (ly + py) / 2), (px, py), ((rx + px) / 2, (ry + py) / 2)]
