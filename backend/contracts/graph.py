"""The graph that a layout compiles to: control variables and observables, all lengths in latent cells."""

from typing import Annotated, Literal

from pydantic import Field

from backend.contracts.document import Document, Name, Seed, Share
from backend.contracts.geometry import CellBox, Wrap

MAX_NODES = 255  # a preview frame names its node in one byte


class Region(Document):
    """A soft rectangle on a control. Its profile is 1 inside and falls linearly to 0 at the edge over `feather` cells;
    edges that lie on the control's own edge do not fall."""

    box: CellBox
    feather: Annotated[float, Field(ge=0)] = 0.0


class Reseed(Document):
    """All noise of the control inside `region` comes from `seed` instead of the job's."""

    region: Region
    seed: Seed


class ControlSpec(Document):
    """A control variable x_j: a latent canvas that is generated."""

    name: Name
    channels: int
    width: int
    height: int
    wrap: Wrap = "none"
    reseeds: list[Reseed] = []


class IdentitySpec(Document):
    kind: Literal["identity"]
    control: Name


class CropSpec(Document):
    kind: Literal["crop"]
    control: Name
    box: CellBox


class CompositePart(Document):
    """One control's share of a composite: where `region` is 1 the control shows; `inverse` takes 1 - region."""

    control: Name
    region: Region
    inverse: bool = False


class CompositeSpec(Document):
    """A masked sum of controls of one size; its masks sum to 1 on every cell."""

    kind: Literal["composite"]
    parts: Annotated[list[CompositePart], Field(min_length=2)]


OperatorSpec = Annotated[IdentitySpec | CropSpec | CompositeSpec, Field(discriminator="kind")]


class Yield(Document):
    """A region in which an observable gives way to another: its precision is multiplied by
    1 - min(1, weight) * profile(region), during `active`."""

    region: Region
    weight: float
    active: Share = [0.0, 1.0]


class PrecisionSpec(Document):
    """w_i = 1/psi_i^2 per cell and step: weight * profile(inside) * product over `outside`, during `active`, divided by
    the number of observables of the same `group` that see the cell, so that a group counts once however it is
    tiled."""

    weight: float = 1.0
    inside: Region | None = None
    outside: list[Yield] = []
    active: Share = [0.0, 1.0]
    group: str


class PromptSpec(Document):
    prompt: str
    negative_prompt: str
    guidance: float
    model: Name


class ObservableSpec(Document):
    """An observable y_i = f_i(X). `patch`: the id of the drawn patch it belongs to, if any."""

    name: Name
    operator: OperatorSpec
    prompted: PromptSpec
    precision: PrecisionSpec
    patch: str | None = None


class OutputSpec(Document):
    """A node saved as a picture, cropped to width x height canvas pixels from its upper left corner."""

    node: Name
    width: int
    height: int


class GraphSpec(Document):
    controls: Annotated[list[ControlSpec], Field(min_length=1)]
    observables: Annotated[list[ObservableSpec], Field(min_length=1)]
    outputs: Annotated[list[OutputSpec], Field(min_length=1)]

    @property
    def nodes(self) -> list[str]:
        """Names in preview order: controls, then observables."""
        return [control.name for control in self.controls] + [observable.name for observable in self.observables]
