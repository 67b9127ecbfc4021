"""From a compiled graph and loaded models to a run: its steps, its previews, its pictures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from PIL import Image

from backend.contracts.events import What
from backend.contracts.geometry import CellBox
from backend.contracts.graph import CompositeSpec, ControlSpec, CropSpec, GraphSpec, OperatorSpec, OutputSpec
from backend.contracts.job import Job
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.loading import Models
from worker.diffusion.vae import Rgb, enlarge, preview
from worker.engine.agree.diagonal import diagonal
from worker.engine.clock import Schedule
from worker.engine.graph import Denoiser, Graph, Observable
from worker.engine.noise import Noise
from worker.engine.operators import Composite, Crop, Identity, ObservationOperator, Part, Window
from worker.engine.sampler import State, Step, sample
from worker.engine.variables import ControlVariable, Latent, Reseed, Shape
from worker.precision import Precisions, profile

QUIET, ACCENT = (0.91, 0.91, 0.92), (0.88, 0.32, 0.14)  # a residual of none, and of FULL_RESIDUAL or more
FULL_RESIDUAL = 0.5  # in units of the latents' standard deviation


def build(graph: GraphSpec, job: Job, models: Models, micro_batch: int = 16) -> "Composition":
    """Make a compiled graph ready to run: load its models, encode its prompts, lay out its precisions and noise.

    `job` is resolved: its seed is set, and whatever else it leaves open takes the model's default. `micro_batch`:
    forward passes at once. Raises DiffusionError where a model cannot be loaded, GraphError for a graph that no run
    can satisfy.
    """
    sampling = job.sampling
    if sampling.seed is None:
        raise ValueError("A job is resolved before it is built, but this one has no seed.")
    names = dict.fromkeys([sampling.model, *(observable.prompted.model for observable in graph.observables)])
    loaded = {name: models.get(name) for name in names}
    main = loaded[sampling.model]
    controls = {control.name: _control(control) for control in graph.controls}
    specs = {control.name: control for control in graph.controls}
    operators = {o.name: _operator(o.operator, controls, specs, main.device) for o in graph.observables}
    precisions = Precisions(graph, operators, main.device)
    denoisers = {name: model.model(micro_batch) for name, model in loaded.items()}
    observables = [
        Observable(
            o.name,
            operators[o.name],
            Denoiser(denoisers[o.prompted.model], loaded[o.prompted.model].conditioning(o.prompted)),
            precisions.of(o.name),
        )
        for o in graph.observables
    ]
    return Composition(
        graph=Graph(tuple(controls.values()), tuple(observables)),
        schedule=main.clock.schedule(sampling.steps),
        noise=Noise(sampling.seed, device=main.device),
        eta=main.description.defaults.eta if sampling.eta is None else sampling.eta,
        models=dict.fromkeys(controls, main)
        | {observable.name: loaded[observable.prompted.model] for observable in graph.observables},
    )


def _control(spec: ControlSpec) -> ControlVariable:
    reseeds = tuple(Reseed(profile(reseed.region, spec), reseed.seed) for reseed in spec.reseeds)
    return ControlVariable(spec.name, Shape(spec.channels, spec.height, spec.width), spec.wrap, reseeds)


def _operator(
    spec: OperatorSpec,
    controls: Mapping[str, ControlVariable],
    specs: Mapping[str, ControlSpec],
    device: torch.device,
) -> ObservationOperator:
    if isinstance(spec, CropSpec):
        return Crop(controls[spec.control], _window(spec.box))
    if isinstance(spec, CompositeSpec):
        masks = [(part, profile(part.region, specs[part.control])) for part in spec.parts]
        return Composite(
            tuple(
                Part(Identity(controls[part.control]), (1 - mask if part.inverse else mask).to(device))
                for part, mask in masks
            )
        )
    return Identity(controls[spec.control])


def _window(box: CellBox) -> Window:
    return Window(box.x, box.y, box.width, box.height)


@dataclass(frozen=True, eq=False)
class Composition:
    """A run that is ready to start. `models`: which one decodes and previews each node."""

    graph: Graph
    schedule: Schedule
    noise: Noise
    eta: float
    models: Mapping[str, StableDiffusion]

    def sample(self, start: State | None = None) -> Iterator[Step]:
        """The steps of the run, from its beginning or from where an earlier one was cut, on any device."""
        if start is not None:
            start = State(start.step, {name: x.to(self.noise.device) for name, x in start.controls.items()})
        return sample(self.graph, self.schedule, self.noise, eta=self.eta, start=start)

    def preview(self, step: Step, node: str, what: What) -> Rgb:
        """A control or an observable after a step, PREVIEW_SCALE pixels a cell: its clean estimate, its noisy value
        before the step, or, from grey to accent, how far its views disagree."""
        if what == "residual":
            disagreement = self._residual(step, node).sqrt().div(FULL_RESIDUAL).clamp(0, 1)
            quiet, accent = (disagreement.new_tensor(colour)[:, None, None] for colour in (QUIET, ACCENT))
            return enlarge(quiet + disagreement * (accent - quiet))
        latent = self._clean(step, node) if what == "x0" else self._noisy(step, node)
        return preview(latent, self.models[node].description.latent_rgb)

    def decode(self, step: Step, output: OutputSpec) -> Image.Image:
        """A control or an observable as a picture, cropped to the output's size; after the last step the finished one,
        before it the estimate. A control that wraps is decoded without a seam."""
        controls = step.controls if step.index == step.of else step.estimate
        control = self._controls.get(output.node)
        latent = controls[control.name] if control else self._operator(output.node).forward(controls)
        wraps = (control.wraps_x, control.wraps_y) if control else (False, False)
        picture = self.models[output.node].decoder.decode(latent, *wraps)
        return Image.fromarray(picture[: output.height, : output.width])

    @property
    def _controls(self) -> dict[str, ControlVariable]:
        return {control.name: control for control in self.graph.controls}

    def _operator(self, name: str) -> ObservationOperator:
        return next(observable.operator for observable in self.graph.observables if observable.name == name)

    def _clean(self, step: Step, node: str) -> Latent:
        """An observable that had no say in the step shows what the others agreed on."""
        if node in step.estimate:
            return step.estimate[node]
        return step.views[node].clean if node in step.views else self._operator(node).forward(step.estimate)

    def _noisy(self, step: Step, node: str) -> Latent:
        if node in step.before:
            return step.before[node]
        return step.views[node].noisy if node in step.views else self._operator(node).forward(step.before)

    def _residual(self, step: Step, node: str) -> Latent:
        """The mean square over channels of d_i - f_i(X0), one channel; on a control, its views' weighted average."""
        squares = {
            name: (view.clean - self._operator(name).forward(step.estimate)).square().mean(0, keepdim=True)
            for name, view in step.views.items()
        }
        if node in squares:
            return squares[node]
        average = diagonal(self.graph, squares, {name: view.weight for name, view in step.views.items()})
        return average[node] if node in average else self._operator(node).forward(average)
