"""Turn a layout's prompts into the prompts of single observables."""

from collections.abc import Mapping

from backend.contracts.fields import parts
from backend.contracts.graph import PoseSpec, PromptSpec
from backend.contracts.layout import Layout, PoseControl, Prompted
from backend.contracts.model import Model, ModelDescription
from backend.contracts.sampling import Sampling
from backend.geometry.ranges import Timing
from backend.graph.errors import LayoutError


def asked(layout: Layout) -> list[tuple[list[str | int], Prompted]]:
    """Return every prompt of a layout that has settings of its own, each with its place in the document."""
    return [(["layout", *location], one) for location, one in parts(layout, Prompted)]


def model_of(name: str, models: Mapping[str, Model], location: list[str | int]) -> Model:
    """Return the model with this id. Raises LayoutError, and lists the installed models, if there is none."""
    if name not in models:
        there = f"choose one of: {', '.join(sorted(models))}" if models else "none is installed"
        raise LayoutError(f"there is no model {name!r} here; {there}", location)
    return models[name]


def plain(prompt: str, negative_prompt: str, sampling: Sampling) -> PromptSpec:
    """Return a prompt with the job's own settings, which must be resolved."""
    assert sampling.guidance is not None
    return PromptSpec(
        prompt=prompt,
        negative_prompt=negative_prompt,
        guidance=sampling.guidance,
        guidance_rescale=sampling.guidance_rescale,
        model=sampling.model,
    )


def own(
    prompted: Prompted, negative_prompt: str, sampling: Sampling, models: Mapping[str, Model], location: list[str | int]
) -> PromptSpec:
    """Return a prompt with its own settings, and with the job's where it has none. Raises LayoutError if its model
    cannot be used in this job or takes no poses."""
    model = sharing_model(prompted.model or sampling.model, sampling, models, [*location, "model"])
    common = plain(prompted.prompt, prompted.negative_prompt or negative_prompt, sampling)
    guidance = prompted.model_dump(include={"guidance", "guidance_rescale"}, exclude_none=True)
    pose, picture = None, None
    match prompted.control:
        case PoseControl() as given:
            if given.controlnet is None:
                check_pose(model, [*location, "control"])
            pose = PoseSpec.model_validate(given.model_dump(exclude={"kind"}))
        case given:
            picture = given
    beside = {"pose": pose, "picture": picture, "loras": prompted.loras, "reference": prompted.reference}
    return common.model_copy(update={"model": model.id, **guidance, **beside})


def sharing_model(
    name: str, sampling: Sampling, models: Mapping[str, Model], location: list[str | int]
) -> ModelDescription:
    """Return the model with this id. Raises LayoutError unless it shares the latent space of the job's model, or meets
    it in pixels."""
    base = model_of(sampling.model, models, ["sampling", "model"]).description
    model = model_of(name, models, location).description
    if sampling.agree.space == "pixels":
        _check_cell(model, base, models, location)
        return model
    if (model.cell, model.channels) != (base.cell, base.channels):
        raise LayoutError(
            f"{model.id!r} works on latents of {model.channels} channels at 1/{model.cell}, {base.id!r} on "
            f"{base.channels} at 1/{base.cell}; models of one picture must share their latent space"
            f"{_offer(model, base)}",
            location,
        )
    if model.latent_space and base.latent_space and model.latent_space != base.latent_space:
        raise LayoutError(
            f"{model.id!r} works in the latent space {model.latent_space}, {base.id!r} in {base.latent_space}: their "
            "latents have the same shape and mean different pictures; models of one picture must share their latent "
            "space (an operator who knows that these two do can add one of them with --latent-space "
            f"{base.latent_space}){_offer(model, base)}",
            location,
        )
    return model


def _offer(model: ModelDescription, base: ModelDescription) -> str:
    """Return a clause that suggests to meet in pixels, or an empty string if the two models cannot."""
    return ", or meet in pixels (sampling.agree.space: pixels)" if model.cell == base.cell else ""


def _check_cell(
    model: ModelDescription, base: ModelDescription, models: Mapping[str, Model], location: list[str | int]
) -> None:
    """Raises LayoutError for a model whose cells differ in size from those of the job's model."""
    if model.cell == base.cell:
        return
    fitting = sorted(name for name, one in models.items() if one.description.cell == base.cell)
    raise LayoutError(
        f"{model.id!r} has latent cells of {model.cell} pixels and {base.id!r} of {base.cell}; models that meet in "
        f"pixels must have cells of one size, {base.cell} here, as {', '.join(fitting)} {_have(fitting)}",
        location,
    )


def _have(names: list[str]) -> str:
    return "has" if len(names) == 1 else "have"


def check_pose(model: ModelDescription, location: list[str | int]) -> None:
    """Raises LayoutError for a model that has no pose ControlNet."""
    if "pose" not in model.controlnets:
        raise LayoutError(
            f"the model {model.id!r} has no pose ControlNet; leave the pose out, or name one as `controlnet`",
            location,
        )


def whole_run(prompted: Prompted, why: str, location: list[str | int]) -> None:
    """Raises LayoutError for a prompt that is not active during the whole run, or fades."""
    if prompted.active != [0.0, 1.0]:
        raise LayoutError(f"{why}; leave `active` at [0, 1]", [*location, "active"])
    if any(prompted.fade or ()):
        raise LayoutError(f"{why}; leave `fade` out", [*location, "fade"])


def timing(prompted: Prompted) -> Timing:
    """Return the part of the run in which a prompt acts, with its fade."""
    return Timing.drawn(prompted.active, prompted.fade)
