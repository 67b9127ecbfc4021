"""Finished pictures as PNG files that carry the documents of their jobs."""

import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from backend.contracts.job import Job
from backend.contracts.limits import MAX_SEED
from backend.store.pictures.documents import PNG_KEY


def alone(job: Job, image: int) -> Job:
    """Return the document of one of a job's images, counted from 0, as a job of its own."""
    assert job.sampling.seed is not None, "an accepted job has a seed"
    seed = (job.sampling.seed + image) % (MAX_SEED + 1)
    sampling = job.sampling.model_copy(update={"seed": seed})
    return job.model_copy(update={"images": 1, "keep": None, "sampling": sampling})


def png(picture: Image.Image, job: Job, comment: str | None = None) -> bytes:
    """Return the picture as a PNG that carries the resolved job document, which makes the same picture again, and a
    comment for people.

    The document is ASCII in a tEXt chunk. Programs that save the picture again keep tEXt more often than iTXt.
    """
    text = PngInfo()
    text.add_text(PNG_KEY, job.model_dump_json(ensure_ascii=True))
    if comment is not None:
        text.add_text("Comment", comment)
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", pnginfo=text, compress_level=4)  # level 6 takes twice as long and saves little
    return encoded.getvalue()
