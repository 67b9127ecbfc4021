"""The choices of kappa lead to known X0, kappa balances the log densities of the views, and trust follows the noise."""

import torch

from benchmarks.analytic.toy import Case, Toy
from benchmarks.analytic.tried import _balance, between_neighbours, between_scales, changing_trust
from inlay_engine.agree import Agree, Problem, agree
from inlay_engine.graph import Graph

SMALL = Case(samples=8)


def answers(graph: Graph) -> dict[str, torch.Tensor]:
    draw = torch.Generator().manual_seed(0)
    return {one.name: torch.randn(8, *one.operator.shape, generator=draw) for one in graph.observables}


def test_kappa_of_one_half_is_the_plain_average() -> None:
    toy = Toy(SMALL)
    graph, groups, choices = between_neighbours(toy)
    clean = answers(graph)
    base, changes = choices(clean)
    average = agree(Problem(graph, clean, None, graph.weights(0, 1, base)), Agree()).controls["x"]
    torch.testing.assert_close(base + sum(changes) / 2, average)
    assert groups == [["y0"], ["y1"], ["y2"], ["y3"], ["y4"]]
    left = base + sum(changes)
    torch.testing.assert_close(left[..., :32], clean["y0"])


def test_kappa_goes_from_windows_alone_to_trust_in_the_coarse_view() -> None:
    toy = Toy(SMALL)
    graph, _, choices = between_scales(toy)
    clean = answers(graph)
    base, (change,) = choices(clean)
    alone = agree(Problem(toy.overlapping(), clean, None, toy.overlapping().weights(0, 1, base)), Agree())
    torch.testing.assert_close(base, alone.controls["x"])
    coarse = graph.observables[-1].operator
    off = [(coarse.forward({"x": X}) - clean["coarse"]).square().mean() for X in (base, base + change)]
    assert off[1] < off[0] / 100


def test_rates_become_equal_where_kappa_may_make_them_equal() -> None:
    effects = torch.tensor([[1.0, 0.0], [-1.0, 1.0], [0.0, -1.0]])
    kappa = torch.tensor([[0.3, 0.6], [0.8, 0.1]])

    def rates(at: torch.Tensor) -> torch.Tensor:
        return (at - kappa) @ effects.T + 5

    torch.testing.assert_close(_balance(rates, torch.full((2, 2), 0.5)), kappa, atol=2e-3, rtol=0)


def test_trust_follows_the_noise_level() -> None:
    graph = changing_trust(Toy(SMALL), lambda t: t.sigma)
    trusts = [graph.observables[-1].precision(step, 50) for step in (0, 25, 49)]
    assert [trust if trust is None else round(float(trust), 2) for trust in trusts] == [1.0, 0.7, 0.03]
