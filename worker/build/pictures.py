"""The pictures that a job names, by the SHA-256 of the upload."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageOps

from backend.contracts.geometry import Canvas
from backend.contracts.start import Fit
from worker.diffusion.errors import DiffusionError
from worker.diffusion.vae import Rgb

Pictures = Callable[[str], Image.Image]
"""Returns an uploaded picture in RGB by its id. Raises PictureMissing if there is no such upload."""


class PictureMissing(DiffusionError):
    """A job names an upload that no longer exists."""

    title = "A picture is missing"


def no_pictures(id: str) -> Image.Image:
    """Stand in for `Pictures` in a run without uploads. Always raises PictureMissing."""
    raise PictureMissing(f"There is no upload {id[:12]}… here; upload the picture again, and submit the job again.")


def fitted(picture: Image.Image, size: tuple[int, int], fit: Fit) -> Image.Image:
    """Return a picture at a size of width and height. A picture that already has that size is returned unchanged."""
    if picture.size == size:
        return picture
    if fit == "crop":
        return ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
    return picture.resize(size, Image.Resampling.LANCZOS)


def laid(picture: Image.Image, on: Canvas | None, fit: Fit, width: int, height: int) -> Rgb:
    """Return a picture of width x height pixels with an upload laid over its canvas; None stands for all of it. Right
    of the canvas and below it, the last pixels are repeated."""
    size = (width, height) if on is None else (on.width, on.height)
    pixels = np.asarray(fitted(picture, size, fit))
    beyond = (0, height - pixels.shape[0]), (0, width - pixels.shape[1]), (0, 0)
    return np.pad(pixels, beyond, mode="edge")
