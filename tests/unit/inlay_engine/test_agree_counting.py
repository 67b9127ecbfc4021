from dataclasses import replace

import pytest
import torch

from inlay_engine.agree import Agree, Problem, agree
from inlay_engine.clock import evenly
from inlay_engine.errors import GraphError
from inlay_engine.graph import Graph, Observable, check, constant
from inlay_engine.operators import Crop, Window
from tests.unit.inlay_engine.graphs import control, observable
from tests.unit.inlay_engine.problems import random_problem


def tiled(corner: float = 1.0) -> Graph:
    """2 by 2 windows of a 6x6 canvas that overlap by two cells, their overlaps, and the square that all four windows
    share."""
    x = control("x", 2, 6, 6)

    def view(name: str, count: float, *window: int) -> Observable:
        return replace(observable(name, Crop(x, Window(*window))), count=count)

    windows = [view(f"w{left}{top}", 1.0, left, top, 4, 4) for left in (0, 2) for top in (0, 2)]
    upright = [view(f"u{top}", -1.0, 2, top, 2, 4) for top in (0, 2)]
    lying = [view(f"l{left}", -1.0, left, 2, 4, 2) for left in (0, 2)]
    return Graph((x,), (*windows, *upright, *lying, view("corner", corner, 2, 2, 2, 2)))


def test_counting_adds_windows_and_takes_their_overlaps_off() -> None:
    problem = random_problem(tiled(), batch=(3,))
    check(problem.graph, evenly(1), torch.empty(0), counting=True)
    agreed, d = agree(problem, Agree("counting")), problem.clean
    X = agreed.controls["x"]
    torch.testing.assert_close(X[..., :2, :2], d["w00"][..., :2, :2])
    across = d["w00"][..., :2, 2:] + d["w20"][..., :2, :2] - d["u0"][..., :2, :]
    torch.testing.assert_close(X[..., :2, 2:4], across)
    four = d["w00"][..., 2:, 2:] + d["w02"][..., :2, 2:] + d["w20"][..., 2:, :2] + d["w22"][..., :2, :2]
    pairs = d["u0"][..., 2:, :] + d["u2"][..., :2, :] + d["l0"][..., 2:] + d["l2"][..., :2]
    torch.testing.assert_close(X[..., 2:4, 2:4], four - pairs + d["corner"])
    assert {float(step) for steps in agreed.step_sizes.values() for step in steps} == {1.0}


def test_counting_keeps_a_picture_that_all_views_share_whatever_their_trust() -> None:
    graph = tiled()
    picture = {"x": torch.randn(2, 6, 6, dtype=torch.float64)}
    trust = {o.name: torch.rand(1, *o.operator.shape[1:], dtype=torch.float64) for o in graph.observables}
    agreed = agree(Problem(graph, graph.forward(picture), None, trust), Agree("counting"))
    torch.testing.assert_close(agreed.controls["x"], picture["x"])


def test_counting_numbers_that_do_not_sum_to_1_are_refused() -> None:
    with pytest.raises(GraphError, match="the counting numbers do not sum to 1, but to 0 on the first of 4 of the 36"):
        check(tiled(corner=0.0), evenly(1), torch.empty(0), counting=True)
    graph = tiled()
    released = replace(graph.observables[-1], precision=constant(0.0))
    with pytest.raises(GraphError, match="At step 1 of 2 the counting numbers do not sum to 1"):
        check(Graph(graph.controls, (*graph.observables[:-1], released)), evenly(2), torch.empty(0), counting=True)
