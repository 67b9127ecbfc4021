"""Regions: windows under a background prompt, and drawn boxes, each with its own prompt."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.contracts.geometry import CellBox
from backend.contracts.graph import (
    ControlSpec,
    CropSpec,
    GraphSpec,
    ObservableSpec,
    OutputSpec,
    PrecisionSpec,
    PromptSpec,
    Region,
    Reseed,
    Yield,
)
from backend.contracts.layout import Patch, Regions
from backend.contracts.model import Model
from backend.contracts.sampling import Sampling
from backend.graph import prompts, windows
from backend.graph.errors import LayoutError
from backend.graph.grid import Grid


@dataclass(frozen=True)
class _Drawn:
    """A patch on the grid, with what its observables are denoised with."""

    patch: Patch
    region: Region
    prompted: PromptSpec

    def owns(self, window: CellBox) -> bool:
        """Whether the background would have no say anywhere in `window`."""
        box, soft = self.region.box, self.region.feather > 0 or self.patch.weight < 1
        inside = (
            box.x <= window.x
            and box.y <= window.y
            and window.x + window.width <= box.x + box.width
            and window.y + window.height <= box.y + box.height
        )
        return inside and not soft and self.patch.active == [0.0, 1.0]


def graph(layout: Regions, sampling: Sampling, models: Mapping[str, Model], grid: Grid) -> GraphSpec:
    """One control; background windows that give way to the patches; and each patch's windows, which see beyond its box
    but are trusted only inside."""
    drawn = [_draw(index, patch, layout, sampling, models, grid) for index, patch in enumerate(layout.patches)]
    views = [*_background(layout, sampling, drawn, grid), *(view for one in drawn for view in _views(one, grid))]
    control = ControlSpec(
        name="x",
        channels=models[sampling.model].description.channels,
        width=grid.width,
        height=grid.height,
        wrap=layout.canvas.wrap,
        reseeds=[Reseed(region=one.region, seed=one.patch.seed) for one in drawn if one.patch.seed is not None],
    )
    named = [view.model_copy(update={"name": f"y{number}"}) for number, view in enumerate(views, start=1)]
    picture = OutputSpec(node="x", width=layout.canvas.width, height=layout.canvas.height)
    return GraphSpec(controls=[control], observables=named, outputs=[picture])


def _draw(
    index: int, patch: Patch, layout: Regions, sampling: Sampling, models: Mapping[str, Model], grid: Grid
) -> _Drawn:
    location: list[str | int] = ["layout", "patches", index]
    if patch.box is None:
        raise LayoutError("this server takes no masks yet; draw a box", [*location, "mask"])
    region = grid.region(grid.snap(patch.box, [*location, "box"]), patch.feather)
    return _Drawn(patch, region, prompts.own(patch, layout.negative_prompt, sampling, models, location))


def _background(layout: Regions, sampling: Sampling, drawn: list[_Drawn], grid: Grid) -> list[ObservableSpec]:
    """Native windows over the canvas, without those that lie wholly in a patch's own ground."""
    precision = PrecisionSpec(
        group="background",
        outside=[Yield(region=one.region, weight=one.patch.weight, active=one.patch.active) for one in drawn],
    )
    prompted = prompts.plain(layout.prompt, layout.negative_prompt, sampling)
    return [
        _observable(window, prompted, precision, None)
        for window in windows.over_canvas(grid)
        if not any(one.owns(window) for one in drawn)
    ]


def _views(one: _Drawn, grid: Grid) -> list[ObservableSpec]:
    precision = PrecisionSpec(
        weight=one.patch.weight, inside=one.region, active=one.patch.active, group=f"patch:{one.patch.id}"
    )
    return [
        _observable(window, one.prompted, precision, one.patch.id) for window in windows.over_box(one.region.box, grid)
    ]


def _observable(window: CellBox, prompted: PromptSpec, precision: PrecisionSpec, patch: str | None) -> ObservableSpec:
    operator = CropSpec(kind="crop", control="x", box=window)
    return ObservableSpec(name="y0", operator=operator, prompted=prompted, precision=precision, patch=patch)
