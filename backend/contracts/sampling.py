"""How the picture is sampled. A field left open takes the model's measured default when the job is accepted."""

from typing import Annotated, Literal

from pydantic import Field

from backend.contracts.document import Document, Name, Seed
from backend.contracts.geometry import Side

Scheduler = Literal["ddim"]


class Windows(Document):
    """The views of a canvas larger than the model: native window and stride, in canvas pixels."""

    size: Side | None = None
    stride: Side | None = None


class Agree(Document):
    """How the observables are brought to agree: the solver, and whether lambda of Eq. 30 may move."""

    solver: Literal["auto", "diagonal"] = "auto"
    step_size: Literal["fixed"] = "fixed"


class Sampling(Document):
    model: Name
    steps: Annotated[int, Field(ge=1, le=1000)] = 30
    scheduler: Scheduler | None = None
    guidance: Annotated[float, Field(ge=0, le=50)] | None = None
    eta: Annotated[float, Field(ge=0, le=1)] | None = None
    seed: Seed | None = None
    agree: Agree = Agree()
    windows: Windows = Windows()
