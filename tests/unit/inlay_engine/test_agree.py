"""The choice of a solver, its refusals, what follows if a solver fails, and that the agreement equals the paper's
coupling."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inlay_engine.agree import Agree, Agreement, Problem, Solver, StepSize, agree, check_supported, objective
from inlay_engine.agree.linear import least_squares
from inlay_engine.clock import Instant
from inlay_engine.errors import GraphError
from inlay_engine.graph import Graph, constant
from inlay_engine.operators import Composite, Crop, Differentiable, Identity, Part, Window
from inlay_engine.transitions import ddim
from tests.unit.inlay_engine.graphs import control, observable
from tests.unit.inlay_engine.problems import graphs, random_problem, value

FREE = StepSize(0.02)


def soft_graph(difference: float = 0.4) -> Graph:
    """Two controls that are seen almost only through mixtures. The masks of the mixtures differ by `difference`. Each
    control is also seen by itself, with a small weight."""
    of = control("x1", 1, 4, 6), control("x2", 1, 4, 6)
    ramp = torch.linspace(0.4, 0.6, 24, dtype=torch.float64).view(4, 6)
    masks = {f"mixture {sign:+d}": ramp + sign * difference / 2 for sign in (-1, 1)}
    mixtures = [
        observable(name, Composite((Part(Identity(of[0]), mask), Part(Identity(of[1]), 1 - mask))))
        for name, mask in masks.items()
    ]
    faint = [observable(f"only {x.name}", Identity(x), precision=constant(difference**2 / 10)) for x in of]
    return Graph(of, (*mixtures, *faint))


def window_graph(bent: bool = False) -> Graph:
    x = control("x", 1, 1, 12)
    windows = [observable(f"w{start}", Crop(x, Window(start, 0, 6, 1))) for start in (0, 3, 6)]
    curve = observable("bent", Differentiable((x,), lambda controls: controls["x"].tanh(), x.shape))
    return Graph((x,), (*windows, curve) if bent else tuple(windows))


@pytest.mark.slow
@pytest.mark.parametrize("step_size", [None, FREE])
@pytest.mark.parametrize("solver", ["conjugate", "gradient"])
def test_every_solver_finds_the_solution_of_the_automatic_one(solver: Solver, step_size: StepSize | None) -> None:
    for graph in (window_graph(), soft_graph(0.7)):
        problem = random_problem(graph, batch=(2,))
        best, asked = (agree(problem, Agree(each, step_size, 5000, 1.9)) for each in ("auto", solver))
        for name, x in best.controls.items():
            torch.testing.assert_close(asked.controls[name], x, rtol=1e-5, atol=1e-5)
        for name, step in best.step_sizes.items():
            torch.testing.assert_close(asked.step_sizes[name], step, rtol=1e-5, atol=1e-5)


def test_the_solver_follows_from_the_views_that_are_active() -> None:
    problem = random_problem(window_graph(bent=True))
    assert agree(problem, Agree()).iterations > 0
    windows = {name: weight for name, weight in problem.weights.items() if name != "bent"}
    released = Problem(problem.graph, problem.clean, problem.noisy, windows)
    assert agree(released, Agree()).residual == 0
    assert agree(released, Agree("diagonal")).notices == ()


@pytest.mark.parametrize(
    ("how", "graph", "sentence"),
    [
        (Agree("diagonal"), soft_graph(), "Observable 'mixture -1' mixes or scales cells, which the diagonal solver"),
        (Agree("diagonal", FREE), soft_graph(), "Observable 'mixture -1' mixes or scales cells, which the diagonal"),
        (Agree("counting"), soft_graph(), "Observable 'mixture -1' mixes or scales cells, which the counting solver"),
        (Agree("counting", FREE), window_graph(), "The counting solver has no best step size"),
        (Agree("conjugate"), window_graph(bent=True), "Observable 'bent' is not a linear function of the controls"),
    ],
)
def test_a_solver_that_cannot_serve_a_view_is_refused(how: Agree, graph: Graph, sentence: str) -> None:
    with pytest.raises(GraphError, match=sentence):
        agree(random_problem(graph), how)
    with pytest.raises(GraphError, match=sentence):
        check_supported(graph.observables, how)


@pytest.mark.parametrize("settings", [{"iterations": 0}, {"rate": 0.0}, {"rate": -1.0}])
def test_settings_without_meaning_are_refused(settings: dict) -> None:
    with pytest.raises(GraphError, match="needs 1 or more iterations and a positive rate"):
        Agree("gradient", **settings)


def test_a_linear_solve_that_does_not_converge_is_followed_by_descent() -> None:
    problem, how = random_problem(soft_graph(1e-3)), Agree("conjugate", iterations=2)
    stuck, agreed = least_squares(problem, how), agree(problem, how)
    first, second = agreed.notices
    assert first == (
        f"The linear solve left a residual of {stuck.residual:.1e} after 2 iterations; gradient descent continued from "
        f"there."
    )
    assert second == (
        f"Gradient descent left a residual of {agreed.residual:.1e} after 500 iterations; the best result is kept."
    )
    assert not agreed.converged
    assert value(problem, agreed, how) < value(problem, stuck, how)


def test_a_descent_that_repairs_a_solve_gives_one_notice() -> None:
    problem = random_problem(soft_graph())
    agreed = agree(problem, Agree("conjugate", iterations=1))
    assert len(agreed.notices) == 1
    assert agreed.converged
    assert agreed.residual < 1.5e-8


def test_a_lasso_that_does_not_converge_is_followed_by_descent() -> None:
    problem, how = random_problem(soft_graph(1e-3)), Agree("conjugate", FREE, iterations=1)
    agreed = agree(problem, how)
    assert agreed.notices[0].startswith("The LASSO over the step sizes left a residual of ")
    assert "after 1 iteration; gradient descent continued from there." in agreed.notices[0]


@pytest.mark.slow
@given(graph=graphs(), seed=st.integers(0, 999), times=st.sampled_from([(-3.0, -1.5), (0.0, 0.3), (1.0, 6.0)]))
@settings(deadline=None, max_examples=20)
def test_agreement_in_clean_space_is_the_papers_coupling(graph: Graph, seed: int, times: tuple[float, float]) -> None:
    """Eqs. 29, 30 and 41 couple X^{t-1} with y_i^{t-1}(lambda_i) = alpha_s (y - sigma_t lambda eps)/alpha_t + sigma_s
    lambda eps. Both are images of their clean values under the same affine map, the DDIM step of X0. Its slope is c =
    alpha_s - alpha_t sigma_s / sigma_t. So the objectives differ by the factor c^2, if the penalties do too."""
    t, s = Instant(times[0]), Instant(times[1])
    c = s.alpha - t.alpha * s.sigma / t.sigma
    drawn, how = random_problem(graph, seed, likeness=1.0), Agree(step_size=FREE)
    generator = torch.Generator().manual_seed(seed)
    X_t = {x.name: torch.randn(*x.shape, generator=generator, dtype=torch.float64) for x in graph.controls}
    constants = {o.name: 0.0 if o.operator.offset is None else o.operator.offset for o in graph.observables}
    y = {o.name: o.operator.forward(X_t) + t.alpha * constants[o.name] for o in graph.observables}
    clean_space = Problem(graph, drawn.clean, {name: view / t.alpha for name, view in y.items()}, drawn.weights)
    agreed = agree(clean_space, how)

    def paper(step_size: float) -> dict[str, torch.Tensor]:
        """Return y_i^{t-1}(lambda) of Eq. 30, less the constant that X^{t-1} does not contain."""
        views = {}
        for name, d in drawn.clean.items():
            eps = (y[name] - t.alpha * d) / t.sigma
            view = s.alpha * (y[name] - t.sigma * step_size * eps) / t.alpha + s.sigma * step_size * eps
            views[name] = view - (s.alpha - 1) * constants[name]  # a problem takes one constant off itself
        return views

    coupled = Problem(graph, paper(1.0), paper(0.0), drawn.weights)
    X_s = {name: ddim(X_t[name], x, t, s) for name, x in agreed.controls.items()}
    assert_same_objective(coupled, X_s, clean_space, agreed, c**2)
    directly = agree(coupled, how)
    for name, x in X_s.items():
        torch.testing.assert_close(directly.controls[name], x, rtol=1e-6, atol=1e-6)
    for name, step in agreed.step_sizes.items():
        torch.testing.assert_close(directly.step_sizes[name], step, rtol=1e-6, atol=1e-6)


def assert_same_objective(
    coupled: Problem, X_s: dict[str, torch.Tensor], clean_space: Problem, agreed: Agreement, factor: float
) -> None:
    """Assert that the paper's objective, with penalties factor * rho, is `factor` times the objective in clean space
    with penalties rho. Penalties that do not depend on the scale get this factor by themselves."""
    fixed, free = Agree(), Agree(step_size=FREE)
    for how in (fixed, free):
        ours = objective(clean_space, agreed.controls, agreed.step_sizes, how)
        theirs = objective(coupled, X_s, agreed.step_sizes, how)
        torch.testing.assert_close(theirs, factor * ours, rtol=1e-9, atol=1e-9)
