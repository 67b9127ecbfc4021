import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import torch

from inlay_engine.agree import Agree, DescentStepSize, StepSize
from inlay_engine.clock import Instant, Schedule
from inlay_engine.errors import EngineError, GraphError, NonFiniteError
from inlay_engine.fresh import Fresh
from inlay_engine.graph import Denoiser, Graph, Observable
from inlay_engine.noise import FilledNoise, Noise
from inlay_engine.operators import Compose, Composite, Crop, Identity, Part, Resize, Window
from inlay_engine.sampler import Method, State, Step, sample
from inlay_engine.testing import Gaussian, GaussianModel
from inlay_engine.variables import ControlVariable, Latent, Reseed, Shape
from inlay_engine.views import observe
from tests.unit.inlay_engine.graphs import SHORT, control, observable


def line(count: int, seed: int = 0) -> Gaussian:
    """Return correlated Gaussian data with a mean, on a line of cells."""
    generator = torch.Generator().manual_seed(seed)
    places = torch.arange(count, dtype=torch.float64)
    covariance = 0.7 * torch.exp(-(places[:, None] - places[None]).abs() / 3) + 0.05 * torch.eye(count)
    mean = torch.randn(count, generator=generator, dtype=torch.float64)
    return Gaussian(Shape(1, 1, count), mean, covariance)


def cosine(steps: int) -> Schedule:
    """Return a schedule from nearly pure noise to clean."""
    angles = torch.linspace(1.57, 0, steps + 1, dtype=torch.float64)
    return Schedule.of_alphas_squared((torch.cos(angles) ** 2).tolist())


def last(steps: Iterator[Step]) -> Step:
    *_, step = steps
    return step


def whole(gaussian: Gaussian) -> Graph:
    x = control("x", *gaussian.shape)
    return Graph((x,), (Observable("y", Identity(x), Denoiser(GaussianModel(1), gaussian)),))


def test_the_posterior_mean_of_a_gaussian_is_bayes() -> None:
    gaussian, at = line(4), Instant(0.7)
    y = torch.randn(1, 1, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    information = torch.linalg.inv(gaussian.covariance) + (at.alpha / at.sigma) ** 2 * torch.eye(4)
    linear = torch.linalg.solve(gaussian.covariance, gaussian.mean) + at.alpha / at.sigma**2 * y.flatten()
    torch.testing.assert_close(gaussian.posterior_mean(y, at).flatten(), torch.linalg.solve(information, linear))


def test_without_fresh_noise_samples_follow_the_exact_flow() -> None:
    gaussian = line(6)
    start = torch.randn(5, 1, 1, 6, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    errors = []
    for steps in (100, 200):
        schedule = cosine(steps)
        end = last(sample(whole(gaussian), schedule, Noise(0), start=State(0, {"x": start})))
        errors.append(float((end.controls["x"] - gaussian.flow(start, *schedule.instants[::steps])).abs().max()))
    assert errors[1] < 0.03
    assert errors[1] < 0.6 * errors[0], "DDIM is a first-order solver: twice the steps, half the error"


@pytest.mark.parametrize(
    ("eta", "fresh"),
    [(0.0, Fresh()), (1.0, Fresh()), (0.0, Fresh(0.7)), (0.3, Fresh(1.0, 0.1, 0.6)), (1.0, Fresh(0.2, 0.5))],
)
def test_samples_have_the_mean_and_covariance_of_the_closed_form(eta: float, fresh: Fresh) -> None:
    gaussian, schedule = line(6), cosine(50)
    noise = Noise(3, batch=(20_000,), dtype=torch.float64)
    samples = last(sample(whole(gaussian), schedule, noise, Method(eta=eta, fresh=fresh))).controls["x"].flatten(1)
    torch.testing.assert_close(samples.mean(0), gaussian.mean, rtol=0, atol=0.03)
    torch.testing.assert_close(samples.T.cov(), gaussian.ddim_covariance(schedule, eta, fresh), rtol=0, atol=0.03)
    if fresh.off:
        torch.testing.assert_close(samples.T.cov(), gaussian.covariance, rtol=0, atol=0.09)


def test_all_fresh_noise_forgets_the_noise_before() -> None:
    """X^s = alpha_s * X0 + sigma_s * z, with the draw that eta takes as well."""
    graph, noise = two_windows(), Noise(4)
    steps = list(sample(graph, SHORT, noise, Method(fresh=Fresh(1.0, 0.0, 0.5))))
    for step, s in zip(steps[:2], SHORT.instants[1:], strict=False):
        z = noise.control(graph.controls[0], step.index)
        torch.testing.assert_close(step.controls["x"], s.alpha * step.estimate["x"] + s.sigma * z)
    again = list(sample(graph, SHORT, noise, start=steps[1].state))
    assert torch.equal(again[-1].controls["x"], steps[-1].controls["x"]), "outside the range, no noise is drawn"


def test_a_reseeded_region_has_all_fresh_noise_of_its_own_seed() -> None:
    """Another seed of the run changes every cell but those of the reseed, at every step that draws anew."""
    left = torch.zeros(3, 5)
    left[:, :2] = 1
    x = ControlVariable("x", Shape(2, 3, 5), reseeds=(Reseed(left, 9),))
    graph = Graph((x,), (observable("y", Identity(x), 0.5),))
    one, other = (list(sample(graph, SHORT, Noise(seed), Method(fresh=Fresh(1.0)))) for seed in (4, 5))
    for mine, yours in zip(one[:-1], other[:-1], strict=True):
        assert torch.equal(mine.controls["x"][..., :2], yours.controls["x"][..., :2])
        assert (mine.controls["x"][..., 2:] != yours.controls["x"][..., 2:]).all()


def test_a_share_below_that_of_eta_changes_nothing() -> None:
    plain, small = (
        last(sample(two_windows(), SHORT, Noise(4), Method(eta=1.0, fresh=fresh))) for fresh in (Fresh(), Fresh(0.01))
    )
    assert torch.equal(plain.controls["x"], small.controls["x"])


def test_windows_of_independent_cells_compose_to_the_whole() -> None:
    """If cells are independent, a window contains all information about its cells. So the composition is exact."""
    variances = torch.linspace(0.2, 2, 9, dtype=torch.float64)
    mean = torch.linspace(-1, 1, 9, dtype=torch.float64)
    x = control("x", 1, 1, 9, wrap="x")

    def part(start: int, length: int) -> Observable:
        cells = torch.arange(start, start + length) % 9
        gaussian = Gaussian(Shape(1, 1, length), mean[cells], torch.diag(variances[cells]))
        crop = Crop(x, Window(start, 0, length, 1))
        return Observable(f"y{start}", crop, Denoiser(GaussianModel(1), gaussian))

    windows = Graph((x,), tuple(part(start, 4) for start in (0, 3, 6)))
    alone = whole(Gaussian(Shape(1, 1, 9), mean, torch.diag(variances)))
    noise = Noise(3, batch=(5,), dtype=torch.float64)
    composed, expected = (last(sample(graph, cosine(20), noise, Method(eta=0.5))) for graph in (windows, alone))
    torch.testing.assert_close(composed.controls["x"], expected.controls["x"], rtol=1e-9, atol=1e-9)
    assert max(composed.residual.values()) < 1e-9


def two_windows(left: float = 0.2, right: float = 0.8) -> Graph:
    x = control("x", 2, 3, 5)
    crops = [Crop(x, Window(start, 0, 3, 3)) for start in (0, 2)]
    return Graph((x,), (observable("left", crops[0], left), observable("right", crops[1], right)))


def test_a_step_reports_what_happened() -> None:
    steps = list(sample(two_windows(), SHORT, Noise(1)))
    assert [(step.index, step.of) for step in steps] == [(k, 4) for k in (1, 2, 3, 4)]
    step = steps[0]
    start = Noise(1).control(control("x", 2, 3, 5), step=0)
    assert torch.equal(step.before["x"], start)
    assert torch.equal(step.views["right"].noisy, start[..., 2:])
    torch.testing.assert_close(step.views["right"].clean, 0.8 * start[..., 2:])
    middle = torch.tensor([0.2, 0.2, 0.5, 0.8, 0.8]) * start
    torch.testing.assert_close(step.estimate["x"], middle)
    off = 0.3 * start[..., 2]
    expected = float((off**2).sum() / 18) ** 0.5
    assert step.residual == {"left": pytest.approx(expected), "right": pytest.approx(expected)}
    assert step.step_sizes == {"left": 1.0, "right": 1.0}
    assert torch.equal(steps[1].before["x"], step.controls["x"])
    torch.testing.assert_close(steps[-1].controls["x"], steps[-1].estimate["x"])


def test_the_residual_is_weighted_by_the_precision() -> None:
    x = control("x", 1, 1, 4)
    trusted = torch.tensor([[1.0, 1.0, 3.0, 0.0]])
    graph = Graph(
        (x,), (observable("a", Identity(x), 0.0, lambda step, of: trusted), observable("b", Identity(x), 1.0))
    )
    step = next(sample(graph, SHORT, Noise(1)))
    share = 1 / (trusted[0] + 1)
    off = (step.before["x"][0, 0] * share) ** 2
    assert step.residual["a"] == pytest.approx(float((trusted[0] * off).sum() / trusted.sum()) ** 0.5)


def with_coarse(seed: int | None = None) -> Graph:
    """Two windows and a small view of the whole. The ratio of the resize is not a whole number."""
    windows = two_windows()
    whole = windows.controls[0]
    small = observable("coarse", Compose(Identity(whole), Resize(whole.shape, 2, 2)), 0.6)
    return Graph(windows.controls, (*windows.observables, replace(small, seed=seed)))


METHODS = {
    "fresh noise": Method(eta=0.7),
    "more fresh noise": Method(fresh=Fresh(0.7, 0.2, 0.8)),
    "moving filled noise": Method(eta=1.0, fresh=Fresh(filled=0.3)),
    "fresh rounds": Method(harmonise=1, corrector_steps=1, fresh=Fresh(1.0)),
    "multistep": Method(transition="dpmsolver++"),
    "flow": Method(transition="flow-euler"),
    "rounds": Method(transition="dpmsolver++", harmonise=2),
    "correctors": Method(transition="dpmsolver++", corrector_steps=2),
    "everything": Method(eta=0.5, harmonise=1, corrector_steps=1, agree=Agree(step_size=StepSize(mu=0.3))),
    "gradient": Method(agree=Agree(solver="gradient", step_size=StepSize(mu=0.1), iterations=20)),
    "descent": Method(agree=Agree(solver="descent", step_size=DescentStepSize(rho=0.1), iterations=5)),
}


@pytest.mark.slow
@pytest.mark.parametrize("views", [two_windows, with_coarse])
@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_run_cut_at_any_step_resumes_bit_for_bit(views: Callable[[], Graph], method: Method) -> None:
    graph, noise = views(), Noise(4)
    unbroken = list(sample(graph, SHORT, noise, method))
    for cut in unbroken:
        resumed = list(sample(graph, SHORT, noise, method, start=cut.state))
        assert [step.index for step in resumed] == list(range(cut.index + 1, 5))
        for step, expected in zip(resumed, unbroken[cut.index :], strict=True):
            assert torch.equal(step.controls["x"], expected.controls["x"])
            assert step.residual == expected.residual
            assert step.step_sizes == expected.step_sizes


def test_fresh_noise_of_one_node_does_not_depend_on_its_neighbours() -> None:
    """If a control and its observable are added in front, the samples of the others do not change."""
    x, other = control("x", 2, 3, 5), control("other", 2, 3, 5)
    alone = Graph((x,), (observable("y", Identity(x)),))
    pair = Graph((other, x), (observable("z", Identity(other)), observable("y", Identity(x))))
    first, second = (last(sample(graph, SHORT, Noise(4), Method(eta=1.0))).controls["x"] for graph in (alone, pair))
    assert torch.equal(first, second)


def test_an_observable_has_lost_noise_of_its_own_seed() -> None:
    own, other, run = (next(sample(with_coarse(seed), SHORT, Noise(4))) for seed in (9, 8, None))
    assert torch.equal(own.views["left"].noisy, run.views["left"].noisy)
    noisy = [step.views["coarse"].noisy for step in (own, other, run)]
    assert not torch.equal(noisy[0], noisy[1])
    assert not torch.equal(noisy[1], noisy[2])


def filled_by(fresh: Fresh, noise: Noise, seed: int | None = None) -> list[Latent]:
    """Return the noise n_i of the coarse view at each step: what it sees beyond its view of the canvas."""
    graph, found = with_coarse(seed), []
    for step, t in zip(sample(graph, SHORT, noise, Method(fresh=fresh)), SHORT.instants, strict=False):
        seen = graph.observables[-1].operator.forward(step.before)
        found.append((step.views["coarse"].noisy - seen) / t.sigma)
    return found


def test_filled_noise_moves_by_its_amplitude() -> None:
    """It stays at m = 0, is drawn anew at m = 1, and keeps its variance in between."""
    noise = Noise(4, (4000,), dtype=torch.float64)
    still, moved, new = (filled_by(Fresh(filled=m), noise) for m in (0.0, 0.6, 1.0))
    for k in range(1, 4):
        torch.testing.assert_close(still[k], still[0])
        torch.testing.assert_close(moved[k], 0.8 * moved[k - 1] + 0.6 * new[k])
        assert float((moved[k] ** 2).mean() / (still[0] ** 2).mean()) == pytest.approx(1, abs=0.03)
        assert abs(float((new[k] * new[k - 1]).mean())) < 0.03


def test_filled_noise_moves_by_the_share_of_the_step_unless_it_is_given() -> None:
    early, own = filled_by(Fresh(1.0, 0.0, 0.5), Noise(4)), filled_by(Fresh(1.0, 0.0, 0.5, filled=0.0), Noise(4))
    torch.testing.assert_close(early[3], early[2])
    assert not torch.allclose(early[1], early[0])
    assert not torch.allclose(early[2], early[1])
    torch.testing.assert_close(own[3], own[0])


def test_filled_noise_moves_by_the_observables_own_seed() -> None:
    own, other_run, other = (filled_by(Fresh(0.7), Noise(run), seed) for run, seed in ((4, 9), (5, 9), (4, 8)))
    torch.testing.assert_close(own, other_run)
    assert not torch.allclose(own[2], other[2])


def test_rounds_and_correctors_ask_every_model_again() -> None:
    method = Method(harmonise=2, corrector_steps=3)
    assert [step.passes for step in sample(two_windows(), SHORT, Noise(1), method)] == [6, 6, 6, 3]
    pure = Schedule.of_alphas_squared([0.0, 0.5, 1.0])
    assert [step.passes for step in sample(two_windows(), pure, Noise(1), method)] == [4, 3], "noise stays noise"


LAWFUL = [
    Method(harmonise=3),
    Method(corrector_steps=4, corrector_snr=0.16),
    Method(eta=1.0, corrector_steps=2, corrector_snr=0.16),
]


@pytest.mark.slow
@pytest.mark.parametrize("method", LAWFUL)
def test_rounds_and_correctors_keep_the_distribution(method: Method) -> None:
    """Rounds and correctors keep the distribution of a single ideal model. There are many cells, so that the norms in a
    corrector step vary little."""
    gaussian, noise = line(64), Noise(3, batch=(4_000,), dtype=torch.float64)
    samples = last(sample(whole(gaussian), cosine(50), noise, method)).controls["x"].flatten(1)
    torch.testing.assert_close(samples.mean(0), gaussian.mean, rtol=0, atol=0.06)
    torch.testing.assert_close(samples.T.cov(), gaussian.covariance, rtol=0, atol=0.15)


def test_two_methods_of_second_and_first_order_meet_the_exact_flow() -> None:
    gaussian = line(6)
    start = State(0, {"x": torch.randn(5, 1, 1, 6, generator=torch.Generator().manual_seed(2), dtype=torch.float64)})
    schedule = cosine(40)
    exact = gaussian.flow(start.controls["x"], *schedule.instants[::40])
    errors = {}
    for transition in ("ddim", "flow-euler", "dpmsolver++"):
        end = last(sample(whole(gaussian), schedule, Noise(0), Method(transition=transition), start))
        errors[transition] = float((end.controls["x"] - exact).abs().max())
    assert errors["flow-euler"] == pytest.approx(errors["ddim"], rel=1e-6), "the same path in other coordinates"
    assert errors["dpmsolver++"] < errors["ddim"] / 2


@dataclass(frozen=True, eq=False)
class Sliding:
    """Two windows over a wrapping line. At each step they move by one cell."""

    x: ControlVariable = field(default_factory=lambda: control("x", 2, 1, 6, wrap="x"))

    @property
    def controls(self) -> tuple[ControlVariable, ...]:
        return (self.x,)

    def at(self, step: int) -> Graph:
        windows = (Crop(self.x, Window(step + start, 0, 3, 1)) for start in (0, 3))
        return Graph(self.controls, tuple(observable(f"y{k}", crop, 0.5) for k, crop in enumerate(windows)))


def test_windows_may_move_from_step_to_step() -> None:
    steps = list(sample(Sliding(), SHORT, Noise(1)))
    for k, step in enumerate(steps):
        torch.testing.assert_close(step.views["y0"].noisy, step.before["x"].roll(-k, -1)[..., :3])
    resumed = last(sample(Sliding(), SHORT, Noise(1), start=steps[1].state))
    assert torch.equal(resumed.controls["x"], steps[-1].controls["x"])


@pytest.mark.parametrize("transition", ["dpmsolver++", "flow-euler"])
def test_fresh_noise_needs_ddim(transition: Any) -> None:
    with pytest.raises(EngineError, match=f"needs the DDIM transition; {re.escape(transition)} adds none"):
        Method(transition=transition, eta=0.5)
    for fresh in (Fresh(0.5), Fresh(filled=0.5)):
        with pytest.raises(EngineError, match=f"drawn anew by DDIM; {re.escape(transition)} follows"):
            Method(transition=transition, fresh=fresh)
    Method(transition=transition, fresh=Fresh(0.0, 0.0, 0.5, filled=0.0))


@pytest.mark.parametrize(
    "setting", [{"share": 1.1}, {"share": -0.1}, {"filled": 1.1}, {"first": 0.5, "last": 0.5}, {"last": 1.1}]
)
def test_a_share_or_range_that_does_not_exist_is_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(EngineError, match="Shares of fresh noise must be from 0 to 1"):
        Fresh(**setting)


def test_an_inactive_observable_is_not_asked() -> None:
    @dataclass(frozen=True, eq=False)
    class Counting:
        channels: int = 2
        asked: list[list[str]] = field(default_factory=list)

        def predict_clean(self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Any]) -> list[Latent]:
            self.asked.append(list(conditionings))
            return list(noisy)

    model, x = Counting(), control("x", 2, 3, 5)
    early = Observable("early", Identity(x), Denoiser(model, "early"), lambda step, of: 1.0 if step < 2 else None)
    always = Observable("always", Identity(x), Denoiser(model, "always"))
    steps = list(sample(Graph((x,), (early, always)), SHORT, Noise(0)))
    assert model.asked == [["early", "always"]] * 2 + [["always"]] * 2
    assert set(steps[-1].views) == {"always"}


def test_a_solver_that_cannot_serve_is_refused_before_any_model_is_asked() -> None:
    @dataclass(frozen=True)
    class Unasked:
        channels: int = 2

        def predict_clean(self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Any]) -> list[Latent]:
            raise AssertionError("asked")

    graph = with_coarse()
    unasked = [replace(observable, denoiser=Denoiser(Unasked())) for observable in graph.observables]
    run = sample(Graph(graph.controls, tuple(unasked)), SHORT, Noise(0), Method(agree=Agree(solver="diagonal")))
    with pytest.raises(GraphError, match="Observable 'coarse' mixes or scales cells, which the diagonal solver cannot"):
        next(run)


def test_models_are_called_once_a_step_each() -> None:
    x = control("x", 1, 1, 4)
    gaussian = line(4)
    seen = [Observable(f"y{k}", Identity(x), Denoiser(GaussianModel(1), gaussian)) for k in range(2)]
    mixed = Graph((x,), (seen[0], observable("z", Identity(x), 0.5), seen[1]))
    step = next(sample(mixed, SHORT, Noise(0, dtype=torch.float64)))
    assert list(step.views) == ["y0", "z", "y1"]
    torch.testing.assert_close(step.views["z"].clean, 0.5 * step.before["x"])
    torch.testing.assert_close(step.views["y1"].clean, gaussian.posterior_mean(step.before["x"], SHORT.instants[0]))


def asked_of(answer: Callable[[Latent, Instant], Latent]) -> Iterator[Step]:
    """Run the sampler with a model for the observable 'bad' that returns `answer`."""

    @dataclass(frozen=True, eq=False)
    class Answers:
        channels: int = 2

        def predict_clean(self, noisy: Sequence[Latent], at: Instant, conditionings: Sequence[Any]) -> list[Latent]:
            return [answer(y, at) for y in noisy]

    x = control("x", 2, 3, 5)
    graph = Graph((x,), (observable("fine", Identity(x)), Observable("bad", Identity(x), Denoiser(Answers()))))
    return sample(graph, SHORT, Noise(0))


def test_a_broken_answer_names_step_observable_and_cause() -> None:
    steps = asked_of(lambda y, at: y / 0 if at.log_snr > 0 else y)
    sentence = "At step 3 of 4 the model's answer for 'bad' is not finite; most likely the model overflowed in half"
    with pytest.raises(NonFiniteError, match=sentence):
        list(steps)


def test_a_run_that_grew_without_bound_is_blamed_on_the_guidance() -> None:
    with pytest.raises(NonFiniteError, match="most likely its input had already grown to"):
        list(asked_of(lambda y, at: y * 1e20))


def test_a_soft_view_has_the_noise_level_of_its_step() -> None:
    x1, x2 = control("x1", 1, 40, 50), control("x2", 1, 40, 50)
    mask = torch.linspace(0, 1, 2000).view(40, 50)
    soft = observable("both", Composite((Part(Identity(x1), mask), Part(Identity(x2), 1 - mask))))
    noise, t = Noise(0, batch=(30,)), Instant(-2.0)
    pure = {x.name: t.sigma * noise.control(x, step=0) for x in (x1, x2)}
    filled = FilledNoise(noise, (0.0,))
    seen = observe(soft, pure, t, filled, 0)
    assert abs(seen.var() - t.sigma**2) < 0.01
    assert torch.equal(seen, observe(soft, pure, t, filled, 1)), "the noise that fills a view up is persistent"
