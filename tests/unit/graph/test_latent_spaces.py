"""The models of one picture share a latent space, and adapters fit the models that they were made for."""

from typing import Any

import pytest

from backend.contracts.job import Compiled, Job
from backend.contracts.model import AdapterDescription, Model
from backend.graph import LayoutError, Limits, compile_job, resolve
from tests.unit.graph.documents import MODEL, regions, scene


def described(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Model]:
    return {
        id: MODEL.model_copy(update={"description": MODEL.description.model_copy(update={"id": id, **changes})})
        for id, changes in (("ours", ours), ("theirs", theirs))
    }


def compiled(ours: dict[str, Any], theirs: dict[str, Any], **sampling: Any) -> Compiled:
    """Compile regions whose background has one model and whose patch has another."""
    models = described(ours, theirs)
    layout = regions((0, 0, 128, 128), model="theirs")
    job = Job.model_validate({"layout": layout, "sampling": {"model": "ours", **sampling}})
    return compile_job(resolve(job, models, Limits()), models, Limits())


@pytest.mark.parametrize(("ours", "theirs"), [("sd", "sd"), ("sd", None), (None, "sd"), (None, None)])
def test_models_whose_latents_may_mean_the_same_make_one_picture(ours: str | None, theirs: str | None) -> None:
    graph = compiled({"latent_space": ours}, {"latent_space": theirs}).graph
    assert {one.prompted.model for one in graph.observables} == {"ours", "theirs"}


def test_latents_of_one_shape_and_two_meanings_are_refused_with_the_reason() -> None:
    with pytest.raises(LayoutError, match="'theirs' works in the latent space flux, 'ours' in sd: their latents have"):
        compiled({"latent_space": "sd"}, {"latent_space": "flux"})


def test_latents_of_two_shapes_are_refused_by_their_shape_first() -> None:
    with pytest.raises(LayoutError, match="works on latents of 4 channels at 1/8, 'ours' on 8 at 1/8"):
        compiled({"latent_space": "sd"}, {"latent_space": "flux", "channels": 4})


PIXELS = {"agree": {"space": "pixels"}}
SD, FLUX = {"latent_space": "sd"}, {"latent_space": "flux", "channels": 16}


def test_a_refusal_offers_to_meet_in_pixels_where_that_can_be() -> None:
    offer = r"or meet in pixels \(sampling.agree.space: pixels\)"
    for theirs in ({"latent_space": "flux"}, FLUX):
        with pytest.raises(LayoutError, match=offer):
            compiled(SD, theirs)
    with pytest.raises(LayoutError, match=r"must share their latent space$"):
        compiled(SD, {"cell": 4})


def test_meeting_in_pixels_says_what_it_costs() -> None:
    made = compiled(SD, FLUX, **PIXELS)
    assert made.notes == [
        "2 models meet in pixels: each step adds 2 decodes and 2 encodes by their VAEs, which the cost in "
        "view-forwards does not include"
    ]
    rounds = compiled(SD, FLUX, **PIXELS, harmonise=2)
    assert "6 decodes and 6 encodes" in rounds.notes[0]
    assert compiled(SD, SD, **PIXELS).notes == []
    assert made.cost == compiled(SD, SD).cost


@pytest.mark.parametrize(("part", "controls"), [("object", 1), ("whole", 2)])
def test_only_what_the_other_model_observes_is_brought_to_its_latents(part: str, controls: int) -> None:
    models = described(SD, FLUX)
    layout = scene()
    layout[part] |= {"model": "theirs"}
    job = Job.model_validate({"layout": layout, "sampling": {"model": "ours", **PIXELS}})
    made = compile_job(resolve(job, models, Limits()), models, Limits())
    views = sum(one.prompted.model == "theirs" for one in made.graph.observables)
    assert f"{views + controls} decodes and {views + controls} encodes" in made.notes[0]


def test_cells_of_another_size_do_not_meet_in_pixels_either() -> None:
    with pytest.raises(LayoutError, match=r"cells of 4 pixels and 'ours' of 8; .* one size, 8 here, as ours has") as at:
        compiled(SD, {"cell": 4}, **PIXELS)
    assert at.value.location == ["layout", "patches", 0, "model"]


def test_lambda_moves_in_one_latent_space_only() -> None:
    moving = {"agree": {"space": "pixels", "step_size": {"mu": 0.1}}}
    with pytest.raises(LayoutError, match=r"moving step sizes compare a model's input .* set step_size to fixed"):
        compiled(SD, FLUX, **moving)
    assert compiled(SD, SD, **moving).notes == []


def test_the_papers_descent_runs_in_one_latent_space_only() -> None:
    descent = {"agree": {"space": "pixels", "solver": "descent"}}
    with pytest.raises(LayoutError, match=r"the descent solver compares noisy latents") as refused:
        compiled(SD, FLUX, **descent)
    assert refused.value.location == ["sampling", "agree", "solver"]
    assert compiled(SD, SD, **descent).notes == []


def adapter(**changes: Any) -> AdapterDescription:
    said = {"entry": "lora", "id": "ink", "title": "Ink", "kind": "stable-diffusion", "revision": "1", "licence": "MIT"}
    return AdapterDescription.model_validate(said | changes)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"cross_attention_dim": 768, "in_channels": 8}, None),
        ({"kind": "stable-diffusion-xl"}, "'ink' is made for models of kind stable-diffusion-xl"),
        ({"cross_attention_dim": 1024}, "attends to text of width 1024, and 'papercut' attends to text of width 768"),
        ({"block_channels": [320, 640]}, None),
        ({"block_channels": [320]}, "has blocks of channels [320], and 'papercut' has blocks of channels [320, 640]"),
        ({"in_channels": 4}, "reads latents with channels 4, and 'papercut' reads latents with channels 8"),
    ],
)
def test_an_adapter_says_why_it_does_not_fit(changes: dict[str, Any], reason: str | None) -> None:
    widths = {"cross_attention_dim": 768, "block_channels": [320, 640]}
    misfit = adapter(**changes).misfit(MODEL.description.model_copy(update=widths))
    assert misfit is None if reason is None else reason in (misfit or "")


def test_a_width_that_a_model_does_not_state_excludes_no_adapter() -> None:
    assert adapter(cross_attention_dim=1024).misfit(MODEL.description) is None
