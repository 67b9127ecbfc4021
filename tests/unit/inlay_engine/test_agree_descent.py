"""The paper's own algorithm: its gradient, its start, where it ends, and what it refuses."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from inlay_engine.agree import Agree, DdimStep, DescentStepSize, Problem, StepSize, agree, check_supported
from inlay_engine.clock import Instant, Schedule
from inlay_engine.errors import DivergedError, EngineError, GraphError
from inlay_engine.fresh import Fresh
from inlay_engine.graph import Graph, constant
from inlay_engine.noise import Noise
from inlay_engine.operators import Compose, Crop, Differentiable, Identity, Resize, Window
from inlay_engine.sampler import Method, sample
from inlay_engine.transitions import ddim
from inlay_engine.variables import Controls, Latent
from tests.unit.inlay_engine.graphs import SHORT, control, observable
from tests.unit.inlay_engine.problems import graphs, random_problem

NOISY, LESS_NOISY = Instant(-1.5), Instant(0.5)


def bent_graph(steepness: float = 0.7) -> Graph:
    """Windows that overlap by half, the whole resized by 2, and a view that is not linear."""
    x = control("x", 1, 1, 24)

    def bend(controls: Controls) -> Tensor:
        return torch.tanh(steepness * controls["x"]) + steepness * controls["x"].roll(1, -1)

    windows = [observable(f"w{start}", Crop(x, Window(start, 0, 8, 1))) for start in range(0, 17, 4)]
    coarse = observable("coarse", Compose(Identity(x), Resize(x.shape, 12, 1, "area")), precision=constant(3.0))
    return Graph((x,), (*windows, coarse, observable("bent", Differentiable((x,), bend, x.shape))))


def window_graph() -> Graph:
    x = control("x", 1, 1, 12)
    return Graph((x,), tuple(observable(f"w{start}", Crop(x, Window(start, 0, 6, 1))) for start in (0, 3, 6)))


def step_problem(graph: Graph, seed: int = 0, t: Instant = NOISY, s: Instant = LESS_NOISY) -> Problem:
    """Return a problem whose noisy views are views of a random X^t, with the noise that their operators lose."""
    drawn, generator = random_problem(graph, seed, likeness=1.0), torch.Generator().manual_seed(seed + 1)

    def white(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    X_t = {x.name: white(*x.shape) for x in graph.controls}
    noisy = {}
    for one in graph.observables:
        lost, offset = one.operator.lost_noise(lambda _, shape: white(*shape)), one.operator.offset
        y = one.operator.forward(X_t)
        y = y if lost is None else y + t.sigma * lost
        y = y if offset is None else y + t.alpha * offset
        noisy[one.name] = y / t.alpha
    return replace(drawn, noisy=noisy, step=DdimStep(X_t, t, s))


def end_of(problem: Problem, how: Agree) -> tuple[dict[str, Latent], dict[str, Tensor]]:
    """Return the X^s to which the step with the agreement leads, and lambda."""
    assert problem.step is not None
    X_t, t, s = problem.step
    agreed = agree(problem, how)
    return {name: ddim(X_t[name], x, t, s) for name, x in agreed.controls.items()}, dict(agreed.step_sizes)


def papers_objective(problem: Problem, X: dict[str, Tensor], sizes: dict[str, Tensor]) -> Tensor:
    """Return Eq. 29 with the views of Eq. 30. A view of X^s has the noise that its operator loses and its constant, as
    the view of X^t has them."""
    assert problem.step is not None
    assert problem.noisy is not None
    X_t, t, s = problem.step
    total = torch.zeros((), dtype=torch.float64)
    for one in problem.active:
        y, d, f = problem.noisy[one.name] * t.alpha, problem.clean[one.name], one.operator
        eps = (y - t.alpha * d) / t.sigma
        offset = torch.zeros_like(y) if f.offset is None else f.offset
        lost = (y - f.forward(X_t) - t.alpha * offset) / t.sigma
        moved = s.alpha * (y - t.sigma * sizes[one.name] * eps) / t.alpha + s.sigma * sizes[one.name] * eps
        off = moved - (f.forward(X) + s.alpha * offset + s.sigma * lost)
        total = total + (problem.weights[one.name] * off**2).sum() / 2
    return total


def papers_descent(problem: Problem, iterations: int, rate: float, prior: DescentStepSize) -> tuple[Any, Any]:
    """Descend by autograd, in raw rates: for X^s and for each lambda_i."""
    assert problem.step is not None
    X_t, t, s = problem.step
    X, sizes = dict(X_t), dict.fromkeys(problem.weights, torch.ones((), dtype=torch.float64))
    for _ in range(iterations):
        X = {name: value.detach().requires_grad_() for name, value in X.items()}
        sizes = {name: value.detach().requires_grad_() for name, value in sizes.items()}
        value = papers_objective(problem, X, sizes)
        slopes = torch.autograd.grad(value, [*X.values(), *sizes.values()])
        in_X, in_sizes = slopes[: len(X)], slopes[len(X) :]
        X = {name: x - rate * slope for (name, x), slope in zip(X.items(), in_X, strict=True)}
        for name, slope in zip(sizes, in_sizes, strict=True):
            along = (s.alpha - s.sigma / t.sigma * t.alpha) * problem.moves[name]
            square = (problem.weights[name] * along**2).sum()
            step = prior.rate / square if square > 0 else square  # a view whose operator shows nothing has no weight
            goal = sizes[name] - 1 - step * slope
            sizes[name] = 1 + torch.nn.functional.softshrink(goal.detach(), float(step * prior.rho))
    return {name: x.detach() for name, x in X.items()}, {name: size.detach() for name, size in sizes.items()}


def bound(graph: Graph, weights: dict[str, Tensor]) -> float:
    """Return the largest entry of F^T W F 1."""
    ones = {x.name: torch.ones(x.shape, dtype=torch.float64) for x in graph.controls}
    seen = graph.adjoint({o.name: weights[o.name] * o.operator.forward(ones) for o in graph.observables})
    return max(float(cells.max()) for cells in seen.values())


@given(graph=graphs(), seed=st.integers(0, 999), rho=st.sampled_from([0.0, 0.3, 30.0]))
@settings(deadline=None, max_examples=10)
def test_every_iteration_is_a_gradient_step_of_the_papers_objective(graph: Graph, seed: int, rho: float) -> None:
    problem, prior = step_problem(graph, seed), DescentStepSize(rho, 0.4)
    L = bound(graph, dict(problem.weights))
    for iterations in (1, 3):
        X, sizes = end_of(problem, Agree("descent", prior, iterations, 0.6))
        expected = papers_descent(problem, iterations, 0.6 / L, prior)
        torch.testing.assert_close(X, expected[0], rtol=1e-9, atol=1e-9)
        torch.testing.assert_close(sizes, expected[1], rtol=1e-9, atol=1e-9)


def test_the_first_iteration_goes_along_autograds_gradient_of_a_view_that_is_not_linear() -> None:
    problem = step_problem(bent_graph())
    assert problem.step is not None
    X, sizes = end_of(problem, Agree("descent", DescentStepSize(0.0, 0.4), 1, 0.6))
    x = problem.step.noisy["x"].clone().requires_grad_()
    (slope,) = torch.autograd.grad(papers_objective(problem, {"x": x}, dict(problem.unit_step_sizes())), x)
    moved = X["x"] - problem.step.noisy["x"]
    rate = -(moved * slope).sum() / (slope**2).sum()
    torch.testing.assert_close(moved, -rate * slope, rtol=1e-8, atol=1e-10)
    assert rate > 0
    expected = papers_descent(problem, 1, float(rate), DescentStepSize(0.0, 0.4))
    torch.testing.assert_close(sizes, expected[1], rtol=1e-9, atol=1e-9)


@pytest.mark.slow
@given(graph=graphs(), seed=st.integers(0, 999))
@settings(deadline=None, max_examples=4)
def test_the_longer_the_descent_the_nearer_it_comes_to_the_exact_solution(graph: Graph, seed: int) -> None:
    problem = step_problem(graph, seed)
    best, _ = end_of(problem, Agree("conjugate"))
    ones = dict(problem.unit_step_sizes())
    least, values = float(papers_objective(problem, best, ones)), []
    for iterations in (1, 10, 100, 300, 1000, 3000):
        end, _ = end_of(problem, Agree("descent", None, iterations, 1.5))
        values.append(float(papers_objective(problem, end, ones)))
        if values[-1] == pytest.approx(least, rel=1e-3, abs=1e-9):
            break
    assert values == sorted(values, reverse=True)
    assert values[-1] == pytest.approx(least, rel=1e-3, abs=1e-9)


def test_descended_to_the_end_windows_get_their_weighted_average() -> None:
    problem = step_problem(window_graph())
    (X, sizes), (best, _) = (end_of(problem, how) for how in (Agree("descent", iterations=500), Agree()))
    torch.testing.assert_close(X, best, rtol=1e-9, atol=1e-9)
    assert all(float(size) == 1 for size in sizes.values())


def test_a_whole_run_descended_to_the_end_is_that_of_the_weighted_average() -> None:
    noise = Noise(3, dtype=torch.float64)
    *_, last = sample(window_graph(), SHORT, noise, Method(agree=Agree("descent", iterations=80)))
    *_, best = sample(window_graph(), SHORT, noise)
    torch.testing.assert_close(last.controls["x"], best.controls["x"], rtol=1e-9, atol=1e-9)


def test_one_iteration_at_a_small_rate_leaves_nearly_all_noise() -> None:
    problem = step_problem(window_graph())
    assert problem.step is not None
    X, _ = end_of(problem, Agree("descent", iterations=1, rate=1e-6))
    torch.testing.assert_close(X["x"], problem.step.noisy["x"], rtol=1e-4, atol=1e-4)


def test_a_strong_prior_holds_every_step_size_at_exactly_1() -> None:
    problem = step_problem(bent_graph())
    free, held = (end_of(problem, Agree("descent", DescentStepSize(rho), 20)) for rho in (0.0, 1e6))
    assert any(abs(float(size) - 1) > 0.01 for size in free[1].values())
    assert all(float(size) == 1 for size in held[1].values())
    torch.testing.assert_close(held[0], end_of(problem, Agree("descent", None, 20))[0], rtol=0, atol=0)


def test_a_batch_is_descended_as_its_samples_are() -> None:
    problems = [step_problem(bent_graph(), seed) for seed in range(3)]
    first, how = problems[0], Agree("descent", DescentStepSize(0.01), 7)

    def stacked(views: list[Any]) -> dict[str, Tensor]:
        return {name: torch.stack([view[name] for view in views]) for name in views[0]}

    assert first.step is not None
    together = replace(
        first,
        clean=stacked([one.clean for one in problems]),
        noisy=stacked([one.noisy for one in problems]),
        step=first.step._replace(noisy=stacked([one.step.noisy for one in problems if one.step])),
    )
    X, sizes = end_of(together, how)
    for index, one in enumerate(problems):
        alone = end_of(one, how)
        torch.testing.assert_close(X["x"][index], alone[0]["x"], rtol=1e-7, atol=1e-7)
        torch.testing.assert_close(sizes["bent"][index], alone[1]["bent"], rtol=1e-7, atol=1e-7)


def test_from_pure_noise_lambda_stays_1() -> None:
    schedule = Schedule.of_alphas_squared([0.0, 0.3, 1.0])
    how = Agree("descent", DescentStepSize(0.0))
    first, second = sample(window_graph(), schedule, Noise(3), Method(agree=how))
    assert all(float(size) == 1 for size in first.step_sizes.values())
    assert any(float(size) != 1 for size in second.step_sizes.values())
    assert bool(second.controls["x"].isfinite().all())


def test_a_step_to_the_same_instant_changes_nothing() -> None:
    problem = step_problem(window_graph(), s=NOISY)
    X, sizes = end_of(problem, Agree("descent", DescentStepSize(0.0)))
    assert problem.step is not None
    torch.testing.assert_close(X, dict(problem.step.noisy))
    assert all(float(size) == 1 for size in sizes.values())


def test_a_descent_that_diverges_says_so() -> None:
    x = control("x", 1, 1, 4)
    cube = observable("cube", Differentiable((x,), lambda controls: controls["x"] ** 3, x.shape))
    graph = Graph((x,), (observable("whole", Identity(x), precision=constant(1e-3)), cube))
    problem = step_problem(graph)
    steep = replace(problem, clean={name: 50 + view for name, view in problem.clean.items()})
    with pytest.raises(DivergedError, match=r"The descent diverged: in 9 iterations at rate 1\.9, .* Lower the rates"):
        agree(steep, Agree("descent", None, 9, 1.9))


@pytest.mark.parametrize("iterations", [1, 2, 5, 20])
def test_below_a_sum_of_2_no_rates_make_the_objective_of_linear_views_grow(iterations: int) -> None:
    problem = step_problem(window_graph(), seed=iterations)
    for rate, other in ((1.99, 0.009), (0.1, 1.89), (1.0, 0.99)):
        agree(problem, Agree("descent", DescentStepSize(0.01, other), iterations, rate))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Agree("descent", rate=2.0),
        lambda: Agree("descent", DescentStepSize(0.1, 1.0)),
        lambda: Agree("descent", DescentStepSize(0.1, 1.8), rate=0.3),
    ],
)
def test_rates_that_sum_to_2_or_more_are_refused(make: Any) -> None:
    with pytest.raises(GraphError, match=r"they must sum to less than 2"):
        make()


@pytest.mark.parametrize(("rho", "rate"), [(-1.0, 0.3), (float("nan"), 0.3), (float("inf"), 0.3), (1.0, 0.0)])
def test_a_prior_out_of_range_is_refused(rho: float, rate: float) -> None:
    with pytest.raises(GraphError, match=r"rho of 0 or more and a positive rate"):
        DescentStepSize(rho, rate)


def test_each_solver_refuses_the_step_sizes_of_the_other() -> None:
    with pytest.raises(GraphError, match=r"takes step sizes with a fixed rho and a rate, and not mu"):
        Agree("descent", StepSize(0.1))
    for solver in ("auto", "gradient", "conjugate"):
        with pytest.raises(GraphError, match=rf"A fixed rho belongs to the descent solver; the {solver} solver"):
            Agree(solver, DescentStepSize(0.1))


@pytest.mark.parametrize(
    "settings_",
    [
        {"eta": 0.5},
        {"transition": "dpmsolver++"},
        {"transition": "flow-euler"},
        {"harmonise": 1},
        {"corrector_steps": 1},
        {"fresh": Fresh(0.5)},
    ],
)
def test_the_descent_refuses_noise_and_other_transitions(settings_: dict[str, Any]) -> None:
    with pytest.raises(EngineError, match=r"The descent solver computes the result of a DDIM step without fresh noise"):
        Method(agree=Agree("descent"), **settings_)


def test_a_problem_without_a_step_is_refused() -> None:
    with pytest.raises(GraphError, match=r"its problem needs a step of the schedule"):
        agree(random_problem(window_graph()), Agree("descent"))


def test_views_that_mix_cells_are_accepted() -> None:
    check_supported(bent_graph().observables, Agree("descent"))
