"""The bipartite graph of control variables and observables, and the sentences with which it is refused."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from worker.engine.clock import Instant
from worker.engine.errors import GraphError
from worker.engine.operators import ObservationOperator
from worker.engine.variables import Cells, Controls, ControlVariable, Latent

Weight = float | Cells
Precision = Callable[[int, int], Weight]
"""w_i = 1/psi_i^2 at step k (from 0) of n: a number or one a cell of the view, 0 where the observable is not trusted.
Returning the same object for steps of the same weight spares the graph checking it again."""


def constant(weight: Weight) -> Precision:
    """A precision that is the same at every step."""
    return lambda step, of: weight


@runtime_checkable
class Model(Protocol):
    """A diffusion model of latents with `channels` channels."""

    @property
    def channels(self) -> int: ...

    def predict_clean(self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Any]) -> Sequence[Latent]:
        """E[x0 | y] for each noisy y, under its conditioning; the model batches as it sees fit."""
        ...


@dataclass(frozen=True, eq=False)
class Denoiser:
    """D_i: a model and what it is asked for. Observables that share a model are denoised in one call."""

    model: Model
    conditioning: Any = None


TRUSTED: Precision = constant(1.0)
"""The precision of an observable that nothing outweighs."""


@dataclass(frozen=True, eq=False)
class Observable:
    """What one diffusion model sees, y_i = f_i(X), and how much it is trusted.

    `seed`: of the noise that its operator loses, instead of the run's own. `count`: its counting number, which only the
    counting solver reads; it may be negative.
    """

    name: str
    operator: ObservationOperator
    denoiser: Denoiser
    precision: Precision = TRUSTED
    seed: int | None = None
    count: float = 1.0


@dataclass(frozen=True, eq=False)
class Graph:
    """Control variables and the observables that see them.

    Raises GraphError where two nodes share a name, an observable reads a control that is not of this graph, a control
    is seen by none, or an observable's channels are not its model's.
    """

    controls: tuple[ControlVariable, ...]
    observables: tuple[Observable, ...]

    def __post_init__(self) -> None:
        for name, times in Counter(node.name for node in (*self.controls, *self.observables)).items():
            if times > 1:
                raise GraphError(f"{times} nodes of the graph are called {name!r}; give each its own name.")
        for observable in self.observables:
            self._validate(observable)
        seen = {parent for observable in self.observables for parent in observable.operator.parents}
        for control in self.controls:
            if control not in seen:
                raise GraphError(f"No observable sees control {control.name!r}; add one that does, or remove it.")

    def _validate(self, observable: Observable) -> None:
        for parent in observable.operator.parents:
            if parent not in self.controls:
                raise GraphError(f"Observable {observable.name!r} reads {parent.name!r}, which is not in the graph.")
        view, model = observable.operator.shape, observable.denoiser.model
        if view.channels != model.channels:
            raise GraphError(
                f"Observable {observable.name!r} has {view.channels} channels, but its model works on {model.channels}."
            )

    def forward(self, controls: Controls) -> dict[str, Latent]:
        """Every view of these controls: F X."""
        return {observable.name: observable.operator.forward(controls) for observable in self.observables}

    def adjoint(self, views: Mapping[str, Latent]) -> dict[str, Latent]:
        """What the given views give back to each control that they read: the sum of their adjoints, F^T Y."""
        total: dict[str, Latent] = {}
        for observable in self.observables:
            if observable.name in views:
                for name, share in observable.operator.adjoint(views[observable.name]).items():
                    total[name] = total[name] + share if name in total else share
        return total

    def weights(self, step: int, of: int, like: Tensor) -> dict[str, Latent]:
        """W_i of every observable that is active at step `step` (from 0): its precision over its operator's gain, so
        that a precision means the same whatever the operator shrinks. One channel; device and dtype of `like`.

        Raises GraphError for a precision that is negative, not finite, or of another size than the view.
        """
        weights: dict[str, Latent] = {}
        for observable in self.observables:
            precision = observable.precision(step, of)
            if _largest(precision, observable) > 0:
                weight = torch.as_tensor(precision / observable.operator.gain, dtype=like.dtype, device=like.device)
                weights[observable.name] = weight.expand(1, *observable.operator.shape[1:])
        return weights

    def check(self, steps: int, like: Tensor) -> None:
        """Raise GraphError where some cell of a control is seen by no observable at some of `steps` steps.
        Worked out on the device of `like`."""
        last: list[Weight] = []
        for step in range(steps):
            precisions = [observable.precision(step, steps) for observable in self.observables]
            if not last or any(new is not old for new, old in zip(precisions, last, strict=True)):
                self._check_coverage(step, steps, like)
            last = precisions

    def _check_coverage(self, step: int, steps: int, like: Tensor) -> None:
        mass = self.adjoint(self.weights(step, steps, like))
        for control in self.controls:
            _, height, width = control.shape
            empty = mass.get(control.name, torch.zeros(1, height, width))[0] <= 0
            if empty.any():
                row, column = (int(index) for index in empty.nonzero()[0])
                raise GraphError(
                    f"At step {step + 1} of {steps} no observable sees {int(empty.sum())} of the {empty.numel()} cells "
                    f"of control {control.name!r}, first the one in column {column}, row {row}; let a background "
                    f"observable see them throughout."
                )


def _largest(precision: Weight, observable: Observable) -> float:
    if not isinstance(precision, Tensor):
        least = most = precision
    elif tuple(precision.shape) != observable.operator.shape[1:]:
        raise GraphError(
            f"The precision of observable {observable.name!r} has {tuple(precision.shape)} cells, but its view has "
            f"{observable.operator.shape[1:]}."
        )
    else:
        least, most = (float(bound) for bound in precision.aminmax())
    if not (least >= 0 and math.isfinite(most)):
        raise GraphError(f"The precision of observable {observable.name!r} must be finite and not negative.")
    return most
