"""Read the uploads that a job names from the image store."""

import io
from collections.abc import Callable

from PIL import Image

from backend.store.errors import NotFound
from backend.store.images import Images
from backend.store.uploads import key
from worker.build.pictures import Pictures, no_pictures

Persist = Callable[[Callable[[], bytes]], bytes]


def stored(images: Images, persist: Persist) -> Pictures:
    """Return a reader of the uploads in an image store. `persist` makes each call to the store, and may repeat it."""

    def picture(id: str) -> Image.Image:
        try:
            png = persist(lambda: images.get(key(id)))
        except NotFound:
            return no_pictures(id)
        with Image.open(io.BytesIO(png), formats=("PNG",)) as opened:
            return opened.convert("RGB")

    return picture
