"""Observables that watch: with a precision of 0 they are asked and shown, and have no influence on the picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch

from inlay_engine.agree import Agree, DescentStepSize, StepSize
from inlay_engine.clock import Instant
from inlay_engine.errors import GraphError
from inlay_engine.graph import Denoiser, Graph, Observable, Precision, constant
from inlay_engine.noise import Noise
from inlay_engine.operators import Compose, Crop, Identity, Resize, Window
from inlay_engine.sampler import Method, sample
from inlay_engine.variables import Latent
from tests.unit.inlay_engine.graphs import SHORT, control

X = control("x", 2, 4, 12)
COARSE = Compose(Identity(X), Resize(X.shape, 6, 4))


@dataclass(frozen=True, eq=False)
class Recorder:
    """A model that shrinks each view, and records the number of views of each call."""

    channels: int = 2
    asked: list[int] = field(default_factory=list)

    def predict_clean(self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Any]) -> list[Latent]:
        self.asked.append(len(noisy))
        return [share * y for y, share in zip(noisy, conditionings, strict=True)]


def windows(model: Recorder, *others: Observable) -> Graph:
    shares = {0: 0.5, 4: 0.8, 6: 0.3}
    views = [Observable(f"w{x}", Crop(X, Window(x, 0, 6, 4)), Denoiser(model, share)) for x, share in shares.items()]
    return Graph((X,), (*views, *others))


def coarse(model: Recorder, precision: Precision) -> Observable:
    return Observable("coarse", COARSE, Denoiser(model, 0.1), precision)


METHODS = {
    "average": Method(),
    "diagonal": Method(agree=Agree("diagonal")),
    "descent": Method(agree=Agree("descent", DescentStepSize(0.1), 5)),
    "exact lambda": Method(agree=Agree(step_size=StepSize(0.1))),
    "rounds": Method(eta=1.0, harmonise=1, corrector_steps=1),
    "multistep": Method("dpmsolver++"),
}


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
@pytest.mark.parametrize("precision", [0.0, torch.zeros(4, 6)], ids=["number", "map"])
def test_a_view_that_watches_changes_no_bit_of_the_picture(method: Method, precision: Any) -> None:
    model = Recorder()
    alone = list(sample(windows(model), SHORT, Noise(2), method))
    watched = list(sample(windows(model, coarse(model, constant(precision))), SHORT, Noise(2), method))
    for step, expected in zip(watched, alone, strict=True):
        assert torch.equal(step.controls["x"], expected.controls["x"])
        assert torch.equal(step.estimate["x"], expected.estimate["x"])
        assert step.passes == expected.passes
        assert {name: step.residual[name] for name in expected.residual} == expected.residual


def test_a_view_that_watches_is_observed_and_denoised_at_every_step() -> None:
    model = Recorder()
    steps = list(sample(windows(model, coarse(model, constant(0.0))), SHORT, Noise(2)))
    assert model.asked == [3, 1] * 4, "apart from the others, whose batch stays as it is"
    for step in steps:
        y, d, weight, shared = step.views["coarse"]
        assert y.shape == d.shape == (2, 4, 6)
        assert torch.equal(d, 0.1 * y)
        assert not weight.any()
        assert float(step.step_sizes["coarse"]) == 1
        off = shared - COARSE.forward(step.estimate)
        assert step.residual["coarse"] == pytest.approx(float(off.square().mean().sqrt()))


def test_a_view_without_a_precision_is_not_asked() -> None:
    model = Recorder()
    late = coarse(model, lambda step, of: None if step < 2 else 0.0)
    steps = list(sample(windows(model, late), SHORT, Noise(2)))
    assert ["coarse" in step.views for step in steps] == [False, False, True, True]
    assert model.asked == [3, 3, 3, 1, 3, 1]


def test_cells_that_only_a_watching_view_sees_are_seen_by_nothing() -> None:
    model = Recorder()
    left = Observable("left", Crop(X, Window(0, 0, 6, 4)), Denoiser(model, 0.5))
    graph = Graph((X,), (left, coarse(model, constant(0.0))))
    with pytest.raises(GraphError, match=r"no observable sees 24 of the 48 cells .* columns 6 to 11"):
        next(sample(graph, SHORT, Noise(2)))


def test_a_view_that_gets_influence_later_must_fit_the_solver() -> None:
    model = Recorder()
    late = coarse(model, lambda step, of: 0.0 if step < 3 else 1.0)
    with pytest.raises(GraphError, match=r"'coarse' mixes or scales cells, which the diagonal solver"):
        next(sample(windows(model, late), SHORT, Noise(2), Method(agree=Agree("diagonal"))))
