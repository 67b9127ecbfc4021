"""From a compiled graph and loaded models to a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch

from backend.contracts import sampling as contract
from backend.contracts.graph import GraphSpec, ObservableSpec
from backend.contracts.job import Job
from worker.composition import Composition
from worker.diffusion.kind import LoadedModel
from worker.diffusion.loading import Models
from worker.diffusion.memory import Batches
from worker.engine.agree import Agree, StepSize
from worker.engine.graph import Denoiser, Graph, Model, Observable
from worker.engine.noise import Noise
from worker.engine.sampler import Method
from worker.engine.variables import ControlVariable
from worker.nodes import Operators, control, displaced, displacement
from worker.outfits import Outfits
from worker.pictures import Pictures
from worker.pictures import none as no_pictures
from worker.places import place
from worker.precision import Precisions
from worker.start import Beginning, beginning


def build(
    graph: GraphSpec, job: Job, models: Models, pictures: Pictures = no_pictures, micro_batch: int = 16
) -> Composition:
    """Make a compiled graph ready to run: load its models, encode its prompts, lay out its precisions and noise.

    `job` is resolved: its seed is set, and whatever else it leaves open takes the model's default. `pictures`: the
    uploads that it names. `micro_batch`: forward passes at once, at most. Raises DiffusionError where a model cannot be
    loaded or a picture is gone, GraphError for a graph that no run can satisfy.
    """
    sampling = job.sampling
    if sampling.seed is None:
        raise ValueError("A job is resolved before it is built, but this one has no seed.")
    names = dict.fromkeys([sampling.model, *(observable.prompted.model for observable in graph.observables)])
    loaded = {name: models.get(name) for name in names}
    main = loaded[sampling.model]
    noise, schedule = Noise(sampling.seed, device=main.device), main.clock.schedule(sampling.steps)
    denoisers = {name: model.model(_batches(graph, name, model, models, micro_batch)) for name, model in loaded.items()}
    begun = beginning(job, graph, main, pictures)
    outfits = Outfits(models, pictures, schedule, None if job.layout.kind == "custom" else job.layout.canvas)
    windows = _Windows(graph, noise, loaded, denoisers, outfits, main.device, begun)
    operators = Operators(graph, {control.name: control for control in windows.controls}, main.device)
    return Composition(
        graph=windows.at(0) if graph.shift is None else windows,
        schedule=schedule,
        noise=noise,
        method=_method(sampling, main),
        pictures={one.node: operators.make(one.operator, main.colour_latent) for one in graph.outputs if one.operator},
        models=dict.fromkeys(graph.nodes, main)
        | {observable.name: loaded[observable.prompted.model] for observable in graph.observables},
        beginning=begun,
    )


def _batches(graph: GraphSpec, name: str, model: LoadedModel, models: Models, most: int) -> Batches:
    """Sized by the largest of the views that the model is asked for."""
    controls, cell = {control.name: control for control in graph.controls}, model.description.cell
    places = [place(o.operator, controls, cell) for o in graph.observables if o.prompted.model == name]
    cells = max((seen.width * seen.height // cell**2 for seen in places), default=1)
    return models.batches(model, cells, most)


def _method(sampling: contract.Sampling, model: LoadedModel) -> Method:
    default, agree = model.description.defaults, sampling.agree
    step_size = agree.step_size
    if not isinstance(step_size, str):
        step_size = StepSize(step_size.mu, step_size.min, step_size.max)
    return Method(
        transition=sampling.scheduler or default.scheduler,
        eta=default.eta if sampling.eta is None else sampling.eta,
        agree=Agree(agree.solver, None if step_size == "fixed" else step_size, agree.iterations, agree.rate),
        harmonise=sampling.harmonise,
        corrector_steps=sampling.corrector_steps,
    )


@dataclass(frozen=True, eq=False)
class _Windows:
    """The engine's graph at every step: of displaced windows where the spec's shift."""

    spec: GraphSpec
    noise: Noise
    models: Mapping[str, LoadedModel]
    denoisers: Mapping[str, Model]
    outfits: Outfits
    device: torch.device
    beginning: Beginning | None
    _known: dict[tuple[int, int], Graph] = field(default_factory=dict)

    @property
    def controls(self) -> tuple[ControlVariable, ...]:
        return self._controls

    @cached_property
    def _controls(self) -> tuple[ControlVariable, ...]:
        return tuple(control(spec, self.spec) for spec in self.spec.controls)

    def at(self, step: int) -> Graph:
        """The graph at step `step` (from 0)."""
        by = displacement(self.spec, self.noise, step)
        if by not in self._known:
            self._known[by] = self._graph(displaced(self.spec, *by))
        return self._known[by]

    def _graph(self, spec: GraphSpec) -> Graph:
        make = Operators(spec, {control.name: control for control in self.controls}, self.device)
        operators = {
            o.name: make.make(o.operator, self.models[o.prompted.model].colour_latent) for o in spec.observables
        }
        precisions = Precisions(spec, operators, self.device)
        observables = [
            Observable(
                o.name,
                operators[o.name],
                Denoiser(self.denoisers[o.prompted.model], self._conditioning(o)),
                precisions.of(o.name),
                o.seed,
                o.count,
            )
            for o in spec.observables
        ]
        known = self.beginning.known(self.controls) if self.beginning else []
        return Graph(self.controls, (*observables, *known))

    def _conditioning(self, observable: ObservableSpec) -> Any:
        prompted = observable.prompted
        model = self.models[prompted.model]
        outfit = self.outfits.of(observable, self.spec, self.controls, model)
        controls = {control.name: control for control in self.spec.controls}
        return model.conditioning(prompted, place(observable.operator, controls, model.description.cell), outfit)
