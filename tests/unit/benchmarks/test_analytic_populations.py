"""Populations of the toy: the weights of samples, and which samples stay."""

import math
from dataclasses import replace

import pytest
import torch

from benchmarks.analytic.populations import Population, log_weight, populated
from benchmarks.analytic.toy import Case, Toy, cosine
from inlay_engine.agree import Agree
from inlay_engine.noise import Noise
from inlay_engine.sampler import Method, Step, sample

SCHEDULE, NOISE = cosine(10), Noise(0, (8,), dtype=torch.float64)
COUNTING = Method(eta=1.0, agree=Agree("counting"))


def score(step: Step, name: str) -> torch.Tensor:
    """Return the score of a view in the fourth step."""
    t, view = SCHEDULE.instants[3], step.views[name]
    return (t.alpha * view.clean - view.noisy) / t.sigma**2


def fourth(toy: Toy, method: Method) -> tuple[Step, float, torch.Tensor]:
    """Return the fourth step, beta dt, and the log-weights that it adds."""
    graph = toy.counted() if method is COUNTING else toy.overlapping()
    *_, step = (one for one, _ in zip(sample(graph, SCHEDULE, NOISE, method), range(4), strict=False))
    t, s = SCHEDULE.instants[3:5]
    return step, math.log(s.alpha**2 / t.alpha**2), log_weight(graph, step, t, s)


def test_of_counted_windows_it_is_the_feynman_kac_weight() -> None:
    toy = Toy(Case(length=48))
    step, beta, got = fourth(toy, COUNTING)
    left, right, shared = (score(step, name) for name in ("y0", "y1", "z0"))
    pad = torch.nn.functional.pad
    total = pad(left, (0, 16)) + pad(right, (16, 0)) - pad(shared, (16, 16))
    squares = [one.square().sum((1, 2, 3)) for one in (total, left, right, shared)]
    expected = beta / 2 * (squares[0] - squares[1] - squares[2] + squares[3])
    torch.testing.assert_close(got, expected)


def test_of_averaged_windows_it_is_minus_the_squared_residual() -> None:
    toy = Toy(Case(length=48))
    step, beta, got = fourth(toy, Method(eta=1.0))
    t, (left, right) = SCHEDULE.instants[3], (step.views[name].clean for name in ("y0", "y1"))
    residual = ((left[..., 16:] - right[..., :16]) / 2).square().sum((1, 2, 3))  # of two windows that count half
    torch.testing.assert_close(got, -beta / 2 * t.alpha**2 / t.sigma**4 * residual)
    assert (got < 0).all()


def test_halving_keeps_the_better_half_of_each_population() -> None:
    toy, noise = Toy(Case()), replace(NOISE, batch=(8,))
    graph = toy.overlapping()
    every = [*sample(graph, SCHEDULE, noise)]
    weights = torch.stack(
        [
            log_weight(graph, step, t, s)
            for step, t, s in zip(every[:-1], SCHEDULE.instants, SCHEDULE.instants[1:], strict=False)
        ]
    ).sum(0)
    *_, last = populated(graph, SCHEDULE, noise, Method(), Population(4, (1.0, 1.0), halve=True))
    best = [int(weights[start : start + 4].argmax()) + start for start in (0, 4)]
    torch.testing.assert_close(last.controls["x"], every[-1].controls["x"][best])


def test_resampled_populations_keep_their_size_and_no_two_samples_are_equal() -> None:
    toy = Toy(Case())
    *_, last = populated(toy.counted(), SCHEDULE, NOISE, COUNTING, Population(4))
    samples = last.controls["x"].flatten(1)
    assert len(samples) == 8
    assert torch.pdist(samples).min() > 0.1


@pytest.mark.parametrize(("halve", "stay"), [(False, [8, 8, 8]), (True, [8, 4, 2])])
def test_samples_stay_or_go_at_the_cuts(halve: bool, stay: list[int]) -> None:
    steps = populated(Toy(Case()).overlapping(), SCHEDULE, NOISE, Method(eta=1.0), Population(4, (0.3, 0.6), halve))
    counts = [len(step.controls["x"]) for step in steps]
    assert [counts[1], counts[2], counts[9]] == stay
