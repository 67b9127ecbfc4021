"""Agreement by the paper's own algorithm: gradient descent on X^{t-1} and Lambda together (Sections 5.3 and 5.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from inlay_engine.agree.metric import largest_curvature
from inlay_engine.agree.normal import dot, moved, ratio
from inlay_engine.agree.problem import DESCENT_RATE, Agree, Agreement, DescentStepSize, Problem, inner
from inlay_engine.errors import DivergedError, GraphError
from inlay_engine.variables import Latent

ITERATIONS = 30
ROUNDING = 1e-5  # the growth of the objective that may be a rounding error, relative to |y^s|^2_W


def descent(problem: Problem, how: Agree) -> Agreement:
    """Descend on X^s and lambda together, where X^s is the paper's X^{t-1}. The objective is that of Eqs. 29 and 41,

        sum_i 1/2 |y_i^s(lambda_i) - f_i(X^s)|^2_{W_i} + rho |lambda_i - 1|,
        y_i^s(lambda) = alpha_s (y_i^t - sigma_t lambda eps_i) / alpha_t + sigma_s lambda eps_i        (Eq. 30).

    The paper names no start; the descent starts at X^s = X^t and lambda = 1. Each iteration moves X^s and all lambda_i
    at once, along the gradient at the same point. The step in X^s is `how.rate` / L, one number for all cells, where L
    bounds the curvature in X^s. The step in lambda_i is the step size's own rate, divided by the curvature |dy_i^s /
    dlambda_i|^2_W. The L1 term has no gradient at 1, so it takes its proximal step: a soft threshold around 1. If the
    two rates sum to less than 2 and all operators are linear, the objective never grows.

    The answer is X0 = (X^s - a X^t) / b, with a and b of `DdimStep`. A DDIM step at eta 0 leads from it to X^s. The
    residual is |gradient in X^s| / sqrt(L), relative to |y^s|_W; it is large if the descent stops early. Raises
    DivergedError if the objective has grown, and GraphError for a problem without a step.
    """
    if problem.step is None:
        raise GraphError("The descent solver moves X^t to X^s, so its problem needs a step of the schedule.")
    views, curvature = _views(problem, how), largest_curvature(problem, problem.step.noisy)
    still = dict.fromkeys(problem.weights, torch.zeros_like(curvature))
    prior = how.step_size if isinstance(how.step_size, DescentStepSize) else DescentStepSize(0.0)
    here = start = _look(problem, views, prior.rho, _Place(dict(problem.step.noisy), still))
    iterations, rate = how.iterations or ITERATIONS, (how.rate or DESCENT_RATE) / curvature
    for _ in range(iterations):
        X = moved(here.at.controls, -rate, here.slope)
        deltas = {name: view.stepped(here.at.deltas[name], here.pulls[name], prior) for name, view in views.items()}
        here = _look(problem, views, prior.rho, _Place(X, deltas))
    size = torch.stack([inner(problem.weights[name] * view.at_one, view.at_one) for name, view in views.items()]).sum(0)
    _require_no_growth(start, here, size, how)
    residual = ratio((dot(here.slope, here.slope) / curvature).sqrt(), size.sqrt())
    clean = {name: problem.step.clean(name, value) for name, value in here.at.controls.items()}
    return Agreement(clean, {name: 1 + delta for name, delta in here.at.deltas.items()}, residual, iterations)


@dataclass(frozen=True, eq=False)
class _View:
    """y_i^s(lambda) = at_one + (lambda - 1) along. It leaves out the filled noise and the operator's constant, which
    f_i(X^s) does not have either. `along` is None if lambda stays 1. `square` is |along|^2_W, or 0."""

    at_one: Latent
    along: Latent | None
    square: Float[Tensor, "*batch"]

    def at(self, delta: Float[Tensor, "*batch"]) -> Latent:
        if self.along is None:
            return self.at_one
        return self.at_one + delta.to(self.at_one.dtype)[..., None, None, None] * self.along

    def stepped(
        self, delta: Float[Tensor, "*batch"], pull: Float[Tensor, "*batch"], prior: DescentStepSize
    ) -> Float[Tensor, "*batch"]:
        """Return delta = lambda - 1 after a proximal step against `pull`, the derivative of the least-squares term."""
        step = torch.where(self.square > 0, prior.rate / self.square, 0)
        goal = delta - step * pull
        return goal.sign() * (goal.abs() - step * prior.rho).clamp(min=0)


class _Place(NamedTuple):
    """X^s, and lambda_i - 1 of every observable."""

    controls: dict[str, Latent]
    deltas: dict[str, Float[Tensor, "*batch"]]


@dataclass(frozen=True, eq=False)
class _Look:
    """A place, the objective there, the gradient of its least-squares term in X^s (`slope`), and the term's derivatives
    in lambda_i (`pulls`)."""

    at: _Place
    value: Float[Tensor, "*batch"]
    slope: dict[str, Latent]
    pulls: dict[str, Float[Tensor, "*batch"]]


def _views(problem: Problem, how: Agree) -> dict[str, _View]:
    """Return y_i^s of each active observable. lambda stays 1 if the settings fix it, and at alpha_t = 0."""
    assert problem.step is not None
    step, views = problem.step, {}
    for observable in problem.active:
        name = observable.name
        at_one = step.kept * observable.operator.forward(step.noisy) + step.gained * problem.targets[name]
        if how.step_size is None or problem.noisy is None:
            views[name] = _View(at_one, None, torch.zeros(problem.batch, dtype=torch.float64, device=at_one.device))
        else:
            along = step.gained * problem.moves[name]
            views[name] = _View(at_one, along, inner(problem.weights[name] * along, along))
    return views


def _look(problem: Problem, views: Mapping[str, _View], rho: float, at: _Place) -> _Look:
    slope = {name: torch.zeros_like(value) for name, value in at.controls.items()}
    values, pulls = [], {}
    for observable in problem.active:
        view, delta = views[observable.name], at.deltas[observable.name]
        off = view.at(delta) - observable.operator.forward(at.controls)
        pull = problem.weights[observable.name] * off
        values.append(inner(pull, off) / 2 + rho * delta.abs())
        pulls[observable.name] = torch.zeros_like(delta) if view.along is None else inner(pull, view.along)
        for parent, share in observable.operator.pullback(-pull, at.controls).items():
            slope[parent] = slope[parent] + share
    return _Look(at, torch.stack(values).sum(0), slope, pulls)


def _require_no_growth(start: _Look, last: _Look, size: Float[Tensor, "*batch"], how: Agree) -> None:
    """Raises DivergedError if the objective is larger at `last` than at `start`, or is not finite. `size` is
    |y^s|_W^2."""
    if bool((last.value <= start.value + ROUNDING * size).all()):
        return
    rates = f"{how.rate or DESCENT_RATE:g}"
    if isinstance(how.step_size, DescentStepSize):
        rates += f" and {how.step_size.rate:g} for the step sizes"
    raise DivergedError(
        f"The descent diverged: in {how.iterations or ITERATIONS} iterations at rate {rates}, its objective grew from "
        f"{float(start.value.max()):.3g} to {float(last.value.max()):.3g}. Lower the rates."
    )
