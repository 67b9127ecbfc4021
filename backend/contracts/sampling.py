"""The settings of the sampler. The server fills open fields with the model's measured defaults when it accepts the job.

Three figures stand beside some settings, from `python -m benchmarks.analytic` and docs/method.md: the difference of the
Mahalanobis figure from 1, the covariance error, and how often far ends agree. Plain windows have 0.51, 1.11 and 0.50.
"""

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from backend.contracts.document import Document, Fade, Name, Prompt, RunRange, Seed
from backend.contracts.geometry import Side
from backend.contracts.limits import MAX_COARSE_WEIGHT, MAX_FINER, MAX_GUIDANCE, MAX_ROUNDS, MAX_STEPS

Scheduler = Literal["ddim", "dpmsolver++", "flow-euler"]
Spacing = Literal["timesteps", "log-snr"]
PresetName = Literal["fast", "best"]
Solver = Literal["auto", "diagonal", "conjugate", "gradient", "descent", "counting"]
WindowWeights = Literal["uniform", "gaussian"]
Unit = Annotated[float, Field(ge=0, le=1)]
DescentRate = Annotated[float, Field(gt=0, lt=2)]


class Windows(Document):
    """The views of a canvas larger than the model: window size and stride, in canvas pixels. `weights` gives each
    window the same weight everywhere, or most in its middle (Mixture of Diffusers). `shift` moves all windows at each
    step by a random offset within the stride (SpotDiffusion); the stride then defaults to the window's size. Measured:
    Gaussian weights 0.00, 1.28, 0.50; shifted tiles 0.14, 1.12, 0.50."""

    size: Side | None = None
    stride: Side | None = None
    weights: WindowWeights = "uniform"
    shift: bool = False


class StepSize(Document):
    """Let lambda of Eq. 30 move from 1, between `min` and `max`, with the penalty mu * |v_i|^2 * |lambda_i - 1|.
    Measured: no mu is better than a fixed lambda; at 1 nothing moves, 0.1 has 0.91, 1.12 and 0.50."""

    mu: Annotated[float, Field(ge=0, le=1000)]
    min: Annotated[float, Field(ge=0, le=1)] = 0.0
    max: Annotated[float, Field(ge=1, le=10)] = 2.0


class DescentStepSize(Document):
    """For the solver descent: let lambda of Eq. 30 move from 1, with the penalty rho * |lambda_i - 1| of Eq. 41. rho is
    the same for every observable and at every step. `rate` is the step of lambda; at 1, one iteration goes to the best
    lambda_i for the X^{t-1} at hand. Measured: no rho is better than a fixed lambda."""

    rho: Annotated[float, Field(ge=0, le=1e9)]
    rate: DescentRate = 0.3


def _step_size(value: object) -> str:
    if isinstance(value, dict):
        return "descent" if "rho" in value else "moving"
    return {StepSize: "moving", DescentStepSize: "descent"}.get(type(value), "fixed")


class Agree(Document):
    """The method that makes the observables agree: the solver (`auto` takes the cheapest that is exact for the layout's
    operators), whether lambda of Eq. 30 may move, and the iterations and rate of an iterative solver. `descent` is the
    paper's own algorithm, gradient descent on X^{t-1} from X^t for a fixed number of iterations (null: 30, at rate 1);
    its step sizes have a `rho`, and those of the other solvers a `mu`. `space` says where models of different latent
    spaces meet. With `latent`, the server refuses such models. With `pixels`, each model sees the canvas in its own
    latents; its VAE decodes its prediction, and the VAE of the job's model encodes it for the solver. Models of one
    latent space may use either."""

    solver: Solver = "auto"
    step_size: Annotated[
        Annotated[Literal["fixed"], Tag("fixed")]
        | Annotated[StepSize, Tag("moving")]
        | Annotated[DescentStepSize, Tag("descent")],
        Discriminator(_step_size),
    ] = "fixed"
    iterations: Annotated[int, Field(ge=1, le=10_000)] | None = None
    rate: Annotated[float, Field(gt=0, le=100)] | None = None
    space: Literal["latent", "pixels"] = "latent"


class Coarse(Document):
    """One more view: the whole canvas, resized to a native window. `weight` is its weight relative to the windows', at
    any resize factor; 0 leaves the view out. `prompt` is its own prompt; null takes the layout's, or all its prompts
    together. If the model has words for coarse views, they are added. `guidance` is its own guidance; null takes the
    prompt's. Strong guidance leads away from the average view of the training, which is a close view, and so to more
    and larger things. `fade` lets the weight rise and fall within `active`, as that of a prompt. Measured, with a model
    that knows coarse views: weight 10 has 0.17, 0.07, 0.99, and with eta 0.5 0.15, 0.05, 1.00."""

    weight: Annotated[float, Field(ge=0, le=MAX_COARSE_WEIGHT)] = 10.0
    prompt: Prompt | None = None
    guidance: Annotated[float, Field(ge=0, le=MAX_GUIDANCE)] | None = None
    active: RunRange = [0.0, 1.0]
    fade: Fade | None = None


class Fresh(Document):
    """More fresh noise at each step than `eta` gives; only with the scheduler ddim. In the steps of `active`, the new
    noise has at least the standard deviation share * sigma, where sigma is the noise level that the step reaches. At
    share 1, a step forgets all noise before it, and with it the disagreement of the windows. Measured with windows
    alone: share 1 in the first half of the steps 0.04, 0.26, 0.60, and in all steps 0.47, 0.25, 0.61.

    A view that averages cells, such as the coarse view, loses noise, and the engine fills it up with noise of the
    view's own. `filled` is the share of that noise (of its amplitude) that is drawn anew after each step. Null takes
    the share of the step. A number holds for all steps, also if `share` is 0. Measured with coarse weight 3.3 and eta
    1: `filled` 0 has 0.04, 0.27, 1.00, and 0.3 has 0.05, 0.05, 1.00. Coarse weight 6, share 0.6 and `filled` 0.5 have
    0.04, 0.02, 1.00."""

    share: Unit = 0.0
    active: RunRange = [0.0, 1.0]
    filled: Unit | None = None


class Finer(Document):
    """Another number of steps for the rest of a run. The first `after` steps are as planned, and `steps` steps go from
    the noise level that they reach to the picture, in place of those that are left."""

    after: Annotated[int, Field(ge=1, le=MAX_STEPS)]
    steps: Annotated[int, Field(ge=1, le=MAX_STEPS)]


class Sampling(Document):
    """`preset` names one of the model's presets, which is a scheduler, a number of steps and their spacing; null takes
    the model's defaults. `steps` and `scheduler` replace those of the preset. If the scheduler is open and a setting
    needs DDIM, such as fresh noise, it is DDIM. `spacing` places the steps at even timesteps, as the checkpoint's
    scheduler does, or at even differences of the log-SNR, as DPM-Solver likes them (arXiv 2206.00927). Null takes that
    of the preset or, if the job names its scheduler, `timesteps`. `guidance_rescale` brings the contrast of a guided
    prediction back to that of the prompt alone, against the glare of strong guidance (arXiv 2305.08891, Section 3.4).
    `eta` is the fresh noise in a DDIM step (measured at 1: 0.11, 0.92, 0.51); `fresh` draws more of it. `harmonise`
    repeats each step that many times after adding noise again (4: 0.10, 0.63, 0.57). `corrector_steps` adds Langevin
    steps after each step (4: 0.11, 0.35, 0.69). `coarse`: null takes the model's default. `finer` gives the rest of the
    run another number of steps, once or several times; parts of the run, such as `active`, are then counted in the
    `steps` that were planned."""

    model: Name
    preset: PresetName | None = None
    steps: Annotated[int, Field(ge=1, le=MAX_STEPS)] | None = None
    scheduler: Scheduler | None = None
    spacing: Spacing | None = None
    guidance: Annotated[float, Field(ge=0, le=MAX_GUIDANCE)] | None = None
    guidance_rescale: Unit = 0.0
    eta: Annotated[float, Field(ge=0, le=1)] | None = None
    fresh: Fresh | None = None
    seed: Seed | None = None
    agree: Agree = Agree()
    harmonise: Annotated[int, Field(ge=0, le=MAX_ROUNDS)] = 0
    corrector_steps: Annotated[int, Field(ge=0, le=MAX_ROUNDS)] = 0
    coarse: Coarse | None = None
    windows: Windows = Windows()
    finer: Annotated[list[Finer], Field(max_length=MAX_FINER)] = []

    @model_validator(mode="after")
    def _leaves_steps(self) -> Self:
        if self.steps is None:
            if self.finer:
                raise ValueError("`finer` divides the rest of a run of known steps; give `steps` as well")
            return self
        of = self.steps
        for one in self.finer:
            if of - one.after < 2:
                raise ValueError(f"`finer` begins after {one.after} of {of} steps, and has to leave at least two")
            of = one.after + one.steps
        if of > MAX_STEPS:
            raise ValueError(f"the run has {of:,} steps with those of `finer`, and a run has at most {MAX_STEPS:,}")
        return self

    @property
    def planned(self) -> int:
        """The planned number of steps, once the server has filled it in."""
        assert self.steps is not None, "the steps are open until the server accepts the job"
        return self.steps

    @property
    def places(self) -> list[tuple[float, int]]:
        """The place of every step of the run among the planned steps: step k (from 0) of n, where k has a fraction if
        `finer` divides a planned step."""
        begun: list[float] = [*range(self.planned)]
        for one in self.finer:
            first, left = begun[one.after], self.planned - begun[one.after]
            begun[one.after :] = [first + left * step / one.steps for step in range(one.steps)]
        return [(step, self.planned) for step in begun]
