"""Models with another VAE than the run's main model. The two latent spaces meet in pixels.

For each control that such a model observes, the sampler keeps a mirror: the same canvas in the model's own latents,
with the same noise if the shapes are equal. The model denoises y_i = f_i(mirror^t) to d_i = D_i(y_i, t). The agreement
takes d_i' = E(D'(d_i)): the model's VAE decodes (D'), and the main VAE encodes (E). The mirror then steps towards
E'(D(X0)).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from inlay_engine.operators import ObservationOperator
from inlay_engine.variables import Controls, ControlVariable, Latent

Pixels = Float[Tensor, "3 height width"]


@runtime_checkable
class Codec(Protocol):
    """A VAE, which converts between clean latents and pictures. An axis that wraps has no edge."""

    def decode(self, latent: Latent, wrap_x: bool = False, wrap_y: bool = False) -> Pixels: ...

    def encode(self, picture: Pixels, wrap_x: bool = False, wrap_y: bool = False) -> Latent: ...


@dataclass(frozen=True, eq=False)
class LatentSpace:
    """A latent space other than the run's. `main_vae` is the run's VAE, and `own_vae` is this space's. `mirrors` has,
    for each control by name, the same canvas in this space."""

    main_vae: Codec
    own_vae: Codec
    mirrors: Mapping[str, ControlVariable]

    def to_main_latents(self, clean: Latent) -> Latent:
        """Convert a clean view of this space to the run's latents: d_i' = E(D'(d_i))."""
        return self.main_vae.encode(self.own_vae.decode(clean))


@dataclass(frozen=True, eq=False)
class ForeignView:
    """The view that a model of another latent space has of an observable: an operator over the mirrors of
    that space."""

    space: LatentSpace
    operator: ObservationOperator


def reencoded(spaces: Iterable[LatentSpace], controls: Iterable[ControlVariable], X0: Controls) -> dict[str, Latent]:
    """Encode the agreed X0 for every mirror: E'(D(X0)). Each control is decoded once for all spaces."""
    spaces, clean = tuple(spaces), {}
    for control in controls:
        mirroring = [space for space in spaces if control.name in space.mirrors]
        if mirroring:
            wraps = control.wraps_x, control.wraps_y
            picture = mirroring[0].main_vae.decode(X0[control.name], *wraps)
            clean |= {space.mirrors[control.name].name: space.own_vae.encode(picture, *wraps) for space in mirroring}
    return clean
