"""Adapters that a prompt adds to its model. Each is named by its id on this server. Their pictures are uploads."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from backend.contracts.document import Document, Name, PictureId, RunRange
from backend.contracts.limits import MAX_LORAS

Strength = Annotated[float, Field(ge=0, le=2)]


class PictureControl(Document):
    """A picture for a ControlNet. `kind` says whether the ControlNet gets the picture itself or its edges (by Canny's
    detector). The picture is laid over the whole canvas, and each view gets its own part. `controlnet` is the id of a
    ControlNet that was trained on such pictures. `strength` is its scale, during `active`."""

    kind: Literal["picture", "edges"]
    picture: PictureId
    controlnet: Name
    strength: Strength = 1.0
    active: RunRange = [0.0, 1.0]


class LoraUse(Document):
    """A LoRA on the model of one prompt. `weight` is its scale. A negative weight has the opposite effect of the LoRA's
    training."""

    lora: Name
    weight: Annotated[float, Field(ge=-4, le=4)] = 1.0


class Reference(Document):
    """A picture that an IP-Adapter adds to the prompt. `weight` is its scale."""

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
