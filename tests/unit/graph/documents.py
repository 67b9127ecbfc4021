"""A model, and job documents of every layout."""

from typing import Any

from backend.contracts.job import Compiled, Job
from backend.contracts.model import LatentRgb, Model, ModelDefaults, ModelDescription
from backend.graph import Limits, Masks, compile_job, resolve

MODEL = Model(
    description=ModelDescription(
        id="papercut",
        title="Papercut",
        kind="stable-diffusion",
        revision="1.0.0",
        licence="Apache-2.0",
        native_size=128,
        cell=8,
        channels=8,
        prediction="v_prediction",
        max_tokens=48,
        controlnets=["pose"],
        defaults=ModelDefaults(steps=30, guidance=3.0, eta=0.0, scheduler="ddim", window=128, stride=64),
        latent_rgb=LatentRgb(factors=[[0.0, 0.0, 0.0]] * 8, bias=[0.5, 0.5, 0.5]),
    ),
    sha256="0" * 64,
)
POSELESS = MODEL.model_copy(
    update={"description": MODEL.description.model_copy(update={"id": "poseless", "controlnets": []})}
)
LIMITS = Limits()
MODELS = {"papercut": MODEL, "poseless": POSELESS}


def compiled(
    layout: dict[str, Any],
    sampling: dict[str, Any] | None = None,
    masks: Masks = lambda _: None,
    limits: Limits = LIMITS,
    **rest: Any,
) -> Compiled:
    job = Job.model_validate({"layout": layout, "sampling": {"model": "papercut", **(sampling or {})}, **rest})
    return compile_job(resolve(job, MODELS, limits), MODELS, limits, masks)


def panorama(width: int, height: int, **rest: Any) -> dict[str, Any]:
    wrap = rest.pop("wrap", "none")
    return {
        "kind": "panorama",
        "canvas": {"width": width, "height": height, "wrap": wrap},
        "prompt": "a desert",
        **rest,
    }


def regions(*boxes: tuple[int, int, int, int], width: int = 512, height: int = 256, **patch: Any) -> dict[str, Any]:
    patches = [
        {"id": f"p{i}", "box": dict(zip(("x", "y", "width", "height"), box, strict=True)), "prompt": "a house", **patch}
        for i, box in enumerate(boxes)
    ]
    return {"kind": "regions", "canvas": {"width": width, "height": height}, "prompt": "a meadow", "patches": patches}


def canvas(width: int, height: int, wrap: str = "none") -> dict[str, Any]:
    return {"width": width, "height": height, "wrap": wrap}


def box(x: int, y: int, width: int, height: int) -> dict[str, int]:
    return {"x": x, "y": y, "width": width, "height": height}


def texture(width: int = 256, height: int = 256) -> dict[str, Any]:
    return {"kind": "texture", "canvas": {"width": width, "height": height}, "prompt": "pebbles"}


def scene(width: int = 256, height: int = 128, **rest: Any) -> dict[str, Any]:
    return {
        "kind": "scene",
        "canvas": canvas(width, height),
        "box": box(64, 32, 64, 64),
        "background": {"prompt": "a desert"},
        "object": {"prompt": "a cactus"},
        "whole": {"prompt": "a cactus in a desert"},
        **rest,
    }


def portrait(width: int = 128, height: int = 256, head: dict[str, Any] | None = None, **body: Any) -> dict[str, Any]:
    return {
        "kind": "portrait",
        "canvas": canvas(width, height),
        "body": {"prompt": "a figure", **body},
        "head": {"prompt": "a smiling face", "box": box(32, 0, 64, 64), **(head or {})},
    }


def illusion(*views: dict[str, Any], width: int = 128, height: int = 128) -> dict[str, Any]:
    chosen = views or ({"transform": "identity"}, {"transform": "rotate_180"})
    prompted = [{"prompt": f"a thing, seen {view['transform']}", **view} for view in chosen]
    return {"kind": "illusion", "canvas": canvas(width, height), "views": prompted}


def custom(graph: Any) -> dict[str, Any]:
    return {"kind": "custom", "graph": graph}
