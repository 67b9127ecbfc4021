"""Prepare a run from a compiled graph and loaded models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from backend.contracts import sampling as contract
from backend.contracts.graph import GraphSpec, ObservableSpec
from backend.contracts.job import Job
from backend.geometry.displacement import displaced
from inlay_engine.agree import Agree, DescentStepSize, StepSize
from inlay_engine.clock import Schedule
from inlay_engine.fresh import Fresh
from inlay_engine.graph import DeferredDenoiser, Denoiser, Graph, Model, Observable
from inlay_engine.latent_spaces import ForeignView, LatentSpace
from inlay_engine.noise import Noise
from inlay_engine.sampler import Method
from inlay_engine.variables import ControlVariable
from worker.build.conditioning import ConditioningBuilder
from worker.build.crop_coordinates import crop_coordinates
from worker.build.latent_spaces import spaces
from worker.build.laws import Laws
from worker.build.operators_from_spec import Operators, control, displacement
from worker.build.pictures import Pictures, no_pictures
from worker.build.pins import check_pins
from worker.build.prepared_run import PreparedRun
from worker.build.recent import LastTwo
from worker.build.start_picture import Beginning, beginning
from worker.build.weights import Precisions
from worker.diffusion.kind import LoadedModel
from worker.diffusion.loading import Models
from worker.diffusion.memory import Batches


def prepare(
    graph: GraphSpec, job: Job, models: Models, pictures: Pictures = no_pictures, micro_batch: int = 16
) -> PreparedRun:
    """Prepare a compiled graph to run: load its models, encode its prompts, and make its operators, precisions and
    noise.

    `job` must be resolved: its seed is set, and every other open setting takes the model's default. `pictures` returns
    the uploads that it names. `micro_batch` is the largest number of forward passes at once. Raises DiffusionError if a
    model cannot be loaded, if it is not of the version that the job was accepted with, or if a picture does not exist.
    Raises GraphError for a graph that cannot run.
    """
    sampling = job.sampling
    if sampling.seed is None:
        raise ValueError("A job must be resolved before it is prepared, but this one has no seed.")
    names = dict.fromkeys([sampling.model, *(observable.prompted.model for observable in graph.observables)])
    loaded = {name: models.get(name) for name in names}
    check_pins(job, loaded, models)
    main = loaded[sampling.model]
    noise, schedule = Noise(sampling.seed, device=main.device), _schedule(sampling, main)
    denoisers = {name: model.model(_batches(graph, name, model, models, micro_batch)) for name, model in loaded.items()}
    controls = tuple(control(spec, graph) for spec in graph.controls)
    pixels = sampling.agree.space == "pixels"
    foreign_spaces = spaces(graph, main, loaded, {one.name: one for one in controls}) if pixels else {}
    begun = beginning(job, graph, main, pictures, foreign_spaces.values())
    canvas = None if job.layout.kind == "custom" else job.layout.canvas
    conditioning_builder = ConditioningBuilder(models, pictures, schedule, canvas)
    laws = Laws(main, pictures, canvas)
    windows = _Windows(
        graph, controls, noise, main, loaded, denoisers, conditioning_builder, laws, foreign_spaces, begun
    )
    operators = Operators(graph, {one.name: one for one in controls}, main.device)
    by_model = {one.name: one.prompted.model for one in graph.observables}
    return PreparedRun(
        graph=windows.at(0) if graph.shift is None else windows,
        schedule=schedule,
        noise=noise,
        method=_method(sampling, main),
        pictures={one.node: operators.make(one.operator, main.colour_latent) for one in graph.outputs if one.operator},
        models=dict.fromkeys(graph.nodes, main)
        | {node: loaded[name] for node, name in by_model.items() if name not in foreign_spaces},
        beginning=begun,
        foreign={node: loaded[name] for node, name in by_model.items() if name in foreign_spaces},
    )


def _schedule(sampling: contract.Sampling, model: LoadedModel) -> Schedule:
    """Return the noise levels of the run, with its finer steps, and the place of each step in its plan."""
    even = sampling.spacing == "log-snr"
    schedule = model.clock.schedule(sampling.planned)
    schedule = schedule.even_in_log_snr() if even else schedule
    for one in sampling.finer:
        schedule = model.clock.finer(schedule, one.after, one.steps)
        schedule = schedule.even_in_log_snr(one.after) if even else schedule
    return Schedule(schedule.instants, tuple(sampling.places))


def _batches(graph: GraphSpec, name: str, model: LoadedModel, models: Models, most: int) -> Batches:
    """Return the model's batches, sized for the largest view that the model denoises."""
    controls, cell = {control.name: control for control in graph.controls}, model.description.cell
    places = [crop_coordinates(o.operator, controls, cell) for o in graph.observables if o.prompted.model == name]
    cells = max((seen.width * seen.height // cell**2 for seen in places), default=1)
    return models.batches(model, cells, most)


def _method(sampling: contract.Sampling, model: LoadedModel) -> Method:
    default, agree, fresh = model.description.defaults, sampling.agree, sampling.fresh
    step_size = agree.step_size
    if isinstance(step_size, contract.StepSize):
        step_size = StepSize(step_size.mu, step_size.min, step_size.max)
    elif isinstance(step_size, contract.DescentStepSize):
        step_size = DescentStepSize(step_size.rho, step_size.rate)
    return Method(
        transition=sampling.scheduler or default.scheduler,
        eta=default.eta if sampling.eta is None else sampling.eta,
        fresh=Fresh() if fresh is None else Fresh(fresh.share, fresh.active[0], fresh.active[1], fresh.filled),
        agree=Agree(agree.solver, None if step_size == "fixed" else step_size, agree.iterations, agree.rate),
        harmonise=sampling.harmonise,
        corrector_steps=sampling.corrector_steps,
    )


@dataclass(frozen=True, eq=False)
class _Windows:
    """The engine's graph at every step, whose windows are displaced if they shift. `main` is the job's own model.
    `foreign_spaces` has the latent space of each model that does not share the main model's."""

    spec: GraphSpec
    controls: tuple[ControlVariable, ...]
    noise: Noise
    main: LoadedModel
    models: Mapping[str, LoadedModel]
    denoisers: Mapping[str, Model]
    conditioning_builder: ConditioningBuilder
    laws: Laws
    foreign_spaces: Mapping[str, LatentSpace]
    beginning: Beginning | None
    _known: LastTwo[tuple[int, int], Graph] = field(default_factory=LastTwo[tuple[int, int], Graph])

    def at(self, step: int) -> Graph:
        """Return the graph at step `step` (from 0)."""
        by = displacement(self.spec, self.noise, step)
        return self._known.get(by, lambda: self._graph(displaced(self.spec, *by)))

    def _graph(self, spec: GraphSpec) -> Graph:
        device = self.main.device
        make = Operators(spec, {control.name: control for control in self.controls}, device)
        operators = {o.name: make.make(o.operator, self._colours(o).colour_latent) for o in spec.observables}
        operators |= {law.name: make.make(law.operator, self.main.colour_latent) for law in spec.laws}
        precisions = Precisions(spec, operators, device)
        observables = [
            Observable(
                o.name,
                operators[o.name],
                self._denoiser(o, operators[o.name].scale),
                precisions.of(o.name),
                o.seed,
                o.count,
                self._foreign_view(o, spec),
            )
            for o in spec.observables
        ]
        laws = [self.laws.observable(law, operators[law.name], precisions.of(law.name)) for law in spec.laws]
        known = self.beginning.known(self.controls) if self.beginning else []
        return Graph(self.controls, (*observables, *laws, *known))

    def _colours(self, observable: ObservableSpec) -> LoadedModel:
        """Return the model whose latents of plain colours the agreement uses for this observable."""
        name = observable.prompted.model
        return self.main if name in self.foreign_spaces else self.models[name]

    def _foreign_view(self, observable: ObservableSpec, spec: GraphSpec) -> ForeignView | None:
        """Return the observable's view of the mirrors in its model's latent space, or None if that space is
        the run's."""
        name = observable.prompted.model
        if name not in self.foreign_spaces:
            return None
        space = self.foreign_spaces[name]
        make = Operators(spec, space.mirrors, self.main.device)
        return ForeignView(space, make.make(observable.operator, self.models[name].colour_latent))

    def _denoiser(self, observable: ObservableSpec, scale: float) -> Denoiser:
        """Return the model of an observable with its conditioning. For windows that shift, the conditioning is made
        when the model is first asked, because the engine checks the graphs of all steps before the first."""
        model = self.denoisers[observable.prompted.model]
        make = partial(self._conditioning, observable, scale)
        return Denoiser(model, make()) if self.spec.shift is None else DeferredDenoiser(model, make)

    def _conditioning(self, observable: ObservableSpec, scale: float) -> Any:
        prompted = observable.prompted
        model = self.models[prompted.model]
        adapters = self.conditioning_builder.of(observable, self.spec, self.controls, model, scale)
        controls = {control.name: control for control in self.spec.controls}
        return model.conditioning(
            prompted, crop_coordinates(observable.operator, controls, model.description.cell), adapters
        )
