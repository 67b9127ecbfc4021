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
"""One number for each cell: (height, width)."""

Controls = Mapping[str, Latent]
"""The value of every control variable, by its name."""

Wrap = Literal["none", "x", "y", "both"]


class Shape(NamedTuple):
    """The shape of one latent, in cells, without batch axes."""

    channels: int
    height: int
    width: int

    def __str__(self) -> str:
        return f"{self.channels} channels of {self.width}x{self.height} cells"


@dataclass(frozen=True, eq=False)
class Reseed:
    """A region of a control that takes its noise from `seed`. Where `profile` is 1, all noise comes from `seed`; where
    it is 0, the noise stays as it is. In between, the two are mixed so that the variance stays 1."""

    profile: Cells
    seed: int


@dataclass(frozen=True, eq=False)
class ControlVariable:
    """A latent canvas x_j. `wrap` names the axes whose opposite edges are joined. `reseeds` apply in order. `mirrors`
    names the control whose noise this one takes, if it does not have its own.

    Raises GraphError for an empty shape, or for a reseed of another size.
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
