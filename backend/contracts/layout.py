"""Layouts: what the user draws. Lengths are canvas pixels (docs/protocol.md, The job document).

"The paper" is "Compositional Generative Inference Using Diffusion-Based Optimization".
"""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from backend.contracts.adapters import Loras, PictureControl, Reference, Strength
from backend.contracts.custom_graph import CustomGraph
from backend.contracts.document import Document, Fade, MaskId, Name, Prompt, RunRange, Seed
from backend.contracts.geometry import Box, Canvas
from backend.contracts.guides import Guides
from backend.contracts.limits import MAX_FEATHER, MAX_GUIDANCE, MAX_ILLUSION_VIEWS, MAX_PATCH_WEIGHT, MAX_WINDOW_PROMPTS
from backend.contracts.pose import Joints
from backend.contracts.sampling import Unit

Transform = Literal["identity", "flip_x", "flip_y", "rotate_90", "rotate_180", "rotate_270"]
Feather = Annotated[int, Field(ge=0, le=MAX_FEATHER)]


class PoseControl(Document):
    """A pose for a ControlNet. The joints are [x, y] in canvas pixels, in the order nose, neck; right shoulder, elbow,
    wrist; left shoulder, elbow, wrist; right hip, knee, ankle; left hip, knee, ankle. A pose may end early.
    `controlnet` is the id of a ControlNet that was trained on such poses; null uses the model's own."""

    kind: Literal["pose"]
    joints: Joints
    strength: Strength = 1.0
    active: RunRange = [0.0, 1.0]
    controlnet: Name | None = None


class Prompted(Document):
    """A prompt for one diffusion model, and its settings. An open field takes the job's setting. `active` is the part
    of the run in which the prompt acts. `fade` is [in, out], in fractions of the run: the prompt's weight rises over
    `in` from the start of `active`, and falls over `out` towards its end."""

    prompt: Prompt
    negative_prompt: Prompt = ""
    guidance: Annotated[float, Field(ge=0, le=MAX_GUIDANCE)] | None = None
    guidance_rescale: Unit | None = None
    model: Name | None = None
    control: Annotated[PoseControl | PictureControl, Field(discriminator="kind")] | None = None
    loras: Loras = []
    reference: Reference | None = None
    seed: Seed | None = None
    active: RunRange = [0.0, 1.0]
    fade: Fade | None = None


class Panorama(Document):
    """Windows along one axis of a wide canvas (paper, Section 6.1). `windows` are prompts along the axis, and each
    window of the model takes the nearest one. `positions` says where they are, as increasing fractions of the canvas,
    one for each prompt. Without it the prompts are spread evenly."""

    kind: Literal["panorama"]
    canvas: Canvas
    axis: Literal["x", "y"] = "x"
    prompt: Prompt | None = None
    windows: Annotated[list[Prompted], Field(min_length=1, max_length=MAX_WINDOW_PROMPTS)] | None = None
    positions: Annotated[list[Unit], Field(min_length=1, max_length=MAX_WINDOW_PROMPTS)] | None = None
    negative_prompt: Prompt = ""
    guides: Guides = []

    @field_validator("positions")
    @classmethod
    def _one_for_each_prompt(cls, positions: list[float] | None, info: ValidationInfo) -> list[float] | None:
        if positions is None or "windows" not in info.data:  # a fault in `windows` is reported there
            return positions
        prompts = info.data["windows"]
        if prompts is None:
            raise ValueError("a panorama under one `prompt` has no positions; give it `windows`, or leave them out")
        if len(positions) != len(prompts):
            raise ValueError(f"give each prompt one position; prompts: {len(prompts)}, positions: {len(positions)}")
        for before, after in pairwise(positions):
            if after <= before:
                raise ValueError(f"the positions must increase: {after} does not lie after {before}")
        return positions

    @model_validator(mode="after")
    def _one_kind_of_prompt(self) -> Self:
        if (self.prompt is None) == (self.windows is None):
            raise ValueError("a panorama has either `prompt`, or `windows` with a prompt each")
        return self


class Patch(Prompted):
    """A drawn box, or a mask (the id of an upload of the canvas's size, white where the patch is), with its own prompt.
    `weight` says how strongly the patch counts where it overlaps others: at 1 the patch replaces the background, below
    1 the background shows through in proportion, above 1 it outweighs other patches. At 0 the patch only watches: its
    model is asked and its view is shown, but it has no influence on the picture, except for the noise of its own
    `seed`. `feather` is the distance in pixels over which the weight falls to zero towards the box's edge."""

    id: Name
    box: Box | None = None
    mask: MaskId | None = None
    weight: Annotated[float, Field(ge=0, le=MAX_PATCH_WEIGHT)] = 1.0
    feather: Feather = 0

    @model_validator(mode="after")
    def _one_kind_of_shape(self) -> Self:
        if (self.box is None) == (self.mask is None):
            raise ValueError("a patch has either a `box` or a `mask`")
        return self


class Regions(Document):
    """A background prompt, and drawn patches with prompts of their own. `bootstrap` is the fraction of the steps, from
    the first, in which a patch is denoised over plain grey, so that its object stays inside."""

    kind: Literal["regions"]
    canvas: Canvas
    prompt: Prompt
    negative_prompt: Prompt = ""
    patches: list[Patch] = []
    bootstrap: Annotated[float, Field(ge=0, le=1)] = 0.0
    guides: Guides = []

    @model_validator(mode="after")
    def _ids_are_distinct(self) -> Self:
        seen: set[str] = set()
        for patch in self.patches:
            if patch.id in seen:
                raise ValueError(f"two patches have the id {patch.id!r}; give each its own")
            seen.add(patch.id)
        return self


class Scene(Document):
    """A background and an object, each a picture of its own, and their composite, which shows the object inside `box`
    (paper, Section 6.2). `soft` is the distance in pixels over which the object gives way to the background at the
    box's edge."""

    kind: Literal["scene"]
    canvas: Canvas
    box: Box
    background: Prompted
    object: Prompted
    whole: Prompted
    soft: Feather = 0
    guides: Guides = []


class Head(Prompted):
    """The head of a portrait, with a prompt of its own. `weight` is its weight inside the box, where the body has 1. At
    1 both count equally, and the body, whose prompt names no such head, weakens it. At 0 the head only watches, as a
    patch of weight 0 does; this is the paper's control group. `feather` is the distance in pixels over which the weight
    falls to zero towards the box's edge. Measured (docs/quality.md): with papercut 2.1.0, a weaker model, 0.56 of the
    heads were as asked at weight 1 and feather 0, and 0.69 at 4 and 16; with 3.1.0 all of them are, at either
    setting."""

    box: Box
    weight: Annotated[float, Field(ge=0, le=MAX_PATCH_WEIGHT)] = 4.0
    feather: Feather = 16


class Portrait(Document):
    """A whole figure, and its head under a prompt of its own (paper, Section 6.3)."""

    kind: Literal["portrait"]
    canvas: Canvas
    body: Prompted
    head: Head
    guides: Guides = []


class IllusionView(Prompted):
    """The picture mirrored, or turned counter-clockwise, and the prompt for it in that position."""

    transform: Transform


class Illusion(Document):
    """One picture that shows something else when it is mirrored or turned."""

    kind: Literal["illusion"]
    canvas: Canvas
    views: Annotated[list[IllusionView], Field(min_length=2, max_length=MAX_ILLUSION_VIEWS)]
    guides: Guides = []


class Texture(Document):
    """A picture that tiles the plane. It always wraps on both axes; the canvas's `wrap` is ignored."""

    kind: Literal["texture"]
    canvas: Canvas
    prompt: Prompt
    negative_prompt: Prompt = ""
    guides: Guides = []

    @field_validator("canvas")
    @classmethod
    def _wraps(cls, canvas: Canvas) -> Canvas:
        if canvas.wrap in ("x", "y"):
            raise ValueError(
                f"a texture wraps on both axes; leave `wrap` out, or make a panorama that wraps {canvas.wrap}"
            )
        return canvas.model_copy(update={"wrap": "both"})


class Custom(Document):
    """A graph of your own (docs/graphs.md)."""

    kind: Literal["custom"]
    graph: CustomGraph


LayoutKind = Literal["panorama", "regions", "scene", "portrait", "illusion", "texture", "custom"]
Layout = Annotated[Panorama | Regions | Scene | Portrait | Illusion | Texture | Custom, Field(discriminator="kind")]
