"""Samples that are drawn in populations: a weight, computed from the models' answers, tells which of them to keep.

The composed score S = sum_i b_i s_i of the views' scores s_i belongs to prod_i p_i^b_i at each noise level. But noise
does not turn one of these products into the next, so samples that only follow S have another distribution. Feynman-Kac
weights correct this (arXiv 2503.02819). A step from t to s with fresh noise adds

    d log w = 1/2 log(alpha_s^2 / alpha_t^2) (|S|^2 - sum_i b_i |s_i|^2)

Windows that are counted have the counting numbers b_i. For windows that are averaged, b_i are their shares of the
weight of each cell, and d log w is minus the squared residual of the agreement, times a positive factor. Shares that
differ between cells are no exponents of a density, so there the weight only measures how far the windows disagree.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from inlay_engine.clock import Instant, Schedule
from inlay_engine.graph import Graph
from inlay_engine.noise import Noise
from inlay_engine.sampler import Method, State, Step, sample

LogWeights = Float[Tensor, " samples"]


@dataclass(frozen=True)
class Population:
    """`members` samples at a time. After each of the shares `cuts` of the steps, the weights decide: with `halve`, the
    better half of the members stays; without, the members are drawn again by their weights, and all stay. Copies need
    fresh noise to become different from each other, so `halve` alone makes sense at eta 0."""

    members: int
    cuts: tuple[float, ...] = (0.3, 0.6, 0.9)
    halve: bool = False

    def cuts_after(self, step: int, of: int) -> int:
        """Return the number of cuts after step `step` (from 1) of `of`."""
        return sum(round(cut * of) == step for cut in self.cuts)


def populated(graph: Graph, schedule: Schedule, noise: Noise, method: Method, population: Population) -> Iterator[Step]:
    """Sample a graph with one control in populations, and yield each step with the samples that stay after it."""
    (control,) = graph.controls
    state, members = State(0, {control.name: noise.control(control, step=0)}), population.members
    log_weights, draw = torch.zeros(noise.batch), torch.Generator().manual_seed(noise.seed)
    for t, s in zip(schedule.instants, schedule.instants[1:], strict=False):
        count = len(log_weights)
        step = next(sample(graph, schedule, replace(noise, batch=(count,)), method, state))
        if s.sigma > 0:
            log_weights = log_weights + log_weight(graph, step, t, s)
        X = step.controls[control.name]
        for _ in range(population.cuts_after(step.index, step.of)):
            each = log_weights.unflatten(0, (-1, members))
            if population.halve:
                members //= 2
                chosen = each.topk(members).indices
            else:
                chosen = _resample(each, draw)
            kept = (chosen + each.shape[1] * torch.arange(len(each))[:, None]).flatten()
            log_weights = log_weights[kept] if population.halve else torch.zeros(len(kept))
            X = X[kept]
        state = State(step.index, {control.name: X})
        yield replace(step, controls=state.controls, state=state)


def log_weight(graph: Graph, step: Step, t: Instant, s: Instant) -> LogWeights:
    """Return d log w of each sample for a step from t to s."""
    (control,) = graph.controls
    clean = step.estimate[control.name]
    total = ((step.before[control.name] - t.alpha * clean) / t.sigma).square().sum((-3, -2, -1))
    covered = graph.adjoint({name: view.weight for name, view in step.views.items()})[control.name]
    counted = any(one.count != 1 for one in graph.observables)
    for one in graph.observables:
        view = step.views[one.name]
        share = one.count if counted else view.weight / one.operator.forward({control.name: covered})
        epsilon = (view.noisy - t.alpha * view.clean) / t.sigma
        total = total - (share * epsilon.square()).sum((-3, -2, -1))
    return math.log(s.alpha**2 / t.alpha**2) / (2 * t.sigma**2) * total


def _resample(
    log_weights: Float[Tensor, "populations members"], draw: torch.Generator
) -> Int[Tensor, "populations members"]:
    """Draw as many members by their weights, from evenly spaced quantiles with one random offset (systematic
    resampling)."""
    count, members = log_weights.shape
    quantiles = (torch.arange(members) + torch.rand(count, 1, generator=draw)) / members
    return torch.searchsorted(log_weights.softmax(1).cumsum(1), quantiles).clamp(max=members - 1)
