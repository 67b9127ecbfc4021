import math
from dataclasses import dataclass, replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inlay_engine.clock import evenly
from inlay_engine.errors import GraphError
from inlay_engine.graph import Denoiser, Graph, Moving, Observable, check, constant
from inlay_engine.operators import (
    Background,
    Compose,
    Composite,
    Crop,
    Differentiable,
    Identity,
    ObservationOperator,
    Part,
    Resize,
    Window,
)
from inlay_engine.variables import ControlVariable, Shape
from tests.unit.inlay_engine.graphs import Shrink, control, dense, observable, operators

ANYWHERE = torch.empty(0)


def test_names_are_distinct() -> None:
    x = control("x")
    with pytest.raises(GraphError, match="2 nodes of the graph are called 'x'"):
        Graph((x,), (observable("x", Identity(x)),))


def test_every_control_is_seen() -> None:
    x, lost = control("x"), control("lost")
    with pytest.raises(GraphError, match="No observable sees control 'lost'"):
        Graph((x, lost), (observable("y", Identity(x)),))


def test_an_observable_reads_only_controls_of_its_graph() -> None:
    with pytest.raises(GraphError, match="'y' reads 'elsewhere', which is not in the graph"):
        Graph((control("x"),), (observable("y", Identity(control("elsewhere"))),))


def test_channels_are_the_models() -> None:
    x = control("x", channels=4)
    with pytest.raises(GraphError, match="'y' has 4 channels, but its model works on 8"):
        Graph((x,), (Observable("y", Identity(x), Denoiser(Shrink(8))),))


def test_a_precision_map_has_the_views_size() -> None:
    x = control("x")
    graph = Graph((x,), (observable("y", Identity(x), precision=constant(torch.ones(3, 4))),))
    with pytest.raises(GraphError, match=r"precision of observable 'y' has \(3, 4\) cells, but its view has \(3, 5\)"):
        check(graph, evenly(4), ANYWHERE)


@pytest.mark.parametrize("bad", [-1.0, math.inf, math.nan])
def test_a_precision_is_finite_and_not_negative(bad: float) -> None:
    x = control("x")
    for precision in (bad, torch.full((3, 5), bad)):
        graph = Graph((x,), (observable("y", Identity(x), precision=constant(precision)),))
        with pytest.raises(GraphError, match="'y' must be finite and not negative"):
            check(graph, evenly(4), ANYWHERE)


def test_a_cell_that_nothing_observes_is_named_with_its_step() -> None:
    x = control("x")
    left = observable("left", Crop(x, Window(0, 0, 3, 3)))
    late = observable("late", Identity(x), precision=lambda step, of: 0.0 if step == 2 else 1.0)
    with pytest.raises(GraphError, match="At step 3 of 4 no observable sees 6 of the 15 cells of control 'x', first"):
        check(Graph((x,), (left, late)), evenly(4), ANYWHERE)
    box = "first the one in column 3, row 0, all within columns 3 to 4 and rows 0 to 2; add an observable that sees"
    with pytest.raises(GraphError, match=box):
        check(Graph((x,), (left,)), evenly(1), ANYWHERE)


def test_coverage_is_checked_once_where_precisions_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    x = control("x")
    graph = Graph((x,), (observable("y", Identity(x), precision=constant(torch.ones(3, 5))),))
    covered: list[int] = []
    adjoint = Identity.adjoint
    monkeypatch.setattr(Identity, "adjoint", lambda self, view: (covered.append(1), adjoint(self, view))[1])
    check(graph, evenly(1000), ANYWHERE)
    assert len(covered) == 1


def test_the_weight_of_a_soft_view_is_relative_to_its_gain() -> None:
    x1, x2 = control("x1"), control("x2")
    half = torch.full((3, 5), 0.5)
    graph = Graph(
        (x1, x2),
        (observable("both", Composite((Part(Identity(x1), half), Part(Identity(x2), half))), precision=constant(3.0)),),
    )
    weight = graph.weights(0, 1, ANYWHERE)["both"]
    torch.testing.assert_close(weight, torch.full((1, 3, 5), 6.0))


def test_the_weight_of_a_coarse_view_grows_by_what_it_averages() -> None:
    x = control("x", 1, 6, 6)
    coarse = observable("coarse", Compose(Identity(x), Resize(x.shape, 3, 2)), precision=constant(2.0))
    fractional = observable("fractional", Compose(Identity(x), Resize(x.shape, 4, 6)))
    weights = Graph((x,), (coarse, fractional)).weights(0, 1, torch.empty(0, dtype=torch.float64))
    assert weights["coarse"].tolist() == [[pytest.approx([12.0] * 3)] * 2]
    assert weights["fractional"].dtype == torch.float64
    assert weights["fractional"][0, 0].tolist() == pytest.approx([1.5, 1.5, 1.5, 1.5])  # 6 cells to 4


def test_a_weight_is_computed_once_for_each_precision() -> None:
    x, first, second = control("x"), torch.ones(3, 5), torch.full((3, 5), 2.0)
    graph = Graph((x,), (observable("y", Identity(x), precision=lambda step, of: first if step < 2 else second),))
    weights = [graph.weights(step, 4, ANYWHERE)["y"] for step in range(4)]
    assert (weights[0] is weights[1], weights[2] is weights[3]) == (True, True)
    assert (weights[1].unique().tolist(), weights[2].unique().tolist()) == ([1.0], [2.0])
    assert graph.weights(3, 4, ANYWHERE.double())["y"].dtype == torch.float64


def test_a_cell_that_shows_only_background_has_no_weight_and_sees_nothing() -> None:
    x = control("x")
    mask = torch.zeros(3, 5)
    mask[1:, 2:] = 1
    over = observable("over", Compose(Identity(x), Background(mask, torch.ones(2, 1, 1))), precision=constant(3.0))
    assert torch.equal(Graph((x,), (over,)).weights(0, 1, ANYWHERE)["over"], 3 * mask[None])
    with pytest.raises(
        GraphError, match="no observable sees 9 of the 15 cells of control 'x', first the one in column 0"
    ):
        check(Graph((x,), (over,)), evenly(1), ANYWHERE)
    check(Graph((x,), (over, observable("y", Identity(x)))), evenly(1), ANYWHERE)


def test_a_function_sees_the_cells_that_its_derivative_depends_on() -> None:
    x = control("x")
    whole = observable("whole", Differentiable((x,), lambda of: of["x"].tanh() * of["x"].mean(), x.shape))
    check(Graph((x,), (whole,)), evenly(1), ANYWHERE)
    part = observable("part", Differentiable((x,), lambda of: of["x"][..., 1:] ** 2, Shape(2, 3, 4)))
    with pytest.raises(GraphError, match=r"no observable sees 3 of the 15 cells .* columns 0 to 0 and rows 0 to 2"):
        check(Graph((x,), (part,)), evenly(1), ANYWHERE)
    distrusted = torch.ones(3, 4)
    distrusted[:, 0] = 0
    part = observable("part", part.operator, precision=constant(distrusted))
    with pytest.raises(GraphError, match=r"no observable sees 6 of the 15 cells .* columns 0 to 1 and rows 0 to 2"):
        check(Graph((x,), (part,)), evenly(1), ANYWHERE)


@dataclass(frozen=True, eq=False)
class Sliding:
    """Two windows that leave a gap at step `gap`, and get other names at step `renamed`."""

    x: ControlVariable
    gap: int = -1
    renamed: int = -1

    @property
    def controls(self) -> tuple[ControlVariable, ...]:
        return (self.x,)

    def at(self, step: int) -> Graph:
        right = "other" if step == self.renamed else "right"
        starts = {"left": 0, right: 1 if step == self.gap else 2}
        windows = [observable(name, Crop(self.x, Window(start, 0, 3, 3))) for name, start in starts.items()]
        return Graph(self.controls, tuple(windows))


def test_a_moving_graph_is_checked_at_every_step() -> None:
    x = control("x")
    check(Sliding(x), evenly(4), ANYWHERE)
    with pytest.raises(GraphError, match=r"At step 2 of 4 no observable sees 3 of the 15 cells .* columns 4 to 4"):
        check(Sliding(x, gap=1), evenly(4), ANYWHERE)
    with pytest.raises(GraphError, match=r"At step 3 .* from observables \['left', 'right'\] to \['left', 'other'\]"):
        check(Sliding(x, renamed=2), evenly(4), ANYWHERE)


def test_a_graph_that_stands_still_is_itself_at_every_step() -> None:
    x = control("x")
    graph = Graph((x,), (observable("y", Identity(x)),))
    assert graph.at(7) is graph
    assert isinstance(graph, Moving)
    check(graph, evenly(4), ANYWHERE)


def counted(name: str, operator: ObservationOperator, count: float) -> Observable:
    return replace(observable(name, operator), count=count)


def test_counting_numbers_sum_to_one_on_every_cell() -> None:
    x = control("x")
    windows = [observable(f"y{start}", Crop(x, Window(start, 0, 3, 3))) for start in (0, 2)]
    overlap = counted("overlap", Crop(x, Window(2, 0, 1, 3)), -1.0)
    check(Graph((x,), (*windows, overlap)), evenly(4), ANYWHERE, counting=True)
    sentence = (
        "numbers do not sum to 1, but to 2 on the first of 3 of the 15 cells of control 'x', first .* column 2, row 0"
    )
    with pytest.raises(GraphError, match=sentence):
        check(Graph((x,), tuple(windows)), evenly(4), ANYWHERE, counting=True)
    check(Graph((x,), tuple(windows)), evenly(4), ANYWHERE)


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_a_counting_number_is_finite(bad: float) -> None:
    x = control("x")
    with pytest.raises(GraphError, match="counting number of observable 'y' must be finite"):
        Graph((x,), (counted("y", Identity(x), bad),))


@given(operator=operators(), seed=st.integers(0, 999))
@settings(deadline=None, max_examples=100)
def test_coverage_is_where_the_matrix_has_a_trusted_entry(operator: ObservationOperator, seed: int) -> None:
    trust = torch.rand(*operator.shape[1:], generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    trust = torch.where(trust < 0.3, 0.0, trust)
    graph = Graph(operator.parents, (observable("y", operator, precision=constant(trust)),))
    like = torch.empty(0, dtype=torch.float64)
    columns = dense(operator).view(*operator.shape, -1)[0]
    gain = torch.as_tensor(operator.gain, dtype=torch.float64).expand(operator.shape[1:])
    seen = (columns[(trust > 0) & (gain > 1e-6)] != 0).any(0)
    blind = [
        int((~own.view(parent.shape)[0]).sum())
        for parent, own in zip(
            operator.parents, seen.split([math.prod(x.shape) for x in operator.parents]), strict=True
        )
    ]
    if not any(blind):
        check(graph, evenly(1), like)
    else:
        first = next(count for count in blind if count)
        with pytest.raises(GraphError, match=f"no observable sees {first} of the"):
            check(graph, evenly(1), like)
