"""How the picture is sampled. A field left open takes the model's measured default when the job is accepted.

The figures beside the settings are of `python -m benchmarks.analytic`, as docs/method.md has them: the distance of
Mahalanobis from 1, the covariance error and how often far ends agree. Plain windows have 0.51, 1.11 and 0.50.
"""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from backend.contracts.document import Document, Name, Prompt, Seed, Share
from backend.contracts.geometry import Side
from backend.contracts.limits import MAX_COARSE_WEIGHT, MAX_GUIDANCE, MAX_ROUNDS, MAX_STEPS

Scheduler = Literal["ddim", "dpmsolver++", "flow-euler"]
Solver = Literal["auto", "diagonal", "conjugate", "gradient", "counting"]
WindowWeights = Literal["uniform", "gaussian"]
Unit = Annotated[float, Field(ge=0, le=1)]


class Windows(Document):
    """The views of a canvas larger than the model: native window and stride, in canvas pixels. `weights`: how a window
    is trusted over its cells, evenly or most in its middle (Mixture of Diffusers). `shift`: lay the windows anew at
    each step, at a random offset within the stride (SpotDiffusion); the stride then defaults to the window's size.
    Measured: Gaussian weights 0.00, 1.28, 0.50; shifted tiles 0.14, 1.12, 0.50."""

    size: Side | None = None
    stride: Side | None = None
    weights: WindowWeights = "uniform"
    shift: bool = False


class StepSize(Document):
    """Lambda of Eq. 30 may move from 1, between `min` and `max`, under the penalty mu * |v_i|^2 * |lambda_i - 1|.
    Measured: no mu is better than a fixed lambda; at 1 nothing moves, 0.1 has 0.91, 1.12 and 0.50."""

    mu: Annotated[float, Field(ge=0, le=1000)]
    min: Annotated[float, Field(ge=0, le=1)] = 0.0
    max: Annotated[float, Field(ge=1, le=10)] = 2.0


class Agree(Document):
    """How the observables are brought to agree: the solver (`auto`: the cheapest that is exact for the layout's
    operators), whether lambda of Eq. 30 may move, and how long and how fast an iterative solver goes. `space`: where
    models of different latent spaces meet. In `latent` there is no such place, and they are refused; in `pixels` each
    sees the canvas in latents of its own, and what it answers is decoded by its VAE and encoded by that of the job's
    model, in which the solver works. Models of one latent space meet there in either."""

    solver: Solver = "auto"
    step_size: Annotated[
        Annotated[Literal["fixed"], Tag("fixed")] | Annotated[StepSize, Tag("moving")],
        Discriminator(lambda value: "moving" if isinstance(value, dict | StepSize) else "fixed"),
    ] = "fixed"
    iterations: Annotated[int, Field(ge=1, le=10_000)] | None = None
    rate: Annotated[float, Field(gt=0, le=100)] | None = None
    space: Literal["latent", "pixels"] = "latent"


class Coarse(Document):
    """One more view: the whole canvas resized to a native window. `weight`: its trust against the windows', at any
    resize factor; 0 leaves the view out. `prompt`: its own; null takes the layout's, or all of its prompts together. A
    model that learned words for such views is asked in them. `guidance`: its own; null takes the prompt's. Guidance
    leads away from all that a model knows, which is mostly views from close by, and so to more and larger things.
    Measured, with a model that knows such views: trust 10 0.17, 0.07, 0.99, and with eta 0.5 0.15, 0.05, 1.00."""

    weight: Annotated[float, Field(ge=0, le=MAX_COARSE_WEIGHT)] = 10.0
    prompt: Prompt | None = None
    guidance: Annotated[float, Field(ge=0, le=MAX_GUIDANCE)] | None = None
    active: Share = [0.0, 1.0]


class Sampling(Document):
    """`guidance_rescale`: how far a guided prediction is brought back to the contrast of the prompt's own, against the
    glare of strong guidance (arXiv 2305.08891, Section 3.4). `eta`: fresh noise in a DDIM step (measured at 1: 0.11,
    0.92, 0.51). `harmonise`: rounds of re-noising and stepping again after each step (4: 0.10, 0.63, 0.57).
    `corrector_steps`: Langevin steps after each step (4: 0.11, 0.35, 0.69). `coarse`: null takes the model's
    default."""

    model: Name
    steps: Annotated[int, Field(ge=1, le=MAX_STEPS)] = 30
    scheduler: Scheduler | None = None
    guidance: Annotated[float, Field(ge=0, le=MAX_GUIDANCE)] | None = None
    guidance_rescale: Unit = 0.0
    eta: Annotated[float, Field(ge=0, le=1)] | None = None
    seed: Seed | None = None
    agree: Agree = Agree()
    harmonise: Annotated[int, Field(ge=0, le=MAX_ROUNDS)] = 0
    corrector_steps: Annotated[int, Field(ge=0, le=MAX_ROUNDS)] = 0
    coarse: Coarse | None = None
    windows: Windows = Windows()
