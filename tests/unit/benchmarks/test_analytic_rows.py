"""The rows of the table say what they ran, and the checks of the benchmark can fail."""

from dataclasses import replace

import pytest
import torch

from benchmarks.analytic.checks import kkt, multidiffusion_equal, random_problem
from benchmarks.analytic.rows import SAMPLERS, row
from benchmarks.analytic.toy import Case, Pulled, Toy, cosine
from inlay_engine.agree import Agree, StepSize, agree

SMALL = Case(samples=64)


def index_of(name: str) -> int:
    return [sampler.name for sampler in SAMPLERS].index(name)


def test_every_sampler_has_a_name_of_its_own() -> None:
    assert len({sampler.name for sampler in SAMPLERS}) == len(SAMPLERS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "passes", "forwards"),
    [
        ("MultiDiffusion (lambda 1, eta 0)", 50, 5 * 50),
        ("counting (DiffCollage)", 50, 9 * 50),
        ("fresh 1 until 0.5, pull 0.6 until 0.2", 50, 5 * 50),
        ("harmonise 1", 100, 5 * 100),
        ("coarse, trust 10, eta 0.5, until 0.5", 50, 6 * 25 + 5 * 25),
    ],
)
def test_passes_and_views_are_counted(name: str, passes: int, forwards: int) -> None:
    got = row(SMALL, index_of(name))
    assert (got.sampler, got.passes, got.view_forwards) == (name, passes, forwards)


def test_a_coarse_view_makes_far_ends_agree() -> None:
    alone, coarse = (row(SMALL, index_of(name)) for name in ("eta 0.5", "coarse, trust 10, eta 0.5"))
    assert (alone.views, coarse.views) == ("windows", "windows+coarse")
    assert coarse.far_agreement > 0.9 > 0.8 > alone.far_agreement
    assert coarse.cov_error < alone.cov_error / 2


@pytest.mark.slow
def test_free_step_sizes_leave_noise_in() -> None:
    fixed, free = (row(SMALL, index_of(f"exact lambda, {penalty}")) for penalty in ("mu 1", "mu 0.03"))
    assert free.step_size < fixed.step_size <= 1
    assert free.mahalanobis > 2 * fixed.mahalanobis


@pytest.mark.parametrize("resized", [False, True])
def test_an_answer_that_is_not_optimal_fails_its_check(resized: bool) -> None:
    problem = random_problem(torch.Generator().manual_seed(0), resized)
    size = StepSize(0.1)
    found = agree(problem, Agree(step_size=size))
    assert kkt(problem, found, size) < 1e-6
    moved = {name: value + 0.01 for name, value in found.controls.items()}
    assert kkt(problem, replace(found, controls=moved), size) > 1e-3
    other = {name: each * 0.9 for name, each in found.step_sizes.items()}
    assert kkt(problem, replace(found, step_sizes=other), size) > 1e-3


def test_lambda_1_is_multidiffusion_whatever_the_windows() -> None:
    for case in (SMALL, Case(length=80, window=24, stride=10, samples=64)):
        assert multidiffusion_equal(case) < 1e-12


def test_a_pull_moves_answers_to_their_mean_and_ends() -> None:
    toy, schedule = Toy(SMALL), cosine(50)
    noisy = list(torch.randn(3, SMALL.samples, 1, 1, SMALL.window, generator=torch.Generator().manual_seed(0)))
    laws = [toy.law_of_patch(SMALL.window)] * 3
    for step, share in ((0, 0.6), (5, 0.3), (10, 0.0), (30, 0.0)):
        at = schedule.instants[step]
        plain = torch.stack(toy.model.predict_clean(noisy, at, laws))
        pulled = torch.stack(Pulled(toy.model, 0.6, 0.2).predict_clean(noisy, at, laws))
        torch.testing.assert_close(pulled, (1 - share) * plain + share * plain.mean(0))
