"""Checks of the engine, each with a bar: solvers against their optimality conditions and each other, operators against
their adjoints, and lambda = 1 against MultiDiffusion."""

from collections.abc import Iterator

import torch
from torch import Tensor

from benchmarks.analytic.toy import Case, Toy, cosine
from inlay_engine.agree import Agree, Agreement, Problem, StepSize, agree, objective
from inlay_engine.graph import Denoiser, Graph, Observable, constant
from inlay_engine.noise import Noise
from inlay_engine.operators import (
    Background,
    Compose,
    Composite,
    Crop,
    Differentiable,
    Flip,
    Identity,
    ObservationOperator,
    Part,
    Resize,
    Roll,
    Rotate,
    Window,
)
from inlay_engine.sampler import Method, State, sample
from inlay_engine.testing import MixtureModel
from inlay_engine.variables import ControlVariable, Latent, Shape

DOUBLE = torch.float64
GRAPHS, SAMPLES = 12, 64


def checks(case: Case) -> dict[str, float]:
    """Run all checks. Returns each value by the name of its bar."""
    return {
        "lasso_kkt": lasso_kkt(case),
        "exact_vs_gradient": exact_vs_gradient(case.seed),
        "adjoint_max": adjoint_max(case.seed),
        "multidiffusion_equal": multidiffusion_equal(case),
    }


def lasso_kkt(case: Case) -> float:
    """Return the largest KKT residual of the LASSO over whole runs of the toy, with and without a coarse view."""
    toy, worst = Toy(case), 0.0
    for graph in (toy.overlapping(), toy.with_coarse(10.0)):
        for mu in (0.3, 0.03):
            how = Agree(step_size=StepSize(mu))
            schedule, noise = cosine(10), Noise(case.seed, (SAMPLES,), dtype=DOUBLE)
            for step, t in zip(sample(graph, schedule, noise, Method(agree=how)), schedule.instants, strict=False):
                clean, weights = ({name: part[k] for name, part in step.views.items()} for k in (1, 2))
                start = {name: view.noisy / t.alpha for name, view in step.views.items()}
                problem = Problem(graph, clean, start, weights)
                worst = max(worst, kkt(problem, agree(problem, how), StepSize(mu)))
    return worst


def kkt(problem: Problem, found: Agreement, step_size: StepSize) -> float:
    """Return how far an answer is from optimal for Eq. 41, by the derivatives of the objective.

    The derivative in X0 is relative to |F^T W x|. The one-sided derivatives in each lambda, where no bound is active,
    are relative to the largest rho of the sample.
    """
    pulls, scale, worst, rho = {}, {}, [], []
    for observable in problem.active:
        name, operator = observable.name, observable.operator
        move, weight = problem.moves[name], problem.weights[name]
        target = problem.targets[name] + (found.step_sizes[name] - 1)[:, None, None, None] * move
        off = target - operator.forward(found.controls)
        for parent, share in operator.adjoint(weight * off).items():
            pulls[parent] = pulls.get(parent, 0) + share
        for parent, share in operator.adjoint(weight * target).items():
            scale[parent] = scale.get(parent, 0) + share
        slope, penalty = _sum(weight * off * move), step_size.mu * _sum(weight * move**2)
        size = found.step_sizes[name]
        up = -(slope + torch.where(size >= 1, penalty, -penalty)) * (size < step_size.most)
        down = (slope + torch.where(size > 1, penalty, -penalty)) * (size > step_size.least)
        worst.append(torch.maximum(up, down))
        rho.append(penalty)
    in_sizes = torch.stack(worst).amax(0).clamp(min=0) / torch.stack(rho).amax(0)
    in_controls = [_sum(pulls[name] ** 2).sqrt() / _sum(scale[name] ** 2).sqrt() for name in pulls]
    return float(torch.stack([in_sizes, *in_controls]).max())


def _sum(latent: Latent) -> Tensor:
    return latent.sum((-3, -2, -1))


def exact_vs_gradient(seed: int) -> float:
    """Return the largest relative difference between the objectives that the exact solvers and gradient descent reach,
    on random graphs, with lambda fixed and free."""
    worst = 0.0
    for k in range(GRAPHS):
        draw = torch.Generator().manual_seed(seed * GRAPHS + k)
        problem = random_problem(draw, resized=k % 2 == 1)
        for step_size in (None, StepSize(0.3), StepSize(0.03)):
            exact, descent = Agree(step_size=step_size), Agree("gradient", step_size, iterations=20_000)
            values = [
                objective(problem, found.controls, found.step_sizes, how)
                for how in (exact, descent)
                for found in [agree(problem, how)]
            ]
            worst = max(worst, float(((values[0] - values[1]).abs() / values[0]).max()))
    return worst


def random_problem(draw: torch.Generator, resized: bool) -> Problem:
    """Make a random problem: two controls, seen whole, through windows, through a composite and, if asked, resized. All
    weights differ."""
    x1, x2 = (ControlVariable(name, Shape(2, 6, 8), wrap="x") for name in ("x1", "x2"))
    mask = (torch.rand(6, 8, generator=draw, dtype=DOUBLE) < 0.5).double()
    operators: list[ObservationOperator] = [Identity(x1), Identity(x2), *_crops(x1, draw), *_crops(x2, draw)]
    operators.append(Composite((Part(Identity(x1), mask), Part(Identity(x2), 1 - mask))))
    if resized:
        operators.append(Compose(Identity(x1), Resize(x1.shape, 5, 4, "area")))
    views = []
    for k, operator in enumerate(operators):
        cells = 0.1 + torch.rand(operator.shape[1:], generator=draw, dtype=DOUBLE)
        views.append(Observable(f"y{k}", operator, Denoiser(MixtureModel(2)), constant(cells)))
    graph = Graph((x1, x2), tuple(views))
    clean, noisy = (
        {view.name: torch.randn(3, *view.operator.shape, generator=draw, dtype=DOUBLE) for view in views}
        for _ in range(2)
    )
    return Problem(graph, clean, noisy, graph.weights(0, 1, torch.empty(0, dtype=DOUBLE)))


def _crops(control: ControlVariable, draw: torch.Generator) -> Iterator[Crop]:
    for _ in range(3):
        x, y = (int(torch.randint(most, (), generator=draw)) for most in (8, 3))
        yield Crop(control, Window(x, y, 5, 4))


def adjoint_max(seed: int) -> float:
    """Return the largest |<f(X), y> - <X, f^T y>| / (|f(X)| |y|) over every operator and map."""
    draw = torch.Generator().manual_seed(seed)
    worst = 0.0
    for operator in every_operator(draw):
        for _ in range(20):
            X = {c.name: torch.randn(c.shape, generator=draw, dtype=DOUBLE) for c in operator.parents}
            y = torch.randn(operator.shape, generator=draw, dtype=DOUBLE)
            view, back = operator.forward(X), operator.pullback(y, X)
            error = (view * y).sum() - torch.stack([(X[name] * share).sum() for name, share in back.items()]).sum()
            worst = max(worst, float(error.abs() / (view.norm() * y.norm())))
    return worst


def every_operator(draw: torch.Generator) -> Iterator[ObservationOperator]:
    """Return one operator of each kind, on controls whose side lengths have no common factor."""
    x1, x2 = (ControlVariable(name, Shape(3, 7, 10), wrap="both") for name in ("x1", "x2"))
    soft = torch.rand(7, 10, generator=draw, dtype=DOUBLE)
    both = Composite((Part(Identity(x1), soft), Part(Crop(x2, Window(-3, 4, 10, 7)), 1 - soft)))
    shape = x1.shape
    maps = (
        Flip(shape, "x"),
        Flip(shape, "y"),
        *(Rotate(shape, turns) for turns in (1, 2, 3)),
        Roll(shape, 3, 2),
        Background(soft, torch.randn(3, 1, 1, generator=draw, dtype=DOUBLE)),
        Resize(shape, 5, 7, "area"),
        Resize(shape, 4, 3, "area"),
        Resize(shape, 7, 5, "bilinear"),
    )
    yield from (Identity(x1), Crop(x1, Window(6, -2, 7, 5)), both)
    for each in maps:
        yield from (Compose(Identity(x1), each), Compose(both, each))
    yield Compose(both, Roll(shape, 1, 0), Resize(shape, 6, 4, "area"), Rotate(Shape(3, 4, 6), 1))
    yield Differentiable((x1, x2), lambda X: X["x1"].cumsum(-1) - X["x2"].roll(1, -2), shape)


def multidiffusion_equal(case: Case) -> float:
    """Return the largest difference, relative to the largest value, between our samples at lambda = 1, eta 0 and
    MultiDiffusion's own loop: one DDIM step in every window, then the mean over the windows of each cell (arXiv
    2302.08113, Algorithm 1)."""
    toy = Toy(case)
    schedule, noise = cosine(50), Noise(case.seed, (SAMPLES,), dtype=DOUBLE)
    x = noise.control(toy.control, step=0)
    *_, ours = sample(toy.overlapping(), schedule, noise, start=State(0, {toy.control.name: x}))
    law, width = toy.law_of_patch(case.window), case.window
    for t, s in zip(schedule.instants, schedule.instants[1:], strict=False):
        value, count = torch.zeros_like(x), torch.zeros(case.length, dtype=DOUBLE)
        for start in toy.starts:
            view = x[..., start : start + width]
            epsilon = (view - t.alpha * law.posterior_mean(view, t)) / t.sigma
            ratio = s.alpha / t.alpha
            value[..., start : start + width] += ratio * view + (s.sigma - ratio * t.sigma) * epsilon
            count[start : start + width] += 1
        x = value / count
    theirs = ours.controls[toy.control.name]
    return float((theirs - x).abs().max() / x.abs().max())
