"""The groups of papercut's training drawings."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from training.papercut.cutouts.compose import draw_composed
from training.papercut.drawing import Panorama, Truth, draw_panorama
from training.papercut.drawing.figure import Figure, FigureTruth, draw_figure
from training.papercut.drawing.panorama import HEIGHT, TALL, WIDTH

Drawing = Panorama | Figure

HELD_OUT = 900_000_000
"""The first of the seeds that training never uses."""
SPAN = 10_000_000
"""The number of drawing seeds that belong to one seed of a training."""
LAST_SEED = HELD_OUT // SPAN - 1
"""The largest seed of a training. Those above it would draw what is held out."""


@dataclass(frozen=True)
class Group:
    """Drawings of one kind and size, in pixels. `number` separates the seeds of the groups."""

    name: str
    number: int
    draw: Callable[..., Drawing]
    """Draws a seed. Its keyword `scale` multiplies the sides of the drawing."""
    height: int
    width: int
    truth: type[Truth] | type[FigureTruth]

    def training_seeds(self, seed: int, count: int) -> range:
        """Return the drawing seeds of a training run."""
        start = seed * SPAN + self.number * 1_000_000
        return range(start, start + count)

    def enlarged(self, factor: int) -> "Group":
        """Return the same drawings with `factor` times as many pixels on each side. The truths are those of this group,
        in its pixels."""
        if factor == 1:
            return self
        return replace(
            self,
            name=f"{self.name}-{factor}x",
            draw=partial(self.draw, scale=factor),
            height=factor * self.height,
            width=factor * self.width,
        )

    def held_out_seeds(self, count: int) -> range:
        start = HELD_OUT + self.number * 1_000_000
        return range(start, start + count)


WIDE = Group("wide", 0, draw_panorama, HEIGHT, WIDTH, Truth)
TALL_WIDE = Group("tall", 1, partial(draw_panorama, height=TALL), TALL, WIDTH, Truth)
LONG = Group("long", 2, partial(draw_panorama, width=2 * WIDTH), HEIGHT, 2 * WIDTH, Truth)
FIGURES = Group("figures", 3, draw_figure, 256, 256, FigureTruth)
GROUPS = (WIDE, TALL_WIDE, LONG, FIGURES)
"""The groups that need only seeds, no downloads."""
THINGS = Group("things", 4, draw_composed, 128, 256, Truth)
"""The group with openly licensed drawings, which `cutouts.sources.fetch` downloads."""
