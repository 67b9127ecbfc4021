"""Views that are larger than what they show: their noise, and a sampler with a known answer."""

import pytest
import torch

from inlay_engine.agree import Agree, StepSize
from inlay_engine.graph import Denoiser, Graph, Observable
from inlay_engine.noise import FilledNoise, Noise
from inlay_engine.operators import Compose, Composite, Identity, ObservationOperator, Part, Place, Resize
from inlay_engine.operators.resize import Mode
from inlay_engine.sampler import Method, sample
from inlay_engine.testing import Gaussian, GaussianModel
from inlay_engine.views import observe, seen_at
from tests.unit.inlay_engine.graphs import MODES, SHORT, control, observable

X = control("x", 1, 3, 4)
STILL = (0.0,) * SHORT.steps  # filled noise that does not move


def enlarged(mode: Mode) -> ObservationOperator:
    return Compose(Identity(X), Resize(X.shape, 8, 6, mode))


def inset() -> ObservationOperator:
    """An enlarged control, softly laid over another one of the same view."""
    back = control("back", 1, 6, 8)
    soft = torch.zeros(6, 8)
    soft[1:5, 2:7] = 0.6
    part = Compose(Identity(X), Resize(X.shape, 6, 5), Place(X.shape._replace(height=5, width=6), 8, 6, 2, 1))
    return Composite((Part(Identity(back), 1 - soft), Part(part, soft)))


def itself() -> ObservationOperator:
    """A control, softly mixed with its own middle."""
    soft = torch.full((3, 4), 0.4)
    small = Compose(Identity(X), Resize(X.shape, 2, 2), Place(X.shape._replace(height=2, width=2), 4, 3, 1, 0))
    shown = small.maps[-1].gain
    assert isinstance(shown, torch.Tensor)
    return Composite((Part(Identity(X), 1 - soft * shown), Part(small, soft * shown)))


@pytest.mark.parametrize("operator", [enlarged("area"), enlarged("bilinear"), inset(), itself()])
def test_the_noise_of_a_view_is_white_with_variance_1_at_every_step(operator: ObservationOperator) -> None:
    """The controls are clean 0 with noise, so the view is noise alone: sigma' times white noise at its own level."""
    seen, noise = observable("y", operator), Noise(3, batch=(6000,))
    for step, t in enumerate(SHORT.instants[:-1]):
        noisy = {one.name: t.sigma * noise.white(one.name, one.shape, step) for one in operator.parents}
        y = observe(seen, noisy, t, FilledNoise(noise, STILL), step) / seen_at(seen, t).sigma
        covariance = torch.cov(y.flatten(1).T)
        assert float((covariance - torch.eye(len(covariance))).abs().max()) < 0.08
        assert float((covariance.diagonal() - 1).mean().abs()) < 0.02


def test_the_signal_of_a_view_has_the_strength_of_its_level() -> None:
    seen, t = observable("y", enlarged("area")), SHORT.instants[1]
    white = FilledNoise(Noise(3, batch=(1,)), STILL)
    once = observe(seen, {"x": torch.zeros(1, *X.shape)}, t, white, 0)
    shown = observe(seen, {"x": t.alpha * torch.ones(1, *X.shape)}, t, white, 0) - once
    at = seen_at(seen, t)
    torch.testing.assert_close(shown, torch.full_like(shown, at.alpha))
    assert at.alpha**2 + at.sigma**2 == pytest.approx(1)
    assert at.alpha / at.sigma == pytest.approx(t.alpha / t.sigma / 2), "2 x 2 equal cells have the noise of one"


def gaussian(operator: ObservationOperator) -> Gaussian:
    """Return the law of a view of a smooth random control."""
    places = torch.cartesian_prod(torch.arange(3.0), torch.arange(4.0)).double()
    covariance = torch.exp(-(torch.cdist(places, places) ** 2) / 8)
    matrix = operator.forward({"x": torch.eye(12, dtype=torch.float64).view(-1, *X.shape)}).flatten(1)
    mean = torch.linspace(-1, 1, 12, dtype=torch.float64)
    return Gaussian(operator.shape, mean @ matrix, matrix.T @ covariance @ matrix)


@pytest.mark.parametrize("eta", [0.0, 1.0])
@pytest.mark.parametrize("agree", [Agree(), Agree(step_size=StepSize(10.0))], ids=["fixed", "moving"])
def test_an_ideal_model_of_the_enlarged_canvas_samples_what_one_of_the_canvas_samples(eta: float, agree: Agree) -> None:
    """Repeated cells hide nothing: E[f(x0) | y] = f(E[x0 | x_t]). So both runs are equal, whose answer is known."""
    noise = Noise(5, batch=(3,), dtype=torch.float64)
    made = []
    for operator in (Identity(X), enlarged("area")):
        seen = Observable("y", operator, Denoiser(GaussianModel(1), gaussian(operator)))
        *_, last = sample(Graph((X,), (seen,)), SHORT, noise, Method(eta=eta, agree=agree))
        made.append(last.controls["x"])
    torch.testing.assert_close(made[0], made[1], rtol=0, atol=1e-8)


@pytest.mark.parametrize("mode", MODES)
def test_one_unit_of_weight_counts_once_on_the_canvas_at_any_size(mode: Mode) -> None:
    for width, height in [(8, 6), (7, 5), (4, 3), (3, 2)]:
        operator = Compose(Identity(X), Resize(X.shape, width, height, mode))
        graph = Graph((X,), (observable("y", operator),))
        weights = graph.weights(0, 1, torch.empty(0, dtype=torch.float64))
        assert float(graph.adjoint(weights)["x"].mean()) == pytest.approx(1, rel=0.05)


def test_a_view_that_shows_nothing_of_its_control_is_noise_alone() -> None:
    beyond = Compose(Identity(X), Place(X.shape, 4, 3, 4, 0))
    half = torch.full((3, 4), 0.5)
    nothing = Composite((Part(beyond, half), Part(beyond, half)))
    assert nothing.scale == 1
