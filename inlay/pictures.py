"""The pictures and masks of a document that is run without a server: files, where a server has uploads."""

import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from backend.store.pictures import Grey, Picture, PictureError, as_colour, as_grey, grey_values
from inlay.errors import CommandError
from worker.build.pictures import no_pictures

UPLOAD = re.compile(r"[0-9a-f]{64}")
_KEEP = {"mask": as_grey, "picture": as_colour}


@dataclass(frozen=True)
class Files:
    """A document's pictures by the ids that a server would give them."""

    kept: dict[str, Picture] = field(default_factory=dict)

    def mask(self, id: str) -> Grey | None:
        return grey_values(self.kept[id].png) if id in self.kept else None

    def size(self, id: str) -> tuple[int, int] | None:
        return (self.kept[id].width, self.kept[id].height) if id in self.kept else None

    def picture(self, id: str) -> Image.Image:
        """In RGB; PictureMissing for one that the document has no file for."""
        return Image.open(io.BytesIO(self.kept[id].png)).convert("RGB") if id in self.kept else no_pictures(id)


def with_pictures(text: str, folder: Path, max_pixels: int) -> tuple[str, Files]:
    """A document's text with every picture and mask under the id that a server would give it, and what they are.

    A document in `folder` names one by its file, from there; or by an upload's id, whose picture is then in a file
    `<id>.png` there. CommandError for one that is not there or is no picture.
    """
    try:
        document = json.loads(text)
    except ValueError:
        return text, Files()
    files = Files()
    for within, kind in _named(document):
        id, picture = _read(within[kind], kind, folder, max_pixels)
        within[kind], files.kept[id] = id, picture
    return (json.dumps(document) if files.kept else text), files


def _named(value: Any, of_graph: bool = False) -> Iterator[tuple[dict[str, Any], str]]:
    """The objects with a picture or mask and which of both, in a document that may be anything; a graph's masks are its
    own."""
    if isinstance(value, dict):
        kinds = ("picture",) if of_graph else ("picture", "mask")
        yield from ((value, kind) for kind in kinds if isinstance(value.get(kind), str))
        for key, inner in value.items():
            yield from _named(inner, of_graph or key == "graph")
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner, of_graph)


def _read(name: str, kind: str, folder: Path, max_pixels: int) -> tuple[str, Picture]:
    """An id and its picture."""
    is_id = UPLOAD.fullmatch(name) is not None
    path = folder / (f"{name}.png" if is_id else name)
    try:
        picture = _KEEP[kind](path.read_bytes(), max_pixels)
    except OSError as error:
        what = f"The document names an upload, whose picture would be {path}" if is_id else f"The {kind} {path}"
        raise CommandError(
            f"{what}: {error.strerror}. Save the {kind} there, or write the name of its file in the document."
        ) from error
    except PictureError as error:
        raise CommandError(f"The {kind} {path} cannot be used. {error}") from error
    return (name if is_id else hashlib.sha256(picture.png).hexdigest()), picture
