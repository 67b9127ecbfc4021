"""Guides: what is known about a picture before it is made. Each is a normal law for a view of the picture."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from backend.contracts.document import Document, Fade, MaskId, PictureId, RunRange
from backend.contracts.geometry import Box, Side
from backend.contracts.graph import Colour, Deviation
from backend.contracts.limits import MAX_GUIDE_WEIGHT, MAX_GUIDES
from backend.contracts.start import Fit


class Guide(Document):
    """A law for the part of the picture inside `box` or `mask` (the id of an upload of the canvas's size, white where
    the guide acts), or for the whole picture. `weight` is the guide's weight, where all windows of the prompts together
    have 1; lower it to leave more to the prompts. `deviation` is the standard deviation of the law in units of the
    latents' own. The picture is drawn from the law, so a large deviation adds noise; at 0 the law is exact. `active`
    are the steps in which the guide acts. It may `fade` in and out as a prompt does."""

    box: Box | None = None
    mask: MaskId | None = None
    weight: Annotated[float, Field(gt=0, le=MAX_GUIDE_WEIGHT)] = 3.0
    active: RunRange = [0.0, 1.0]
    fade: Fade | None = None

    @model_validator(mode="after")
    def _at_most_one_shape(self) -> Self:
        if self.box is not None and self.mask is not None:
            raise ValueError("a guide acts inside either a `box` or a `mask`")
        return self


class Sketch(Guide):
    """A rough painting, which fixes layout and palette and leaves all detail free. The averages of the picture over
    squares of `scale` pixels (overlapping, by a triangle of twice that width) are those of the painting; null takes a
    quarter of the model's native size. `fit` brings
    the painting to the canvas's size: "same" requires the canvas's shape, "crop" cuts off the sides that reach over,
    "stretch" distorts."""

    kind: Literal["sketch"]
    picture: PictureId
    fit: Fit = "same"
    scale: Side | None = None
    deviation: Deviation = 0.1


class Palette(Guide):
    """A colour. The averages of the picture over squares of `scale` pixels have this colour; null takes a quarter of
    the model's native size."""

    kind: Literal["palette"]
    colour: Colour
    scale: Side | None = None
    deviation: Deviation = 0.1


class KeepClose(Guide):
    """A picture to stay close to, in every detail. `fit` brings it to the canvas's size, as in a sketch."""

    kind: Literal["keep_close"]
    picture: PictureId
    fit: Fit = "same"
    deviation: Deviation = 0.1


Guides = Annotated[
    list[Annotated[Sketch | Palette | KeepClose, Field(discriminator="kind")]], Field(max_length=MAX_GUIDES)
]
