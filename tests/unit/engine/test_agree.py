import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engine.graphs import composites, crops, observable, variables
from worker.engine.agree.diagonal import diagonal
from worker.engine.graph import Graph, constant
from worker.engine.operators import Identity, ObservationOperator
from worker.engine.variables import ControlVariable


def brute_force(graph: Graph, clean: dict, weights: dict) -> dict[str, torch.Tensor]:
    """The weighted least squares as one dense problem, channel by channel, without knowing any structure."""
    sizes = [control.shape.height * control.shape.width for control in graph.controls]
    channels = graph.controls[0].shape.channels
    blocks = []
    for unit in torch.eye(sum(sizes), dtype=torch.float64):
        parts = unit.split(sizes)
        controls = {c.name: part.view(1, *c.shape[1:]) for c, part in zip(graph.controls, parts, strict=True)}
        blocks.append(torch.cat([view.flatten() for view in graph.forward(controls).values()]))
    matrix = torch.stack(blocks, dim=1)
    roots = torch.cat([weights[o.name].flatten() for o in graph.observables]).sqrt()
    targets = torch.cat([clean[o.name].flatten(1) for o in graph.observables], dim=1)
    solution = torch.linalg.lstsq(roots[:, None] * matrix, roots[:, None] * targets.T).solution.T
    pieces = solution.split(sizes, dim=1)
    return {c.name: piece.reshape(channels, *c.shape[1:]) for c, piece in zip(graph.controls, pieces, strict=True)}


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Two controls, each seen as a whole, by crops that may wrap, and by a composite of both; weights of every kind."""
    of: list[ControlVariable] = draw(variables())
    operators: list[ObservationOperator] = [Identity(variable) for variable in of]
    operators += [draw(crops(variable)) for variable in of for _ in range(draw(st.integers(0, 3)))]
    operators.append(draw(composites(of, soft=False)))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 999)))
    observables = []
    for k, operator in enumerate(operators):
        cells = 0.1 + torch.rand(operator.shape[1:], generator=generator, dtype=torch.float64)
        weight = cells if draw(st.booleans()) else float(cells[0, 0])
        observables.append(observable(f"y{k}", operator, precision=constant(weight)))
    return Graph(tuple(of), tuple(observables))


@given(graph=graphs(), seed=st.integers(0, 999))
@settings(deadline=None, max_examples=60)
def test_diagonal_solves_the_least_squares(graph: Graph, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    clean = {o.name: torch.randn(o.operator.shape, generator=generator, dtype=torch.float64) for o in graph.observables}
    weights = graph.weights(0, 1, like=torch.empty(0, dtype=torch.float64))
    solution, expected = diagonal(graph, clean, weights), brute_force(graph, clean, weights)
    for name, value in expected.items():
        torch.testing.assert_close(solution[name], value, rtol=1e-9, atol=1e-9)
