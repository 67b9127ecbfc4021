"""The sampler: observe, denoise, agree, step (docs/architecture.md, The sampler)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NamedTuple

from jaxtyping import Float
from torch import Tensor

from inlay_engine.agree import Agree, Agreement, DdimStep, Problem, agree, check_supported
from inlay_engine.clock import Instant, Place, Schedule
from inlay_engine.errors import EngineError
from inlay_engine.fresh import Fresh
from inlay_engine.graph import Graph, Moving, Observable, check
from inlay_engine.latent_spaces import reencoded
from inlay_engine.noise import FilledNoise, Noise
from inlay_engine.transitions import ddim, dpm_solver_pp_2m, flow_euler, langevin, langevin_scale, renoise
from inlay_engine.variables import Controls, ControlVariable, Latent
from inlay_engine.views import Observation, denoise, observe, require_finite, residuals, seen_at, shared

Transition = Literal["ddim", "dpmsolver++", "flow-euler"]


@dataclass(frozen=True)
class Method:
    """Settings of the sampling. `eta` is the share of fresh (Langevin) noise in a DDIM step: 0 as in the paper, 1 as in
    DDPM. `fresh` draws more of the noise anew, in a part of the steps. `harmonise` is the number of times that each
    step is taken back by the forward kernel and repeated (RePaint, arXiv 2201.09865). `corrector_steps` is the number
    of Langevin steps at the noise level that each step reaches (arXiv 2011.13456, Algorithm 4). `corrector_snr` is
    their signal to noise ratio; 0.4 did best in benchmarks/analytic. Each such round and each such step calls all
    models once more.

    The descent solver is justified for zero Langevin noise only, so it needs DDIM at eta 0, without such rounds and
    steps.

    Raises EngineError if the settings exclude each other or are out of range.
    """

    transition: Transition = "ddim"
    eta: float = 0.0
    fresh: Fresh = field(default_factory=Fresh)
    agree: Agree = field(default_factory=Agree)
    harmonise: int = 0
    corrector_steps: int = 0
    corrector_snr: float = 0.4

    def __post_init__(self) -> None:
        if self.eta > 0 and self.transition != "ddim":
            raise EngineError(f"Fresh noise (eta {self.eta}) needs the DDIM transition; {self.transition} adds none.")
        if not self.fresh.off and self.transition != "ddim":
            raise EngineError(
                f"Noise can only be drawn anew by DDIM; {self.transition} follows the noise that it has. Set the "
                "transition to ddim, or leave `fresh` out."
            )
        if self.agree.solver == "descent" and not self._is_deterministic_ddim:
            raise EngineError(
                "The descent solver computes the result of a DDIM step without fresh noise; set the transition to "
                "ddim, eta, harmonise and the corrector steps to 0, and leave `fresh` out."
            )
        if not (0 <= self.eta <= 1 and self.harmonise >= 0 and self.corrector_steps >= 0 and self.corrector_snr > 0):
            raise EngineError(
                "eta must be from 0 to 1, rounds and steps must not be negative, and the ratio must be positive."
            )

    @property
    def _is_deterministic_ddim(self) -> bool:
        return self.transition == "ddim" and self.fresh.off and self.eta == self.harmonise == self.corrector_steps == 0


class Estimate(NamedTuple):
    """The clean controls that the observables agreed on at an instant. A multistep transition uses them as
    its history."""

    at: Instant
    controls: Controls


@dataclass(frozen=True, eq=False)
class State:
    """The state of a run after `step` steps. `controls` are the controls, and their mirrors in other latent spaces, at
    the noise level that those steps reached. `previous` is the history of a multistep transition. All noise is
    counter-based, so this is enough to continue a run exactly as if it had not stopped."""

    step: int
    controls: Controls
    previous: Estimate | None = None


@dataclass(frozen=True, eq=False)
class Step:
    """One finished step. `controls` is X^s after the step. `passes` is the number of times that the models were called.
    `place` is the step's place in the planned run, and `state` continues the run from X^s.

    The other fields describe the last pass from X^t to X^s. Corrector steps come after it, at X^s; the fields do not
    show them, but `controls` is their result. `before` is X^t. `estimate` is X0, the clean controls that the
    observables agreed on. `views` are the observables whose models were asked. `residual` is the root mean square of
    d_i - f_i(X0) under W_i. `step_sizes` are lambda_i of Eq. 30, which is 1 for an observable that watches. `notices`
    are the solver's messages.
    """

    index: int
    of: int
    controls: Controls
    before: Controls
    estimate: Controls
    views: Mapping[str, Observation]
    residual: Mapping[str, float]
    step_sizes: Mapping[str, Float[Tensor, "..."]]
    notices: tuple[str, ...]
    passes: int
    state: State
    place: Place


def sample(
    graph: Moving, schedule: Schedule, noise: Noise, method: Method | None = None, start: State | None = None
) -> Iterator[Step]:
    """Sample the controls of `graph`, and yield each step. The steps' `index` counts from 1.

    `graph` is a Graph, or a graph whose windows move. `noise` holds the seed of the run, and its batch, device and
    dtype. `start` is a state to continue from, bit for bit, instead of pure noise.

    Raises GraphError before the first step, and NonFiniteError if a model returns values that are not finite.
    """
    method = method or Method()
    state = start or State(0, {one.name: noise.control(one, step=0) for one in graph.at(0).variables})
    like = next(iter(state.controls.values()))
    check_supported(graph.at(state.step).trusted(schedule.places), method.agree)
    check(graph, schedule.places, like, counting=method.agree.solver == "counting")
    filled = FilledNoise(noise, method.fresh.moves(schedule.places))
    for k in range(state.step, schedule.steps):
        t, s = schedule.instants[k : k + 2]
        place = schedule.places[k]
        weights = graph.at(k).weights(*place, like)
        run = _Step(graph.at(k), weights, noise, filled, method, k + 1, schedule.steps, place)
        X, last = state.controls, k + 1 == schedule.steps
        previous = None if last else state.previous  # the last step is long, so it is of first order
        rounds = method.harmonise if t.alpha > 0 else 0  # the forward kernel cannot lead back to pure noise
        corrections = method.corrector_steps if s.sigma > 0 else 0

        before, (views, agreed) = X, run.consult(X, t, s)
        X = run.transition(before, agreed.controls, t, s, previous)
        for turn in range(1, rounds + 1):
            before = run.renoise(X, s, t, turn)
            views, agreed = run.consult(before, t, s)
            X = run.transition(before, agreed.controls, t, s, None, turn)
        for turn in range(corrections):
            X = run.correct(X, run.consult(X, s)[1].controls, s, rounds + 1 + turn)

        multistep = method.transition == "dpmsolver++" and not corrections  # corrections leave its path
        state = State(k + 1, X, Estimate(t, agreed.controls) if multistep else None)
        yield Step(
            index=k + 1,
            of=schedule.steps,
            controls=X,
            before=before,
            estimate=agreed.controls,
            views=views,
            residual=residuals(run.asked, views, agreed.controls),
            step_sizes=agreed.step_sizes,
            notices=agreed.notices,
            passes=rounds + 1 + corrections,
            state=state,
            place=place,
        )


@dataclass(frozen=True, eq=False)
class _Step:
    """One step and the values that all its passes use. Each pass has its own `turn`, so that it draws its own noise."""

    graph: Graph
    weights: Mapping[str, Latent]
    noise: Noise
    filled: FilledNoise
    method: Method
    index: int
    of: int
    place: Place

    @cached_property
    def asked(self) -> list[Observable]:
        return self.graph.asked(*self.place)

    def consult(self, X: Controls, t: Instant, s: Instant | None = None) -> tuple[dict[str, Observation], Agreement]:
        """Observe, denoise and agree. Return the views and the agreement, which also has the clean mirrors if there are
        any. `s` is the instant to which the step leads, if there is one."""
        y = {one.name: observe(one, X, t, self.filled, self.index - 1) for one in self.asked}
        d = self._denoised(y, t)
        moves = self.method.agree.step_size is not None and t.alpha > 0
        start = {one.name: y[one.name] / seen_at(one, t).alpha for one in self.asked} if moves else None
        answers = shared(self.asked, d)
        step = None if s is None else DdimStep({one.name: X[one.name] for one in self.graph.controls}, t, s)
        problem = Problem(self.graph, answers, start, self.weights, step)
        agreed = agree(problem, self.method.agree)
        mirrors = reencoded(self.graph.spaces, self.graph.controls, agreed.controls)
        views, sizes = {}, {}
        for one in self.asked:
            weight = self.weights.get(one.name, answers[one.name].new_zeros(1, *one.operator.shape[1:]))
            views[one.name] = Observation(y[one.name], d[one.name], weight, answers[one.name])
            sizes[one.name] = agreed.step_sizes.get(one.name, answers[one.name].new_ones(problem.batch))
        return views, replace(agreed, controls={**agreed.controls, **mirrors}, step_sizes=sizes)

    def _denoised(self, y: Mapping[str, Latent], t: Instant) -> dict[str, Latent]:
        """Return d_i of every observable that is asked. Those that watch are asked apart, because a larger batch may
        round the answers of the others differently."""
        when = f"step {self.index} of {self.of}"
        trusted = [one for one in self.asked if one.name in self.weights]
        watching = [one for one in self.asked if one.name not in self.weights]
        d = denoise(trusted, y, t, when) | denoise(watching, y, t, when)
        require_finite(d, y, when)
        return d

    def transition(
        self, X: Controls, X0: Controls, t: Instant, s: Instant, previous: Estimate | None, turn: int = 0
    ) -> dict[str, Latent]:
        """Return X^s, computed from X^t and X0."""
        share = self.method.fresh.at(*self.place)
        scale = max(langevin_scale(t, s, self.method.eta), share * s.sigma)
        moved: dict[str, Latent] = {}
        for control in self.graph.variables:
            name = control.name
            if self.method.transition == "dpmsolver++":
                before = None if previous is None else (previous.at, previous.controls[name])
                moved[name] = dpm_solver_pp_2m(X[name], X0[name], t, s, before)
            elif self.method.transition == "flow-euler":
                moved[name] = flow_euler(X[name], X0[name], t, s)
            else:
                white = self._white(control, 2 * turn) if scale > 0 else None
                moved[name] = ddim(X[name], X0[name], t, s, scale, white)
        return moved

    def renoise(self, X: Controls, s: Instant, t: Instant, turn: int) -> dict[str, Latent]:
        """Return a fresh X^t, computed from X^s."""
        return {c.name: renoise(X[c.name], s, t, self._white(c, 2 * turn - 1)) for c in self.graph.variables}

    def correct(self, X: Controls, X0: Controls, at: Instant, turn: int) -> dict[str, Latent]:
        """Take a Langevin step at the noise level of `at`."""
        snr = self.method.corrector_snr
        return {
            c.name: langevin(X[c.name], X0[c.name], at, self._white(c, 2 * turn), snr) for c in self.graph.variables
        }

    def _white(self, control: ControlVariable, round: int) -> Latent:
        return self.noise.control(control, self.index, round)
