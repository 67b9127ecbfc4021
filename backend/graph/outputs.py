"""The nodes of a graph that become pictures."""

from typing import assert_never

from backend.contracts.graph import GraphSpec, OutputSpec
from backend.contracts.job import Job
from backend.contracts.layout import Layout
from backend.contracts.limits import MAX_NAME
from backend.geometry.operators import GraphGeometry
from backend.graph import scene
from backend.graph.errors import LayoutError

MANY = 12  # the most names that a sentence lists


def main(layout: Layout) -> list[str]:
    """Return the names of the default outputs, for a job that names none. The main picture is the first."""
    match layout.kind:
        case "scene":
            return [scene.MAIN, scene.BACKGROUND, scene.OBJECT]
        case "custom":
            return layout.graph.pictures
        case "panorama" | "regions" | "portrait" | "illusion" | "texture":
            return ["x"]
        case _:
            assert_never(layout)


def with_outputs(graph: GraphSpec, job: Job, cell: int) -> GraphSpec:
    """Return the graph with the job's outputs. An output is a control, an observable, or a picture that the layout
    defines; it has the size at which it is seen. Raises LayoutError for an unknown name, or if the names of several
    images collide or are too long."""
    known = _known(graph, job, cell)
    names = [*dict.fromkeys(job.outputs or main(job.layout))]
    for index, name in enumerate(names):
        if name not in known:
            there = [*known] if len(known) <= MANY else [*[*known][:MANY], "…", [*known][-1]]
            raise LayoutError(f"the layout has no node {name!r}; choose from {', '.join(there)}", ["outputs", index])
    files = [name if k == 1 else f"{name}.{k}" for name in names for k in range(1, job.images + 1)]
    if len(set(files)) < len(files) or max(map(len, files)) > MAX_NAME:
        raise LayoutError(
            f"the pictures of {job.images} images are named `<node>.2` and so on; these names must differ from the "
            f"nodes' own names and have at most {MAX_NAME} characters; rename the nodes",
            ["outputs"],
        )
    return graph.model_copy(update={"outputs": [known[name] for name in names]})


def _known(graph: GraphSpec, job: Job, cell: int) -> dict[str, OutputSpec]:
    """Return everything that can be an output, by name: first the layout's own pictures, then every node."""
    geometry = GraphGeometry.of(graph)
    known = {output.node: output for output in graph.outputs}
    for control in graph.controls:
        if job.layout.kind == "custom":
            width, height = control.width * cell, control.height * cell
        else:
            width, height = job.layout.canvas.width, job.layout.canvas.height
        known.setdefault(control.name, OutputSpec(node=control.name, width=width, height=height))
    for one in graph.views:
        width, height = geometry.size(one.operator)
        known.setdefault(one.name, OutputSpec(node=one.name, width=width * cell, height=height * cell))
    return known
