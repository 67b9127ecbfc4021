"""A run that is ready to start, with its steps, previews and pictures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import torch
from PIL import Image

from backend.contracts.events import What
from backend.contracts.frames import LEGENDS
from backend.contracts.graph import OutputSpec
from inlay_engine.clock import Schedule
from inlay_engine.graph import Moving, Observable
from inlay_engine.noise import Noise
from inlay_engine.operators import ObservationOperator
from inlay_engine.sampler import Estimate, Method, State, Step, sample
from inlay_engine.variables import ControlVariable, Latent
from worker.build.start_picture import Beginning
from worker.diffusion.kind import LoadedModel
from worker.diffusion.vae import Rgb, enlarge

FAINT = 1e-12  # a sum of weights below which nothing counts


@dataclass(frozen=True, eq=False)
class PreparedRun:
    """A run that is ready to start.

    `pictures` has the operators of outputs that are not observables. `models` names the model that decodes and previews
    each node. `foreign` names the model that previews a node of another latent space. `beginning` is the picture that
    the run starts from.
    """

    graph: Moving
    schedule: Schedule
    noise: Noise
    method: Method
    pictures: Mapping[str, ObservationOperator]
    models: Mapping[str, LoadedModel]
    beginning: Beginning | None = None
    foreign: Mapping[str, LoadedModel] = field(default_factory=dict)

    def sample(self, start: State | None = None) -> Iterator[Step]:
        """Run the steps, from the beginning or from the state in which an earlier run stopped. That run may have used
        another device."""
        if start is None and self.beginning is not None:
            start = self.beginning.state(self.graph.at(0).variables, self.schedule, self.noise)
        return sample(self.graph, self.schedule, self.noise, self.method, start and self._here(start))

    def progress(self, step: Step) -> tuple[int, int]:
        """Return the number of finished steps, and the number of steps that this run takes."""
        left_out = self.beginning.first if self.beginning else 0
        return step.index - left_out, step.of - left_out

    def _here(self, state: State) -> State:
        device, previous = self.noise.device, state.previous
        if previous is not None:
            previous = Estimate(previous.at, {name: x.to(device) for name, x in previous.controls.items()})
        return State(state.step, {name: x.to(device) for name, x in state.controls.items()}, previous)

    def preview(self, step: Step, node: str, what: What) -> Rgb:
        """Return a preview of a control, an observable or another output after a step, with PREVIEW_SCALE pixels per
        cell. It shows the clean estimate, the noisy value before the step, the disagreement of the views, or the
        weights; the last two are maps with the colours of LEGENDS."""
        if what == "residual" or what == "weights":
            legend = LEGENDS[what]
            values = self._residual(step, node).sqrt() if what == "residual" else self._share(step, node)
            values = ((values - legend.low) / (legend.high - legend.low)).clamp(0, 1)
            low, high = (values.new_tensor(one)[:, None, None] for one in (legend.low_colour, legend.high_colour))
            return enlarge(low + values * (high - low))
        latent = self._clean(step, node) if what == "x0" else self._noisy(step, node)
        return self.foreign.get(node, self.models[node]).previews.show(latent)

    def decode(self, step: Step, output: OutputSpec) -> Image.Image:
        """Return a node as a picture, cropped to the output's size. After the last step it is the finished picture, and
        before that the estimate. A control that wraps is decoded without a seam. The kept part of a start picture is
        copied back."""
        controls = step.controls if step.index == step.of else step.estimate
        control = self._controls.get(output.node)
        latent = controls[control.name] if control else self._operator(step, output.node).clean_view(controls)
        wraps = (control.wraps_x, control.wraps_y) if control else (False, False)
        picture = self.models[output.node].decoder.decode(latent, *wraps)
        picture = picture[: output.height, : output.width]
        return Image.fromarray(self.beginning.with_kept(output.node, picture) if self.beginning else picture)

    @property
    def _controls(self) -> dict[str, ControlVariable]:
        return {control.name: control for control in self.graph.controls}

    def _operator(self, step: Step, name: str) -> ObservationOperator:
        """Return the operator of a node that is not a control, as it was during the step."""
        return self.pictures[name] if name in self.pictures else self._observable(step, name).operator

    def _shown(self, step: Step, name: str) -> ObservationOperator:
        """Return the operator of a node in the latent space in which the node is previewed."""
        return self.pictures[name] if name in self.pictures else self._observable(step, name).shown

    def _observable(self, step: Step, name: str) -> Observable:
        return next(one for one in self.graph.at(step.index - 1).observables if one.name == name)

    def _clean(self, step: Step, node: str) -> Latent:
        """Return a node's clean estimate. For an observable that was not active in the step, it is the view of the
        agreed controls."""
        if node in step.estimate:
            return step.estimate[node]
        return step.views[node].clean if node in step.views else self._shown(step, node).clean_view(step.estimate)

    def _noisy(self, step: Step, node: str) -> Latent:
        if node in step.before:
            return step.before[node]
        return step.views[node].noisy if node in step.views else self._shown(step, node).forward(step.before)

    def _residual(self, step: Step, node: str) -> Latent:
        """Return the mean square over channels of d_i - f_i(X0), with one channel. For a control, return the average
        over its views, by weight."""
        squares = {
            name: (view.shared - self._operator(step, name).clean_view(step.estimate)).square().mean(0, keepdim=True)
            for name, view in step.views.items()
        }
        if node in squares:
            return squares[node]
        graph = self.graph.at(step.index - 1)
        total = graph.adjoint({name: view.weight * squares[name] for name, view in step.views.items()})
        mass = graph.adjoint({name: view.weight for name, view in step.views.items()})
        average = {name: share / mass[name].clamp(min=FAINT) for name, share in total.items()}
        return average[node] if node in average else self._operator(step, node).forward(average)

    def _share(self, step: Step, node: str) -> Latent:
        """Return the share that an observable has of all weight on each of its cells, with one channel; 0 if it was not
        active in the step. For a control, return the largest share that one observable has: 1 where a single view
        decides, and less where several are averaged."""
        graph = self.graph.at(step.index - 1)
        mass = graph.adjoint({name: view.weight for name, view in step.views.items()})
        if node in mass:
            return self._largest_share(step, mass, node)
        if node in self.pictures:
            largest = {name: self._largest_share(step, mass, name) for name in mass}
            return self._operator(step, node).forward(largest)
        operator = self._operator(step, node)
        total = operator.forward(mass)
        weight = step.views[node].weight if node in step.views else torch.zeros_like(total)
        return weight * torch.as_tensor(operator.gain).to(total) / total.clamp(min=FAINT)

    def _largest_share(self, step: Step, mass: Mapping[str, Latent], control: str) -> Latent:
        largest = torch.zeros_like(mass[control])
        for name, view in step.views.items():
            part = self._operator(step, name).adjoint(view.weight)
            if control in part:
                largest = torch.maximum(largest, part[control])
        return largest / mass[control].clamp(min=FAINT)
