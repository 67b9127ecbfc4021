"""The adapters that a document names are validated, checked against their models, and pinned."""

from typing import Any

import pytest
from pydantic import ValidationError

from backend.contracts.job import Compiled, Job
from backend.contracts.model import Adapter, AdapterDescription
from backend.graph import LayoutError, Limits, compile_job, resolve
from tests.unit.graph.documents import MODEL, MODELS, illusion, panorama, portrait, regions, scene

PICTURE = "a" * 64


def adapter(id: str, entry: str, **changes: Any) -> Adapter:
    said = {"id": id, "entry": entry, "title": id, "kind": "stable-diffusion", "revision": "1", "licence": "MIT"}
    return Adapter(description=AdapterDescription.model_validate(said | changes), sha256="1" * 64)


LISTED = [
    adapter("canny", "controlnet"),
    adapter("narrow", "controlnet", in_channels=4),
    adapter("ink", "lora"),
    adapter("xl-ink", "lora", kind="stable-diffusion-xl"),
    adapter("look", "ip-adapter"),
]
ADAPTERS = {one.description.id: one for one in LISTED}
BARE = MODEL.model_copy(
    update={"description": MODEL.description.model_copy(update={"id": "bare", "adapters": ["lora"]})}
)
OFFERED = MODELS | {"bare": BARE}

EDGES = {"kind": "edges", "picture": PICTURE, "controlnet": "canny", "strength": 0.5, "active": [0.0, 0.5]}
INK = [{"lora": "ink", "weight": 0.5}]
LOOK = {"adapter": "look", "picture": PICTURE}


def compiled(layout: dict[str, Any], **rest: Any) -> Compiled:
    job = Job.model_validate({"layout": layout, "sampling": {"model": "papercut"}, **rest})
    return compile_job(resolve(job, OFFERED, Limits(), ADAPTERS), OFFERED, Limits())


def test_a_view_has_the_adapters_of_its_prompt_and_no_other() -> None:
    layout = regions((0, 0, 128, 128), (384, 0, 128, 128))
    layout["patches"][0] |= {"control": EDGES, "loras": INK, "reference": LOOK}
    views = {one.patch: one.prompted for one in compiled(layout).graph.observables}
    first = views["p0"].model_dump()
    assert (first["picture"], first["loras"], first["reference"]) == (EDGES, INK, LOOK | {"weight": 1.0})
    for other in ("p1", None):
        assert (views[other].picture, views[other].loras, views[other].reference) == (None, [], None)


@pytest.mark.parametrize(
    "layout",
    [
        panorama(512, 128, prompt=None, windows=[{"prompt": "a desert", "loras": INK}]),
        scene(object={"prompt": "a cactus", "loras": INK}),
        portrait(loras=INK),
        illusion({"transform": "identity", "loras": INK}, {"transform": "flip_x"}),
    ],
    ids=lambda layout: layout["kind"],
)
def test_every_layout_takes_them(layout: dict[str, Any]) -> None:
    made = compiled(layout)
    assert any(one.prompted.loras for one in made.graph.observables)
    assert [pin.id for pin in made.job.adapters or []] == ["ink"]


def test_a_pose_may_bring_a_controlnet_to_a_model_without_one() -> None:
    pose = {"kind": "pose", "joints": [[64.0, 20.0]], "controlnet": "canny"}
    made = compiled(portrait(model="poseless", control=pose))
    body = made.graph.observables[0].prompted
    assert body.pose is not None
    assert (body.model, body.pose.controlnet) == ("poseless", "canny")


def test_used_adapters_are_pinned_and_another_version_is_refused() -> None:
    layout = regions((0, 0, 128, 128), loras=INK, reference=LOOK, control=EDGES)
    job = compiled(layout).job
    assert [pin.id for pin in job.adapters or []] == ["canny", "ink", "look"]
    again = Job.model_validate_json(job.model_dump_json())
    assert resolve(again, OFFERED, Limits(), ADAPTERS) == job
    changed = ADAPTERS | {"ink": ADAPTERS["ink"].model_copy(update={"sha256": "2" * 64})}
    with pytest.raises(LayoutError, match=r"made with ink 1 \(111111111111\), and this server has 1 \(222222222222\)"):
        resolve(again, OFFERED, Limits(), changed)
    with pytest.raises(LayoutError, match="made with the adapter 'gone', which is not here"):
        compiled(layout, adapters=[{"id": "gone", "revision": "1", "sha256": "1" * 64}])


def test_a_job_without_adapters_pins_none() -> None:
    assert compiled(panorama(512, 128)).job.adapters is None


@pytest.mark.parametrize(
    ("asked", "place", "reason"),
    [
        ({"loras": [{"lora": "oil"}]}, ["loras", 0, "lora"], "there is no LoRA 'oil' here; choose one of: ink, xl-ink"),
        ({"loras": [{"lora": "canny"}]}, ["loras", 0, "lora"], "'canny' is a ControlNet, and a LoRA is wanted here"),
        ({"loras": [{"lora": "papercut"}]}, ["loras", 0, "lora"], "'papercut' is a model, and a LoRA is wanted here"),
        (
            {"loras": [*INK, {"lora": "xl-ink"}]},
            ["loras", 1, "lora"],
            "'xl-ink' is made for models of kind stable-diffusion-xl, and 'papercut' is of kind stable-diffusion",
        ),
        ({"control": EDGES | {"controlnet": "ink"}}, ["control", "controlnet"], "'ink' is a LoRA, and a ControlNet is"),
        (
            {"control": EDGES | {"controlnet": "narrow"}},
            ["control", "controlnet"],
            "'narrow' reads latents with channels 4, and 'papercut' reads latents with channels 8",
        ),
        (
            {"reference": LOOK, "model": "bare"},
            ["reference", "adapter"],
            "models of kind stable-diffusion do not take an IP-Adapter here, which 'look' is",
        ),
    ],
)
def test_what_cannot_be_put_onto_a_model_is_refused_with_the_reason(
    asked: dict[str, Any], place: list[str | int], reason: str
) -> None:
    with pytest.raises(LayoutError, match=reason) as refused:
        compiled(regions((0, 0, 128, 128), **asked))
    assert refused.value.location == ["layout", "patches", 0, *place]


def test_adapters_of_a_graph_are_checked_too() -> None:
    graph = compiled(regions((0, 0, 128, 128), width=256, height=128)).graph.model_dump(mode="json")
    graph["observables"][-1]["prompted"]["picture"] = EDGES | {"controlnet": "ink"}
    with pytest.raises(LayoutError, match="'ink' is a LoRA") as refused:
        compiled({"kind": "custom", "graph": graph})
    assert refused.value.location[-3:] == ["prompted", "picture", "controlnet"]
    assert refused.value.location[:2] == ["layout", "graph"]


def test_a_lora_is_named_once_a_prompt() -> None:
    with pytest.raises(ValidationError, match="the LoRA 'ink' is named twice; name it once, with the sum of"):
        compiled(regions((0, 0, 128, 128), loras=[*INK, *INK]))


def test_a_controlnet_s_picture_covers_no_canvas_that_is_larger_than_a_picture() -> None:
    """A control has up to 16,384 cells a side, and a picture as many pixels."""

    def graph(width: int) -> dict[str, Any]:
        view = {"kind": "crop", "control": "x", "box": {"x": 0, "y": 0, "width": 64, "height": 16}}
        return {
            "controls": [{"name": "x", "channels": 8, "width": width, "height": 16}],
            "observables": [{"name": "y", "operator": view, "prompted": {"prompt": "a hill", "picture": EDGES}}],
            "outputs": [{"node": "x", "width": 64, "height": 64}],
        }

    with pytest.raises(LayoutError, match=r"the canvas of 'y' has 16,416 x 128 pixels, and a picture has") as refused:
        compiled({"kind": "custom", "graph": graph(2052)})
    assert refused.value.location == ["layout", "graph", "observables", 0, "prompted", "picture"]
    assert compiled({"kind": "custom", "graph": graph(64)}).graph.observables[0].prompted.picture is not None
