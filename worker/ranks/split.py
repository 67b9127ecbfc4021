"""Split the network evaluations of a run over the ranks of a worker.

The views of a step do not depend on each other. Each call of a model is cut into batches exactly as in a worker of one
rank, and each rank runs whole batches. So every batch is computed as it would be by one rank, and the picture is the
same. The views agree on rank 0 alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any, NamedTuple

import structlog
import torch
from torch import Tensor

from inlay_engine.clock import Instant
from inlay_engine.errors import EngineError
from inlay_engine.graph import Denoiser, Graph, Moving, Observable
from inlay_engine.variables import ControlVariable, Latent
from worker.build.prepared_run import PreparedRun
from worker.build.recent import LastTwo
from worker.diffusion.denoisers import GuidedModel
from worker.diffusion.errors import DiffusionError
from worker.diffusion.finite import NotFiniteError
from worker.diffusion.memory import Alike, Batches, attempt, evenly
from worker.ranks.errors import RankLost
from worker.ranks.group import Group, Message

_log = structlog.get_logger("worker")

PREDICT = "predict"  # a message of rank 0: do your share of this call of a model
FINAL = (EngineError, DiffusionError)


class Named(NamedTuple):
    """The conditioning of a denoiser, and where every rank finds it: the observable's name, and a step of the run."""

    step: int
    name: str
    of: Denoiser

    @property
    def conditioning(self) -> Any:
        return self.of.conditioning


class Discarded(Exception):
    """A call of a model has failed on another rank. It is raised on the ranks other than 0, which then wait for the
    next message; rank 0 raises the error itself."""


@dataclass(frozen=True, eq=False)
class SplitGraph:
    """A run's graph, whose models run on all ranks of the group."""

    of: Moving
    group: Group
    _known: LastTwo[Graph, Graph] = field(default_factory=LastTwo[Graph, Graph])
    _models: dict[GuidedModel, "SplitModel"] = field(default_factory=dict)

    @property
    def controls(self) -> tuple[ControlVariable, ...]:
        return self.of.controls

    def at(self, step: int) -> Graph:
        graph = self.of.at(step)
        return self._known.get(
            graph, lambda: Graph(graph.controls, tuple(self._split(one, step) for one in graph.observables))
        )

    def answer(self, asked: Message) -> None:
        """Do this rank's share of a call of rank 0."""
        observables = {one.name: one for one in self.at(asked["step"]).observables}
        own = [observables[name].denoiser for name in asked["views"]]
        model = own[0].model
        assert isinstance(model, SplitModel), "rank 0 asks for views of split models only"
        model.own.batches.limit = asked["limit"]
        flat = torch.empty(
            sum(map(prod, asked["shapes"])), dtype=getattr(torch, asked["dtype"]), device=self.group.device
        )
        parts = self.group.share(flat).split([prod(shape) for shape in asked["shapes"]])
        noisy = [part.view(shape) for part, shape in zip(parts, asked["shapes"], strict=True)]
        model.own.predict_clean(noisy, Instant(asked["at"]), [one.conditioning.conditioning for one in own])

    def _split(self, one: Observable, step: int) -> Observable:
        """Return an observable whose model runs on all ranks. A law has no network, and stays as it is."""
        model = one.denoiser.model
        if not isinstance(model, GuidedModel):
            return one
        if model not in self._models:
            batches = SplitBatches(model.batches, self.group)
            self._models[model] = SplitModel(replace(model, batches=batches), self.group)
        named = Named(step, one.name, one.denoiser)
        return replace(one, denoiser=Denoiser(self._models[model], named))


@dataclass(frozen=True, eq=False)
class SplitModel:
    """The engine's model on rank 0: it asks the other ranks for their share of each call."""

    own: GuidedModel
    group: Group

    @property
    def channels(self) -> int:
        return self.own.channels

    def predict_clean(self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Named]) -> list[Latent]:
        """Return E[x0 | y] for each y, as `GuidedModel.predict_clean` does. Raises RankLost if a rank ended."""
        asked = {
            "ask": PREDICT,
            "step": conditionings[0].step,
            "views": [one.name for one in conditionings],
            "at": at.log_snr,
            "limit": self.own.batches.limit,
            "shapes": [list(y.shape) for y in noisy],
            "dtype": _name(noisy[0].dtype),
        }
        views = torch.cat([y.flatten() for y in noisy])
        self.group.say(asked)
        self.group.share(views)
        try:
            return self.own.predict_clean(noisy, at, [one.conditioning for one in conditionings])
        except (RankLost, *FINAL):
            raise
        except Exception as error:
            raise RankLost(f"Rank 0 of this worker broke down ({type(error).__name__}: {error}).") from error


class SplitBatches(Batches):
    """Batches that run on all ranks. Every rank calls `run_all` with equal items and the same limit, and gets all
    results. `of`: the model's own batches, which remember the limit."""

    def __init__(self, of: Batches, group: Group) -> None:
        self._of, self._group = of, group
        self._told = False

    @property
    def limit(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self._of.limit

    @limit.setter
    def limit(self, limit: int) -> None:
        self._of.limit = limit

    def run_all(self, groups: Sequence[Alike[Any]], forward: Callable[[Sequence[Any]], Any]) -> list[Any]:
        """Return the result of each item of all groups, in order. `forward` returns one tensor for a batch, with one
        row for each item.

        Raises the DiffusionError of a rank that refuses its items, RankLost if a rank broke down, and Discarded on
        another rank than 0 if any other rank failed."""
        while True:
            batches = [batch for group in groups for batch in _cut(group, self.limit)]
            self._warn(batches)
            places = assign([len(one.items) * one.cells for one in batches], self._group.size)
            own = [index for index, rank in enumerate(places) if rank == self._group.rank]
            rows = self._exchanged(own, lambda index, batches=batches: forward(batches[index].items))
            if rows is not None:
                return rows
            self._of.make_room(max(len(batch.items) for batch in batches))

    def _exchanged(self, own: Sequence[int], forward: Callable[[int], Tensor]) -> list[Tensor] | None:
        """Run this rank's batches, and return the rows of all ranks' batches, in order; or None if the memory of a rank
        ran out."""
        mine: list[Tensor] | None = None
        error: Exception | None = None
        try:
            mine = attempt(lambda: [forward(index) for index in own])
        except Exception as failed:  # the other ranks wait for this one, whatever it is
            error = failed
        said: Message = {"memory": mine is None, **described(error)}
        if mine is not None:
            said |= {"shapes": [[index, *one.shape] for index, one in zip(own, mine, strict=True)]}
            said |= {"dtype": _name(mine[0].dtype) if mine else None}
        told = self._group.gather(said)
        if error is not None:
            raise error
        raise_other(self._group, told)
        return None if mine is None or any(one["memory"] for one in told) else self._joined(mine, told)

    def _joined(self, mine: Sequence[Tensor], told: Sequence[Message]) -> list[Tensor]:
        dtype = next(one["dtype"] for one in told if one["dtype"])
        lengths = [sum(prod(shape) for _, *shape in one["shapes"]) for one in told]
        flats = self._group.gather_flat(mine, lengths, getattr(torch, dtype))
        found: dict[int, Tensor] = {}
        for flat, one in zip(flats, told, strict=True):
            parts = flat.split([prod(shape) for _, *shape in one["shapes"]])
            found |= {index: part.view(shape) for part, (index, *shape) in zip(parts, one["shapes"], strict=True)}
        return [row for index in sorted(found) for row in found[index].unbind()]

    def _warn(self, batches: Sequence[Alike[Any]]) -> None:
        """Log once that ranks have nothing to do although smaller batches would give each of them something."""
        ranks, rows = self._group.size, sum(len(batch.items) for batch in batches)
        if self._told or self._group.rank or len(batches) >= ranks or rows < 2 * ranks:
            return
        self._told = True
        hint = f"INLAY_MICRO_BATCH={rows // ranks} would give each rank a batch"
        _log.warning("ranks_without_work", batches=len(batches), ranks=ranks, hint=hint)


def split(prepared: PreparedRun, graph: SplitGraph) -> PreparedRun:
    """Return a run that evaluates its networks on all ranks."""
    return replace(prepared, graph=graph)


def assign(costs: Sequence[int], ranks: int) -> list[int]:
    """Return a rank for each batch: the dearest batches first, each to the rank that has the least to do so far."""
    load, places = [0] * ranks, [0] * len(costs)
    for index in sorted(range(len(costs)), key=lambda index: -costs[index]):
        places[index] = load.index(min(load))
        load[places[index]] += costs[index]
    return places


def described(error: Exception | None) -> Message:
    """Return an error as a part of a message; empty if there is none. `final` says that the job caused it."""
    if error is None:
        return {}
    said = str(error) if isinstance(error, FINAL) else f"{type(error).__name__}: {error}"
    return {"error": said, "final": isinstance(error, FINAL), "finite": not isinstance(error, NotFiniteError)}


def raise_other(group: Group, told: Sequence[Message]) -> None:
    """Raise an error if another rank has described one."""
    failed = next(((rank, one) for rank, one in enumerate(told) if "error" in one), None)
    if failed is None:
        return
    rank, one = failed
    if group.rank:
        raise Discarded
    if not one["final"]:
        raise RankLost(f"Rank {rank} of this worker broke down ({one['error']}); its log says more.")
    raise DiffusionError(one["error"]) if one["finite"] else NotFiniteError(one["error"])


def _cut(group: Alike[Any], limit: int) -> Iterator[Alike[Any]]:
    """Yield the batches of a group, as `Batches.run` makes them."""
    done = 0
    while done < len(group.items):
        size = evenly(len(group.items) - done, limit)
        yield Alike(group.items[done : done + size], group.cells)
        done += size


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
