"""Control variables: the latent canvases that are generated (the paper's x_j)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from jaxtyping import Float
from torch import Tensor

from inlay_engine.errors import GraphError

Latent = Float[Tensor, "... _ _ _"]
"""(*batch, channels, height, width), in cells."""

Cells = Float[Tensor, "_ _"]
"""One number a cell: (height, width)."""

Controls = Mapping[str, Latent]
"""The value of every control variable, by its name."""

Wrap = Literal["none", "x", "y", "both"]


class Shape(NamedTuple):
    """The shape of one latent, in cells; a batch may stand before it."""

    channels: int
    height: int
    width: int

    def __str__(self) -> str:
        return f"{self.channels} channels of {self.width}x{self.height} cells"


@dataclass(frozen=True, eq=False)
class Reseed:
    """The control's noise comes from `seed` where `profile` is 1, from what lies below where it is 0, and in between
    from both in proportions that keep its variance 1."""

    profile: Cells
    seed: int


@dataclass(frozen=True, eq=False)
class ControlVariable:
    """A latent canvas x_j. `wrap` names the axes on which its far edges touch; `reseeds` apply in order. `mirrors`: the
    control in whose noise it is, if that is not its own.

    Raises GraphError for an empty shape or a reseed of another size.
    """

    name: str
    shape: Shape
    wrap: Wrap = "none"
    reseeds: tuple[Reseed, ...] = ()
    mirrors: str | None = None

    def __post_init__(self) -> None:
        if min(self.shape) < 1:
            raise GraphError(f"Control {self.name!r} is empty: it has {self.shape}.")
        for reseed in self.reseeds:
            if tuple(reseed.profile.shape) != self.shape[1:]:
                raise GraphError(f"A reseed of control {self.name!r} has another size than its {self.shape}.")

    @property
    def wraps_x(self) -> bool:
        return self.wrap in ("x", "both")

    @property
    def wraps_y(self) -> bool:
        return self.wrap in ("y", "both")
