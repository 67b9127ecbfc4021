"""Guides: what is known about a picture before it is made. Each is a normal law for a view of the picture."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from backend.contracts.document import Document, Fade, MaskId, PictureId, RunRange
from backend.contracts.geometry import Box, Side
from backend.contracts.graph import Colour, Deviation
from backend.contracts.limits import MAX_GUIDE_WEIGHT, MAX_GUIDES
from backend.contracts.start import Fit


class Guide(Document):
    """The fields of every guide. A guide is a normal law for the part of the picture inside `box` or `mask`, or for the
    whole picture if both are null."""

    box: Annotated[Box | None, Field(description="The guide acts inside this box.")] = None
    mask: Annotated[
        MaskId | None,
        Field(description="The id of an upload of the canvas's size, white where the guide acts."),
    ] = None
    weight: Annotated[
        float,
        Field(
            gt=0,
            le=MAX_GUIDE_WEIGHT,
            description="The guide's weight. All windows of the prompts together have 1; a lower weight leaves more to "
            "the prompts.",
        ),
    ] = 3.0
    active: RunRange = [0.0, 1.0]
    fade: Fade | None = None

    @model_validator(mode="after")
    def _at_most_one_shape(self) -> Self:
        if self.box is not None and self.mask is not None:
            raise ValueError("a guide acts inside either a `box` or a `mask`")
        return self


class Sketch(Guide):
    """A rough painting, which fixes layout and palette and leaves all detail free. The averages of the picture over
    overlapping squares of `scale` pixels are those of the painting; null takes a quarter of the model's native size.
    Each average is weighted by a triangle twice as wide as a square. `fit` brings the painting to the canvas's size:
    "same" requires the canvas's shape, "crop" cuts off the sides that reach over, "stretch" distorts."""

    kind: Literal["sketch"]
    picture: PictureId
    fit: Fit = "same"
    scale: Side | None = None
    deviation: Deviation = 0.1


class Palette(Guide):
    """A colour. The averages of the picture over overlapping squares of `scale` pixels have this colour, as in a
    sketch; null takes a quarter of the model's native size."""

    kind: Literal["palette"]
    colour: Colour
    scale: Side | None = None
    deviation: Deviation = 0.1


class KeepClose(Guide):
    """A picture to stay close to, in every detail. `fit` brings it to the canvas's size: "same" requires the canvas's
    shape, "crop" cuts off the sides that reach over, "stretch" distorts."""

    kind: Literal["keep_close"]
    picture: PictureId
    fit: Fit = "same"
    deviation: Deviation = 0.1


Guides = Annotated[
    list[Annotated[Sketch | Palette | KeepClose, Field(discriminator="kind")]], Field(max_length=MAX_GUIDES)
]
