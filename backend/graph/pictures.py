"""Uploaded pictures that are laid over a canvas."""

from collections.abc import Callable

from backend.contracts.geometry import Canvas
from backend.contracts.start import Fit
from backend.graph.errors import LayoutError

ASPECT_TOLERANCE = 0.01  # the largest relative difference of aspect ratios that count as the same

Sizes = Callable[[str], tuple[int, int] | None]
"""Returns the width and height of an upload in pixels by its id, or None if there is no such upload."""


def check_picture(id: str, fit: Fit, on: Canvas, sizes: Sizes, location: list[str | int]) -> None:
    """Raises LayoutError if there is no such upload, or if it has another shape than the canvas and `fit` requires the
    same. `location` is the place of the document that has the fields `picture` and `fit`."""
    size = sizes(id)
    if size is None:
        raise LayoutError(f"there is no upload {id[:12]}… here; upload the picture first", [*location, "picture"])
    width, height = size
    if fit == "same" and abs(width * on.height / (height * on.width) - 1) > ASPECT_TOLERANCE:
        raise LayoutError(
            f"the picture has {width} x {height} pixels and the canvas {on.width} x {on.height}, which is another "
            "shape; change one of them, or set `fit` to crop (cuts the picture) or to stretch (distorts it)",
            [*location, "fit"],
        )
