"""The picture that a job starts from: img2img, inpainting and outpainting."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from backend.contracts.document import Document, MaskId, PictureId, Seed
from backend.contracts.geometry import Box
from backend.contracts.limits import MAX_START_FEATHER

Fit = Literal["same", "crop", "stretch"]


class Start(Document):
    """A picture to start from (img2img; SDEdit, arXiv 2108.01073). `strength` is the fraction of the steps to run, from
    the noise level that they start at. Low values stay close to the picture; at 1 only a kept part survives. `fit`
    brings the picture to the canvas's size: "same" requires the canvas's shape, "crop" cuts off the sides that reach
    over, "stretch" distorts.

    With `box` or `mask` (the id of an upload of the canvas's size, white where the picture is redrawn) only that part
    is redrawn, and every other pixel keeps its value (inpainting). With `keep` "inside" only that part is kept
    (outpainting). `feather` is the distance in pixels, inside the redrawn part, over which it blends into the kept
    part. `seed` replaces the job's seed in the redrawn part.
    """

    picture: PictureId
    strength: Annotated[float, Field(gt=0, le=1)] = 0.75
    fit: Fit = "same"
    box: Box | None = None
    mask: MaskId | None = None
    keep: Literal["outside", "inside"] = "outside"
    feather: Annotated[int, Field(ge=0, le=MAX_START_FEATHER)] = 16
    seed: Seed | None = None

    @model_validator(mode="after")
    def _shape_fits(self) -> Self:
        if self.box is not None and self.mask is not None:
            raise ValueError("the part to redraw is either a `box` or a `mask`")
        if self.seed is not None and not self.keeps:
            raise ValueError("a `seed` of its own needs a `box` or a `mask`; else give the sampling the seed")
        return self

    @property
    def keeps(self) -> bool:
        """True if a part of the picture is kept."""
        return self.box is not None or self.mask is not None

    def first(self, steps: int) -> int:
        """Return the number of steps to leave out: all but a fraction of `strength`, and never the last one."""
        return min(round((1 - self.strength) * steps), steps - 1)
