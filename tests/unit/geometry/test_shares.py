"""The shares that an export shows are those of the weights that the worker computes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from backend.contracts.graph import GraphSpec
from backend.contracts.job import Compiled
from backend.geometry.ranges import Timing
from backend.geometry.shares import Shares, View
from tests.unit.graph.documents import compiled, illusion, panorama, portrait, regions, scene, texture
from worker.build.operators_from_spec import Operators, control
from worker.build.weights import Precisions

EXAMPLES = Path(__file__).parents[3] / "examples"
OVERLAP = regions((64, 32, 160, 160), (128, 64, 200, 160), feather=24, weight=2.5, active=[0.2, 0.9], fade=[0.3, 0.4])
LAYOUTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "panorama": (panorama(320, 128, wrap="x"), {"windows": {"weights": "gaussian"}}),
    "overlapping regions that fade": (OVERLAP, {}),
    "scene": (scene(soft=24), {}),
    "portrait": (portrait(), {}),
    "illusion": (illusion(), {}),
    "texture": (texture(), {"coarse": {"weight": 3}}),
}


def made(name: str) -> Compiled:
    layout, sampling = LAYOUTS[name]
    return compiled(layout, {"steps": 10, **sampling})


class Worker:
    """The worker's weights of a graph."""

    def __init__(self, graph: GraphSpec) -> None:
        controls = {one.name: control(one, graph) for one in graph.controls}
        operators = Operators(graph, controls, torch.device("cpu"))
        channels = graph.controls[0].channels
        self.operators = {
            one.name: operators.make(one.operator, lambda _: torch.zeros(channels)) for one in graph.views
        }
        self.precisions = Precisions(graph, self.operators, torch.device("cpu"))
        self.graph = graph

    def weights(self, step: int) -> dict[str, torch.Tensor]:
        found = {one.name: self.precisions.of(one.name)(step, 10) for one in self.graph.views}
        return {name: weight for name, weight in found.items() if isinstance(weight, torch.Tensor)}

    def on_controls(self, weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        fields = {one.name: torch.zeros(one.height, one.width) for one in self.graph.controls}
        for name, weight in weights.items():
            for parent, seen in self.operators[name].adjoint(weight[None]).items():
                fields[parent] += seen[0]
        return fields

    def share(self, view: View, step: int) -> np.ndarray[Any, Any]:
        weights = self.weights(step)
        operator, own = self.operators[view.name], weights[view.name]
        total = operator.forward({name: field[None] for name, field in self.on_controls(weights).items()})[0]
        total = total / torch.as_tensor(operator.gain)
        return torch.where(total > 1e-6, own / total, 0.0).numpy()


def strongest(views: list[View]) -> int:
    timings = [Timing.of(view.precision) for view in views]
    return max((one.strength(step, 10), step) for one in timings for step in range(10))[1]


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_view_has_the_share_that_the_worker_gives_it(name: str) -> None:
    job = made(name)
    worker, shares = Worker(job.graph), Shares(job.graph, range(10), 10)
    for view in job.graph.views:
        np.testing.assert_allclose(shares.of_view(view), worker.share(view, strongest([view])), atol=2e-4)


def test_the_views_of_a_patch_share_its_control() -> None:
    job = made("overlapping regions that fade")
    worker, shares = Worker(job.graph), Shares(job.graph, range(10), 10)
    for id in ("p0", "p1"):
        views: list[View] = [one for one in job.graph.observables if one.patch == id]
        weights = worker.weights(strongest(views))
        own = worker.on_controls({one.name: weights[one.name] for one in views})["x"].numpy()
        found = shares.on_control(views, "x")
        assert found is not None
        np.testing.assert_allclose(found, own / worker.on_controls(weights)["x"].numpy(), atol=2e-4)
        assert found.max() > 0.3


def test_a_view_that_never_acts_has_no_share() -> None:
    job = made("panorama")
    (first, *rest) = job.graph.observables
    silent = first.model_copy(update={"precision": first.precision.model_copy(update={"weight": 0.0})})
    graph = job.graph.model_copy(update={"observables": [silent, *rest]})
    shares = Shares(graph, range(10), 10)
    assert not shares.of_view(silent).any()
    assert shares.on_control([silent], "x") is None


def test_a_short_run_shows_the_shares_of_the_steps_that_it_takes() -> None:
    early = regions((64, 32, 128, 128), active=[0.0, 0.5])
    job = compiled(early, {"steps": 10})
    (patch,) = (one for one in job.graph.observables if one.patch == "p0")
    assert Shares(job.graph, range(10), 10).of_view(patch).any()
    assert not Shares(job.graph, range(6, 10), 10).of_view(patch).any()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_the_shares_of_all_views_of_a_cell_sum_to_one(path: Path) -> None:
    document = json.loads(path.read_text())
    graph = compiled(document["layout"], {"steps": 10}).graph
    step = 9
    active = [view for view in graph.views if Timing.of(view.precision).strength(step, 10) > 0]
    shares = Shares(graph, range(step, 10), 10)
    for one in graph.controls:
        found = shares.on_control(active, one.name)
        assert found is not None
        np.testing.assert_allclose(found, 1, atol=1e-9)
