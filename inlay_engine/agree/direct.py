"""Agreement by a factored matrix: an exact solution for many right-hand sides on a small canvas."""

import math

import torch

from inlay_engine.agree.normal import LinearSolver, Normal, Solved
from inlay_engine.agree.problem import Problem
from inlay_engine.variables import Controls, Latent

MOST_CELLS = 512
RANK = 1e-12  # smaller eigenvalues of diag(mass)^-1/2 A diag(mass)^-1/2 count as 0; all are in 0..1


def is_cheaper(problem: Problem, sides: int) -> bool:
    """Tell whether factoring A is cheaper than iterating, for `sides` right-hand sides with the problem's batch and
    channels. No operator mixes channels, so each channel is a right-hand side of its own."""
    channels = {control.shape.channels for control in problem.graph.controls}
    cells = sum(math.prod(control.shape[1:]) for control in problem.graph.controls)
    return len(channels) == 1 and cells <= min(MOST_CELLS, sides * math.prod(problem.batch) * channels.pop())


def factored(normal: Normal) -> LinearSolver:
    """Return the solver A^+. If A is singular, it finds the solution with the least mass-weighted norm, as conjugate
    gradients do."""
    shapes = {name: mass.shape[-2:] for name, mass in normal.mass.items()}
    sizes = [math.prod(shape) for shape in shapes.values()]

    def pack(controls: Controls) -> torch.Tensor:
        return torch.cat([controls[name].flatten(-2) for name in shapes], dim=-1)

    def unpack(flat: torch.Tensor) -> dict[str, Latent]:
        parts = flat.split(sizes, dim=-1)
        return {name: part.unflatten(-1, shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}

    roots = pack(normal.inverse_mass).double().sqrt().flatten()
    units = torch.eye(sum(sizes), dtype=normal.problem.dtype, device=roots.device)
    matrix = pack(normal(unpack(units[:, None])))[:, 0].double()
    values, vectors = torch.linalg.eigh(roots[:, None] * matrix * roots)
    spectrum = torch.where(values > RANK, 1 / values, 0)
    inverse = roots[:, None] * (vectors * spectrum) @ vectors.T * roots

    def solve(right: Controls) -> Solved:
        flat = pack(right)
        return normal.solved(right, unpack(flat @ inverse.to(flat.dtype)))

    return solve
