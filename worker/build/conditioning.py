"""The conditioning of each observable: the ControlNet pictures, LoRAs and reference that its prompt names."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar, assert_never

import torch
from jaxtyping import Float
from torch import Tensor

from backend.contracts.geometry import Canvas
from backend.contracts.graph import (
    BackgroundSpec,
    CompositeSpec,
    CropSpec,
    FlipSpec,
    GraphSpec,
    IdentitySpec,
    ObservableSpec,
    OperatorSpec,
    PromptSpec,
    ResizeSpec,
    RollSpec,
    RotateSpec,
)
from inlay_engine.clock import Schedule
from inlay_engine.variables import ControlVariable
from worker.build.operators_from_spec import Operators
from worker.build.pictures import Pictures, laid
from worker.diffusion.adapters import loading as adapters
from worker.diffusion.adapters.active_adapters import ViewAdapters, WeightedLora
from worker.diffusion.adapters.control import OWN, Control, draw_pose, edges, picture_cell
from worker.diffusion.adapters.reference import Reference
from worker.diffusion.kind import LoadedModel
from worker.diffusion.loading import Models

Loaded = TypeVar("Loaded")
Rgb = Float[Tensor, "3 height width"]
"""A picture with values in [0, 1]."""


@dataclass(frozen=True, eq=False)
class ConditioningBuilder:
    """Loads the adapters and pictures that a graph's prompts name, each once. `canvas` is the part of a control that
    becomes the picture, in pixels; None stands for the whole control."""

    models: Models
    pictures: Pictures
    schedule: Schedule
    canvas: Canvas | None
    _known: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def of(
        self,
        observable: ObservableSpec,
        graph: GraphSpec,
        controls: tuple[ControlVariable, ...],
        model: LoadedModel,
        scale: float,
    ) -> ViewAdapters:
        """Return the adapters of one observable, whose operator has this `scale`. Raises DiffusionError for an adapter
        that the model cannot take, and for a picture that no longer exists."""
        prompted = observable.prompted
        seen = _AdapterPictures(graph, controls, observable.operator, model)
        return ViewAdapters(
            controls=tuple(self._controls(prompted, seen, model, scale)),
            loras=tuple(
                WeightedLora(self._once(adapters.attached_lora, use.lora, model), use.weight)
                for use in prompted.loras
                if use.weight
            ),
            reference=self._reference(prompted, model),
        )

    def _controls(
        self, prompted: PromptSpec, seen: "_AdapterPictures", model: LoadedModel, scale: float
    ) -> Iterator[Control]:
        pose, picture = prompted.pose, prompted.picture
        cell = model.description.cell
        if pose is not None:
            net = None if pose.controlnet is None else self._once(adapters.controlnet, pose.controlnet, model)
            unit = picture_cell(net or model.own_controlnet, cell)
            joints = [[unit / cell * place for place in joint] for joint in pose.joints]
            native = unit * model.description.native_size // cell
            drawn = seen.through(lambda width, height: self._drawn(joints, width, height, native, model.device), unit)
            levels = self.schedule.levels(*pose.active).weaker(scale)
            yield Control(drawn, pose.strength, levels, net, id=pose.controlnet or OWN)
        if picture is not None:
            net = self._once(adapters.controlnet, picture.controlnet, model)
            unit = picture_cell(net, cell)
            on = self.canvas and _reduced(self.canvas, cell // unit)
            shown = seen.through(
                lambda width, height: self._laid(picture.picture, on, width, height, model.device), unit
            )
            shown = edges(shown) if picture.kind == "edges" else shown
            levels = self.schedule.levels(*picture.active).weaker(scale)
            yield Control(shown, picture.strength, levels, net, id=picture.controlnet)

    def _reference(self, prompted: PromptSpec, model: LoadedModel) -> Reference | None:
        asked = prompted.reference
        if asked is None or not asked.weight:
            return None
        adapter = self._once(adapters.ip_adapter, asked.adapter, model)
        key = "reference", asked.adapter, asked.picture
        if key not in self._known:
            self._known[key] = adapter.see(self.pictures(asked.picture))
        return Reference(adapter, self._known[key], asked.weight)

    def _once(self, load: Callable[[str, LoadedModel, Models], Loaded], id: str, model: LoadedModel) -> Loaded:
        key = load.__name__, id, model.description.id
        if key not in self._known:
            self._known[key] = load(id, model, self.models)
        return self._known[key]

    def _drawn(self, joints: list[list[float]], width: int, height: int, native: int, device: torch.device) -> Rgb:
        """Return a pose on a canvas of width x height pixels."""
        key = "pose", f"{joints}", f"{width} x {height} for {native}"
        if key not in self._known:
            self._known[key] = draw_pose(joints, width, height, native).to(device)
        return self._known[key]

    def _laid(self, id: str, on: Canvas | None, width: int, height: int, device: torch.device) -> Rgb:
        """Return an upload, stretched over the canvas `on`. If a control is larger than the canvas, the last pixels are
        repeated."""
        key = "picture", id, f"{width} x {height} on {on and (on.width, on.height)}"
        if key not in self._known:
            whole = laid(self.pictures(id), on, "stretch", width, height)
            self._known[key] = torch.from_numpy(whole).to(device).permute(2, 0, 1) / 255
        return self._known[key]


@dataclass(frozen=True, eq=False)
class _AdapterPictures:
    """Pictures as an observable sees them. Each picture covers the whole canvas that the observable reads, and the
    observable's operator is applied to it."""

    graph: GraphSpec
    controls: tuple[ControlVariable, ...]
    operator: OperatorSpec
    model: LoadedModel

    def through(self, picture: Callable[[int, int], Rgb], unit: int) -> Rgb:
        """Return the observable's view of a picture, at `unit` pixels a cell. `picture` makes the picture from its
        width and height in pixels."""
        device = self.model.device
        operator = Operators(self.graph, {}, device, unit=unit).of_canvas(_bare(self.operator))
        (canvas,) = operator.parents
        return operator.forward({canvas.name: picture(canvas.shape.width, canvas.shape.height).to(device)})


def _reduced(canvas: Canvas, factor: int) -> Canvas:
    """Return a canvas of fewer pixels, rounded up."""
    return canvas.model_copy(update={"width": -(-canvas.width // factor), "height": -(-canvas.height // factor)})


def _bare(spec: OperatorSpec) -> OperatorSpec:
    """Return the operator without the plain colours of its bootstrapping, which do not belong in a ControlNet's
    picture."""
    match spec:
        case BackgroundSpec():
            return _bare(spec.of)
        case IdentitySpec() | CropSpec() | CompositeSpec():
            return spec
        case ResizeSpec() | FlipSpec() | RotateSpec() | RollSpec():
            return spec.model_copy(update={"of": _bare(spec.of)})
        case _:
            assert_never(spec)
