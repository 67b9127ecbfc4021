"""Coordinate descent for the LASSO that is left after X0 is eliminated: a small quadratic with an absolute value, for
every sample of a batch."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

PRECISION = 1e-7  # the KKT residual of a solution, well below the 1e-6 that the LASSO must reach
LIMIT = 200
WEAKEST = 1e-3  # the smallest mu in the scale of a KKT residual; without penalty, the scale is |v|^2 / 1000
FLAT = 1e-12  # the curvature along one coordinate, relative to |v|^2, that may be a rounding error


@dataclass(frozen=True, eq=False)
class Quadratic:
    """1/2 d^T G d + h^T d + rho |d| for least <= d <= most. `square` is |v_i|^2_W, and rho = mu * square. The first
    axes are coordinates, and the last axis is the batch. All numbers are float64, and G is symmetric and positive
    semidefinite."""

    G: Float[Tensor, "m m batch"]
    h: Float[Tensor, "m batch"]
    square: Float[Tensor, "m batch"]
    mu: float
    least: float
    most: float

    @property
    def rho(self) -> Float[Tensor, "m batch"]:
        return self.mu * self.square

    def slope(self, delta: Float[Tensor, "m batch"]) -> Float[Tensor, "m batch"]:
        """Return G d + h."""
        return torch.einsum("ijb,jb->ib", self.G, delta) + self.h

    def residual(self, delta: Float[Tensor, "m batch"]) -> Float[Tensor, " batch"]:
        """Return the violation of the KKT conditions, relative to the largest rho of the sample. The violation is the
        largest downhill slope among the objective's one-sided derivatives in directions that no bound blocks."""
        slope, rho = self.slope(delta), self.rho
        right = slope + torch.where(delta >= 0, rho, -rho)
        left = slope + torch.where(delta > 0, rho, -rho)
        up, down = -right * (delta < self.most), left * (delta > self.least)
        scale = max(self.mu, WEAKEST) * self.square.amax(0)
        worst = torch.maximum(up, down).amax(0).clamp(min=0)
        return torch.where(worst > 0, worst / scale, 0)

    def samples(self, which: Float[Tensor, " batch"] | Tensor) -> "Quadratic":
        """Return the same problem for some samples of the batch."""
        G, h, square = (part[..., which] for part in (self.G, self.h, self.square))
        return Quadratic(G, h, square, self.mu, self.least, self.most)


class Minimum(NamedTuple):
    delta: Float[Tensor, "m batch"]
    residual: Float[Tensor, " batch"]
    sweeps: int


def minimise(problem: Quadratic, limit: int | None = None) -> Minimum:
    """Minimise by coordinate descent from d = 0. Each sweep ends with a Newton step on the face that it reached;
    without it, nearly parallel views would need thousands of sweeps. No step raises the objective. Samples that have
    converged do not change any more."""
    delta = torch.zeros_like(problem.h)
    residual = problem.residual(delta)
    sweeps = 0
    while sweeps < (limit or LIMIT) and bool((open_ := residual > PRECISION).any()):
        which = open_.nonzero().flatten()
        rest = problem if len(which) == len(residual) else problem.samples(which)
        found = _face_step(rest, _sweep(rest, delta[:, which]))
        delta[:, which], residual[which] = found, rest.residual(found)
        sweeps += 1
    return Minimum(delta, residual, sweeps)


def _sweep(problem: Quadratic, delta: Float[Tensor, "m batch"]) -> Float[Tensor, "m batch"]:
    """Minimise over each coordinate in turn: soft threshold, then clamp."""
    delta, slope, rho = delta.clone(), problem.slope(delta), problem.rho
    for i in range(len(delta)):
        curvature = torch.maximum(problem.G[i, i], FLAT * problem.square[i]).clamp(min=torch.finfo(rho.dtype).tiny)
        downhill = curvature * delta[i] - slope[i]
        goal = downhill.sign() * (downhill.abs() - rho[i]).clamp(min=0) / curvature
        goal = goal.clamp(problem.least, problem.most)
        slope += problem.G[i] * (goal - delta[i])
        delta[i] = goal
    return delta


def _face_step(problem: Quadratic, delta: Float[Tensor, "m batch"]) -> Float[Tensor, "m batch"]:
    """Move towards the minimum over the coordinates that are neither 0 nor at a bound, as far as their signs and bounds
    allow. The objective is quadratic along the way, and falls."""
    free = (delta != 0) & (delta > problem.least) & (delta < problem.most)
    sign = delta.sign()
    slope = torch.where(free, problem.slope(delta) + sign * problem.rho, 0)
    face = (free[:, None] & free[None]).to(problem.G.dtype).permute(2, 0, 1) * problem.G.permute(2, 0, 1)
    ridge = torch.where(free, FLAT * problem.square, 1).T
    step = -torch.linalg.solve(face + torch.diag_embed(ridge), slope.T).T
    goal = delta + step
    lower, upper = -problem.least * sign.clamp(max=0), problem.most * sign.clamp(min=0)
    beyond = torch.where(goal > upper, (upper - delta) / step, torch.where(goal < lower, (lower - delta) / step, 1.0))
    share = torch.where(free, beyond, 1.0).amin(0)
    return torch.where(free, torch.minimum(torch.maximum(delta + share * step, lower), upper), delta)
