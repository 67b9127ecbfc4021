"""Sample one picture that several diffusion models agree on: observe, denoise, agree, step.

The method is that of "Compositional Generative Inference Using Diffusion-Based Optimization", which this package calls
"the paper". The library needs torch and jaxtyping, and does not depend on a particular model. A run takes four things:

- the control variables: the latent canvases to generate (`ControlVariable`);
- the observables: the view that each model has of the controls, through an operator, and its precision (`Observable`);
- a schedule of noise levels (`Schedule`), and the seed (`Noise`);
- the solver that brings the observables to agree, and the transition of a step (`Method`, `Agree`).

`sample(Graph(controls, observables), schedule, noise, method)` then yields one `Step` after another.
`examples/engine/two_gaussians.py` is a complete script. An observable may have a `NormalLaw` instead of a model.
`inlay_engine.testing` has models with a known answer.
"""

from inlay_engine.agree import Agree, Agreement, DescentStepSize, StepSize
from inlay_engine.clock import Instant, Levels, Schedule
from inlay_engine.errors import DivergedError, EngineError, GraphError, NonFiniteError
from inlay_engine.fresh import Fresh
from inlay_engine.graph import Denoiser, Graph, Model, Moving, Observable, Precision, constant
from inlay_engine.latent_spaces import Codec, ForeignView, LatentSpace
from inlay_engine.laws import NormalLaw, NormalModel
from inlay_engine.noise import Noise
from inlay_engine.operators import (
    Background,
    Compose,
    Composite,
    Crop,
    Differentiable,
    Flip,
    Identity,
    LatentMap,
    ObservationOperator,
    Part,
    Place,
    Resize,
    Roll,
    Rotate,
    Window,
)
from inlay_engine.parametrization import CLEAN_FROM, Prediction
from inlay_engine.sampler import Estimate, Method, State, Step, sample
from inlay_engine.variables import ControlVariable, Reseed, Shape
from inlay_engine.views import Observation

__all__ = [
    "CLEAN_FROM",
    "Agree",
    "Agreement",
    "Background",
    "Codec",
    "Compose",
    "Composite",
    "ControlVariable",
    "Crop",
    "Denoiser",
    "DescentStepSize",
    "Differentiable",
    "DivergedError",
    "EngineError",
    "Estimate",
    "Flip",
    "ForeignView",
    "Fresh",
    "Graph",
    "GraphError",
    "Identity",
    "Instant",
    "LatentMap",
    "LatentSpace",
    "Levels",
    "Method",
    "Model",
    "Moving",
    "Noise",
    "NonFiniteError",
    "NormalLaw",
    "NormalModel",
    "Observable",
    "Observation",
    "ObservationOperator",
    "Part",
    "Place",
    "Precision",
    "Prediction",
    "Reseed",
    "Resize",
    "Roll",
    "Rotate",
    "Schedule",
    "Shape",
    "State",
    "Step",
    "StepSize",
    "Window",
    "constant",
    "sample",
]
