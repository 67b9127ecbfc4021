"""Every error that the engine raises because of a document is refused when the job is sent.

The tables below list every `raise` of `inlay_engine` and `worker/build` by a part of its message. Either a document
that would lead to it is refused at the POST, at a named field, or a reason says why no document can lead to it. A new
`raise` without an entry fails the first test.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic import ValidationError

import inlay_engine
import worker.build
from backend.contracts.job import Compiled, Job
from backend.contracts.model import Model
from backend.graph import LayoutError, Limits, compile_job, resolve
from tests.unit.graph.documents import MODEL, custom, panorama

Json = dict[str, Any]
Location = tuple[str | int, ...]


def raises() -> Iterator[str]:
    """Yield the message of every `raise` of an error of Inlay. Each {} stands for a value."""
    for package in (inlay_engine, worker.build):
        for file in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Raise) and node.exc is not None:
                    assert isinstance(node.exc, ast.Call), f"{file}:{node.lineno} raises an error without a message"
                    yield _skeleton(node.exc.args[0])


def _skeleton(message: ast.expr) -> str:
    parts = message.values if isinstance(message, ast.JoinedStr) else [message]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)


def crop(x: int = 0, control: str = "x", width: int = 16, **rest: Any) -> Json:
    return {"kind": "crop", "control": control, "box": {"x": x, "y": 0, "width": width, "height": 16}, **rest}


def whole(control: str = "x") -> Json:
    return {"kind": "identity", "control": control}


def region(x: int = 0, width: int = 32, **rest: Any) -> Json:
    return {"box": {"x": x, "y": 0, "width": width, "height": 16}, **rest}


def composite(*parts: Json, **rest: Any) -> Json:
    return {"kind": "composite", "parts": list(parts), **rest}


def observable(name: str, operator: Json, precision: Json | None = None, **rest: Any) -> Json:
    prompted = {"prompt": "a hill", "negative_prompt": "", "guidance": 3.0, "model": "papercut"}
    return {
        "name": name,
        "operator": operator,
        "prompted": prompted,
        "precision": {"group": "all", **(precision or {})},
        **rest,
    }


def control(name: str = "x", **rest: Any) -> Json:
    return {"name": name, "channels": 8, "width": 32, "height": 16, **rest}


def graph(*observables: Json, controls: list[Json] | None = None, **rest: Any) -> Json:
    """Return a job of a custom graph. One observable sees all of x unless others are given."""
    spec = {
        "controls": controls or [control()],
        "observables": list(observables) or [observable("y", whole())],
        "outputs": [{"node": "x", "width": 256, "height": 128}],
        **rest,
    }
    return {"layout": custom(spec), "sampling": {"model": "papercut"}}


def job(layout: Json | None = None, start: Json | None = None, **sampling: Any) -> Json:
    layout = layout or panorama(256, 128)
    return {"layout": layout, "sampling": {"model": "papercut", **sampling}, "start": start}


def described(id: str = "papercut", scheduler: str = "ddim", **changes: Any) -> Model:
    defaults = MODEL.description.defaults.model_copy(update={"scheduler": scheduler})
    description = MODEL.description.model_copy(update={"id": id, "defaults": defaults, **changes})
    return MODEL.model_copy(update={"description": description})


MODELS = {
    "papercut": described(),
    "flow": described("flow", "flow-euler", prediction="flow"),
    "second-order": described("second-order", "dpmsolver++"),
    "other-space": described("other-space", latent_space="another"),
    "here": described("here", latent_space="ours"),
    "coarser": described("coarser", cell=16),
    "fewer-channels": described("fewer-channels", channels=4),
}


def compiled(document: Json) -> Compiled:
    return compile_job(resolve(Job.model_validate(document), MODELS, Limits()), MODELS, Limits())


class Refused(NamedTuple):
    """A document that would lead to the engine's error, and the end of the location at which the POST refuses it."""

    document: Json
    at: Location


class Unreachable(NamedTuple):
    """The reason why no document can lead to the error."""

    why: str


def two_models(model: str, **agree: Any) -> Json:
    layout = panorama(512, 128, prompt=None, windows=[{"prompt": "a"}, {"prompt": "b", "model": model}])
    return job(layout, model="here", agree=agree)


X, Z = {"control": "x", "region": region(width=16)}, {"control": "z", "region": region(width=16), "inverse": True}
SOFT = region(width=16, feather=4.0)
HALF_COVERED = observable("y", crop())
OVER = {"kind": "background", "colour": [0.5, 0.5, 0.5], "of": whole()}
FAINT = {**OVER, "of": {**OVER, "region": region(mask="drawn")}, "region": region(mask="drawn")}
DRAWN = {"drawn": {"width": 32, "height": 16, "cells": "01" * 512}}
TWO = [control(), control("z")]
BOTH = [observable("y1", whole()), observable("y2", whole("z"))]
COUNTING = {"agree": {"solver": "counting"}}
DESCENT: Json = {"solver": "descent"}


def descent(**step_size: float) -> Json:
    return {**DESCENT, "step_size": step_size}


def moving(solver: str) -> Json:
    """Return a job with a shifting window. It sees one control at offset 0, and a soft edge between two controls at
    other offsets."""
    parts = composite(
        {"control": "x", "region": region(width=12, feather=4.0)},
        {"control": "z", "region": region(width=12, feather=4.0), "inverse": True},
        box={"x": 16, "y": 0, "width": 16, "height": 16},
        shifts=True,
    )
    document = graph(*BOTH, observable("y3", parts), controls=TWO, shift={"x": 9, "y": 1})
    return document | {"sampling": {"model": "papercut", "agree": {"solver": solver}}}


def counted(*observables: Json) -> Json:
    return graph(*observables) | {"sampling": {"model": "papercut", **COUNTING}}


ENTRIES: dict[str, list[Refused] | Unreachable] = {
    "The counting solver has no best step size": [
        Refused(job(agree={"solver": "counting", "step_size": {"mu": 1.0}}), ("agree", "step_size"))
    ],
    "works in another latent space, so its input is not": [
        Refused(two_models("other-space", space="pixels", step_size={"mu": 1.0}), ("agree", "step_size")),
    ],
    "works in another latent space, where a noisy canvas": [
        Refused(two_models("other-space", space="pixels", solver="descent"), ("agree", "solver")),
    ],
    "mixes or scales cells": [
        Refused(job(coarse={"weight": 3.0}, agree={"solver": "diagonal"}), ("agree", "solver")),
        Refused(job(coarse={"weight": 3.0}, **COUNTING), ("coarse", "weight")),
        Refused(moving("diagonal"), ("agree", "solver")),
        Refused(
            graph(observable("y", {**OVER, "region": region(feather=3.0, x=1, width=30)}), observable("z", whole()))
            | {"sampling": {"model": "papercut", "agree": {"solver": "diagonal"}}},
            ("agree", "solver"),
        ),
    ],
    "is not a linear function of the controls": Unreachable("every kind of OperatorSpec is linear"),
    "Step sizes need a penalty of 0 or more": [
        Refused(job(agree={"step_size": {"mu": -1.0}}), ("step_size", "moving", "mu")),
        Refused(job(agree={"step_size": {"mu": 1.0, "min": 1.5}}), ("step_size", "moving", "min")),
        Refused(job(agree={"step_size": {"mu": 1.0, "max": 0.5}}), ("step_size", "moving", "max")),
    ],
    "Step sizes need a rho of 0 or more": [
        Refused(job(agree=descent(rho=-1.0)), ("step_size", "descent", "rho")),
        Refused(job(agree=descent(rho=1.0, rate=0.0)), ("step_size", "descent", "rate")),
    ],
    "The descent solver takes step sizes with a fixed rho": [
        Refused(job(agree=descent(mu=1.0)), ("agree", "step_size")),
    ],
    "A fixed rho belongs to the descent solver": [
        Refused(job(agree={"solver": "gradient", "step_size": {"rho": 1.0}}), ("agree", "step_size")),
    ],
    "The rates of the descent solver sum": [Refused(job(agree={**DESCENT, "rate": 2.0}), ("agree", "rate"))],
    "The descent solver computes the result of a DDIM step": [
        Refused(job(agree=DESCENT, eta=0.5), ("sampling", "eta")),
        Refused(job(agree=DESCENT, fresh={"share": 0.5}), ("sampling", "fresh")),
        Refused(job(agree=DESCENT, harmonise=1), ("sampling", "harmonise")),
        Refused(job(agree=DESCENT, corrector_steps=1), ("sampling", "corrector_steps")),
        Refused(job(agree=DESCENT, scheduler="dpmsolver++"), ("sampling", "scheduler")),
    ],
    "so its problem needs a step of the schedule": Unreachable("the sampler gives its step to every problem"),
    "The descent diverged": Unreachable("the model's answers decide; for linear views the rates exclude it"),
    "A solver needs 1 or more iterations": [
        Refused(job(agree={"iterations": 0}), ("agree", "iterations")),
        Refused(job(agree={"rate": 0.0}), ("agree", "rate")),
    ],
    "At alpha 0 a noisy view says nothing": Unreachable("`agree` keeps the step sizes at 1 where alpha is 0"),
    "A schedule needs at least one step": [Refused(job(steps=0), ("sampling", "steps"))],
    "A schedule of {} steps needs as many places": Unreachable("`Sampling.places` has one place for each step"),
    "The schedule's log-SNR must not fall": Unreachable("a model's clock asks for falling timesteps only"),
    "A schedule may only end at the clean picture": Unreachable("a model's clock ends at the clean picture, once"),
    "the nodes of a moving graph change": Unreachable("`displaced` moves windows and keeps every node"),
    "no observable sees {}; add an observable": [
        Refused(graph(HALF_COVERED), ("layout", "graph")),
        Refused(graph(observable("y", whole(), {"active": [0.5, 1.0]})), ("layout", "graph")),
        Refused(graph(observable("y", whole(), {"weight": 1e-60})), ("layout", "graph")),
        Refused(graph(observable("y", {**OVER, "region": region(width=16)})), ("layout", "graph")),
        Refused(
            graph(
                observable("y", FAINT),
                masks=DRAWN,
            ),
            ("layout", "graph"),
        ),
    ],
    "the counting numbers do not sum to 1": [
        Refused(counted(observable("y1", whole()), observable("y2", whole())), ("layout", "graph")),
        Refused(  # a region weighs, but does not count
            counted(
                observable("y1", whole(), {"inside": region(width=16)}),
                observable("y2", whole(), {"inside": region(x=16, width=16)}),
            ),
            ("layout", "graph"),
        ),
    ],
    "must be finite and not negative": [
        Refused(graph(observable("y", whole(), {"weight": -1.0})), ("precision", "weight")),
        Refused(graph(observable("y", whole(), {"weight": 1e39})), ("precision", "weight")),
        Refused(graph(observable("y", {**OVER, "region": region(feather=1e30)})), ("region", "feather")),
    ],
    "The counting number of observable {} must be finite": [
        Refused(counted(observable("y", whole(), count=float("inf"))), ("observables", 0, "count")),
        Refused(counted(observable("y", whole(), count=1e300)), ("observables", 0, "count")),
    ],
    "models that meet in pixels must have cells of one size": [
        Refused(two_models("coarser", space="pixels"), ("layout", "windows", 1, "model")),
    ],
    "channels, but its model works on": [
        Refused(two_models("fewer-channels"), ("layout", "windows", 1, "model")),
        Refused(graph(controls=[control(channels=4)]), ("controls", 0, "channels")),
    ],
    "The precision of observable {} has {} cells": Unreachable("`Precisions` makes weights of the view's own shape"),
    "nodes of the graph are called": [
        Refused(graph(observable("y", crop()), observable("y", crop(16))), ("layout", "graph")),
        Refused(graph(observable("x", whole())), ("layout", "graph")),
    ],
    "No observable sees control": [Refused(graph(controls=TWO), ("layout", "graph"))],
    "which is not in the graph": [Refused(graph(observable("y", whole("z"))), ("observables", 0, "operator"))],
    "was put on a view of control": Unreachable("`Operators` makes every map for the view that it is put on"),
    "A view turns by 1, 2 or 3 quarter turns": [
        Refused(graph(observable("y", {"kind": "rotate", "of": whole(), "turns": 4})), ("operator", "rotate", "turns")),
    ],
    "does not fit a mask of {} cells": Unreachable("a background's colour is one cell, and its mask is of the view"),
    "The mask of a background must lie between": Unreachable("a region's profile lies between 0 and 1"),
    "A resize was asked for": [
        Refused(
            graph(observable("y", {"kind": "resize", "of": whole(), "width": 32, "height": 0})),
            ("operator", "resize", "height"),
        ),
    ],
    "A view of {}x{} cells is empty": [
        Refused(
            graph(*BOTH, observable("y3", composite(X, Z, width=0, height=16)), controls=TWO),
            ("operator", "composite", "width"),
        ),
    ],
    "does not fit a frame of {} that wraps": [
        Refused(
            graph(
                *BOTH,
                observable("y3", composite({"control": "x"}, {"of": whole("z")}, layers=True)),
                controls=[control(wrap="x"), control("z", width=40)],
            ),
            ("observables", 2, "operator", "parts", 1),
        ),
    ],
    "was asked for its adjoint, but it is not linear": Unreachable("every kind of OperatorSpec is linear"),
    "A composite needs two or more parts": [
        Refused(graph(observable("y", composite(X))), ("operator", "composite", "parts")),
    ],
    "must sum to 1 on every cell": [
        Refused(
            graph(*BOTH, observable("y3", composite(X, {**Z, "inverse": False})), controls=TWO),
            ("observables", 2, "operator"),
        ),
        Refused(  # a sum that misses 1 by 0.0005
            graph(
                *BOTH,
                observable(
                    "y3",
                    composite(
                        {"control": "x", "region": region(mask="drawn")},
                        {"control": "z", "region": region(feather=0.0), "inverse": False},
                    ),
                ),
                controls=TWO,
                masks=DRAWN,
            ),
            ("observables", 2, "operator"),
        ),
    ],
    "A window of {} {} does not fit control": [
        Refused(graph(observable("y", crop(width=36))), ("observables", 0, "operator")),
    ],
    "A window from cell {} to {} leaves control": [
        Refused(graph(observable("y", crop(20))), ("observables", 0, "operator")),
        Refused(  # only the windows of observables are moved, and so held at the edges
            graph(
                outputs=[{"node": "beyond", "width": 64, "height": 64, "operator": crop(28, shifts=True)}],
                shift={"x": 4, "y": 1},
            ),
            ("outputs", 0, "operator"),
        ),
    ],
    "A composite joins views of one shape": Unreachable("`Operators` places every part on the composite's frame"),
    "The mask of {} has {} cells": Unreachable("`Operators` sees a part's region through the part's own window"),
    "The mask of {} must lie between 0 and 1": Unreachable("a region's profile lies between 0 and 1"),
    "a model that predicts epsilon cannot predict the picture": Unreachable(
        "a network is asked at levels of its own clock, and a clock of epsilon without signal is refused"
    ),
    "needs the DDIM transition": [
        Refused(job(scheduler="dpmsolver++", eta=0.5), ("sampling", "eta")),
        Refused(job(model="flow", scheduler="flow-euler", eta=0.5), ("sampling", "eta")),
        Refused(job(model="second-order", scheduler="dpmsolver++", eta=0.5), ("sampling", "eta")),
    ],
    "Noise can only be drawn anew by DDIM": [
        Refused(job(scheduler="dpmsolver++", fresh={"share": 0.5}), ("sampling", "fresh", "share")),
        Refused(job(model="flow", scheduler="flow-euler", fresh={"filled": 0.3}), ("sampling", "fresh", "filled")),
        Refused(
            job(model="second-order", scheduler="dpmsolver++", fresh={"share": 1.0, "active": [0.5, 1.0]}),
            ("sampling", "fresh", "share"),
        ),
    ],
    "Shares of fresh noise must be from 0 to 1": [
        Refused(job(fresh={"share": 1.5}), ("sampling", "fresh", "share")),
        Refused(job(fresh={"filled": -0.5}), ("sampling", "fresh", "filled")),
        Refused(job(fresh={"share": 0.5, "active": [0.5, 0.5]}), ("sampling", "fresh", "active")),
        Refused(job(fresh={"share": 0.5, "active": [0.5, 1.5]}), ("fresh", "active", 1)),
    ],
    "eta must be from 0 to 1": [
        Refused(job(eta=1.5), ("sampling", "eta")),
        Refused(job(harmonise=-1), ("sampling", "harmonise")),
        Refused(job(corrector_steps=-1), ("sampling", "corrector_steps")),
    ],
    "is empty: it has": [Refused(graph(controls=[control(width=0)]), ("controls", 0, "width"))],
    "A reseed of control {} has another size": Unreachable("a reseed's profile is made on its control"),
    "the model's answer for {} is not finite": Unreachable("the model's weights and precision decide"),
    ", for the view {}, {}": Unreachable("the model's weights and precision decide"),
    "There is no upload": [Refused(job(start={"picture": "a" * 64}), ("start", "picture"))],
    "This job was accepted with the": Unreachable("the folder of models decides, after the document was accepted"),
    "{} cannot be read": Unreachable("the folder of models decides, after the document was accepted"),
    "A job must be resolved before it is prepared": Unreachable("`resolve` draws a seed for a job that has none"),
}


def test_every_refusal_of_the_engine_has_an_entry() -> None:
    every = [*raises()]
    assert [message for message in every if sum(part in message for part in ENTRIES) != 1] == []
    assert [part for part in ENTRIES if sum(part in message for message in every) != 1] == []


CASES = [
    pytest.param(one, id=f"{part[:40]}-{number}")
    for part, entry in ENTRIES.items()
    if isinstance(entry, list)
    for number, one in enumerate(entry)
]


@pytest.mark.parametrize("case", CASES)
def test_the_post_refuses_the_document_and_names_the_field(case: Refused) -> None:
    with pytest.raises((LayoutError, ValidationError)) as refused:
        compiled(copy.deepcopy(case.document))
    location = _location(refused.value)
    assert location[-len(case.at) :] == case.at, str(refused.value)


def _location(error: Exception) -> Location:
    if isinstance(error, LayoutError):
        return tuple(error.location)
    assert isinstance(error, ValidationError)
    return error.errors()[0]["loc"]


@pytest.mark.parametrize("solver", ["auto", "conjugate"])
def test_a_window_that_moves_onto_a_soft_edge_is_solved_as_one_that_mixes(solver: str) -> None:
    assert compiled(moving(solver)).job.sampling.agree.solver == "conjugate"


@pytest.mark.parametrize("make", [graph, job])
def test_the_documents_that_the_cases_vary_are_taken(make: Callable[[], Json]) -> None:
    assert compiled(make()).views > 0
