"""Random agreement problems, and a dense solver for them that uses no structure of the graph."""

import torch
from hypothesis import strategies as st
from torch import Tensor

from inlay_engine.agree import Agree, Agreement, Problem, objective
from inlay_engine.graph import Graph, constant
from inlay_engine.operators import Compose, Identity, ObservationOperator
from inlay_engine.variables import ControlVariable, Latent
from tests.unit.inlay_engine.graphs import composites, crops, maps, observable, variables, windowed_composites


@st.composite
def graphs(draw: st.DrawFn, selecting: bool = False, covered: bool = True) -> Graph:
    """Draw a graph of two controls. They are seen by crops that may wrap, by a composite of both, by a composite of
    windows, and by any map of a crop; the weights are numbers or maps. If `covered`, each control is also seen as a
    whole. If `selecting`, no view mixes cells."""
    of: list[ControlVariable] = draw(variables())
    operators: list[ObservationOperator] = [Identity(variable) for variable in of] if covered else []
    operators += [draw(crops(variable)) for variable in of for _ in range(draw(st.integers(0, 2)))]
    operators.append(draw(composites(of, soft=not selecting and draw(st.booleans()))))
    if not selecting:
        operators.append(draw(windowed_composites(of)))
        crop = draw(crops(of[0]))
        operators.append(Compose(crop, draw(maps(crop.shape))))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 999)))
    observables = []
    for k, operator in enumerate(operators):
        cells = 0.1 + torch.rand(operator.shape[1:], generator=generator, dtype=torch.float64)
        weight = cells if draw(st.booleans()) else float(cells[0, 0])
        observables.append(observable(f"y{k}", operator, precision=constant(weight)))
    return Graph(tuple(of), tuple(observables))


def random_problem(graph: Graph, seed: int = 0, batch: tuple[int, ...] = (), likeness: float = 0.0) -> Problem:
    """Return a problem of independent random views, in float64. With a `likeness` above 0, the views also share a
    picture."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*batch, *shape, generator=generator, dtype=torch.float64)

    picture = {control.name: likeness * draw(*control.shape) for control in graph.controls}
    clean, noisy = (
        {o.name: o.operator.clean_view(picture) + draw(*o.operator.shape) for o in graph.observables} for _ in range(2)
    )
    return Problem(graph, clean, noisy, graph.weights(0, 1, like=torch.empty(0, dtype=torch.float64)))


def sample_of(problem: Problem, index: int) -> Problem:
    """Return one sample of a batch, without the batch axis."""
    assert problem.noisy is not None
    clean, noisy = ({name: view[index] for name, view in views.items()} for views in (problem.clean, problem.noisy))
    return Problem(problem.graph, clean, noisy, problem.weights)


def dense(graph: Graph, targets: dict[str, Latent], weights: dict[str, Latent]) -> dict[str, Latent]:
    """Return the least-squares solution of smallest norm, from one dense matrix, channel by channel. The targets have
    no batch."""
    sizes = [control.shape.height * control.shape.width for control in graph.controls]
    blocks = []
    for unit in torch.eye(sum(sizes), dtype=torch.float64):
        parts = unit.split(sizes)
        controls = {c.name: part.view(1, *c.shape[1:]) for c, part in zip(graph.controls, parts, strict=True)}
        blocks.append(torch.cat([view.flatten() for view in graph.forward(controls).values()]))
    matrix = torch.stack(blocks, dim=1)
    roots = torch.cat([weights[o.name].flatten() for o in graph.observables]).sqrt()
    stacked = torch.cat([targets[o.name].flatten(1) for o in graph.observables], dim=1)
    solution = (torch.linalg.pinv(roots[:, None] * matrix, rtol=1e-10) @ (roots[:, None] * stacked.T)).T
    pieces = solution.split(sizes, dim=1)
    return {c.name: piece.reshape(-1, *c.shape[1:]) for c, piece in zip(graph.controls, pieces, strict=True)}


def dense_solution(problem: Problem) -> dict[str, Latent]:
    """Solve a problem whose views are all active, by `dense`."""
    return dense(problem.graph, problem.targets, dict(problem.weights))


def value(problem: Problem, agreed: Agreement, how: Agree) -> Tensor:
    """Return the objective at the agreed controls."""
    return objective(problem, agreed.controls, agreed.step_sizes, how)
