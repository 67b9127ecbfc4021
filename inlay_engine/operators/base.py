"""The interfaces of operators, which observe controls, and of maps, which change a view."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable

import torch

from inlay_engine.variables import Cells, Controls, ControlVariable, Latent, Shape

White = Callable[[str, Shape], Latent]
"""Draws standard white noise of a shape. Different tags give independent noise, and the same tag always gives the same
noise. A tag is the path of an operator's part: "" for the operator itself, then "0/", "0/1/" and so on."""


MASK_ERROR = 1e-5  # the most by which rounding may move a mask, often seen through an operator, out of 0..1


class ObservationOperator(ABC):
    """An operator f from controls to a view. The defaults are those of a selection of cells.

    A clean view is `clean_view`, f(X0) + offset. A noisy view is scale * (f(X^t) + alpha_t * offset) + sigma_t * lost
    noise, so that its noise is white even if f averages noise away, or repeats it (docs/decisions/0006 and 0026).
    """

    @property
    def linear(self) -> bool:
        """Tell whether f is linear. An affine operator counts as linear; its constant is its `offset`."""
        return True

    @property
    def selects(self) -> bool:
        """Tell whether every cell of the view reads at most one cell of one control, and reads it unscaled. A cell that
        reads none has gain 0. Agreement is then an average."""
        return True

    @property
    def gain(self) -> float | Cells:
        """The row sums of f f^T: one number, or one for each cell. A weight that is divided by the gain counts the same
        on the controls, whether f averages cells (a gain below 1) or repeats them (above 1). If f f^T is diagonal, the
        gain is the variance of a view of white noise."""
        return 1.0

    @property
    def scale(self) -> float:
        """The factor of a noisy view, at most 1, for which I - scale^2 f f^T is positive semidefinite. It is below 1 if
        f repeats cells, because their noise is then too strong."""
        return 1.0

    @property
    def offset(self) -> Latent | None:
        """The constant of an affine operator, of the view's shape, in clean space. None if there is no constant."""
        return None

    @property
    @abstractmethod
    def parents(self) -> tuple[ControlVariable, ...]:
        """The controls that the view reads."""

    @property
    @abstractmethod
    def shape(self) -> Shape:
        """The shape of the view."""

    @abstractmethod
    def forward(self, controls: Controls) -> Latent:
        """Return the view of these controls, without the offset."""

    @abstractmethod
    def adjoint(self, view: Latent) -> dict[str, Latent]:
        """Return the adjoint for each control that the view reads: <forward(X), y> = <X, adjoint(y)>. It is 0 on cells
        that the view does not read. Raises GraphError if f is not linear; `pullback` replaces it then."""

    def gram(self, view: Latent) -> Latent:
        """Return f f^T y. For a function that is not linear, f f^T stands for I."""
        return self.forward(self.adjoint(view))

    def lost_noise(self, white: White, scale: float = 1.0) -> Latent | None:
        """Return noise of covariance I - scale^2 f f^T, which makes the noise scale * f(eps) white again. `scale` is at
        most the operator's own. Returns None if the noise is already white."""
        return None if scale == 1 else math.sqrt(1 - scale**2) * white("", self.shape)

    def clean_view(self, controls: Controls) -> Latent:
        """Return the view of clean controls: f(X0) + offset."""
        seen = self.forward(controls)
        return seen if self.offset is None else seen + self.offset.to(seen)

    def pullback(self, view: Latent, at: Controls) -> dict[str, Latent]:
        """Return the adjoint of f's derivative at these controls. If f is linear, this is f's adjoint at any point."""
        if self.linear:
            return self.adjoint(view)
        with torch.inference_mode(False), torch.enable_grad():
            leaves = {parent.name: at[parent.name].detach().clone().requires_grad_() for parent in self.parents}
            shares = torch.autograd.grad(
                self.forward(leaves), list(leaves.values()), view.detach().clone(), materialize_grads=True
            )
        return dict(zip(leaves, shares, strict=True))


class LatentMap(ABC):
    """A map g from one view, of shape `source`, to another. The defaults are those of a rearrangement of cells."""

    source: Shape

    @property
    def selects(self) -> bool:
        """Tell whether every cell of the result reads at most one cell of the source, and reads it unscaled."""
        return True

    @property
    def offset(self) -> Latent | None:
        """The constant of an affine map, of the result's shape. None if there is no constant."""
        return None

    @property
    @abstractmethod
    def shape(self) -> Shape:
        """The shape of the result."""

    @abstractmethod
    def forward(self, latent: Latent) -> Latent:
        """Apply the linear part of the map."""

    @abstractmethod
    def adjoint(self, latent: Latent) -> Latent:
        """Apply the transpose: <forward(x), y> = <x, adjoint(y)>."""

    @property
    def gain(self) -> float | Cells:
        """The row sums of g g^T: one number for each cell, or one number if the column sums of g are all equal too."""
        return 1.0

    @property
    def scale(self) -> float:
        """The largest factor, at most 1, for which I - scale^2 g g^T is positive semidefinite."""
        return 1.0

    def lost_noise(self, white: White) -> Latent | None:
        """Return noise of covariance I - scale^2 g g^T, or None if that is 0."""
        return None


def tagged(white: White, tag: str) -> White:
    """Return the noise for a part of an operator: `white`, with `tag` before the tag of every draw."""
    return lambda below, shape: white(tag + below, shape)


def total(first: Latent | None, second: Latent | None) -> Latent | None:
    """Return the sum of two latents. None counts as 0."""
    if first is None or second is None:
        return second if first is None else first
    return first + second.to(first)


def within_unit(mask: Cells) -> bool:
    """Tell whether all of a mask is between 0 and 1, up to rounding errors."""
    return bool(((mask >= -MASK_ERROR) & (mask <= 1 + MASK_ERROR)).all())
