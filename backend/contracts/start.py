"""What a job starts from, where that is a picture and not noise alone."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from backend.contracts.document import Document, MaskId, PictureId, Seed
from backend.contracts.geometry import Box
from backend.contracts.limits import MAX_START_FEATHER

Fit = Literal["same", "crop", "stretch"]


class Start(Document):
    """A picture to start from (SDEdit, arXiv 2108.01073). `strength`: the share of the steps that are taken, from the
    noise that their first needs: little of it keeps close to the picture, at 1 nothing but its kept part is left of it.
    `fit`: how it comes to the canvas's size; "same" asks for one of the canvas's shape, "crop" cuts off what hangs over
    in the middle, "stretch" distorts.

    `box` or `mask` (the id of an upload of the canvas's size, white there): only that part is redrawn and all else is
    kept, to the byte; or, with `keep` "inside", only that part is kept. `feather`: pixels inside the redrawn part over
    which it grows out of what is kept. `seed`: of the redrawn part's noise, where it is not the job's."""

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
        """Whether some of the picture stays as it is."""
        return self.box is not None or self.mask is not None

    def first(self, steps: int) -> int:
        """How many of a run's steps are left out: all but a share of `strength`, and never the last."""
        return min(round((1 - self.strength) * steps), steps - 1)
