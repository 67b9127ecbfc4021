"""The metrics of the benchmark: samples of the truth reach the ideal values, and each flaw shows in its own metric."""

import pytest
import torch

from benchmarks.analytic.metrics import Judge
from benchmarks.analytic.toy import Case, Toy
from inlay_engine.clock import evenly
from inlay_engine.graph import check

CASES = [Case(), Case(length=80, mean=1.0), Case(length=64, window=24, stride=12, mean=0.5), Case(mean=4.0)]


def judge(case: Case) -> tuple[Toy, Judge, torch.Tensor]:
    toy = Toy(case)
    return toy, Judge(toy.law_of_patch(case.window)), toy.law.draw(20_000, seed=1).flatten(1)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_samples_of_the_truth_are_ideal(case: Case) -> None:
    toy, scores, truth = judge(case)
    got = scores(truth)
    assert got.mahalanobis == pytest.approx(1, abs=0.01 + 1 / case.window)
    assert got.cov_error < 0.03
    ends = torch.stack([truth[:, : case.window], truth[:, -case.window :]]).double()
    likelihood = [
        torch.distributions.MultivariateNormal(mean, toy.law_of_patch(case.window).covariance).log_prob(ends)
        for mean in toy.law_of_patch(case.window).means
    ]
    modes = likelihood[0] > likelihood[1]
    assert got.far_agreement == pytest.approx(float((modes[0] == modes[1]).double().mean()), abs=1e-3)


def test_in_truth_both_ends_lie_in_one_mode() -> None:
    _, scores, truth = judge(Case())
    assert scores(truth).far_agreement > 0.99


def test_noise_that_was_left_in_shows() -> None:
    _, scores, truth = judge(Case())
    noisy = scores(truth + 0.1 * torch.randn(truth.shape, generator=torch.Generator().manual_seed(2)))
    assert noisy.mahalanobis > 1.3
    assert noisy.far_agreement > 0.99


def test_lost_variance_shows() -> None:
    """Deviations of half the size have a quarter of the covariance."""
    _, scores, truth = judge(Case(mean=6.0))
    mean = 6.0 * truth.mean(1, keepdim=True).sign()
    calm = scores(mean + (truth - mean) / 2)
    assert calm.mahalanobis == pytest.approx(0.25, abs=0.01)
    assert calm.cov_error == pytest.approx(0.75, abs=0.02)


def test_halves_of_different_signals_agree_by_chance_and_show_at_the_seam() -> None:
    _, scores, truth = judge(Case())
    half = truth.shape[1] // 2
    cut = scores(torch.cat([truth[:, :half], truth.roll(1, 0)[:, half:]], dim=1))
    assert cut.far_agreement == pytest.approx(0.5, abs=0.02)
    assert cut.cov_error > 0.5
    assert cut.mahalanobis > 1.1


@pytest.mark.parametrize(("length", "window", "stride"), [(96, 32, 16), (80, 32, 16), (100, 24, 10), (32, 32, 8)])
def test_every_graph_sees_every_cell_and_counts_to_one(length: int, window: int, stride: int) -> None:
    toy = Toy(Case(length, window, stride))
    like = torch.empty(0)
    for graph in (toy.tiles(), toy.overlapping(), toy.gaussian_weights(), toy.with_coarse(10.0, until=0.5)):
        check(graph, evenly(4), like)
    for step in range(20):
        check(toy.shifted(window).at(step), evenly(1), like)
    counts = sum(
        each.count * each.operator.adjoint(torch.ones(each.operator.shape))["x"] for each in toy.counted().observables
    )
    assert torch.equal(torch.as_tensor(counts), torch.ones(1, 1, length))
