"""What is put onto a model for one prompt, each by its id in this server's registry; pictures are uploads."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from backend.contracts.document import Document, Name, PictureId, Share
from backend.contracts.limits import MAX_LORAS

Strength = Annotated[float, Field(ge=0, le=2)]


class PictureControl(Document):
    """A picture that a ControlNet sees: as it is ("picture"), or the edges in it ("edges", by Canny's detector). It is
    laid over the whole canvas, and each view sees its own part of it. `controlnet`: of the registry, taught such
    pictures; `strength`: of its say, during `active`."""

    kind: Literal["picture", "edges"]
    picture: PictureId
    controlnet: Name
    strength: Strength = 1.0
    active: Share = [0.0, 1.0]


class LoraUse(Document):
    """A LoRA on the model of one prompt. `weight`: how much of it; a negative one leads away from what it was
    taught."""

    lora: Name
    weight: Annotated[float, Field(ge=-4, le=4)] = 1.0


class Reference(Document):
    """A picture that the model takes after, through an IP-Adapter. `weight`: its say beside the prompt's."""

    adapter: Name
    picture: PictureId
    weight: Strength = 1.0


def _distinct(loras: list[LoraUse]) -> list[LoraUse]:
    names = [one.lora for one in loras]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the LoRA {name!r} is named twice; name it once, with the sum of its weights")
    return loras


Loras = Annotated[list[LoraUse], Field(max_length=MAX_LORAS), AfterValidator(_distinct)]
