import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from inlay_engine.agree import Agree, Problem, StepSize, agree, objective
from inlay_engine.agree.gradient import gradient
from inlay_engine.graph import Graph
from inlay_engine.operators import Crop, Differentiable, Window
from inlay_engine.variables import Controls
from tests.unit.inlay_engine.graphs import control, observable
from tests.unit.inlay_engine.problems import dense_solution, graphs, random_problem, sample_of, value


@pytest.mark.slow
@given(graph=graphs(), seed=st.integers(0, 999))
@settings(deadline=None, max_examples=15)
def test_descent_reaches_the_exact_objective(graph: Graph, seed: int) -> None:
    problem, how = random_problem(graph, seed), Agree("gradient", iterations=20_000)
    agreed = agree(problem, how)
    assert agreed.notices == ()
    best = objective(problem, dense_solution(problem), problem.unit_step_sizes(), how)
    torch.testing.assert_close(value(problem, agreed, how), best, rtol=1e-5, atol=1e-9)


@pytest.mark.slow
@given(graph=graphs(), seed=st.integers(0, 999), mu=st.sampled_from([0.0, 0.02, 0.2]))
@settings(deadline=None, max_examples=10)
def test_descent_reaches_the_objective_of_the_lasso(graph: Graph, seed: int, mu: float) -> None:
    problem, step_size = random_problem(graph, seed, likeness=2.0), StepSize(mu)
    how = Agree("gradient", step_size, iterations=20_000)
    descended, exact = agree(problem, how), agree(problem, Agree(step_size=step_size))
    torch.testing.assert_close(value(problem, descended, how), value(problem, exact, how), rtol=1e-5, atol=1e-9)


def graph_with(steepness: float) -> Graph:
    """Windows that overlap by half. If the steepness is not 0, there is also a nonlinear view of the whole."""
    x = control("x", 1, 1, 24)

    def bend(controls: Controls) -> Tensor:
        return torch.tanh(steepness * controls["x"]) + steepness * controls["x"].roll(1, -1)

    views = [observable(f"w{start}", Crop(x, Window(start, 0, 8, 1))) for start in range(0, 17, 4)]
    bent = observable("bent", Differentiable((x,), bend, x.shape))
    return Graph((x,), (*views, bent) if steepness else tuple(views))


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.1, 1.0, 1.9, 50.0])
@pytest.mark.parametrize("step_size", [None, StepSize(0.02)])
@pytest.mark.parametrize("steepness", [0.0, 0.2, 5.0])
def test_the_objective_never_rises_whatever_the_rate(rate: float, step_size: StepSize | None, steepness: float) -> None:
    problem = random_problem(graph_with(steepness), batch=(3,))
    values = []
    for iterations in (1, 2, 3, 4, 6, 8, 12, 18):
        how = Agree("gradient", step_size, iterations, rate)
        values.append(value(problem, gradient(problem, how), how))
    falls = torch.stack(values).diff(dim=0)
    assert (falls <= 0).all()
    assert (falls.sum(0) < 0).all() or not steepness, "a bent view is not at rest at the guess"


@pytest.mark.slow
def test_a_view_that_is_not_linear_is_brought_to_agree() -> None:
    """If one picture explains all views exactly, the solver finds it from the views alone."""
    graph = graph_with(0.7)
    picture = {"x": torch.randn(1, 1, 24, generator=torch.Generator().manual_seed(1), dtype=torch.float64)}
    weights = graph.weights(0, 1, like=picture["x"])
    problem = Problem(graph, graph.forward(picture), None, weights)
    bent = Problem(graph, problem.clean, None, {"bent": weights["bent"]})
    for each, how in ((problem, Agree()), (bent, Agree(iterations=2000))):
        agreed = agree(each, how)
        assert agreed.notices == ()
        torch.testing.assert_close(agreed.controls["x"], picture["x"], rtol=1e-5, atol=1e-5)


def test_the_slope_vanishes_where_a_bent_view_agrees() -> None:
    problem = random_problem(graph_with(0.7))
    agreed = agree(problem, Agree("gradient"))
    x = agreed.controls["x"].clone().requires_grad_()
    total = objective(problem, {"x": x}, agreed.step_sizes, Agree())
    (slope,) = torch.autograd.grad(total, x)
    assert float(slope.abs().max()) < 1e-6 * float(total.detach())


def test_descent_stops_once_it_has_arrived() -> None:
    problem = random_problem(graph_with(0.0))
    assert agree(problem, Agree("gradient")).iterations == 0, "windows of equal weight are solved by the guess"
    free = agree(problem, Agree("gradient", StepSize(0.1)))
    assert 0 < free.iterations < 500
    assert free.residual <= 1.5e-8


def test_a_descent_that_is_cut_short_says_so_and_keeps_its_best() -> None:
    problem, how = random_problem(graph_with(0.7)), Agree("gradient", iterations=2)
    agreed = agree(problem, how)
    (notice,) = agreed.notices
    assert notice.startswith(f"Gradient descent left a residual of {agreed.residual:.1e} after 2 iterations")
    assert value(problem, agreed, how) < value(problem, gradient(problem, Agree(iterations=1)), how)


def test_a_lower_rate_takes_longer() -> None:
    problem, step_size = random_problem(graph_with(0.0), likeness=2.0), StepSize(0.02)
    slow, fast = (agree(problem, Agree("gradient", step_size, 5000, rate)) for rate in (0.2, 1.0))
    assert slow.iterations > 3 * fast.iterations


@pytest.mark.slow
@pytest.mark.parametrize("rate", [1.0, 50.0])
def test_a_batch_is_descended_as_its_samples_are(rate: float) -> None:
    problem, how = random_problem(graph_with(2.0), batch=(4,)), Agree("gradient", StepSize(0.05), 60, rate)
    together = agree(problem, how)
    for index in range(4):
        alone = agree(sample_of(problem, index), how)
        torch.testing.assert_close(together.controls["x"][index], alone.controls["x"], rtol=1e-8, atol=1e-8)
        torch.testing.assert_close(together.step_sizes["bent"][index], alone.step_sizes["bent"], rtol=1e-8, atol=1e-8)
