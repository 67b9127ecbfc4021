"""The parts that layouts have in common. A picture is a control or a composite, seen through windows and as a whole."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from backend.contracts.geometry import CellBox
from backend.contracts.graph import (
    CompositePart,
    CompositeSpec,
    ControlSpec,
    CropSpec,
    IdentitySpec,
    ObservableSpec,
    OperatorSpec,
    OutputSpec,
    PrecisionSpec,
    PromptSpec,
    Reseed,
    ResizeSpec,
    RotateSpec,
    Yield,
)
from backend.contracts.limits import MAX_TEXT
from backend.contracts.model import Model, words_for
from backend.contracts.sampling import Sampling
from backend.geometry.ranges import Timing
from backend.graph import windows
from backend.graph.grid import Grid

Look = Callable[[CellBox | None], OperatorSpec]
"""Makes the operator that sees a box of a picture, or the whole picture if the box is None."""
WHOLE_RUN = Timing()


def control(name: str, channels: int, grid: Grid, reseeds: Iterable[Reseed] = ()) -> ControlSpec:
    """Return a control as large as the grid."""
    return ControlSpec(
        name=name,
        channels=channels,
        width=grid.width,
        height=grid.height,
        wrap=grid.canvas.wrap,
        reseeds=list(reseeds),
    )


def of_control(name: str, shifts: bool = False) -> Look:
    def look(box: CellBox | None) -> OperatorSpec:
        if box is None:
            return IdentitySpec(kind="identity", control=name)
        return CropSpec(kind="crop", control=name, box=box, shifts=shifts)

    return look


def of_composite(parts: Sequence[CompositePart], shifts: bool = False) -> Look:
    return lambda box: CompositeSpec(kind="composite", parts=list(parts), box=box, shifts=shifts and box is not None)


def through_windows(
    look: Look,
    prompted: Callable[[CellBox], PromptSpec],
    sampling: Sampling,
    grid: Grid,
    *,
    group: str,
    timing: Timing = WHOLE_RUN,
) -> list[ObservableSpec]:
    """Return the native windows over a whole picture, each under the prompt for its box. Together they have the weight
    of one view. The counting solver also gets the overlaps of the windows."""
    if sampling.agree.solver == "counting":
        return [
            observable(look(box), prompted(box), PrecisionSpec(group=f"{group}:{count:+d}"), count=count)
            for box, count in windows.counted_over_canvas(grid)
        ]
    precision = PrecisionSpec(group=group, shape=sampling.windows.weights, **timing.fields)
    return [observable(look(box), prompted(box), precision) for box in windows.over_canvas(grid)]


def coarse(
    look: Look,
    prompted: PromptSpec,
    sampling: Sampling,
    models: Mapping[str, Model],
    grid: Grid,
    *,
    name: str = "coarse",
    timing: Timing = WHOLE_RUN,
    outside: Sequence[Yield] = (),
) -> list[ObservableSpec]:
    """Return the coarse view: a whole picture, resized to one native window by the job's resolved `coarse`. Its prompt
    begins with the words that its model has for such a view. Return no view if its weight is 0, if it is never active,
    or if one window sees the whole picture."""
    how = sampling.coarse
    if how is None or how.weight == 0 or not grid.exceeds_window:
        return []
    both = Timing.drawn(how.active, how.fade).together(timing)
    if both is None:
        return []
    whole = look(None)
    words = words_for(models[prompted.model].description.coarse_words, *_windows_of(whole, grid))
    operator = ResizeSpec(kind="resize", of=whole, width=grid.window, height=grid.window, mode="area")
    precision = PrecisionSpec(weight=how.weight, outside=list(outside), group=name, **both.fields)
    asked = _begun(prompted, words)
    if how.guidance is not None:
        asked = asked.model_copy(update={"guidance": how.guidance})
    return [observable(operator, asked, precision, name=name)]


def _windows_of(whole: OperatorSpec, grid: Grid) -> tuple[float, float]:
    """Return the width and height of a whole picture in windows, after a turn by `whole`."""
    across, down = grid.width / grid.window, grid.height / grid.window
    return (down, across) if isinstance(whole, RotateSpec) and whole.turns != 2 else (across, down)


def _begun(prompted: PromptSpec, words: str) -> PromptSpec:
    """Return a prompt that begins with `words`. A prompt that already begins with them is returned unchanged. An empty
    prompt is also returned unchanged, because the model takes it as no caption at all."""
    prompt = prompted.prompt.strip()
    if not prompt or prompt.lower().startswith(words.lower()):
        return prompted
    return prompted.model_copy(update={"prompt": f"{words} {prompt}"[:MAX_TEXT]})


def coarse_prompt(prompts: Sequence[PromptSpec], sampling: Sampling, plain: Callable[[str], PromptSpec]) -> PromptSpec:
    """Return the prompt for the coarse view of a picture that has several prompts. It is the job's own prompt for the
    coarse view, or the only prompt, or the texts of all prompts in order, cut to the maximal length of a prompt."""
    if sampling.coarse is not None and sampling.coarse.prompt is not None:
        return plain(sampling.coarse.prompt)
    distinct = [*dict.fromkeys(one.model_dump_json() for one in prompts)]
    if len(distinct) == 1:
        return prompts[0]
    texts = [text for text, _ in groupby(one.prompt for one in prompts if one.prompt)]
    return plain(", ".join(texts)[:MAX_TEXT])


def observable(
    operator: OperatorSpec,
    prompted: PromptSpec,
    precision: PrecisionSpec,
    *,
    patch: str | None = None,
    count: int = 1,
    name: str = "y",
) -> ObservableSpec:
    return ObservableSpec(
        name=name, operator=operator, prompted=prompted, precision=precision, patch=patch, count=float(count)
    )


def numbered(views: Iterable[ObservableSpec]) -> list[ObservableSpec]:
    """Return the views, named y1, y2, ... in order. A view that already has a name keeps it, and comes after the
    others."""
    every = sorted(views, key=lambda view: view.name != "y")
    return [
        view.model_copy(update={"name": f"y{number}"}) if view.name == "y" else view
        for number, view in enumerate(every, start=1)
    ]


def picture(name: str, grid: Grid, operator: OperatorSpec | None = None) -> OutputSpec:
    """Return a whole picture as an output, at the canvas's size."""
    return OutputSpec(node=name, width=grid.canvas.width, height=grid.canvas.height, operator=operator)
