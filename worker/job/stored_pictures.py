"""The pictures that a job names: uploads, by the SHA-256 that the document knows them by."""

import io
from collections.abc import Callable

from PIL import Image

from backend.store.errors import NotFound
from backend.store.images import Images
from backend.store.uploads import key
from worker.diffusion.errors import DiffusionError

Pictures = Callable[[str], Image.Image]
"""An uploaded picture in RGB by its id; PictureMissing where it is not there."""


class PictureMissing(DiffusionError):
    """A job names an upload that is gone."""

    title = "A picture is missing"


def none(id: str) -> Image.Image:
    """The pictures of a run that has none: always PictureMissing."""
    raise PictureMissing(f"There is no upload {id[:12]}… here; upload the picture again, and submit the job anew.")


def stored(images: Images) -> Pictures:
    """The uploads of an image store."""

    def picture(id: str) -> Image.Image:
        try:
            png = images.get(key(id))
        except NotFound:
            return none(id)
        with Image.open(io.BytesIO(png), formats=("PNG",)) as opened:
            return opened.convert("RGB")

    return picture
