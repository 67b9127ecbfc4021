"""A job with the paper's own descent: what the server fills in, and what it refuses when the job is sent."""

from typing import Any

import pytest
from pydantic import ValidationError

from backend.contracts.sampling import Agree, DescentStepSize, StepSize
from backend.graph import LayoutError
from backend.graph.resolve import DESCENT_ITERATIONS, DESCENT_RATE
from tests.unit.graph.documents import compiled, panorama, portrait, regions, scene
from tests.unit.graph.test_resolve import resolved, with_defaults

DESCENT = {"solver": "descent"}


def test_what_a_descent_leaves_open_is_filled_in() -> None:
    models = with_defaults(eta=0.3, scheduler="dpmsolver++")
    sampling = resolved(models, agree=DESCENT).sampling
    assert (sampling.eta, sampling.scheduler) == (0.0, "ddim")
    assert sampling.agree == Agree(solver="descent", iterations=DESCENT_ITERATIONS, rate=DESCENT_RATE)
    own = resolved(models, agree={**DESCENT, "iterations": 3, "rate": 0.3}).sampling
    assert (own.agree.iterations, own.agree.rate) == (3, 0.3)
    again = resolved(models, **sampling.model_dump(exclude={"model"}))
    assert again.sampling == sampling


@pytest.mark.parametrize("layout", [panorama(256, 128), regions((0, 0, 64, 64)), scene(), portrait()])
def test_every_layout_takes_a_descent_with_a_coarse_view(layout: dict[str, Any]) -> None:
    moving = {**DESCENT, "step_size": {"rho": 0.5}}
    made = compiled(layout, {"agree": moving, "coarse": {"weight": 10.0}})
    assert made.job.sampling.agree.step_size == DescentStepSize(rho=0.5, rate=0.3)


@pytest.mark.parametrize(
    ("sampling", "location", "says"),
    [
        ({"eta": 0.5}, ["eta"], "computes a step without fresh noise; set eta to 0"),
        ({"harmonise": 1}, ["harmonise"], "computes a step without fresh noise; set harmonise to 0"),
        ({"corrector_steps": 1}, ["corrector_steps"], "computes a step without fresh noise; set corrector_steps to 0"),
        ({"fresh": {"share": 0.5}}, ["fresh"], "computes a step without fresh noise; leave `fresh` out"),
        ({"scheduler": "dpmsolver++"}, ["scheduler"], "set the scheduler to ddim"),
        ({"agree": {**DESCENT, "step_size": {"mu": 0.3}}}, ["agree", "step_size"], "have a rho and a rate"),
        ({"agree": {"step_size": {"rho": 0.3}}}, ["agree", "step_size"], "set the solver to descent"),
        ({"agree": {"solver": "gradient", "step_size": {"rho": 1.0}}}, ["agree", "step_size"], "to the descent solver"),
        ({"agree": {**DESCENT, "rate": 2.0}}, ["agree", "rate"], "sum to 2, .* must sum to less than 2"),
        (
            {"agree": {**DESCENT, "step_size": {"rho": 1.0, "rate": 1.0}}},
            ["agree", "rate"],
            "sum to 2, .* must sum to less than 2",
        ),
    ],
)
def test_what_a_descent_cannot_do_is_refused(sampling: dict[str, Any], location: list[str | int], says: str) -> None:
    with pytest.raises(LayoutError, match=says) as refused:
        compiled(panorama(256, 128), {"agree": DESCENT} | sampling)
    assert refused.value.location == ["sampling", *location]


@pytest.mark.parametrize(
    ("step_size", "field"),
    [
        ({"mu": 0.3, "rho": 0.3}, "mu"),
        ({"rho": 0.3, "min": 0.5}, "min"),
        ({"mu": 0.3, "rate": 0.3}, "rate"),
        ({"rho": -1.0}, "rho"),
        ({"rho": 1.0, "rate": 2.0}, "rate"),
        ({"rate": 1.0}, "mu"),
    ],
)
def test_step_sizes_of_two_solvers_are_not_mixed(step_size: dict[str, float], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Agree.model_validate({"solver": "descent", "step_size": step_size})
    assert field in {error["loc"][-1] for error in refused.value.errors()}


def test_both_kinds_of_step_sizes_come_back_as_they_were() -> None:
    for agree in (
        Agree(solver="descent", step_size=DescentStepSize(rho=0.5, rate=0.2)),
        Agree(step_size=StepSize(mu=0.5)),
        Agree(),
    ):
        assert Agree.model_validate_json(agree.model_dump_json()) == agree
