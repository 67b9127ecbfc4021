import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from inlay_engine.agree import Agree, Agreement, Problem, Solver, StepSize, agree
from inlay_engine.agree.coordinate_descent import Quadratic, minimise
from inlay_engine.agree.lasso import lasso
from inlay_engine.agree.linear import linear_solver
from inlay_engine.errors import GraphError
from inlay_engine.graph import Graph, constant
from inlay_engine.operators import Compose, Crop, Identity, Resize, Window
from inlay_engine.variables import Controls
from tests.unit.inlay_engine.graphs import control, observable
from tests.unit.inlay_engine.problems import dense_solution, graphs, random_problem, sample_of, value

STEP_SIZES = st.builds(
    StepSize, st.sampled_from([0.0, 0.003, 0.03, 0.3]), st.sampled_from([-1.0, 0.0, 0.9]), st.sampled_from([1.1, 2.0])
)


def windows_and_coarse(length: int = 24, stride: int = 4) -> Graph:
    x = control("x", 1, 1, length)
    windows = [observable(f"w{start}", Crop(x, Window(start, 0, 8, 1))) for start in range(0, length - 7, stride)]
    whole = Compose(Identity(x), Resize(x.shape, length // 4, 1, "area"))
    return Graph((x,), (*windows, observable("coarse", whole, precision=constant(10.0))))


def off(problem: Problem, name: str, controls: Controls, step_size: Tensor | float) -> tuple[Tensor, Tensor]:
    """Return y_i/alpha_t + lambda v_i - f_i(X), which is Eq. 30 in clean space less the view of these controls, and
    v_i."""
    assert problem.noisy is not None
    operator = next(o.operator for o in problem.active if o.name == name)
    move = problem.clean[name] - problem.noisy[name]
    return problem.noisy[name] + step_size * move - operator.clean_view(controls), move


def smooth_minimum(problem: Problem, step_size: StepSize) -> float:
    """Minimise Eq. 41 over X0 and lambda together by L-BFGS. |lambda - 1| is the sum of two numbers, each of which
    sin^2 of a free number keeps between 0 and its bound."""
    sizes = [control.shape.channels * control.shape.height * control.shape.width for control in problem.graph.controls]
    count = len(problem.active)
    free = torch.cat([torch.zeros(sum(sizes)), torch.full((2 * count,), 0.5)]).double().requires_grad_()

    def total() -> Tensor:
        flat, *sides = free.split([sum(sizes), count, count])
        up, down = (sides[0].sin() ** 2 * (step_size.most - 1), sides[1].sin() ** 2 * (1 - step_size.least))
        X = {c.name: part.view(c.shape) for c, part in zip(problem.graph.controls, flat.split(sizes), strict=True)}
        terms = []
        for i, (name, weight) in enumerate(problem.weights.items()):
            missing, move = off(problem, name, X, 1 + up[i] - down[i])
            penalty = step_size.mu * (weight * move**2).sum() * (up[i] + down[i])
            terms.append((weight * missing**2).sum() / 2 + penalty)
        return torch.stack(terms).sum()

    def slope() -> Tensor:
        free.grad = None
        value = total()
        value.backward()
        return value

    settings = {"max_iter": 20_000, "tolerance_grad": 1e-12, "tolerance_change": 1e-11, "history_size": 50}
    torch.optim.LBFGS([free], line_search_fn="strong_wolfe", **settings).step(slope)
    return float(total().detach())


def exactly(problem: Problem, step_size: StepSize, sweeps: int | None = None) -> Agreement:
    return lasso(problem, linear_solver(problem, Agree()), step_size, sweeps)


@pytest.mark.slow
@given(graph=graphs(), seed=st.integers(0, 999), step_size=STEP_SIZES, likeness=st.sampled_from([0.0, 3.0]))
@settings(deadline=None, max_examples=20)
def test_an_independent_solver_finds_no_better(graph: Graph, seed: int, step_size: StepSize, likeness: float) -> None:
    problem, how = random_problem(graph, seed, likeness=likeness), Agree(step_size=step_size)
    agreed = agree(problem, how)
    assert agreed.residual <= 1e-6
    assert agreed.notices == ()
    best = smooth_minimum(problem, step_size)
    assert float(value(problem, agreed, how)) == pytest.approx(best, rel=1e-6, abs=1e-9)
    for step in agreed.step_sizes.values():
        assert step_size.least - 1e-12 <= float(step) <= step_size.most + 1e-12


@given(graph=graphs(), seed=st.integers(0, 999), step_size=STEP_SIZES)
@settings(deadline=None, max_examples=20)
def test_the_answer_meets_the_optimality_conditions_of_the_joint_problem(
    graph: Graph, seed: int, step_size: StepSize
) -> None:
    problem = random_problem(graph, seed, likeness=2.0)
    agreed = agree(problem, Agree(step_size=step_size))
    slopes, sizes = {}, {}
    for name, weight in problem.weights.items():
        missing, move = off(problem, name, agreed.controls, agreed.step_sizes[name])
        slopes[name], sizes[name] = float((weight * missing * move).sum()), float((weight * move**2).sum())
    slack = 1e-6 * max(sizes.values()) * max(step_size.mu, 1e-3)
    for name, slope in slopes.items():
        step, rho = float(agreed.step_sizes[name]), step_size.mu * sizes[name]
        right, left = slope + (rho if step >= 1 else -rho), slope + (rho if step > 1 else -rho)
        assert right >= -slack or step == pytest.approx(step_size.most)
        assert left <= slack or step == pytest.approx(step_size.least)
    X = dense_solution(
        Problem(
            graph,
            {name: problem.clean[name] + (agreed.step_sizes[name] - 1) * problem.moves[name] for name in slopes},
            None,
            problem.weights,
        )
    )
    for name, x in X.items():
        torch.testing.assert_close(agreed.controls[name], x, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("coarse", [True, False])
def test_the_step_sizes_stay_1_exactly_where_no_slope_exceeds_its_penalty(coarse: bool) -> None:
    """lambda = 1 is optimal exactly if |h_i| <= rho_i for all i, with h_i = <v_i, x_i - f_i(X0(1))>_W."""
    graph = windows_and_coarse()
    graph = graph if coarse else Graph(graph.controls, graph.observables[:-1])
    problem = random_problem(graph, likeness=2.0)
    X = agree(problem, Agree()).controls
    ratios = []
    for name, weight in problem.weights.items():
        missing, move = off(problem, name, X, 1.0)
        ratios.append(float((weight * missing * move).sum().abs() / (weight * move**2).sum()))
    stays = agree(problem, Agree(step_size=StepSize(max(ratios) * (1 + 1e-6))))
    moves = agree(problem, Agree(step_size=StepSize(max(ratios) * (1 - 1e-3))))
    assert all(float(step) == 1 for step in stays.step_sizes.values())
    left = [float(step) != 1 for step in moves.step_sizes.values()]
    assert left == [ratio == max(ratios) for ratio in ratios]


def test_a_view_that_does_not_move_keeps_its_step_size() -> None:
    problem = random_problem(windows_and_coarse(), likeness=1.0)
    assert problem.noisy is not None
    problem = Problem(problem.graph, problem.clean, {**problem.noisy, "w4": problem.clean["w4"]}, problem.weights)
    for solver in ("auto", "gradient"):
        agreed = agree(problem, Agree(solver, StepSize(0.0), iterations=100))
        assert float(agreed.step_sizes["w4"]) == 1
        assert float(agreed.step_sizes["w0"]) != 1
    still = Problem(problem.graph, problem.clean, problem.clean, problem.weights)
    agreed = agree(still, Agree(step_size=StepSize(0.0)))
    torch.testing.assert_close(agreed.controls["x"], agree(still, Agree()).controls["x"])
    assert (agreed.residual, set(map(float, agreed.step_sizes.values()))) == (pytest.approx(0, abs=1e-12), {1.0})


def test_a_view_that_nobody_contradicts_keeps_its_step_size() -> None:
    """No other view sees its cells, so any step size would fit. The penalty alone decides."""
    x = control("x", 1, 1, 6)
    graph = Graph((x,), (observable("a", Crop(x, Window(0, 0, 3, 1))), observable("b", Crop(x, Window(3, 0, 3, 1)))))
    agreed = agree(random_problem(graph), Agree(step_size=StepSize(1e-6)))
    assert {name: float(step) for name, step in agreed.step_sizes.items()} == {"a": 1.0, "b": 1.0}


def test_at_alpha_0_the_step_sizes_stay_1() -> None:
    problem = random_problem(windows_and_coarse())
    blind = Problem(problem.graph, problem.clean, None, problem.weights)
    agreed, fixed = agree(blind, Agree(step_size=StepSize(0.0))), agree(blind, Agree())
    assert torch.equal(agreed.controls["x"], fixed.controls["x"])
    assert set(map(float, agreed.step_sizes.values())) == {1.0}


def test_without_a_penalty_step_sizes_go_where_noise_agrees_with_itself() -> None:
    """The views y_i/alpha_t = f_i(X^t)/alpha_t always agree. So without a penalty every lambda is 0, and so is the
    objective."""
    problem = random_problem(windows_and_coarse())
    noisy = problem.graph.forward({"x": torch.randn(1, 1, 24, dtype=torch.float64)})
    problem, how = Problem(problem.graph, problem.clean, noisy, problem.weights), Agree(step_size=StepSize(0.0))
    agreed = agree(problem, how)
    assert all(abs(float(step)) < 1e-6 for step in agreed.step_sizes.values())
    assert float(value(problem, agreed, how)) < 1e-9


@pytest.mark.parametrize("solver", ["auto", "conjugate", "gradient"])
def test_a_batch_is_solved_as_its_samples_are(solver: Solver) -> None:
    problem = random_problem(windows_and_coarse(), batch=(2, 15), likeness=2.0)
    how = Agree(solver, StepSize(0.02), iterations=50)
    together = agree(problem, how)
    for index in ((0, 0), (1, 7)):
        alone = agree(sample_of(sample_of(problem, index[0]), index[1]), how)
        torch.testing.assert_close(together.controls["x"][index], alone.controls["x"], rtol=1e-8, atol=1e-8)
        for name, step in alone.step_sizes.items():
            torch.testing.assert_close(together.step_sizes[name][index], step, rtol=1e-7, atol=1e-7)


def test_the_objective_never_rises_in_a_solve() -> None:
    problem, step_size = random_problem(windows_and_coarse(48, 2), batch=(20,), likeness=1.0), StepSize(0.01)
    how = Agree(step_size=step_size)
    values = torch.stack([value(problem, exactly(problem, step_size, sweeps), how) for sweeps in range(1, 9)])
    assert (values.diff(dim=0) <= 1e-12 * values[0]).all()
    assert (values[0] > (1 + 1e-6) * values[-1]).any(), "there was something to descend"


@pytest.mark.slow
def test_hundreds_of_views_agree() -> None:
    x = control("x", 2, 9, 242, wrap="x")
    views = [observable(f"w{start}", Crop(x, Window(start, start % 2, 8, 8))) for start in range(242)]
    problem, how = random_problem(Graph((x,), tuple(views)), likeness=1.0), StepSize(0.02)
    agreed = agree(problem, Agree(step_size=how))
    assert agreed.residual <= 1e-6
    assert agreed.notices == ()
    expected = agree(problem, Agree("gradient", how, iterations=3000))
    ours, theirs = (float(value(problem, each, Agree(step_size=how))) for each in (agreed, expected))
    assert ours == pytest.approx(theirs, rel=1e-5)
    assert ours <= theirs * (1 + 1e-9)


@pytest.mark.parametrize(("mu", "least", "most"), [(-0.1, 0, 2), (0.1, 1.2, 2), (0.1, 0, 0.8), (0.1, 0, float("inf"))])
def test_bounds_that_leave_out_1_are_refused(mu: float, least: float, most: float) -> None:
    with pytest.raises(GraphError, match="Step sizes need a penalty of 0 or more and bounds around 1"):
        StepSize(float(mu), float(least), float(most))


def test_coordinate_descent_never_rises_on_nearly_parallel_views() -> None:
    """The test has thousands of small problems whose views are nearly equal, with bounds that stop most of them."""
    generator = torch.Generator().manual_seed(0)
    common = torch.randn(4000, 8, 3, generator=generator, dtype=torch.float64)
    G = (common @ common.mT + 1e-6 * torch.eye(8, dtype=torch.float64)).permute(1, 2, 0).contiguous()
    square = torch.einsum("iib->ib", G) * 2
    h = torch.randn(8, 4000, generator=generator, dtype=torch.float64)
    problem = Quadratic(G, h, square, mu=0.02, least=-0.3, most=0.3)

    def total(delta: Tensor) -> Tensor:
        quadratic = torch.einsum("ib,ijb,jb->b", delta, G, delta) / 2
        return quadratic + (h * delta + problem.rho * delta.abs()).sum(0)

    values = torch.stack([total(minimise(problem, limit).delta) for limit in range(1, 12)])
    assert (values.diff(dim=0) <= 1e-12).all()
    found = minimise(problem)
    assert float(found.residual.max()) <= 1e-6
    assert found.sweeps < 60
    assert (total(found.delta) <= values[-1] + 1e-12).all()
