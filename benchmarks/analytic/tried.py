"""Run what was tried on the toy and not kept: python -m benchmarks.analytic.tried

- Trust in the coarse view that changes with the noise level sigma_t. SyncSDE (arXiv 2503.21555) has psi^2 proportional
  to sigma_t^2, so its trust rises as 1 / sigma_t^2. Between windows of equal trust, such a factor cancels out.
- SuperDiff's kappa (arXiv 2412.17762): at each step, and for each sample, the weights with which the log densities of
  the views change by the same amount.

docs/method.md, Tried without gain, has the figures.
"""

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from benchmarks.analytic.metrics import Judge
from benchmarks.analytic.toy import Case, Toy, cosine
from inlay_engine.agree import Agree, Problem, agree
from inlay_engine.clock import Instant
from inlay_engine.graph import Graph
from inlay_engine.noise import FilledNoise, Noise
from inlay_engine.sampler import Method, sample
from inlay_engine.transitions import ddim, langevin_scale
from inlay_engine.variables import Latent
from inlay_engine.views import denoise, observe

SCHEDULE = cosine(50)
TRUSTS: dict[str, Callable[[Instant], float]] = {
    "constant": lambda t: 10.0,
    "falls as sigma_t": lambda t: 10 * t.sigma,
    "falls as sigma_t^2": lambda t: 10 * t.sigma**2,
    "rises as 1 / sigma_t^2 (SyncSDE)": lambda t: 10 / t.sigma**2,
}
FULL_TRUST = 33.0
RIDGE = 1e-3
"""The pull of kappa towards 1/2, relative to the mean square of its effects."""

Clean = Mapping[str, Latent]
Choices = Callable[[Clean], tuple[Latent, list[Latent]]]
"""X0 at kappa 0, and the change of X0 from kappa_j = 0 to kappa_j = 1, for each j, from the models' answers."""
Kappa = Float[Tensor, "samples choices"]
Rates = Float[Tensor, "samples groups"]


def changing_trust(toy: Toy, trust: Callable[[Instant], float]) -> Graph:
    """Return windows and a coarse view whose trust depends on the noise level."""
    *windows, coarse = toy.with_coarse(1.0).observables
    changing = replace(coarse, precision=lambda step, of: trust(SCHEDULE.instants[step]))
    return Graph((toy.control,), (*windows, changing))


def between_neighbours(toy: Toy) -> tuple[Graph, list[list[str]], Choices]:
    """Let kappa_j be the share of the left one of two neighbouring windows where they overlap. The stride must be half
    a window. All windows are to change alike."""
    graph, width = toy.overlapping(), toy.case.window

    def choices(clean: Clean) -> tuple[Latent, list[Latent]]:
        placed = [graph.adjoint({one.name: clean[one.name]})[toy.control.name] for one in graph.observables]
        alone = [one.operator.adjoint(torch.ones_like(clean[one.name]))[toy.control.name] for one in graph.observables]
        base, changes = torch.zeros_like(placed[0]), []
        for start, here, seen in zip(toy.starts, placed, alone, strict=True):
            base = torch.where(seen > 0, here, base)  # the right one of two windows covers the left one
            if start + width < toy.case.length:
                after = len(changes) + 1
                changes.append((here - placed[after]) * seen * alone[after])
        return base, changes

    return graph, [[one.name] for one in graph.observables], choices


def between_scales(toy: Toy) -> tuple[Graph, list[list[str]], Choices]:
    """Let kappa go from windows alone to `FULL_TRUST` in the coarse view. The coarse view and the mean of the windows
    are to change alike."""
    graph = toy.with_coarse(FULL_TRUST)

    def choices(clean: Clean) -> tuple[Latent, list[Latent]]:
        weights = graph.weights(0, 1, clean["coarse"])
        alone = {name: weight for name, weight in weights.items() if name != "coarse"}
        without, full = (
            agree(Problem(graph, clean, None, some), Agree()).controls[toy.control.name] for some in (alone, weights)
        )
        return without, [full - without]

    return graph, [[one.name for one in graph.observables[:-1]], ["coarse"]], choices


def balanced(graph: Graph, groups: list[list[str]], choices: Choices, noise: Noise, eta: float) -> Latent:
    """Draw samples. At each step, kappa makes the log densities of all groups (of each, the mean over its views) change
    by amounts that are as equal as possible."""
    (control,) = graph.controls
    filled, X = FilledNoise(noise, (0.0,) * SCHEDULE.steps), noise.control(control, step=0)
    for k in range(SCHEDULE.steps):
        X = _balanced_step(graph, groups, choices, X, k, filled, eta)
    return X


def _balanced_step(
    graph: Graph, groups: list[list[str]], choices: Choices, X: Latent, k: int, filled: FilledNoise, eta: float
) -> Latent:
    (control,), (t, s) = graph.controls, SCHEDULE.instants[k : k + 2]
    views = {one.name: observe(one, {control.name: X}, t, filled, k) for one in graph.observables}
    clean = denoise(graph.observables, views, t, f"step {k + 1}")
    base, changes = choices(clean)
    white, scale = filled.noise.control(control, k + 1), langevin_scale(t, s, eta)
    beta = math.log(s.alpha**2 / t.alpha**2)

    def moved(kappa: Kappa) -> Latent:
        X0 = base + sum(kappa[:, j, None, None, None] * change for j, change in enumerate(changes))
        return ddim(X, X0, t, s, scale, white)

    def rates(kappa: Kappa) -> Rates:
        Xs, found = {control.name: moved(kappa)}, {}
        for one in graph.observables:
            noisy = views[one.name]
            step = observe(one, Xs, s, filled, k + 1) - noisy
            score = (t.alpha * clean[one.name] - noisy) / t.sigma**2
            found[one.name] = (score * (step - beta / 2 * (noisy + score))).sum((-3, -2, -1))  # by Ito's formula
        return torch.stack([torch.stack([found[name] for name in group]).mean(0) for group in groups], 1)

    middle = torch.full((len(X), len(changes)), 0.5)
    return moved(_balance(rates, middle) if s.sigma > 0 else middle)


def _balance(rates: Callable[[Kappa], Rates], middle: Kappa) -> Kappa:
    """Return the kappa in [0, 1] at which the rates, which are linear in kappa, differ least from their mean."""
    at = rates(middle)
    effects = torch.stack([rates(middle + unit) - at for unit in torch.eye(middle.shape[1])], -1)
    at, effects = at - at.mean(1, keepdim=True), effects - effects.mean(1, keepdim=True)
    normal = effects.mT @ effects
    pull = RIDGE * effects.square().mean((1, 2), keepdim=True) * torch.eye(middle.shape[1])
    return (middle - torch.linalg.solve(normal + pull, (effects.mT @ at[..., None]))[..., 0]).clamp(0, 1)


def rows(case: Case) -> Iterator[tuple[str, Latent]]:
    toy, noise = Toy(case), Noise(case.seed, (case.samples,))
    for eta in (0.0, 0.5, 1.0):
        for name, trust in TRUSTS.items():
            *_, last = sample(changing_trust(toy, trust), SCHEDULE, noise, Method(eta=eta))
            yield f"coarse, trust 10, {name}, eta {eta:g}", last.controls[toy.control.name]
    for eta in (0.0, 1.0):
        yield f"kappa between neighbouring windows, eta {eta:g}", balanced(*between_neighbours(toy), noise, eta)
        yield f"kappa between windows and coarse view, eta {eta:g}", balanced(*between_scales(toy), noise, eta)


def main() -> None:
    torch.set_num_threads(1)
    case = Case()
    judge = Judge(Toy(case).law_of_patch(case.window))
    sys.stdout.write("| sampler | Mahalanobis | covariance error | far ends |\n|---|---|---|---|\n")
    with torch.inference_mode():
        for name, samples in rows(case):
            got = judge(samples.flatten(1))
            sys.stdout.write(f"| {name} | {got.mahalanobis:.2f} | {got.cov_error:.2f} | {got.far_agreement:.2f} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
