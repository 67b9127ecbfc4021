"""The pictures that a job names, by the SHA-256 of the upload."""

from collections.abc import Callable

from PIL import Image

from worker.diffusion.errors import DiffusionError

Pictures = Callable[[str], Image.Image]
"""Returns an uploaded picture in RGB by its id; raises PictureMissing where there is none."""


class PictureMissing(DiffusionError):
    """A job names an upload that is gone."""

    title = "A picture is missing"


def no_pictures(id: str) -> Image.Image:
    """Stand for `Pictures` in a run that has none. Always raises PictureMissing."""
    raise PictureMissing(f"There is no upload {id[:12]}… here; upload the picture again, and submit the job anew.")
