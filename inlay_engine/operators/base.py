"""The interfaces of operators, which observe controls, and of maps, which change a view."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
from torch import Tensor

from inlay_engine.variables import Cells, Controls, ControlVariable, Latent, Shape

White = Callable[[str, Shape], Latent]
"""Draws standard white noise of a shape, independently for every tag and always the same for one. Tags are paths of an
operator's parts: "" for its own, then "0/", "0/1/" and so on."""


MASK_ERROR = 1e-5  # by which rounding may take a mask, itself often seen through an operator, out of 0..1


class ObservationOperator(ABC):
    """f: from controls to a view. The defaults are those of a selection of cells.

    A clean view is `clean_view`, f(X0) + offset. A noisy one is f(X^t) + alpha_t * offset + sigma_t * lost noise, so
    that its noise is white whatever f averages away.
    """

    @property
    def linear(self) -> bool:
        """Tell whether f is linear. An affine operator is: its constant is its `offset`."""
        return True

    @property
    def selects(self) -> bool:
        """Tell whether every cell of the view reads one cell of one control, unscaled, or none (its gain is then 0).
        Agreement is then an average."""
        return True

    @property
    def correlates(self) -> bool:
        """Tell whether f f^T may have entries off its diagonal; a view of white noise is then correlated noise."""
        return False

    @property
    def gain(self) -> float | Cells:
        """The diagonal of f f^T, a number or one a cell: the variance of a view of white noise."""
        return 1.0

    @property
    def offset(self) -> Latent | None:
        """The constant of an affine operator, of the view's shape, in clean space; None for none."""
        return None

    @property
    @abstractmethod
    def parents(self) -> tuple[ControlVariable, ...]:
        """The controls that the view is made of."""

    @property
    @abstractmethod
    def shape(self) -> Shape:
        """The shape of the view."""

    @abstractmethod
    def forward(self, controls: Controls) -> Latent:
        """The view of these controls, without the offset."""

    @abstractmethod
    def adjoint(self, view: Latent) -> dict[str, Latent]:
        """Return, for each control that the view reads, what the view gives back; 0 on the cells that it does not read:
        <forward(X), y> = <X, adjoint(y)>. Raises GraphError where f is not linear, for which there is `pullback`."""

    def lost_noise(self, white: White) -> Latent | None:
        """Noise of covariance I - f f^T, which f(eps) lacks to be white; None where it lacks none."""
        return None

    def clean_view(self, controls: Controls) -> Latent:
        """The view of clean controls: f(X0) + offset."""
        seen = self.forward(controls)
        return seen if self.offset is None else seen + self.offset.to(seen)

    def pullback(self, view: Latent, at: Controls) -> dict[str, Latent]:
        """The adjoint of f's derivative at these controls; where f is linear that is its adjoint, anywhere."""
        if self.linear:
            return self.adjoint(view)
        with torch.inference_mode(False), torch.enable_grad():
            leaves = {parent.name: at[parent.name].detach().clone().requires_grad_() for parent in self.parents}
            shares = torch.autograd.grad(
                self.forward(leaves), list(leaves.values()), view.detach().clone(), materialize_grads=True
            )
        return dict(zip(leaves, shares, strict=True))


class LatentMap(ABC):
    """g: from one view, of shape `source`, to another. The defaults are those of a rearrangement of cells."""

    source: Shape

    @property
    def selects(self) -> bool:
        """As an operator's: every cell of the result is a cell of the source, unscaled, or nothing."""
        return True

    @property
    def mixes(self) -> bool:
        """Tell whether some cell of the result reads several of the source."""
        return False

    @property
    def correlates(self) -> bool:
        """Tell whether g g^T may have entries off its diagonal."""
        return False

    @property
    def offset(self) -> Latent | None:
        """The constant of an affine map, of the result's shape; None for none."""
        return None

    @property
    @abstractmethod
    def shape(self) -> Shape:
        """The shape of its results."""

    @abstractmethod
    def forward(self, latent: Latent) -> Latent:
        """The linear part of the map."""

    @abstractmethod
    def adjoint(self, latent: Latent) -> Latent:
        """Its transpose: <forward(x), y> = <x, adjoint(y)>."""

    @property
    def gain(self) -> float | Cells:
        """The diagonal of g g^T, a number or one a cell."""
        return self.variance(1.0)

    def variance(self, of: float | Cells) -> float | Cells:
        """The variance of g(e) for independent noise e of variance `of`, a number or one a cell."""
        return self.forward(of[None])[0] if isinstance(of, Tensor) else of

    def lost_noise(self, white: White) -> Latent | None:
        """Noise of covariance I - g g^T; None where that is 0."""
        return None


def tagged(white: White, tag: str) -> White:
    """The same noise for a part of an operator, all its draws below `tag`."""
    return lambda below, shape: white(tag + below, shape)


def total(first: Latent | None, second: Latent | None) -> Latent | None:
    """The sum of two latents, either of which may be nothing."""
    if first is None or second is None:
        return second if first is None else first
    return first + second.to(first)


def within_unit(mask: Cells) -> bool:
    """Tell whether a mask lies between 0 and 1, but for rounding."""
    return bool(((mask >= -MASK_ERROR) & (mask <= 1 + MASK_ERROR)).all())
