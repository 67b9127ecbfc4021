"""The canvas that a view reads: a control, or the frame of a composite. Windows, regions and poses lie on it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, assert_never

from backend.contracts.geometry import Wrap
from backend.contracts.graph import (
    BackgroundSpec,
    CompositeSpec,
    ControlSpec,
    CropSpec,
    FlipSpec,
    IdentitySpec,
    OperatorSpec,
    Region,
    ResizeSpec,
    RollSpec,
    RotateSpec,
)


class Size(NamedTuple):
    width: int
    height: int


class Frame(NamedTuple):
    """The canvas of a composite, in cells."""

    width: int
    height: int
    wrap: Wrap


Canvas = ControlSpec | Frame
Controls = Mapping[str, ControlSpec]
Source = IdentitySpec | CropSpec | CompositeSpec


def source(spec: OperatorSpec) -> Source:
    """Return the innermost operator of a nest, which reads a control or is a composite."""
    while not isinstance(spec, Source):
        spec = spec.of
    return spec


def canvas_of(spec: OperatorSpec, controls: Controls) -> Canvas:
    """Return the canvas that a view reads."""
    bottom = source(spec)
    return frame(bottom, controls) if isinstance(bottom, CompositeSpec) else controls[bottom.control]


def frame(spec: CompositeSpec, controls: Controls) -> Frame:
    """Return the canvas of a composite."""
    first = spec.parts[0]
    size = size_of(first.view, controls)
    width, height = spec.width or size.width, spec.height or size.height
    whole = isinstance(first.view, IdentitySpec) and (first.x, first.y) == (0, 0) and size == (width, height)
    return Frame(width, height, canvas_of(first.view, controls).wrap if whole else "none")


def size_of(spec: OperatorSpec, controls: Controls) -> Size:
    """Return the size of a view in cells."""
    match spec:
        case IdentitySpec():
            return Size(controls[spec.control].width, controls[spec.control].height)
        case CropSpec():
            return Size(spec.box.width, spec.box.height)
        case CompositeSpec():
            return Size(spec.box.width, spec.box.height) if spec.box else Size(*frame(spec, controls)[:2])
        case ResizeSpec():
            return Size(spec.width, spec.height)
        case RotateSpec():
            width, height = size_of(spec.of, controls)
            return Size(width, height) if spec.turns == 2 else Size(height, width)
        case BackgroundSpec() | FlipSpec() | RollSpec():
            return size_of(spec.of, controls)
        case _:
            assert_never(spec)


def within(spec: OperatorSpec, *place: str | int) -> Iterator[tuple[OperatorSpec, list[str | int]]]:
    """Yield an operator and all operators inside it, the innermost first, each with its place relative to `place`."""
    if isinstance(spec, CompositeSpec):
        for index, part in enumerate(spec.parts):
            if part.of is not None:
                yield from within(part.of, *place, "parts", index, "of")
    elif not isinstance(spec, Source):
        yield from within(spec.of, *place, "of")
    yield spec, [*place]


def depth(spec: OperatorSpec) -> int:
    """Return the number of operators that are nested in each other."""
    if isinstance(spec, CompositeSpec):
        return 1 + max((depth(part.of) for part in spec.parts if part.of is not None), default=0)
    return 1 if isinstance(spec, Source) else 1 + depth(spec.of)


def controls_of(spec: OperatorSpec) -> list[str]:
    """Return the names of the controls that a view reads, each once."""
    bottom = source(spec)
    if not isinstance(bottom, CompositeSpec):
        return [bottom.control]
    return [*dict.fromkeys(name for part in bottom.parts for name in controls_of(part.view))]


def regions_of(spec: OperatorSpec) -> Iterator[Region]:
    """Yield the regions of an operator and of all operators inside it."""
    for one, _ in within(spec):
        if isinstance(one, CompositeSpec):
            yield from (part.region for part in one.parts if part.region is not None)
        elif isinstance(one, BackgroundSpec):
            yield one.region


def shows_whole(spec: CompositeSpec, index: int, controls: Controls) -> bool:
    """Tell whether a part of a composite is a whole control that lies exactly on it, and wraps as it does."""
    part, on = spec.parts[index], frame(spec, controls)
    if not isinstance(part.view, IdentitySpec) or (part.x, part.y) != (0, 0):
        return False
    control = controls[part.view.control]
    return (control.width, control.height, control.wrap) == on


def shows_controls(spec: CompositeSpec, controls: Controls) -> bool:
    """Tell whether every part of a composite is a whole control that lies exactly on it."""
    return all(shows_whole(spec, index, controls) for index in range(len(spec.parts)))
