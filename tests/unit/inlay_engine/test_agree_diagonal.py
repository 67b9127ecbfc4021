import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inlay_engine.agree import Agree, agree
from inlay_engine.agree.diagonal import diagonal
from inlay_engine.graph import Graph
from inlay_engine.operators import Crop, Window
from tests.unit.inlay_engine.graphs import control, observable
from tests.unit.inlay_engine.problems import dense_solution, graphs, random_problem


@given(graph=graphs(selecting=True), seed=st.integers(0, 999))
@settings(deadline=None, max_examples=60)
def test_diagonal_solves_the_least_squares(graph: Graph, seed: int) -> None:
    problem = random_problem(graph, seed)
    solution, expected = diagonal(graph, problem.clean, problem.weights), dense_solution(problem)
    for name, x in expected.items():
        torch.testing.assert_close(solution[name], x, rtol=1e-9, atol=1e-9)


def test_equal_trust_is_the_average_of_multidiffusion() -> None:
    x = control("x", 1, 1, 4)
    graph = Graph((x,), tuple(observable(f"y{start}", Crop(x, Window(start, 0, 3, 1))) for start in (0, 1)))
    problem = random_problem(graph)
    first, second = problem.clean["y0"][0, 0], problem.clean["y1"][0, 0]
    agreed = agree(problem, Agree())
    torch.testing.assert_close(agreed.controls["x"][0, 0, 0], first[0])
    torch.testing.assert_close(agreed.controls["x"][0, 0, 1:3], (first[1:] + second[:2]) / 2)
    assert (agreed.residual, agreed.iterations, agreed.notices) == (0, 0, ())
    assert all(torch.equal(step_size, torch.ones((), dtype=torch.float64)) for step_size in agreed.step_sizes.values())
