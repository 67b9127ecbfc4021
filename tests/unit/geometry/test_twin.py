"""The operators in numpy and in the engine are the same maps: every kind, every mode, forwards and adjoint."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Literal, get_args, get_origin

import numpy as np
import pytest
import torch
from pydantic import BaseModel

from backend.contracts.geometry import Wrap
from backend.contracts.graph import GraphSpec, ObservableSpec, OperatorSpec
from backend.geometry.displacement import displaced
from backend.geometry.operators import GraphGeometry
from worker.build.operators_from_spec import Operators, control

ROWS, COLUMNS = 12, 16
KINDS: dict[str, type[BaseModel]] = {
    get_args(kind.model_fields["kind"].annotation)[0]: kind for kind in get_args(get_args(OperatorSpec)[0])
}

SOFT = {"box": {"x": 3, "y": 2, "width": 9, "height": 7}, "feather": 2.5, "mask": "drawn"}
CROP = {"kind": "crop", "control": "x", "box": {"x": 3, "y": 2, "width": 10, "height": 8}}
PARTS = [{"control": "x", "region": SOFT}, {"control": "z", "region": SOFT, "inverse": True}]
LARGER = {"kind": "resize", "of": CROP, "width": 15, "height": 8, "mode": "bilinear"}
PLACED = [
    {"control": "x"},
    {"of": LARGER, "x": 3, "y": -1, "region": SOFT},
    {"of": {"kind": "flip", "of": {"kind": "identity", "control": "x"}, "axis": "x"}, "x": 6, "y": 2},
]
COLLAGE = [{"of": {**CROP, "box": {"x": n, "y": 0, "width": 6, "height": 6}}, "x": 6 * n} for n in (0, 1)]
EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "identity": [{"control": "x"}],
    "crop": [{"control": "x", "box": CROP["box"]}],
    "composite": [
        {"parts": PARTS, "layers": False},
        {"parts": PARTS, "layers": False, "box": {"x": 5, "y": 3, "width": 8, "height": 8}},
        {"parts": PLACED, "layers": True},
        {"parts": PLACED, "layers": True, "box": {"x": 5, "y": 3, "width": 8, "height": 8}},
        {"parts": COLLAGE, "width": 12, "height": 6, "layers": False},
    ],
    "background": [{"of": CROP, "region": SOFT, "colour": [0.5, 0.5, 0.5]}],
    "resize": [
        {"of": CROP, "width": 5, "height": 4},
        {"of": CROP, "width": 3, "height": 7},
        {"of": CROP, "width": 20, "height": 16},
        {"of": CROP, "width": 13, "height": 5},
    ],
    "flip": [{"of": CROP, "axis": "x"}],
    "rotate": [{"of": CROP, "turns": 1}],
    "roll": [{"of": CROP, "x": 5, "y": -3}],
}
"""Operators of each kind, without their modes. `cases` combines them with all modes."""


def modes(kind: type[BaseModel]) -> Iterator[dict[str, Any]]:
    """Yield every combination of the values of a kind's Literal and bool fields."""
    choices: dict[str, tuple[Any, ...]] = {}
    for name, field in kind.model_fields.items():
        if name != "kind" and get_origin(field.annotation) is Literal:
            choices[name] = get_args(field.annotation)
        elif field.annotation is bool:
            choices[name] = (False, True)
    return (dict(zip(choices, values, strict=True)) for values in product(*choices.values()))


def cases() -> list[dict[str, Any]]:
    assert EXAMPLES.keys() == KINDS.keys(), "every kind of OperatorSpec needs an example here"
    return [
        {"kind": name, **example, **mode}
        for name, kind in KINDS.items()
        for example in EXAMPLES[name]
        for mode in modes(kind)
        if all(example.get(field, value) == value for field, value in mode.items())
    ]


def nested() -> list[dict[str, Any]]:
    """Return every map of a flipped, soft composite, because nested operators must be equal too."""
    composite = {"kind": "composite", **EXAMPLES["composite"][1]}
    inner = {"kind": "flip", "axis": "y", "of": composite}
    return [{**case, "of": inner, **_smaller(case)} for case in cases() if "of" in case]


def _smaller(case: Mapping[str, Any]) -> dict[str, int]:
    return {"width": 3, "height": 5} if case["kind"] == "resize" else {}


def graph_of(operator: dict[str, Any], wrap: str) -> GraphSpec:
    rng = np.random.default_rng(7)
    prompted = {"prompt": "", "negative_prompt": "", "guidance": 1.0, "model": "papercut"}
    return GraphSpec.model_validate(
        {
            "controls": [
                {"name": name, "channels": 1, "width": COLUMNS, "height": ROWS, "wrap": wrap} for name in "xz"
            ],
            "observables": [
                {"name": "y", "operator": operator, "prompted": prompted, "precision": {"group": "all"}},
            ],
            "outputs": [{"node": "x", "width": 8, "height": 8}],
            "masks": {"drawn": {"width": 9, "height": 7, "cells": rng.integers(0, 256, 63, np.uint8).tobytes().hex()}},
            "shift": {"x": 8, "y": 8},
        }
    )


@pytest.mark.parametrize("offset", [(0, 0), (7, 5)], ids=["still", "shifted"])
@pytest.mark.parametrize("wrap", get_args(Wrap))
@pytest.mark.parametrize("operator", cases() + nested(), ids=lambda case: "-".join(_words(case)))
def test_numpy_and_the_engine_observe_alike(operator: dict[str, Any], wrap: str, offset: tuple[int, int]) -> None:
    graph = graph_of(operator, wrap)
    spec = graph.observables[0].operator
    geometry, rng = GraphGeometry.of(graph, offset), np.random.default_rng(1)
    moved = displaced(graph, *offset)
    controls = {one.name: control(one, graph) for one in graph.controls}
    engine = Operators(moved, controls, torch.device("cpu")).make(_operator(moved), lambda _: torch.zeros(1))

    fields = {name: rng.normal(size=(ROWS, COLUMNS)).astype(np.float32) for name in "xz"}
    seen = geometry.forward(spec, lambda name, rows, columns: fields[name][np.ix_(rows, columns)])
    theirs = engine.forward({one.name: torch.from_numpy(fields[one.name])[None] for one in engine.parents})[0].numpy()
    assert (*seen.shape[::-1],) == geometry.size(spec)
    np.testing.assert_allclose(seen, theirs, atol=1e-5)

    view, back = rng.normal(size=seen.shape).astype(np.float32), {name: np.zeros((ROWS, COLUMNS)) for name in "xz"}
    geometry.adjoint(spec, view, back)
    given = engine.adjoint(torch.from_numpy(view)[None])
    for name, share in back.items():
        np.testing.assert_allclose(share, given[name][0].numpy() if name in given else 0, atol=1e-5)
    assert np.isclose((seen * view).sum(), sum((fields[name] * back[name]).sum() for name in "xz"), atol=1e-4)
    assert geometry.selects(spec) == engine.selects
    gain = np.broadcast_to(torch.as_tensor(engine.gain).numpy(), seen.shape)
    np.testing.assert_allclose(geometry.gain(spec), gain, atol=1e-5)


def _operator(graph: GraphSpec) -> OperatorSpec:
    (only,) = graph.observables
    assert isinstance(only, ObservableSpec)
    return only.operator


def _words(case: Mapping[str, Any]) -> Iterator[str]:
    for name, value in case.items():
        if isinstance(value, str | int):
            yield f"{name}={value}" if name != "kind" else str(value)
