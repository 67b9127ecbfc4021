import math

import pytest
import torch

from tests.unit.engine.graphs import Shrink, control, observable
from worker.engine.errors import GraphError
from worker.engine.graph import Denoiser, Graph, Observable, constant
from worker.engine.operators import Composite, Crop, Identity, Part, Window

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
        graph.check(4, ANYWHERE)


@pytest.mark.parametrize("bad", [-1.0, math.inf, math.nan])
def test_a_precision_is_finite_and_not_negative(bad: float) -> None:
    x = control("x")
    for precision in (bad, torch.full((3, 5), bad)):
        graph = Graph((x,), (observable("y", Identity(x), precision=constant(precision)),))
        with pytest.raises(GraphError, match="'y' must be finite and not negative"):
            graph.check(4, ANYWHERE)


def test_a_cell_that_nothing_observes_is_named_with_its_step() -> None:
    x = control("x")
    left = observable("left", Crop(x, Window(0, 0, 3, 3)))
    late = observable("late", Identity(x), precision=lambda step, of: 0.0 if step == 2 else 1.0)
    with pytest.raises(GraphError, match="At step 3 of 4 no observable sees 6 of the 15 cells of control 'x', first"):
        Graph((x,), (left, late)).check(4, ANYWHERE)
    with pytest.raises(GraphError, match="column 3, row 0"):
        Graph((x,), (left,)).check(1, ANYWHERE)


def test_coverage_is_checked_once_where_precisions_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    x = control("x")
    graph = Graph((x,), (observable("y", Identity(x), precision=constant(torch.ones(3, 5))),))
    covered: list[int] = []
    adjoint = Identity.adjoint
    monkeypatch.setattr(Identity, "adjoint", lambda self, view: (covered.append(1), adjoint(self, view))[1])
    graph.check(1000, ANYWHERE)
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
