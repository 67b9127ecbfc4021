"""The graph that a layout compiles to: control variables and observables.

All lengths are in latent cells, except the sizes of outputs and the joints of poses, which are in pixels. A cell has as
many pixels on a side as the job's model says (`cell` of its description; 8 for papercut and for Stable Diffusion).
`contracts/custom_graph.py` has the same graph with fields that may be left out.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from backend.contracts.adapters import Loras, PictureControl, Reference, Strength
from backend.contracts.document import Document, Fade, Name, PictureId, Prompt, RunRange, Seed
from backend.contracts.geometry import CellBox, Wrap
from backend.contracts.limits import (
    MAX_COMPOSITE_PARTS,
    MAX_COUNT,
    MAX_DEVIATION,
    MAX_GROUP,
    MAX_GUIDANCE,
    MAX_LAWS,
    MAX_MASK_CELLS,
    MAX_MASKS,
    MAX_NODES,
    MAX_PRECISION,
    MAX_SIDE,
)
from backend.contracts.pose import Joints
from backend.contracts.sampling import Unit, WindowWeights
from backend.contracts.start import Fit

ResizeMode = Literal["area", "bilinear"]
Cells = Annotated[int, Field(ge=1, le=MAX_SIDE, description="In latent cells.")]
Channels = Annotated[int, Field(ge=1, le=64)]
Guidance = Annotated[float, Field(ge=0, le=MAX_GUIDANCE)]
Group = Annotated[str, Field(min_length=1, max_length=MAX_GROUP)]
Pixels = Annotated[int, Field(ge=1, description="In pixels of the picture.")]
Offset = Annotated[int, Field(ge=-MAX_SIDE, le=MAX_SIDE)]
Colour = Annotated[list[Unit], Field(min_length=3, max_length=3)]
"""Red, green and blue, each from 0 to 1."""
Deviation = Annotated[
    float,
    Field(
        ge=0,
        le=MAX_DEVIATION,
        description="The standard deviation of a normal law, in units of the latents' own. The picture is drawn from "
        "the law, so a large deviation adds noise; at 0 the law is exact.",
    ),
]


class Mask(Document):
    """A drawn shape. It holds one byte for each cell, in hexadecimal and row by row: the share of the cell that the
    shape covers (ff is the whole cell)."""

    width: Cells
    height: Cells
    cells: Annotated[str, Field(pattern=r"^([0-9a-f]{2})+$", max_length=2 * MAX_MASK_CELLS)]

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if len(self.cells) != 2 * self.width * self.height:
            raise ValueError(f"a mask of {self.width} x {self.height} cells has {2 * self.width * self.height} digits")
        return self


class Region(Document):
    """A soft rectangle on a control. Its profile is 1 inside and falls linearly to 0 at the edge over `feather` cells.
    Edges on the control's own edge do not fall. `mask` names one of GraphSpec.masks, as large as the box, which
    multiplies the profile."""

    box: CellBox
    feather: Annotated[float, Field(ge=0, le=MAX_SIDE)] = 0.0
    mask: Name | None = None


class Reseed(Document):
    """A region whose noise comes from `seed` instead of the job's seed."""

    region: Region
    seed: Seed


class ControlBase(Document):
    name: Name
    width: Cells
    height: Cells
    wrap: Wrap = "none"
    reseeds: list[Reseed] = []


class ControlSpec(ControlBase):
    """A control variable x_j: a latent canvas to generate, in latent cells."""

    channels: Channels


class IdentitySpec(Document):
    """The whole control."""

    kind: Literal["identity"]
    control: Name


class CropSpec(Document):
    """A window on a control. With `shifts` it moves at each step (GraphSpec.shift)."""

    kind: Literal["crop"]
    control: Name
    box: CellBox
    shifts: bool = False


class CompositePart(Document):
    """One part of a composite: a view `of` any kind, with its upper left corner at (x, y) of the composite. `control`
    is short for the whole of a control. The part's mask is 1 where `region` is 1, or with `inverse` where it is 0, and
    0 on the cells that the view does not cover. The region lies on the composite; null takes all that the view
    covers."""

    control: Name | None = None
    of: "OperatorSpec | None" = None
    x: Offset = 0
    y: Offset = 0
    region: Region | None = None
    inverse: bool = False

    @model_validator(mode="after")
    def _shows_one_thing(self) -> Self:
        if (self.control is None) == (self.of is None):
            raise ValueError("a part of a composite has either a `control` or a view `of` something")
        return self

    @property
    def view(self) -> "OperatorSpec":
        if self.of is not None:
            return self.of
        assert self.control is not None
        return IdentitySpec(kind="identity", control=self.control)


class CompositeSpec(Document):
    """The sum of several views, each times its mask. The masks sum to 1 on every cell; with `layers`, each part lies
    over the parts before it and covers them as far as its mask says, so that only the first has to be everywhere. The
    composite is `width` x `height` cells large; null takes the size of the first part. It wraps as the first part's
    control does, if that part is a whole control of the composite's size. `box` limits the view to a part of it."""

    kind: Literal["composite"]
    parts: Annotated[list[CompositePart], Field(min_length=2, max_length=MAX_COMPOSITE_PARTS)]
    width: Cells | None = None
    height: Cells | None = None
    layers: bool = False
    box: CellBox | None = None
    shifts: bool = False


class BackgroundSpec(Document):
    """The view of `of` inside `region`, over a plain RGB `colour` outside (bootstrapping). The region lies on the
    control or composite that `of` reads, and goes through the same operator."""

    kind: Literal["background"]
    of: "OperatorSpec"
    region: Region
    colour: Colour


class ResizeSpec(Document):
    """A view resized to width x height cells. Mode "area" averages the cells that a new cell covers, or repeats them if
    the view becomes larger; "bilinear" blends neighbours. A model sees an enlarged view at a higher noise level,
    because repeated cells have the same noise."""

    kind: Literal["resize"]
    of: "OperatorSpec"
    width: Cells
    height: Cells
    mode: ResizeMode = "area"


class FlipSpec(Document):
    """A view mirrored along an axis: "x" swaps left and right."""

    kind: Literal["flip"]
    of: "OperatorSpec"
    axis: Literal["x", "y"]


class RotateSpec(Document):
    """A view rotated counter-clockwise by quarter turns."""

    kind: Literal["rotate"]
    of: "OperatorSpec"
    turns: Literal[1, 2, 3]


class RollSpec(Document):
    """A view that is shifted by (x, y) cells to the right and down. Cells that leave at one edge enter at the opposite
    edge."""

    kind: Literal["roll"]
    of: "OperatorSpec"
    x: Offset
    y: Offset


OperatorSpec = Annotated[
    IdentitySpec | CropSpec | CompositeSpec | BackgroundSpec | ResizeSpec | FlipSpec | RotateSpec | RollSpec,
    Field(discriminator="kind"),
]


class Yield(Document):
    """A region in which an observable gives way to another one: its weight is multiplied by 1 - min(1, weight) *
    profile(region), during `active`. `weight` fades as that of a PrecisionSpec does, by the same `fade` and `span`."""

    region: Region
    weight: Annotated[float, Field(ge=0)]
    active: RunRange = [0.0, 1.0]
    fade: Fade | None = None
    span: RunRange | None = None


class PrecisionBase(Document):
    weight: Annotated[float, Field(ge=0, le=MAX_PRECISION)] = 1.0
    inside: Region | None = None
    outside: list[Yield] = []
    active: RunRange = [0.0, 1.0]
    fade: Fade | None = None
    span: RunRange | None = None
    shape: WindowWeights = "uniform"


class PrecisionSpec(PrecisionBase):
    """The weight w_i = 1/psi_i^2 of an observable, per cell and step: weight * shape * profile(inside) * the product
    over `outside`, during `active`. A `weight` of 0 means that the observable only watches: its model is asked and its
    view is shown, but it has no influence. The weight is divided by the sum of the shapes of all observables of the
    same `group` that see the cell, so that a group has the weight of one view however it is tiled. `shape` is 1 over
    the view, or a Gaussian about its middle with a variance of 0.01 of its side squared (Mixture of Diffusers). `fade`
    is [in, out], in fractions of the run: the weight rises over `in` from the start of `active`, and falls over `out`
    towards its end. `span` is the range that fades, if `active` is only a part of it. Regions lie on the observed
    control or composite."""

    group: Group


class PoseSpec(Document):
    """A pose for a ControlNet of this server, or for the model's own. The joints are [x, y] in pixels of the observed
    control's canvas, in the order of contracts/pose.py. The pose is drawn there and seen through the observable's
    operator, during `active`."""

    joints: Joints
    strength: Strength = 1.0
    active: RunRange = [0.0, 1.0]
    controlnet: Name | None = None


class PromptBase(Document):
    prompt: Prompt
    negative_prompt: Prompt = ""
    pose: PoseSpec | None = None
    picture: PictureControl | None = None
    loras: Loras = []
    reference: Reference | None = None


class PromptSpec(PromptBase):
    """The prompt of an observable and its settings. `pose` and `picture` are conditions for ControlNets. With both,
    their residuals are added."""

    guidance: Guidance
    guidance_rescale: Unit = 0.0
    model: Name


class ObservableBase(Document):
    name: Name
    operator: OperatorSpec
    patch: str | None = None
    seed: Seed | None = None
    count: Annotated[float, Field(ge=-MAX_COUNT, le=MAX_COUNT)] = 1.0


class ObservableSpec(ObservableBase):
    """An observable y_i = f_i(X). `patch` is the id of its drawn patch, if it has one. `seed` replaces the job's seed
    for the noise that its operator loses. `count` is its counting number, for the counting solver only."""

    prompted: PromptSpec
    precision: PrecisionSpec


class PictureMean(Document):
    """An upload as the mean of a law. It is laid over the whole canvas of the observed control, and the law's operator
    sees its part of it. `fit` brings it to the canvas's size: "same" requires the canvas's shape, "crop" cuts off the
    sides that reach over, "stretch" distorts."""

    kind: Literal["picture"]
    picture: PictureId
    fit: Fit = "same"


class ColourMean(Document):
    """A plain colour as the mean of a law."""

    kind: Literal["colour"]
    colour: Colour


class LawBase(Document):
    name: Name
    operator: OperatorSpec
    mean: Annotated[PictureMean | ColourMean, Field(discriminator="kind")]
    deviation: Deviation


class LawSpec(LawBase):
    """An observable y = f(X) whose distribution is known (paper, Section 4): every cell of y is normal about the mean,
    with a standard deviation of `deviation` times that of the latents. No model is asked for it, and it costs no
    view-forward. Its latents are those of the job's model."""

    precision: PrecisionSpec


class OutputBase(Document):
    node: Name
    operator: OperatorSpec | None = None


class OutputSpec(OutputBase):
    """A node to save as a picture, cropped to width x height canvas pixels from its upper left corner. For a picture
    that is neither a control nor an observable, `operator` says how to see it, and `node` is only its name."""

    width: Pixels
    height: Pixels


class Shift(Document):
    """The random movement of operators with `shifts`: at each step an offset is drawn from [0, x) and [0, y) cells.
    Their boxes move left and up by it. They go around an edge that wraps, and stop at an edge that does not."""

    x: Cells
    y: Cells


class GraphSpec(Document):
    controls: Annotated[list[ControlSpec], Field(min_length=1, max_length=MAX_NODES)]
    observables: Annotated[list[ObservableSpec], Field(min_length=1)]
    laws: Annotated[list[LawSpec], Field(max_length=MAX_LAWS)] = []
    outputs: Annotated[list[OutputSpec], Field(min_length=1, max_length=MAX_NODES)]
    masks: Annotated[dict[Name, Mask], Field(max_length=MAX_MASKS)] = {}
    shift: Shift | None = None

    @property
    def nodes(self) -> list[str]:
        """The names in the order of previews: controls, observables, laws, then outputs that are none of these."""
        pictures = [output.node for output in self.outputs if output.operator is not None]
        return [one.name for one in (*self.controls, *self.views)] + pictures

    @property
    def views(self) -> list[ObservableSpec | LawSpec]:
        """Everything that the picture has to agree with: the observables, then the laws."""
        return [*self.observables, *self.laws]
