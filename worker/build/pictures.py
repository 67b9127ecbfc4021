"""The pictures that a job names, by the SHA-256 of the upload."""

from collections.abc import Callable

from PIL import Image

from worker.diffusion.errors import DiffusionError

Pictures = Callable[[str], Image.Image]
"""Returns an uploaded picture in RGB by its id. Raises PictureMissing if there is no such upload."""


class PictureMissing(DiffusionError):
    """A job names an upload that no longer exists."""

    title = "A picture is missing"


def no_pictures(id: str) -> Image.Image:
    """Stand in for `Pictures` in a run without uploads. Always raises PictureMissing."""
    raise PictureMissing(f"There is no upload {id[:12]}… here; upload the picture again, and submit the job again.")
