"""Observe and denoise: the view that each observable has of the controls, and its model's answer."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch

from inlay_engine.clock import Instant
from inlay_engine.errors import NonFiniteError
from inlay_engine.graph import Observable
from inlay_engine.noise import FilledNoise
from inlay_engine.variables import Controls, Latent, Shape


class Observation(NamedTuple):
    """The contribution of an observable to a pass: y_i, d_i = E[x0 | y_i], and W_i, which is 0 if the observable only
    watches. `shared` is the latent that took part in the agreement: d_i, or d_i converted to the run's latents if its
    model has another latent space."""

    noisy: Latent
    clean: Latent
    weight: Latent
    shared: Latent


def observe(observable: Observable, controls: Controls, t: Instant, filled: FilledNoise, step: int) -> Latent:
    """Return y_i = f_i(X^t) + sigma_t * n_i, as step `step` (from 0) sees it. The noise n_i replaces the noise that the
    operator averages away, so that the view has the noise level sigma_t. A constant that the operator adds is scaled to
    the signal.

    An operator that repeats cells has a scale s below 1. Its view is s f_i(X^t) + sigma_t * n_i, divided by
    sqrt(s^2 alpha_t^2 + sigma_t^2), so that it has variance preserving coordinates at the level of `seen_at`."""
    operator = observable.shown

    def white(tag: str, shape: Shape) -> Latent:
        return filled.white(f"{observable.name}/{tag}", shape, step, seed=observable.seed)

    view, scale = operator.forward(controls), operator.scale
    lost = operator.lost_noise(white, scale)
    if operator.offset is not None:
        view = view + t.alpha * operator.offset
    if scale < 1:
        view = scale * view
    if lost is not None:
        view = view + t.sigma * lost
    return view if scale == 1 else view / math.hypot(scale * t.alpha, t.sigma)


def seen_at(observable: Observable, t: Instant) -> Instant:
    """Return the noise level of the observable's view of X^t. It is noisier than t if the operator repeats cells."""
    scale = observable.shown.scale
    return t if scale == 1 else t.weaker(scale)


def denoise(active: Sequence[Observable], noisy: Mapping[str, Latent], t: Instant, when: str) -> dict[str, Latent]:
    """Return d_i = D_i(y_i, t), with one call for each model and noise level."""
    clean: dict[str, Latent] = {}
    for model, at in dict.fromkeys((one.denoiser.model, seen_at(one, t)) for one in active):
        own = [one for one in active if (one.denoiser.model, seen_at(one, t)) == (model, at)]
        views, conditionings = [noisy[one.name] for one in own], [one.denoiser.conditioning for one in own]
        try:
            answers = model.predict_clean(views, at, conditionings)
        except NonFiniteError as error:
            if error.view is None:
                raise
            message, name = str(error), own[error.view].name
            raise NonFiniteError(f"At {when}, for the view {name!r}, {message[:1].lower()}{message[1:]}") from error
        clean.update({observable.name: answer for observable, answer in zip(own, answers, strict=True)})
    return clean


def shared(active: Sequence[Observable], clean: Mapping[str, Latent]) -> dict[str, Latent]:
    """Return every d_i in the run's own latents, in which the observables agree."""
    return {
        one.name: clean[one.name] if one.foreign is None else one.foreign.space.to_main_latents(clean[one.name])
        for one in active
    }


def require_finite(clean: Mapping[str, Latent], noisy: Mapping[str, Latent], when: str) -> None:
    """Raises NonFiniteError if a model returned values that are not finite. The message names `when`, the observable
    and the likely cause."""
    finite = torch.stack([answer.isfinite().all() for answer in clean.values()]).tolist()
    for name, fine in zip(clean, finite, strict=True):
        if not fine:
            largest = float(noisy[name].abs().max())
            cause = (
                f"its input had already grown to {largest:.3g}: lower the guidance"
                if largest > 100
                else "the model overflowed in half precision, or its weights are damaged: try float32, or reinstall it"
            )
            raise NonFiniteError(f"At {when} the model's answer for {name!r} is not finite; most likely {cause}.")


def residuals(active: Sequence[Observable], views: Mapping[str, Observation], estimate: Controls) -> dict[str, float]:
    """Return, for each observable, the root mean square of d_i - f_i(X0) under W_i, in the run's own latents. An
    observable that watches has no W_i, so all its cells count equally."""
    squares = []
    for observable in active:
        view = views[observable.name]
        off = view.shared - observable.operator.clean_view(estimate)
        mass = view.weight.expand_as(off).sum()
        squares.append(torch.where(mass > 0, (view.weight * off**2).sum() / mass, off.square().mean()))
    return {
        observable.name: math.sqrt(square)
        for observable, square in zip(active, torch.stack(squares).tolist(), strict=True)
    }
