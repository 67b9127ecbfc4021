import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inlay_engine.agree import Agree, Problem, agree, objective
from inlay_engine.agree.conjugate import conjugate_gradients
from inlay_engine.agree.direct import factored
from inlay_engine.agree.linear import least_squares
from inlay_engine.agree.normal import Normal
from inlay_engine.graph import Graph, constant
from inlay_engine.operators import Background, Compose, Crop, Identity, Resize, Window
from tests.unit.inlay_engine.graphs import control, observable
from tests.unit.inlay_engine.problems import dense_solution, graphs, random_problem, sample_of, value

CONJUGATE = Agree("conjugate")


def coarse_view_of(length: int = 24, trust: float = 10.0) -> Graph:
    """Windows that overlap by half, and the whole at a third of its size."""
    x = control("x", 2, 1, length)
    windows = [observable(f"w{start}", Crop(x, Window(start, 0, 8, 1))) for start in range(0, length - 7, 4)]
    whole = Compose(Identity(x), Resize(x.shape, length // 3, 1, "area"))
    return Graph((x,), (*windows, observable("coarse", whole, precision=constant(trust))))


@pytest.mark.slow
@given(graph=graphs(), seed=st.integers(0, 999))
@settings(deadline=None, max_examples=30)
def test_conjugate_gradients_and_the_factored_matrix_solve_the_least_squares(graph: Graph, seed: int) -> None:
    problem = random_problem(graph, seed)
    expected, normal = dense_solution(problem), Normal(problem)
    right = normal.right_side(problem.targets)
    for solved in (conjugate_gradients(normal, right), factored(normal)(right)):
        assert solved.residual < 1e-10
        for name, x in expected.items():
            torch.testing.assert_close(solved.controls[name], x, rtol=1e-7, atol=1e-7)


@given(graph=graphs(covered=False), seed=st.integers(0, 999))
@settings(deadline=None, max_examples=30)
def test_a_singular_problem_is_solved_as_well_as_it_can_be(graph: Graph, seed: int) -> None:
    """Without whole views, many pictures fit equally well. Both solvers find the same one."""
    problem = random_problem(graph, seed)
    normal = Normal(problem)
    right = normal.right_side(problem.targets)
    iterated, exact = conjugate_gradients(normal, right), factored(normal)(right)
    ones = problem.unit_step_sizes()
    best = objective(problem, dense_solution(problem), ones, CONJUGATE)
    for solved in (iterated, exact):
        torch.testing.assert_close(objective(problem, solved.controls, ones, CONJUGATE), best, rtol=1e-6, atol=1e-9)
    for name, x in exact.controls.items():
        torch.testing.assert_close(iterated.controls[name], x, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("how", [Agree(), CONJUGATE])
def test_a_batch_is_solved_as_its_samples_are(how: Agree) -> None:
    problem = random_problem(coarse_view_of(), batch=(30,))
    problem.clean["coarse"][3] *= 1000  # a sample that takes its own number of iterations
    together = agree(problem, how)
    for index in (0, 3, 29):
        alone = agree(sample_of(problem, index), how)
        torch.testing.assert_close(together.controls["x"][index], alone.controls["x"], rtol=1e-9, atol=1e-9)
        assert together.step_sizes["coarse"].shape == (30,)


def test_the_objective_never_rises_under_conjugate_gradients() -> None:
    graph = coarse_view_of(48)
    problem = random_problem(graph, batch=(4,))
    weights = {name: 0.01 + view[0, :1] ** 2 for name, view in problem.clean.items()}
    problem = Problem(graph, problem.clean, problem.noisy, weights)
    values = []
    for iterations in range(1, 12):
        how = Agree("conjugate", iterations=iterations)
        values.append(value(problem, least_squares(problem, how), how))
    assert (torch.stack(values).diff(dim=0) <= 1e-12 * values[0]).all()
    assert (values[0] > (1 + 1e-5) * values[-1]).all(), "there was something to descend"


@pytest.mark.parametrize(("dtype", "residual"), [(torch.float32, 3e-5), (torch.float64, 4e-11)])
def test_precision_follows_the_dtype(dtype: torch.dtype, residual: float) -> None:
    agreed = agree(random_problem(coarse_view_of()).to(dtype), CONJUGATE)
    assert agreed.residual < residual
    assert agreed.controls["x"].dtype == agreed.step_sizes["coarse"].dtype == dtype
    assert agreed.iterations > 0


def test_half_precision_is_solved_in_single_and_answered_in_half() -> None:
    problem = random_problem(coarse_view_of())
    exact, half = agree(problem, Agree()).controls["x"], agree(problem.to(torch.bfloat16), Agree()).controls["x"]
    assert half.dtype == torch.bfloat16
    torch.testing.assert_close(half.double(), exact, rtol=0.05, atol=0.05)


def test_the_constant_of_a_background_is_not_taken_for_picture() -> None:
    x = control("x", 1, 1, 4)
    colour = torch.full((1, 1, 1), 7.0, dtype=torch.float64)
    mask = torch.tensor([[1.0, 0.5, 0.25, 0.0]], dtype=torch.float64)
    laid = Compose(Identity(x), Background(mask, colour))
    graph = Graph((x,), (observable("laid", laid), observable("plain", Identity(x))))
    picture = {"x": torch.randn(1, 1, 4, dtype=torch.float64)}
    clean = {o.name: o.operator.clean_view(picture) for o in graph.observables}
    problem = Problem(graph, clean, None, graph.weights(0, 1, like=picture["x"]))
    for solver in ("auto", "conjugate", "gradient"):
        agreed = agree(problem, Agree(solver))
        torch.testing.assert_close(agreed.controls["x"], picture["x"], rtol=1e-6, atol=1e-6)


def test_views_that_agree_give_their_common_picture() -> None:
    graph = coarse_view_of()
    picture = {"x": torch.randn(2, 1, 24, dtype=torch.float64)}
    problem = Problem(graph, graph.forward(picture), None, random_problem(graph).weights)
    agreed = agree(problem, CONJUGATE)
    torch.testing.assert_close(agreed.controls["x"], picture["x"], rtol=1e-8, atol=1e-8)
    nothing = Problem(graph, {name: 0 * view for name, view in problem.clean.items()}, None, problem.weights)
    empty = agree(nothing, CONJUGATE)
    assert not empty.controls["x"].any()
    assert (empty.residual, empty.iterations) == (0, 0)


def test_an_inactive_view_has_no_effect() -> None:
    graph = coarse_view_of()
    problem = random_problem(graph)
    windows = {name: weight for name, weight in problem.weights.items() if name != "coarse"}
    released = Problem(graph, problem.clean, problem.noisy, windows)
    alone = Graph(graph.controls, graph.observables[:-1])
    expected = agree(Problem(alone, problem.clean, problem.noisy, windows), Agree())
    for how in (Agree(), CONJUGATE):
        torch.testing.assert_close(agree(released, how).controls["x"], expected.controls["x"])
    assert set(expected.step_sizes) == set(windows)
