"""Fill in what a custom graph leaves out (contracts/custom_graph.py)."""

from backend.contracts.custom_graph import CustomControl, CustomGraph, CustomLaw, CustomObservable, CustomOutput
from backend.contracts.graph import (
    ControlSpec,
    GraphSpec,
    LawSpec,
    ObservableSpec,
    OperatorSpec,
    OutputSpec,
    PrecisionSpec,
    PromptSpec,
)
from backend.contracts.model import ModelDescription
from backend.contracts.sampling import Sampling
from backend.geometry.operators import GraphGeometry
from backend.graph.errors import LayoutError

UNSIZED = 1  # pixels of an output whose size is open, until `sized` fills it in


def filled(graph: CustomGraph, sampling: Sampling, model: ModelDescription) -> GraphSpec:
    """Return the graph with every open field filled in from the job's resolved settings and its model, except the sizes
    of outputs, which `sized` fills in. Raises LayoutError if an observable or a law without a group has the name of a
    group."""
    _check_groups(graph)
    return GraphSpec(
        controls=[_control(control, model.channels) for control in graph.controls],
        observables=[_observable(one, sampling) for one in graph.observables],
        laws=[LawSpec.model_validate(one.model_dump() | {"precision": _precision(one)}) for one in graph.laws],
        outputs=[_output(one) for one in graph.outputs or _all_controls(graph)],
        masks=graph.masks,
        shift=graph.shift,
    )


def sized(spec: GraphSpec, graph: CustomGraph, cell: int) -> GraphSpec:
    """Return the filled graph with the size of its outputs: that of the user's graph, or of the node. The operators and
    outputs of `spec` must be checked."""
    asked = graph.outputs or _all_controls(graph)
    geometry = GraphGeometry.of(spec)
    outputs = []
    for output, own in zip(spec.outputs, asked, strict=True):
        width, height = (side * cell for side in _size(output, spec, geometry))
        outputs.append(output.model_copy(update={"width": own.width or width, "height": own.height or height}))
    return spec.model_copy(update={"outputs": outputs})


def as_custom(spec: GraphSpec) -> CustomGraph:
    """Return a filled graph as a user would write it, with every field."""
    return CustomGraph.model_validate(spec.model_dump())


def _check_groups(graph: CustomGraph) -> None:
    groups = {one.precision.group for one in (*graph.observables, *graph.laws)}
    for part, views in (("observables", graph.observables), ("laws", graph.laws)):
        for index, one in enumerate(views):
            if one.precision.group is None and one.name in groups:
                raise LayoutError(
                    f"{one.name!r} has no group, so its own name is the name of its group, and another view names that "
                    "group; give the view or the group another name",
                    ["layout", "graph", part, index, "name"],
                )


def _control(control: CustomControl, channels: int) -> ControlSpec:
    return ControlSpec.model_validate(control.model_dump() | {"channels": control.channels or channels})


def _observable(one: CustomObservable, sampling: Sampling) -> ObservableSpec:
    job = {"guidance": sampling.guidance, "guidance_rescale": sampling.guidance_rescale, "model": sampling.model}
    prompted = PromptSpec.model_validate(job | one.prompted.model_dump(exclude_none=True))
    return ObservableSpec.model_validate(one.model_dump() | {"prompted": prompted, "precision": _precision(one)})


def _precision(one: CustomObservable | CustomLaw) -> PrecisionSpec:
    return PrecisionSpec.model_validate(one.precision.model_dump() | {"group": one.precision.group or one.name})


def _all_controls(graph: CustomGraph) -> list[CustomOutput]:
    return [CustomOutput(node=control.name) for control in graph.controls]


def _output(one: CustomOutput) -> OutputSpec:
    size = {"width": one.width or UNSIZED, "height": one.height or UNSIZED}
    return OutputSpec.model_validate(one.model_dump() | size)


def _size(output: OutputSpec, spec: GraphSpec, geometry: GraphGeometry) -> tuple[int, int]:
    """Return the width and height of an output's node, in cells."""
    operators: dict[str, OperatorSpec] = {one.name: one.operator for one in spec.views}
    operator = output.operator or operators.get(output.node)
    if operator is not None:
        return geometry.size(operator)
    control = geometry.controls[output.node]
    return control.width, control.height
