"""The bipartite graph of control variables and observables, and the checks that refuse a wrong graph with a
sentence."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Bool
from torch import Tensor

from inlay_engine.clock import Count, Instant, Place
from inlay_engine.errors import GraphError
from inlay_engine.latent_spaces import ForeignView, LatentSpace
from inlay_engine.operators import ObservationOperator
from inlay_engine.variables import Cells, Controls, ControlVariable, Latent

BLIND = 1e-6  # a cell of a view with no more gain than this shows nothing of the controls
COUNT_ERROR = 1e-4  # the most by which the sum of counting numbers may differ from 1

Weight = float | Cells
Precision = Callable[[Count, int], Weight | None]
"""w_i = 1/psi_i^2 at the place k of n (`clock.Place`): one number, or one number for each cell of the view. It is 0
where the observable is not trusted. If it is 0 everywhere, the observable watches: its model is asked, and the answer
has no influence. None means that the model is not asked at this step. If the function returns the same object for steps
of the same weight, the graph does not check it again."""


def constant(weight: Weight) -> Precision:
    """Return a precision that is the same at every step."""
    return lambda step, of: weight


@runtime_checkable
class Model(Protocol):
    """A diffusion model of latents with `channels` channels."""

    @property
    def channels(self) -> int: ...

    def predict_clean(self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Any]) -> Sequence[Latent]:
        """Return E[x0 | y] for each noisy y, under its conditioning. The model may split the views into batches."""
        ...


@dataclass(frozen=True, eq=False)
class Denoiser:
    """D_i: a model and its conditioning. Observables that share a model are denoised in one call."""

    model: Model
    conditioning: Any = None


class DeferredDenoiser(Denoiser):
    """A denoiser whose conditioning `make` returns when it is first read, for a graph that moves: its conditioning may
    be large, and a check of the graph does not need it."""

    _make: Callable[[], Any]

    def __init__(self, model: Model, make: Callable[[], Any]) -> None:
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "_make", make)

    @cached_property
    def conditioning(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self._make()


TRUSTED: Precision = constant(1.0)
"""The default precision: 1 at every step."""


@dataclass(frozen=True, eq=False)
class Observable:
    """The view that one diffusion model has of the controls, y_i = f_i(X), and its precision.

    `seed`, if given, replaces the run's seed for the noise that the operator loses. `count` is the counting number,
    which only the counting solver reads; it may be negative. `foreign` is the model's own view if the model works in
    another latent space.
    """

    name: str
    operator: ObservationOperator
    denoiser: Denoiser
    precision: Precision = TRUSTED
    seed: int | None = None
    count: float = 1.0
    foreign: ForeignView | None = None

    @property
    def shown(self) -> ObservationOperator:
        """The operator through which the model sees the controls or their mirrors."""
        return self.operator if self.foreign is None else self.foreign.operator


class _Weighed(NamedTuple):
    """The weight of an observable for one precision, and the type and device of its numbers."""

    precision: Weight
    of: tuple[torch.dtype, torch.device]
    weight: Latent | None


@dataclass(frozen=True, eq=False)
class Graph:
    """Control variables and the observables that see them.

    Raises GraphError if two nodes share a name, if an observable reads a control outside this graph, if no observable
    sees a control, if an observable has other channels than its model, if its foreign view has another size, or if its
    counting number is not finite.
    """

    controls: tuple[ControlVariable, ...]
    observables: tuple[Observable, ...]
    _weights: dict[str, _Weighed] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for name, times in Counter(node.name for node in (*self.controls, *self.observables)).items():
            if times > 1:
                raise GraphError(f"{times} nodes of the graph are called {name!r}; give each its own name.")
        for observable in self.observables:
            self._validate(observable)
        seen = {parent for observable in self.observables for parent in observable.operator.parents}
        for control in self.controls:
            if control not in seen:
                raise GraphError(
                    f"No observable sees control {control.name!r}; add an observable that sees it, or remove the "
                    "control."
                )

    def _validate(self, observable: Observable) -> None:
        for parent in observable.operator.parents:
            if parent not in self.controls:
                raise GraphError(f"Observable {observable.name!r} reads {parent.name!r}, which is not in the graph.")
        if not math.isfinite(observable.count):
            raise GraphError(f"The counting number of observable {observable.name!r} must be finite.")
        view, model = observable.shown.shape, observable.denoiser.model
        if view[1:] != observable.operator.shape[1:]:
            raise GraphError(
                f"Observable {observable.name!r} has {observable.operator.shape}, but its model sees {view}; models "
                f"that meet in pixels must have cells of one size."
            )
        if view.channels != model.channels:
            raise GraphError(
                f"Observable {observable.name!r} has {view.channels} channels, but its model works on {model.channels}."
            )

    @property
    def spaces(self) -> tuple[LatentSpace, ...]:
        """The latent spaces of the observables' models, without the run's own."""
        return tuple(dict.fromkeys(one.foreign.space for one in self.observables if one.foreign is not None))

    @property
    def variables(self) -> tuple[ControlVariable, ...]:
        """All variables that a step changes: the controls, and their mirrors in other latent spaces."""
        return (*self.controls, *(mirror for space in self.spaces for mirror in space.mirrors.values()))

    def forward(self, controls: Controls) -> dict[str, Latent]:
        """Return every view of these controls: F X."""
        return {observable.name: observable.operator.forward(controls) for observable in self.observables}

    def adjoint(self, views: Mapping[str, Latent]) -> dict[str, Latent]:
        """Return the sum of the views' adjoints for each control that they read: F^T Y."""
        total: dict[str, Latent] = {}
        for observable in self.observables:
            if observable.name in views:
                for name, share in observable.operator.adjoint(views[observable.name]).items():
                    total[name] = total[name] + share if name in total else share
        return total

    def at(self, step: int) -> "Graph":
        """Return the graph at a step. A graph that does not move returns itself."""
        return self

    def weights(self, step: Count, of: int, like: Tensor) -> dict[str, Latent]:
        """Return W_i of every observable with influence at the place `step` of `of`. W_i is the precision divided by
        the operator's gain, so that a precision means the same trust per cell of a control for every operator. It is 0
        where the view shows nothing of the controls. It has one channel, and the device and dtype of `like`.

        Raises GraphError for a precision that is negative, not finite, or of another size than the view.
        """
        weights: dict[str, Latent] = {}
        for observable in self.observables:
            precision = observable.precision(step, of)
            if precision is not None:
                weight = self._weight(observable, precision, like)
                if weight is not None:
                    weights[observable.name] = weight
        return weights

    def _weight(self, observable: Observable, precision: Weight, like: Tensor) -> Latent | None:
        """Return W_i, or None if the precision is 0 everywhere. The weight of the last precision is kept, because most
        steps have the same."""
        known = self._weights.get(observable.name)
        if known is not None and known.precision is precision and known.of == (like.dtype, like.device):
            return known.weight
        weight = None
        if _largest(precision, observable) > 0:
            trust = torch.as_tensor(precision, dtype=like.dtype, device=like.device)
            gain = torch.as_tensor(observable.operator.gain, dtype=like.dtype, device=like.device)
            weight = torch.where(gain > BLIND, trust / gain, 0.0).expand(1, *observable.operator.shape[1:])
        self._weights[observable.name] = _Weighed(precision, (like.dtype, like.device), weight)
        return weight

    def asked(self, step: Count, of: int) -> list[Observable]:
        """Return the observables whose models are asked at the place `step` of `of`. One without an entry in `weights`
        only watches."""
        return [observable for observable in self.observables if observable.precision(step, of) is not None]

    def trusted(self, places: Sequence[Place]) -> list[Observable]:
        """Return the observables that have influence at one of these places at least."""
        return [observable for observable in self.observables if _is_trusted(observable, places)]


@runtime_checkable
class Moving(Protocol):
    """A graph whose operators may differ from step to step (shifted windows), while its names stay the same. Every
    `Graph` is also a `Moving` that does not move."""

    @property
    def controls(self) -> tuple[ControlVariable, ...]: ...

    def at(self, step: int) -> Graph:
        """Return the graph at step `step` (from 0). It has the same controls, and observables with the same names."""
        ...


def check(graph: Moving, places: Sequence[Place], like: Tensor, *, counting: bool = False) -> None:
    """Raises GraphError if at the step of one of these places no observable sees some cell of a control. For the
    counting solver, raises GraphError if the counting numbers of the active observables do not sum to 1. Steps with the
    same graph and precisions as the one before are not checked again. The check runs on the device of `like`."""
    last: Graph | None = None
    trusted: list[Weight | None] = []
    for step, place in enumerate(places):
        now = graph.at(step)
        precisions = [observable.precision(*place) for observable in now.observables]
        stood = now is last and all(new is old for new, old in zip(precisions, trusted, strict=True))
        if not stood:
            _require_same_nodes(last or now, now, step)
            _check_step(now, place, like, counting, f"step {step + 1} of {len(places)}")
        last, trusted = now, precisions


def _require_same_nodes(last: Graph, now: Graph, step: int) -> None:
    before, after = ([each.name for each in graph.observables] for graph in (last, now))
    if before != after or last.controls != now.controls:
        raise GraphError(
            f"At step {step + 1} the nodes of a moving graph change, from observables {before} to {after}, or their "
            f"controls; only operators may move."
        )


def _check_step(graph: Graph, place: Place, like: Tensor, counting: bool, when: str) -> None:
    weights = graph.weights(*place, like)
    mass: dict[str, Cells] = {control.name: like.new_zeros(control.shape[1:]) for control in graph.controls}
    for observable in graph.observables:
        if observable.name in weights:
            own = _counted(observable, like) if counting else _covered(observable, weights[observable.name])
            mass |= {name: mass[name] + share for name, share in own.items()}
    require = _require_counts if counting else _require_cover
    for control in graph.controls:
        require(mass[control.name], control, when)


def _covered(observable: Observable, weight: Latent) -> dict[str, Cells]:
    """Return one number per cell for each control that the observable reads: above 0 where it sees with a weight above
    0, else 0. For an operator that is not linear, these are the cells on which its derivative at a random point
    depends."""
    operator = observable.operator
    if operator.linear:
        return {name: share.sum(0) for name, share in operator.adjoint(weight).items()}
    draw = torch.Generator().manual_seed(0)
    at = {parent.name: torch.randn(*parent.shape, generator=draw).to(weight) for parent in operator.parents}
    probe = weight * torch.randn(*operator.shape, generator=draw).to(weight)
    return {name: share.abs().sum(0) for name, share in operator.pullback(probe, at).items()}


def _counted(observable: Observable, like: Tensor) -> dict[str, Cells]:
    """Return the observable's counting number on the cells of each control that it reads."""
    counts = torch.full((1, *observable.operator.shape[1:]), observable.count, dtype=like.dtype, device=like.device)
    return {name: share[0] for name, share in observable.operator.adjoint(counts).items()}


def _require_cover(mass: Cells, control: ControlVariable, when: str) -> None:
    empty = mass <= 0
    if empty.any():
        raise GraphError(
            f"At {when} no observable sees {_region(empty, control)}; add an observable that sees them during the "
            "whole run."
        )


def _require_counts(mass: Cells, control: ControlVariable, when: str) -> None:
    off = (mass - 1).abs() > COUNT_ERROR
    if off.any():
        row, column = off.nonzero()[0]
        raise GraphError(
            f"At {when} the counting numbers do not sum to 1, but to {float(mass[row, column]):g} on the first of "
            f"{_region(off, control)}; give the overlaps of observables negative counting numbers."
        )


def _region(cells: Bool[Tensor, "_ _"], control: ControlVariable) -> str:
    """Describe these cells: their number, the first of them, and the box around them."""
    places = cells.nonzero()
    (row, column), (top, left), (bottom, right) = (
        place.tolist() for place in (places[0], places.amin(0), places.amax(0))
    )
    return (
        f"{len(places)} of the {cells.numel()} cells of control {control.name!r}, first the one in column {column}, "
        f"row {row}, all within columns {left} to {right} and rows {top} to {bottom}"
    )


def _is_trusted(observable: Observable, places: Sequence[Place]) -> bool:
    precisions = {id(one): one for one in (observable.precision(*place) for place in places) if one is not None}
    return any(_largest(one, observable) > 0 for one in precisions.values())


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
