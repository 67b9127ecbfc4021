"""Compose two known Gaussians over two overlapping crops, and compare the result with the law that both come from.

Each model knows the exact law of its own 8 cells of a row of 12, and nothing of the other 4. Run it with
`python examples/engine/two_gaussians.py`.
"""

import torch

from inlay_engine import ControlVariable, Crop, Denoiser, Graph, Noise, Observable, Schedule, Shape, Window, sample
from inlay_engine.testing import Gaussian, GaussianModel

WIDTH, CROP, STEPS, DRAWS = 12, 8, 50, 20_000

cells = torch.arange(WIDTH)
truth = 0.9 ** (cells[:, None] - cells).abs().double()  # the covariance of the whole row
canvas = ControlVariable("x", Shape(channels=1, height=1, width=WIDTH))


def view(name: str, start: int) -> Observable:
    part = slice(start, start + CROP)
    law = Gaussian(Shape(1, 1, CROP), torch.zeros(CROP).double(), truth[part, part])
    return Observable(name, Crop(canvas, Window(start, 0, CROP, 1)), Denoiser(GaussianModel(1), law))


graph = Graph((canvas,), (view("left", 0), view("right", WIDTH - CROP)))
schedule = Schedule.of_alphas_squared(torch.linspace(0, 1, STEPS + 1).tolist())
*_, last = sample(graph, schedule, Noise(seed=7, batch=(DRAWS,), dtype=torch.float64))
composed = last.controls["x"].flatten(1).T.cov()
for one, other in ((0, 1), (CROP - 1, CROP), (0, WIDTH - 1)):
    print(f"covariance of cells {one} and {other}: {composed[one, other]:.3f}, in truth {truth[one, other]:.3f}")
