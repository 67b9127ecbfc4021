"""Layouts: what the user drew. Lengths are canvas pixels (protocol, Section 1)."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from backend.contracts.document import Document, Name, Seed, Share, Text
from backend.contracts.geometry import Box, Canvas

MAX_WINDOW_PROMPTS = 64


class PoseControl(Document):
    """A ControlNet condition drawn from a pose: joints as [x, y] in canvas pixels."""

    kind: Literal["pose"]
    joints: Annotated[list[Annotated[list[float], Field(min_length=2, max_length=2)]], Field(max_length=64)]
    strength: Annotated[float, Field(ge=0, le=2)] = 1.0
    active: Share = [0.0, 1.0]


class Prompted(Document):
    """What one diffusion model is asked for; a field left open takes the job's own setting."""

    prompt: Text
    negative_prompt: Text = ""
    guidance: Annotated[float, Field(ge=0, le=50)] | None = None
    model: Name | None = None
    control: PoseControl | None = None
    seed: Seed | None = None
    active: Share = [0.0, 1.0]

    @model_validator(mode="after")
    def _active_is_a_range(self) -> Self:
        if self.active[0] >= self.active[1]:
            raise ValueError(f"active must run forwards: {self.active[0]} is not before {self.active[1]}")
        return self


class Panorama(Document):
    """Windows along one axis of a wide canvas (paper, Section 6.1)."""

    kind: Literal["panorama"]
    canvas: Canvas
    axis: Literal["x", "y"] = "x"
    prompt: Text | None = None
    windows: Annotated[list[Prompted], Field(min_length=1, max_length=MAX_WINDOW_PROMPTS)] | None = None
    negative_prompt: Text = ""

    @model_validator(mode="after")
    def _one_kind_of_prompt(self) -> Self:
        if (self.prompt is None) == (self.windows is None):
            raise ValueError("a panorama has either `prompt`, or `windows` with a prompt each")
        return self


class Patch(Prompted):
    """A drawn box with its own prompt. `weight` is its trust against what it overlaps: at 1 the box is its own, below 1
    the background shows through in proportion, above 1 it outweighs other patches. `feather`: pixels over which
    that trust falls to zero towards the box's edge."""

    id: Name
    box: Box
    weight: Annotated[float, Field(gt=0, le=100)] = 1.0
    feather: Annotated[int, Field(ge=0, le=4096)] = 0


class Regions(Document):
    """A background prompt and drawn boxes, each with its own prompt."""

    kind: Literal["regions"]
    canvas: Canvas
    prompt: Text
    negative_prompt: Text = ""
    patches: list[Patch] = []

    @model_validator(mode="after")
    def _ids_are_distinct(self) -> Self:
        seen: set[str] = set()
        for patch in self.patches:
            if patch.id in seen:
                raise ValueError(f"two patches have the id {patch.id!r}; give each its own")
            seen.add(patch.id)
        return self


Layout = Annotated[Panorama | Regions, Field(discriminator="kind")]
