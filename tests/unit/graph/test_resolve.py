"""The server fills in the fields that a job leaves open, and refuses fields that contradict each other."""

from typing import Any

import pytest
from pydantic import ValidationError

from backend.contracts.job import Job
from backend.contracts.limits import MAX_SEED
from backend.contracts.model import Model, ModelDescription, Preset
from backend.contracts.sampling import Coarse, PresetName
from backend.graph import LayoutError, Limits, compile_job, resolve
from tests.unit.graph.documents import MODEL, MODELS, compiled, illusion, panorama, portrait, regions, scene, texture

PLAIN = panorama(512, 128)
LAYOUTS: list[dict[str, Any]] = [PLAIN, regions((0, 0, 64, 64)), scene(), portrait(), illusion(), texture()]


def with_defaults(presets: dict[PresetName, Preset] | None = None, **changes: Any) -> dict[str, Model]:
    described = MODEL.description.model_copy(
        update={"defaults": MODEL.description.defaults.model_copy(update=changes), "presets": presets or {}}
    )
    return MODELS | {"papercut": MODEL.model_copy(update={"description": described})}


def resolved(models: dict[str, Model] = MODELS, layout: dict[str, Any] = PLAIN, **sampling: Any) -> Job:
    job = Job.model_validate({"layout": layout, "sampling": {"model": "papercut", **sampling}})
    return compile_job(resolve(job, models, Limits()), models, Limits()).job


def planned(models: dict[str, Model], **sampling: Any) -> tuple[str | None, int | None]:
    filled = resolved(models, **sampling).sampling
    return filled.scheduler, filled.steps


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout["kind"])
@pytest.mark.parametrize(
    "sampling",
    [
        {},
        {"scheduler": "dpmsolver++", "coarse": {"weight": 10.0}},
        {"windows": {"shift": True, "weights": "gaussian"}, "agree": {"step_size": {"mu": 0.3}}},
        {"agree": {"solver": "gradient", "iterations": 20, "rate": 0.5}, "harmonise": 2, "corrector_steps": 1},
    ],
)
def test_a_resolved_document_leaves_nothing_open_and_resolves_to_itself(
    layout: dict[str, Any], sampling: dict[str, Any]
) -> None:
    first = resolved(layout=layout, **sampling)
    settled = first.sampling.model_dump()
    assert settled["agree"]["solver"] != "auto"
    assert settled["windows"]["size"] == 128
    assert [
        name for name in ("steps", "scheduler", "spacing", "guidance", "eta", "seed", "coarse") if settled[name] is None
    ] == []
    again = Job.model_validate_json(first.model_dump_json())
    assert compile_job(resolve(again, MODELS, Limits()), MODELS, Limits()).job == first


def test_a_coarse_view_is_guided_as_the_prompt_unless_it_says_otherwise() -> None:
    for guidance, expected, passes in ((None, 3.0, 2), (1.0, 1.0, 1)):
        made = compiled(PLAIN, {"steps": 10, "coarse": {"guidance": guidance}})
        *windows, coarse = made.graph.observables
        assert {one.prompted.guidance for one in windows} == {3.0}
        assert coarse.prompted.guidance == expected
        assert made.cost == 10 * (2 * len(windows) + passes)


def test_the_coarse_view_is_the_models_unless_the_job_says_otherwise() -> None:
    models = with_defaults(coarse=Coarse(weight=3.3, active=[0.0, 0.6]))
    assert resolved(models).sampling.coarse == Coarse(weight=3.3, active=[0.0, 0.6])
    assert resolved(models, coarse={"weight": 0.0}).sampling.coarse == Coarse(weight=0.0)
    assert resolved(models, agree={"solver": "counting"}).sampling.coarse == Coarse(weight=0.0)
    assert resolved().sampling.coarse == Coarse(weight=0.0)
    assert resolved(coarse={}).sampling.coarse == Coarse(weight=10.0)


def test_a_models_default_noise_is_ddims() -> None:
    models = with_defaults(eta=0.3)
    assert resolved(models).sampling.eta == 0.3
    assert resolved(models, scheduler="dpmsolver++").sampling.eta == 0.0
    with pytest.raises(LayoutError, match=r"the dpmsolver\+\+ scheduler adds no fresh noise") as refused:
        resolved(models, scheduler="dpmsolver++", eta=0.5)
    assert refused.value.location == ["sampling", "eta"]


def test_the_flow_scheduler_needs_a_model_that_predicts_flow() -> None:
    with pytest.raises(
        LayoutError, match=r"flow-euler is for models that predict flow, .* v_prediction; set the scheduler to ddim"
    ) as no:
        resolved(scheduler="flow-euler")
    assert no.value.location == ["sampling", "scheduler"]
    flowing = {name: one.model_copy(update={"description": _flow(one)}) for name, one in MODELS.items()}
    assert resolved(flowing, scheduler="flow-euler").sampling.eta == 0.0
    assert resolved(flowing, scheduler="ddim").sampling.scheduler == "ddim"
    with pytest.raises(LayoutError, match=r"flow-euler scheduler adds no fresh noise; set eta to 0"):
        resolved(flowing, scheduler="flow-euler", eta=0.5)


@pytest.mark.parametrize(
    "needing", [{"eta": 0.5}, {"fresh": {"share": 1}}, {"fresh": {"filled": 0.3}}, {"agree": {"solver": "descent"}}]
)
def test_an_open_scheduler_is_ddim_if_a_setting_needs_it(needing: dict[str, Any]) -> None:
    models = with_defaults(scheduler="dpmsolver++", steps=10)
    assert (planned(models), planned(models, eta=0)) == (("dpmsolver++", 10),) * 2
    assert planned(models, **needing) == ("ddim", 30)
    assert planned(models, **needing, steps=12) == ("ddim", 12)


def test_a_job_that_keeps_a_part_of_a_picture_takes_ddim_with_fresh_noise() -> None:
    models = with_defaults(scheduler="dpmsolver++", steps=10)
    kept = {"picture": "0" * 64, "strength": 1, "box": {"x": 0, "y": 0, "width": 64, "height": 64}}
    job = Job.model_validate({"layout": panorama(256, 128), "sampling": {"model": "papercut"}, "start": kept})
    sampling = resolve(job, models, Limits()).sampling
    assert (sampling.scheduler, sampling.steps, sampling.eta) == ("ddim", 30, 1.0)


def test_a_preset_gives_the_scheduler_and_the_steps_that_a_job_leaves_open() -> None:
    models = with_defaults(
        scheduler="dpmsolver++", steps=10, presets={"fast": Preset(scheduler="dpmsolver++", steps=6)}
    )
    assert planned(models, preset="fast") == ("dpmsolver++", 6)
    assert planned(models, preset="fast", steps=8) == ("dpmsolver++", 8)
    assert planned(models, preset="fast", scheduler="ddim") == ("ddim", 18)
    assert planned(models, preset="fast", eta=1) == ("ddim", 18)
    with pytest.raises(LayoutError, match="'papercut' has no preset 'best'") as refused:
        resolved(models, preset="best")
    assert refused.value.location == ["sampling", "preset"]


def test_finer_steps_need_planned_steps() -> None:
    with pytest.raises(ValidationError, match="give `steps` as well"):
        resolved(finer=[{"after": 4, "steps": 8}])


def _flow(model: Model) -> ModelDescription:
    return model.description.model_copy(update={"prediction": "flow"})


def test_shifting_windows_stand_side_by_side_unless_asked_to_overlap() -> None:
    assert resolved(windows={"shift": True}).sampling.windows.stride == 128
    assert resolved(windows={"shift": True, "stride": 64}).sampling.windows.stride == 64
    assert resolved().sampling.windows.stride == 64


def test_the_solver_follows_from_the_operators() -> None:
    assert resolved().sampling.agree.solver == "diagonal"
    assert resolved(coarse={}).sampling.agree.solver == "conjugate"
    assert resolved(agree={"solver": "conjugate"}).sampling.agree.solver == "conjugate"
    for layout, sampling in ((panorama(512, 128), {"coarse": {}}), (scene(soft=16), {})):
        with pytest.raises(LayoutError, match=r"mixes cells .* take conjugate") as refused:
            resolved(layout=layout, agree={"solver": "diagonal"}, **sampling)
        assert refused.value.location == ["sampling", "agree", "solver"]


def test_several_images_take_as_many_seeds() -> None:
    layout = panorama(256, 128)
    assert compiled(layout, {"steps": 10}, images=4).cost == 4 * compiled(layout, {"steps": 10}).cost
    with pytest.raises(LayoutError, match="the seeds of 4 images count up from") as refused:
        compiled(layout, {"seed": MAX_SEED - 2}, images=4)
    assert refused.value.location == ["sampling", "seed"]


def test_a_job_keeps_at_most_the_images_that_it_makes() -> None:
    layout = panorama(256, 128)
    assert compiled(layout, images=4, keep=4).job.keep == 4
    assert compiled(layout, images=4, keep=1).cost == compiled(layout, images=4).cost
    assert compiled(layout, keep=1).job.keep == 1
    with pytest.raises(LayoutError, match="makes 4 images cannot keep 5; keep at most 4") as refused:
        compiled(layout, images=4, keep=5)
    assert refused.value.location == ["keep"]
    with pytest.raises(LayoutError, match="makes 1 image cannot keep 2"):
        compiled(layout, keep=2)


def test_rounds_after_each_step_are_paid_for() -> None:
    plain = compiled(panorama(256, 128), {"steps": 10}).cost
    assert compiled(panorama(256, 128), {"steps": 10, "harmonise": 2, "corrector_steps": 3}).cost == 6 * plain


@pytest.mark.parametrize(
    ("layout", "location", "says"),
    [
        (scene(object={"prompt": "a", "active": [0.0, 0.5]}), ["layout", "object", "active"], "leave `active`"),
        (scene(whole={"prompt": "a", "seed": 1}), ["layout", "whole", "seed"], "no noise of its own"),
        (scene(box={"x": 0, "y": 0, "width": 300, "height": 8}), ["layout", "box"], "outside the canvas"),
        (portrait(active=[0.0, 0.5]), ["layout", "body", "active"], "leave `active`"),
        (portrait(head={"model": "nobody"}), ["layout", "head", "model"], "choose one of: papercut, poseless"),
        (
            illusion({"transform": "identity", "seed": 1}, {"transform": "flip_x"}),
            ["layout", "views", 0, "seed"],
            "set the seed of the job",
        ),
        (texture(250, 256), ["layout", "canvas", "width"], "the nearest to 250 is 248"),
    ],
)
def test_what_a_layout_cannot_do_is_refused(layout: dict[str, Any], location: list[str | int], says: str) -> None:
    with pytest.raises(LayoutError, match=says) as refused:
        compiled(layout)
    assert refused.value.location == location


def test_an_illusions_coarse_views_have_their_own_prompts() -> None:
    with pytest.raises(LayoutError, match="takes the prompt of its own view") as refused:
        compiled(illusion(), {"coarse": {"prompt": "a duck"}})
    assert refused.value.location == ["sampling", "coarse", "prompt"]


def test_the_spacing_is_that_of_the_preset_unless_the_job_names_its_scheduler() -> None:
    models = with_defaults(
        scheduler="dpmsolver++",
        spacing="log-snr",
        presets={
            "fast": Preset(scheduler="dpmsolver++", steps=6, spacing="log-snr"),
            "best": Preset(scheduler="ddim", steps=50),
        },
    )

    def spacing(**sampling: Any) -> str | None:
        return resolved(models, **sampling).sampling.spacing

    assert [spacing(), spacing(steps=8), spacing(preset="fast")] == ["log-snr"] * 3
    assert [spacing(preset="best"), spacing(scheduler="ddim"), spacing(eta=1)] == ["timesteps"] * 3
    assert spacing(scheduler="dpmsolver++", steps=10) == "timesteps", "a document from before this field stays the same"
    assert spacing(scheduler="ddim", spacing="log-snr") == "log-snr"
    assert spacing(spacing="timesteps") == "timesteps"


def test_even_log_snr_is_refused_for_models_that_predict_flow() -> None:
    flow = MODEL.description.model_copy(update={"prediction": "flow"})
    models = {"papercut": MODEL.model_copy(update={"description": flow})}
    with pytest.raises(LayoutError, match="'papercut' predicts flow") as refused:
        resolved(models, spacing="log-snr")
    assert refused.value.location == ["sampling", "spacing"]
