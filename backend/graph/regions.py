"""Regions: windows under a background prompt, and drawn patches, each with its own prompt.

The coarse view takes the background's prompt and, like the background's windows, gives way to the patches. If the job
gives the coarse view its own prompt, that prompt is for the whole picture, and the coarse view does not give way. A
patch that is bootstrapped is shown to the model on plain grey, so that the model draws it inside its region
(MultiDiffusion, Section 4).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backend.contracts.geometry import CellBox
from backend.contracts.graph import (
    BackgroundSpec,
    GraphSpec,
    Mask,
    ObservableSpec,
    OperatorSpec,
    PrecisionSpec,
    PromptSpec,
    Region,
    Reseed,
    Yield,
)
from backend.contracts.layout import Patch, Regions
from backend.contracts.limits import MAX_JOB_MASK_CELLS
from backend.contracts.model import Model
from backend.contracts.sampling import Sampling
from backend.geometry.ranges import Timing
from backend.graph import masks, prompts, views, windows
from backend.graph.errors import LayoutError
from backend.graph.grid import Grid

GREY = [0.5, 0.5, 0.5]


@dataclass(frozen=True)
class Drawn:
    """A patch on the grid."""

    patch: Patch
    region: Region
    mask: Mask | None

    def owns(self, window: CellBox) -> bool:
        """Tell whether the patch takes every cell of `window` completely and for the whole run, so that the
        background's precision is 0 there."""
        box, soft = self.region.box, self.region.feather > 0 or self.mask is not None or self.patch.weight < 1
        inside = (
            box.x <= window.x
            and box.y <= window.y
            and window.x + window.width <= box.x + box.width
            and window.y + window.height <= box.y + box.height
        )
        return inside and not soft and prompts.timing(self.patch) == views.WHOLE_RUN


def drawn(layout: Regions, grid: Grid, load: masks.Masks) -> list[Drawn]:
    """Return the patches on the grid. Raises LayoutError for a box or a mask that does not fit the canvas, or for masks
    that have too many cells in all."""
    snapped = [_snap(index, patch, grid, load) for index, patch in enumerate(layout.patches)]
    if sum(one.mask.width * one.mask.height for one in snapped if one.mask) > MAX_JOB_MASK_CELLS:
        raise LayoutError(
            f"the masks have more than {MAX_JOB_MASK_CELLS:,} latent cells in all; draw smaller or fewer masks",
            ["layout", "patches"],
        )
    return snapped


def _snap(index: int, patch: Patch, grid: Grid, load: masks.Masks) -> Drawn:
    location: list[str | int] = ["layout", "patches", index]
    if patch.mask is not None:
        box, mask = masks.snap(patch.mask, load, grid, [*location, "mask"])
        return Drawn(patch, grid.region(box, patch.feather, mask=patch.id), mask)
    assert patch.box is not None  # the contract requires one of the two
    return Drawn(patch, grid.region(grid.snap(patch.box, [*location, "box"]), patch.feather), None)


def graph(
    layout: Regions, patches: list[Drawn], sampling: Sampling, models: Mapping[str, Model], grid: Grid
) -> GraphSpec:
    """Return the graph: one control, background windows that give way to the patches, and the windows of each patch. A
    patch's windows see beyond its region, but are trusted only inside it."""
    specs = [
        prompts.own(one.patch, layout.negative_prompt, sampling, models, ["layout", "patches", index])
        for index, one in enumerate(patches)
    ]
    observables = [
        *_background(layout, sampling, patches, grid),
        *(
            view
            for one, prompted in zip(patches, specs, strict=True)
            for view in _patch(one, prompted, layout.bootstrap, sampling, grid)
        ),
        *_coarse(layout, sampling, models, patches, grid),
    ]
    reseeds = [Reseed(region=one.region, seed=one.patch.seed) for one in patches if one.patch.seed is not None]
    return GraphSpec(
        controls=[views.control("x", models[sampling.model].description.channels, grid, reseeds)],
        observables=views.numbered(observables),
        outputs=[views.picture("x", grid)],
        masks={one.patch.id: one.mask for one in patches if one.mask is not None},
        shift=windows.shift(grid),
    )


def _yields(patches: list[Drawn]) -> list[Yield]:
    return [
        Yield(region=one.region, weight=one.patch.weight, active=one.patch.active, fade=one.patch.fade)
        for one in patches
    ]


def _background(layout: Regions, sampling: Sampling, patches: list[Drawn], grid: Grid) -> list[ObservableSpec]:
    """Return the native windows over the canvas, without those that a patch takes completely."""
    prompted = prompts.plain(layout.prompt, layout.negative_prompt, sampling)
    look = views.of_control("x", grid.shifts)
    precision = PrecisionSpec(group="background", outside=_yields(patches), shape=sampling.windows.weights)
    return [
        views.observable(look(box), prompted, precision)
        for box in windows.over_canvas(grid)
        if not any(one.owns(windows.swept(box, grid)) for one in patches)
    ]


def _coarse(
    layout: Regions, sampling: Sampling, models: Mapping[str, Model], patches: list[Drawn], grid: Grid
) -> list[ObservableSpec]:
    plain = prompts.plain(layout.prompt, layout.negative_prompt, sampling)
    if sampling.coarse is None or sampling.coarse.prompt is None:
        return views.coarse(views.of_control("x"), plain, sampling, models, grid, outside=_yields(patches))
    own = plain.model_copy(update={"prompt": sampling.coarse.prompt})
    return views.coarse(views.of_control("x"), own, sampling, models, grid)


def _patch(one: Drawn, prompted: PromptSpec, bootstrap: float, sampling: Sampling, grid: Grid) -> list[ObservableSpec]:
    """Return the windows of a patch: on grey for the first part of the run, then without it."""
    look = views.of_control("x")

    def over_grey(box: CellBox) -> OperatorSpec:
        hard = one.region.model_copy(update={"feather": 0.0})
        return BackgroundSpec(kind="background", of=look(box), region=hard, colour=GREY)

    timing = prompts.timing(one.patch)
    phases: list[tuple[Timing | None, Callable[[CellBox], OperatorSpec]]] = [
        (timing.during((0.0, bootstrap)), over_grey),
        (timing.during((bootstrap, 1.0)), look),
    ]
    return [
        views.observable(seen(box), prompted, _trust(one, part, sampling), patch=one.patch.id)
        for part, seen in phases
        if part is not None
        for box in windows.over_box(one.region.box, grid)
    ]


def _trust(one: Drawn, timing: Timing, sampling: Sampling) -> PrecisionSpec:
    return PrecisionSpec(
        weight=one.patch.weight,
        inside=one.region,
        group=f"patch:{one.patch.id}",
        shape=sampling.windows.weights,
        **timing.fields,
    )
