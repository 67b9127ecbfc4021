"""The studio draws the weights of patches itself (frontend/src/geometry/weights.ts). `weights_of_regions.json` holds a
layout and the shares that the worker gives its patches; both sides are held to the same numbers."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from inlay_engine.variables import ControlVariable, Shape
from tests.unit.graph.documents import compiled
from worker.build.operators_from_spec import Operators
from worker.build.weights import Precisions

FILE = Path(__file__).with_name("weights_of_regions.json")


def shares(document: dict[str, Any]) -> dict[str, list[float]]:
    """Return the share of every patch in each latent cell, row by row, in the first step."""
    graph = compiled(document["layout"], {"steps": 10}).graph
    (control,) = graph.controls
    x = {"x": ControlVariable("x", Shape(control.channels, control.height, control.width))}
    made = Operators(graph, x, torch.device("cpu"))
    operators = {
        one.name: made.make(one.operator, lambda _: torch.zeros(control.channels)) for one in graph.observables
    }
    precisions = Precisions(graph, operators, torch.device("cpu"))
    total = torch.zeros(control.height, control.width)
    own: dict[str | None, torch.Tensor] = {}
    for one in graph.observables:
        weight = precisions.of(one.name)(0, 10)
        if not isinstance(weight, torch.Tensor):
            continue
        (seen,) = operators[one.name].adjoint(weight[None]).values()
        total += seen[0]
        own[one.patch] = own.get(one.patch, torch.zeros_like(total)) + seen[0]
    return {id: (weights / total).flatten().tolist() for id, weights in own.items() if id is not None}


def test_the_shares_of_patches_are_those_that_the_studio_draws() -> None:
    document = json.loads(FILE.read_text())
    found = shares(document)
    assert found.keys() == document["shares"].keys()
    for id, expected in document["shares"].items():
        assert found[id] == pytest.approx(expected, abs=1e-4)
