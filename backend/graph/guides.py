"""Guides: normal laws for views of the main picture (paper, Section 4).

A sketch and a palette are laws for averages of the picture over squares of `scale` pixels. A guide that keeps the
picture close to another one is a law for the picture itself. Inside a mask, an average is over the cells of the mask
alone: outside it, the operator shows a plain colour instead of the picture.
"""

from typing import NamedTuple

from backend.contracts.geometry import CellBox
from backend.contracts.graph import (
    BackgroundSpec,
    ColourMean,
    CompositeSpec,
    CropSpec,
    GraphSpec,
    IdentitySpec,
    LawSpec,
    Mask,
    OperatorSpec,
    PictureMean,
    PrecisionSpec,
    Region,
    ResizeSpec,
)
from backend.contracts.guides import KeepClose, Palette, Sketch
from backend.contracts.layout import Layout
from backend.contracts.limits import MAX_JOB_MASK_CELLS
from backend.contracts.model import ModelDescription
from backend.graph import masks
from backend.graph.errors import LayoutError
from backend.graph.grid import Grid
from backend.graph.masks import Masks
from backend.graph.pictures import Sizes, check_picture

COARSE = 4  # squares of a sketch along a side of the model's native size
GREY = [0.5, 0.5, 0.5]

Location = list[str | int]
Averaged = Sketch | Palette
Drawn = Averaged | KeepClose


class _Picture(NamedTuple):
    """The picture that guides are about: the operator that sees all of it, its grid, and the sizes of uploads."""

    whole: OperatorSpec
    grid: Grid
    sizes: Sizes

    def seen(self, box: CellBox) -> OperatorSpec:
        """Return the operator that sees a box of the picture."""
        if box == self.grid.whole:
            return self.whole
        if isinstance(self.whole, CompositeSpec):
            return self.whole.model_copy(update={"box": box})
        assert isinstance(self.whole, IdentitySpec)
        return CropSpec(kind="crop", control=self.whole.control, box=box)

    def averages(self, part: Region, scale: int | None, colour: list[float], location: Location) -> OperatorSpec:
        """Return the operator that averages a part over squares of about `scale` pixels, rounded so
        that they fill its box. The averages of neighbours overlap, or the squares would show in the picture
        (docs/decisions/0025).
        Outside the part's mask the operator shows the colour."""
        assert scale is not None  # the job is resolved
        cell = self.grid.cell
        if scale < cell:
            raise LayoutError(
                f"a scale of {scale} pixels is less than one latent cell; make it at least {cell} pixels",
                [*location, "scale"],
            )
        seen = self.seen(part.box)
        if part.mask is not None:
            seen = BackgroundSpec(kind="background", of=seen, region=part, colour=colour)
        width, height = (max(1, round(length * cell / scale)) for length in (part.box.width, part.box.height))
        return ResizeSpec(kind="resize", of=seen, width=width, height=height, mode="bilinear")


def settled(layout: Layout, model: ModelDescription) -> Layout:
    """Return the layout with the scale of its guides filled in."""
    if layout.kind == "custom" or not layout.guides:
        return layout
    scale = max(model.native_size // COARSE, model.cell)
    guides = [
        one.model_copy(update={"scale": scale}) if isinstance(one, Averaged) and one.scale is None else one
        for one in layout.guides
    ]
    return layout.model_copy(update={"guides": guides})


def guided(graph: GraphSpec, layout: Layout, grid: Grid, load: Masks, sizes: Sizes) -> GraphSpec:
    """Return the graph of a layout with one law for each of its guides, in their order. Raises LayoutError for a guide
    that does not fit the canvas or names an upload that does not exist."""
    assert layout.kind != "custom"
    laws, drawn = [], {}
    for index, one in enumerate(layout.guides):
        where: Location = ["layout", "guides", index]
        name = _free_name(f"{one.kind}{index + 1}", graph)
        part, mask = _part(one, grid, load, name, where)
        laws.append(_law(one, part, _Picture(_main_picture(graph), grid, sizes), name, where))
        drawn |= {} if mask is None else {name: mask}
    if sum(mask.width * mask.height for mask in drawn.values()) > MAX_JOB_MASK_CELLS:
        raise LayoutError(
            f"the masks of the guides have more than {MAX_JOB_MASK_CELLS:,} latent cells in all; draw smaller or fewer "
            "masks",
            ["layout", "guides"],
        )
    return graph.model_copy(update={"laws": laws, "masks": graph.masks | drawn})


def _free_name(name: str, graph: GraphSpec) -> str:
    """Return a name for a law and its mask that no mask of the graph has."""
    return name if name not in graph.masks else _free_name(f"{name}.", graph)


def _part(one: Drawn, grid: Grid, load: Masks, name: str, location: Location) -> tuple[Region, Mask | None]:
    """Return the part of the picture on which a guide acts, and its mask."""
    if one.mask is not None:
        box, mask = masks.snap(one.mask, load, grid, [*location, "mask"])
        return Region(box=box, mask=name), mask
    return Region(box=grid.whole if one.box is None else grid.snap(one.box, [*location, "box"])), None


def _main_picture(graph: GraphSpec) -> OperatorSpec:
    output = graph.outputs[0]
    return output.operator or IdentitySpec(kind="identity", control=output.node)


def _law(one: Drawn, part: Region, picture: _Picture, name: str, location: Location) -> LawSpec:
    if not isinstance(one, Palette):
        check_picture(one.picture, one.fit, picture.grid.canvas, picture.sizes, location)
    match one:
        case Sketch():
            operator = picture.averages(part, one.scale, GREY, location)
            mean = PictureMean(kind="picture", picture=one.picture, fit=one.fit)
        case Palette():
            operator = picture.averages(part, one.scale, one.colour, location)
            mean = ColourMean(kind="colour", colour=one.colour)
        case KeepClose():
            operator = picture.seen(part.box)
            mean = PictureMean(kind="picture", picture=one.picture, fit=one.fit)
    inside = part if part.mask is not None and isinstance(one, KeepClose) else None
    precision = PrecisionSpec(weight=one.weight, inside=inside, active=one.active, fade=one.fade, group=name)
    return LawSpec(name=name, operator=operator, mean=mean, deviation=one.deviation, precision=precision)
