"""The sampler: observe, denoise, agree, step (design, Section 2)."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch

from worker.engine.agree import solver_for
from worker.engine.clock import Instant, Schedule
from worker.engine.errors import NonFiniteError
from worker.engine.graph import Graph, Observable
from worker.engine.noise import Noise
from worker.engine.transitions import ddim, langevin_scale
from worker.engine.variables import Controls, Latent


@dataclass(frozen=True, eq=False)
class State:
    """Where a run stands: `step` steps are done and the controls are at the noise level they left. With counter-based
    noise this is all that a run needs to go on exactly as if it had never stopped."""

    step: int
    controls: Controls


class View(NamedTuple):
    """What an active observable contributed to a step: y_i at the step's start, d_i = E[x0 | y_i], and W_i."""

    noisy: Latent
    clean: Latent
    weight: Latent


@dataclass(frozen=True, eq=False)
class Step:
    """One finished step. `controls`: X^s after it; `before`: X^t; `estimate`: X0, the clean controls that were agreed
    on; `views`: the active observables; `residual`: root mean square of d_i - f_i(X0) under W_i; `step_sizes`:
    lambda_i of Eq. 30."""

    index: int
    of: int
    controls: Controls
    before: Controls
    estimate: Controls
    views: Mapping[str, View]
    residual: Mapping[str, float]
    step_sizes: Mapping[str, float]

    @property
    def state(self) -> State:
        """From which `sample` goes on after this step."""
        return State(self.index, self.controls)


def sample(
    graph: Graph, schedule: Schedule, noise: Noise, *, eta: float = 0.0, start: State | None = None
) -> Iterator[Step]:
    """Sample the controls of `graph`, a step at a time; `index` of the steps counts from 1.

    `noise`: the seed of the run, and its batch, device and dtype. `eta`: the share of fresh (Langevin) noise, 0 as in
    the paper, 1 as in DDPM. `start`: go on from there instead of from pure noise, bit for bit.

    Raises GraphError before the first step, NonFiniteError where a model breaks down.
    """
    agree = solver_for(graph)
    state = start or State(0, {control.name: noise.control(control, step=0) for control in graph.controls})
    X = state.controls
    graph.check(schedule.steps, like=next(iter(X.values())))
    for k in range(state.step, schedule.steps):
        t, s = schedule.instants[k], schedule.instants[k + 1]
        W = graph.weights(k, schedule.steps, like=next(iter(X.values())))
        active = [observable for observable in graph.observables if observable.name in W]

        y = {observable.name: observe(observable, X, t, noise) for observable in active}
        d = denoise(active, y, t)
        _require_finite(d, y, f"step {k + 1} of {schedule.steps}")
        X0 = agree(graph, d, W)
        before, X = X, step(graph, X, X0, t, s, eta, noise, k + 1)

        yield Step(
            index=k + 1,
            of=schedule.steps,
            controls=X,
            before=before,
            estimate=X0,
            views={name: View(y[name], d[name], W[name]) for name in W},
            residual=_residual(active, d, X0, W),
            step_sizes=dict.fromkeys(W, 1.0),
        )


def observe(observable: Observable, controls: Controls, t: Instant, noise: Noise) -> Latent:
    """y_i = f_i(X^t) + sigma_t * sqrt(1 - g_i) * n_i: the view, its noise topped up to sigma_t where the operator
    averages noise away, always with the same n_i."""
    view = observable.operator.forward(controls)
    gain = observable.operator.gain
    if isinstance(gain, float) and gain == 1:
        return view
    lost = torch.as_tensor(1 - gain, device=view.device, dtype=view.dtype).clamp(min=0).sqrt()
    return view + t.sigma * lost * noise.white(observable.name, observable.operator.shape, step=0)


def denoise(active: list[Observable], noisy: Mapping[str, Latent], t: Instant) -> dict[str, Latent]:
    """d_i = D_i(y_i, t), one call a model."""
    clean: dict[str, Latent] = {}
    for model in dict.fromkeys(observable.denoiser.model for observable in active):
        own = [observable for observable in active if observable.denoiser.model == model]
        answers = model.predict_clean(
            [noisy[observable.name] for observable in own], t, [observable.denoiser.conditioning for observable in own]
        )
        clean.update({observable.name: answer for observable, answer in zip(own, answers, strict=True)})
    return clean


def step(
    graph: Graph, noisy: Controls, clean: Controls, t: Instant, s: Instant, eta: float, noise: Noise, index: int
) -> dict[str, Latent]:
    """X^s = transition(X^t, X0)."""
    scale = langevin_scale(t, s, eta)
    moved: dict[str, Latent] = {}
    for control in graph.controls:
        white = noise.control(control, step=index) if scale > 0 else None
        moved[control.name] = ddim(noisy[control.name], clean[control.name], t, s, scale, white)
    return moved


def _require_finite(clean: Mapping[str, Latent], noisy: Mapping[str, Latent], when: str) -> None:
    finite = torch.stack([answer.isfinite().all() for answer in clean.values()]).tolist()
    for name, fine in zip(clean, finite, strict=True):
        if not fine:
            largest = float(noisy[name].abs().max())
            cause = (
                f"its input had already grown to {largest:.3g}: lower the guidance"
                if largest > 100
                else "the model overflowed in half precision, or its weights are damaged: load it in float32, or again"
            )
            raise NonFiniteError(f"At {when} the model's answer for {name!r} is not finite; most likely {cause}.")


def _residual(
    active: list[Observable], clean: Mapping[str, Latent], estimate: Controls, weights: Mapping[str, Latent]
) -> dict[str, float]:
    squares = []
    for observable in active:
        off, weight = clean[observable.name] - observable.operator.forward(estimate), weights[observable.name]
        squares.append((weight * off**2).sum() / weight.expand_as(off).sum())
    return {
        observable.name: math.sqrt(square)
        for observable, square in zip(active, torch.stack(squares).tolist(), strict=True)
    }
