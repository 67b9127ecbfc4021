"""Other latent spaces: views that models of another VAE see, and how they meet the run's own, in pixels.

Every control that such a model observes has a shadow in the model's space: the same canvas in other latents, in the
same noise where these have one shape. y_i = f_i(shadow^t), d_i = D_i(y_i, t), and what takes part in the agreement is
d_i' = E(D'(d_i)), decoded by its own VAE (D') and encoded by the run's (E). The shadow then steps towards E'(D(X0)).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from inlay_engine.operators import ObservationOperator
from inlay_engine.variables import Controls, ControlVariable, Latent

Picture = Float[Tensor, "3 height width"]


@runtime_checkable
class Codec(Protocol):
    """A VAE, between clean latents and pictures. An axis that wraps has no edge."""

    def decode(self, latent: Latent, wrap_x: bool = False, wrap_y: bool = False) -> Picture: ...

    def encode(self, picture: Picture, wrap_x: bool = False, wrap_y: bool = False) -> Latent: ...


@dataclass(frozen=True, eq=False)
class Space:
    """A latent space beside the run's own. `home`: the run's VAE, `own`: this space's; `shadows`: by a control's name,
    the same canvas in this space."""

    home: Codec
    own: Codec
    shadows: Mapping[str, ControlVariable]

    def at_home(self, clean: Latent) -> Latent:
        """A clean view of this space in the run's latents: d_i' = E(D'(d_i))."""
        return self.home.encode(self.own.decode(clean))


@dataclass(frozen=True, eq=False)
class Abroad:
    """Where an observable is seen by a model of another space: its operator over that space's shadows."""

    space: Space
    operator: ObservationOperator


def followed(spaces: Iterable[Space], controls: Iterable[ControlVariable], X0: Controls) -> dict[str, Latent]:
    """The clean shadows E'(D(X0)) of what was agreed on; each control is decoded once, whatever observes it."""
    spaces, clean = tuple(spaces), {}
    for control in controls:
        shadowing = [space for space in spaces if control.name in space.shadows]
        if shadowing:
            wraps = control.wraps_x, control.wraps_y
            picture = shadowing[0].home.decode(X0[control.name], *wraps)
            clean |= {space.shadows[control.name].name: space.own.encode(picture, *wraps) for space in shadowing}
    return clean
