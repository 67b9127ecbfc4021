"""The masks of a document that is run without a server: files, where a server has uploads."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from backend.store.pictures import Grey, PictureError, as_grey, grey_values
from inlay.errors import CommandError

UPLOAD = re.compile(r"[0-9a-f]{64}")


def with_masks(text: str, folder: Path, max_pixels: int) -> tuple[str, dict[str, Grey]]:
    """A document's text with every mask under the id that a server would give it, and the masks by these ids.

    A document in `folder` names a mask by its file, from there; or by an upload's id, whose picture is then in a file
    `<id>.png` there. CommandError for a mask that is not there or is no picture.
    """
    try:
        document = json.loads(text)
    except ValueError:
        return text, {}
    masks: dict[str, Grey] = {}
    for patch in _masked(document):
        id, mask = _read(patch["mask"], folder, max_pixels)
        patch["mask"], masks[id] = id, mask
    return (json.dumps(document) if masks else text), masks


def _masked(document: Any) -> list[dict[str, Any]]:
    """The patches with a mask, in a document that may be anything."""
    layout = document.get("layout") if isinstance(document, dict) else None
    patches = layout.get("patches") if isinstance(layout, dict) else None
    listed = patches if isinstance(patches, list) else []
    return [patch for patch in listed if isinstance(patch, dict) and isinstance(patch.get("mask"), str)]


def _read(name: str, folder: Path, max_pixels: int) -> tuple[str, Grey]:
    """A mask's id and picture."""
    is_id = UPLOAD.fullmatch(name) is not None
    path = folder / (f"{name}.png" if is_id else name)
    try:
        picture = as_grey(path.read_bytes(), max_pixels)
    except OSError as error:
        what = f"The document names an upload, whose picture would be {path}" if is_id else f"The mask {path}"
        raise CommandError(
            f"{what}: {error.strerror}. Save the mask there, or write the name of its file in the document."
        ) from error
    except PictureError as error:
        raise CommandError(f"The mask {path} cannot be used. {error}") from error
    return (name if is_id else hashlib.sha256(picture.png).hexdigest()), grey_values(picture.png)
